import Conversation
import JSON
import Testing

@Suite("Templates, compared with what is filled in") struct TemplateTests {
    private static let now = Timestamp(seconds: 1_800_000_000)

    private static func template(
        _ body: String, language: String = "es", status: String = "APPROVED",
        header: MessageTemplate.Parts.Header? = nil,
        buttons: [MessageTemplate.Parts.Button] = []
    ) -> MessageTemplate {
        MessageTemplate(
            tenant: "sol", name: "ready", language: language, status: status,
            category: "UTILITY",
            parts: .init(header: header, body: body, buttons: buttons), at: now)
    }

    private static func message(
        _ parameters: [TemplateParameter] = [], header: TemplateHeader? = nil,
        buttons: [TemplateButton] = []
    ) -> TemplateMessage {
        TemplateMessage(
            name: "ready", language: "es", header: header, parameters: parameters,
            buttons: buttons)
    }

    @Test("a template is read as the Graph API lists it, parts that are not known included")
    func read() throws {
        let raw = RawJSON(
            #"""
            {"name":"ready","language":"es","status":"PAUSED","category":"MARKETING","id":"7",
            "parameter_format":"NAMED","quality_score":{"score":"RED"},
            "components":[{"type":"HEADER","format":"IMAGE","example":{}},
            {"type":"BODY","text":"Hola {{name}}, tu {{ bike }} está lista, {{name}}."},
            {"type":"FOOTER","text":"Bicicletas Sol"},{"type":"LIMITED_TIME_OFFER"},
            {"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"Gracias"},
            {"type":"URL","text":"Ver","url":"https://sol.example/{{1}}"}]}]}
            """#)
        let template = try #require(MessageTemplate(raw, of: "sol", at: Self.now))
        #expect(template.status == "PAUSED")
        #expect(template.parts.header?.format == "IMAGE")
        #expect(MessageTemplate.places(in: template.parts.body) == ["name", "bike"])
        #expect(template.parts.buttons.map(\.takesParameter) == [false, true])
        #expect(template.key == "sol/ready/es")
        let bytes = try RecordCodec.encode(template)
        #expect(try RecordCodec.decode(MessageTemplate.self, from: bytes) == template)
    }

    @Test(
        "what is no template with a text is passed over", arguments: ["7", "{}", #"{"name":"a"}"#])
    func unreadable(json: String) {
        #expect(MessageTemplate(RawJSON(json), of: "sol", at: Self.now) == nil)
    }

    @Test("positional places are filled in all, in their order, and without names")
    func positional() {
        let template = Self.template("Hola {{1}}, son {{2}} euros.")
        #expect(template.problems(of: Self.message([.init("Ana"), .init("20")])).isEmpty)
        #expect(template.problems(of: Self.message([.init("Ana")])).map(\.code) == [.empty])
        #expect(
            template.problems(of: Self.message([.init("a"), .init("b"), .init("c")])).map(\.code)
                == [.tooMany])
        #expect(
            template.problems(of: Self.message([.init(name: "x", "a"), .init("b")])).map(\.code)
                == [.notAllowed])
        #expect(
            template.text(of: Self.message([.init("Ana"), .init("20")]))
                == "Hola Ana, son 20 euros."
        )
    }

    @Test("named places are filled in by their names, in whatever order")
    func named() {
        let template = Self.template("Hola {{name}}, tu {{ bike }} está lista.")
        let both = [TemplateParameter(name: "bike", "bici"), .init(name: "name", "Ana")]
        #expect(template.problems(of: Self.message(both)).isEmpty)
        #expect(template.text(of: Self.message(both)) == "Hola Ana, tu bici está lista.")
        let wrong = [TemplateParameter(name: "name", "Ana"), .init(name: "car", "x")]
        let problems = template.problems(of: Self.message(wrong))
        #expect(problems.map(\.code) == [.empty, .notAllowed])
        #expect(problems.first?.sentence.contains("bike") == true)
        #expect(
            template.problems(of: Self.message([.init("Ana"), .init("x")])).contains {
                $0.code == .mixedParameters
            })
    }

    @Test("the header and the buttons are those that the template has")
    func parts() {
        let template = Self.template(
            "Hola.", header: .init(format: "IMAGE"),
            buttons: [.init(type: "URL", text: "Ver", url: "https://sol.example/{{1}}")])
        let image = TemplateHeader.image(.uploaded(id: "1"))
        let button = TemplateButton(index: 0, .url(suffix: "7"))
        #expect(template.problems(of: Self.message(header: image, buttons: [button])).isEmpty)
        #expect(
            template.problems(of: Self.message(buttons: [button])).map(\.field) == [
                "template.header"
            ])
        #expect(
            template.problems(
                of: Self.message(header: .video(.uploaded(id: "1")), buttons: [button])
            ).map(\.code) == [.notAllowed])
        #expect(
            template.problems(of: Self.message(header: image)).map(\.field) == [
                "template.buttons"
            ])
        let plain = Self.template("Hola.")
        #expect(plain.problems(of: Self.message(header: image)).map(\.code) == [.notAllowed])
        #expect(plain.problems(of: Self.message(buttons: [button])).map(\.code) == [.outOfRange])
        #expect(
            Self.template("Hola.", status: "PAUSED").problems(of: Self.message()).first?.sentence
                .contains("paused") == true)
    }

    @Test("the language falls back to another form of it, then to the business's, then to English")
    func fallback() {
        func choose(_ wanted: [String], _ there: [String]) -> String? {
            MessageTemplate.choose(
                "ready", in: wanted, among: there.map { Self.template("x", language: $0) }
            )?.language
        }
        #expect(choose(["pt_BR"], ["en_US", "pt_BR", "pt_PT"]) == "pt_BR")
        #expect(choose(["pt-br"], ["en_US", "pt_BR"]) == "pt_BR")
        #expect(choose(["pt"], ["en_US", "pt_PT"]) == "pt_PT")
        #expect(choose(["de", "es"], ["en_US", "es"]) == "es")
        #expect(choose(["de"], ["es", "en_GB"]) == "en_GB")
        #expect(choose(["de"], ["es"]) == "es")
        #expect(choose(["de"], []) == nil)
        let paused = [
            Self.template("x", language: "de", status: "PAUSED"),
            Self.template("x", language: "en"),
        ]
        #expect(MessageTemplate.choose("ready", in: ["de"], among: paused)?.language == "en")
    }
}
