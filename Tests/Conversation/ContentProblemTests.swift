import Conversation
import Testing

/// WhatsApp's limits of each kind, at the limit and one beyond.
@Suite struct ContentProblemTests {
    private static func text(_ length: Int) -> String { String(repeating: "a", count: length) }

    private static func found(_ body: OutboundContent.Body) -> [String] {
        OutboundContent(body).problems.map { "\($0.field) \($0.code.rawValue)" }
    }

    private static func tapped(
        _ action: InteractiveMessage.Action, _ text: String = "Text",
        header: InteractiveMessage.Header? = nil, footer: String? = nil
    ) -> [String] {
        found(
            .interactive(
                InteractiveMessage(text, header: header, footer: footer, action: action)))
    }

    private static let yes = InteractiveMessage.Action.buttons([ReplyButton(id: "y", title: "Y")])

    @Test("text and captions are counted in UTF-16 units")
    func lengths() {
        #expect(Self.found(.text(Self.text(4_096), preview: false)) == [])
        #expect(Self.found(.text(Self.text(4_097), preview: false)) == ["text too_long"])
        #expect(
            Self.found(.text(String(repeating: "😀", count: 2_049), preview: false))
                == ["text too_long"])
        #expect(Self.found(.text(" \n", preview: false)) == ["text empty"])
        func picture(_ caption: String?) -> [String] {
            Self.found(.image(OutboundMedia(.uploaded(id: "1"), caption: caption)))
        }
        #expect(picture(Self.text(1_024)) == [] && picture(nil) == [])
        #expect(picture(Self.text(1_025)) == ["image.caption too_long"])
    }

    @Test("media have the types, sizes and parts of their kind")
    func media() {
        func blob(_ type: String, _ size: Int) -> MediaSource {
            .blob(BlobReference(sha256: "a", mediaType: type, size: size))
        }
        #expect(Self.found(.image(OutboundMedia(blob("image/png", 5 << 20)))) == [])
        #expect(
            Self.found(.image(OutboundMedia(blob("image/png", 5 << 20 + 1))))
                == ["image.source too_large"])
        #expect(
            Self.found(.image(OutboundMedia(blob("image/gif", 1))))
                == ["image.source wrong_media_type"])
        #expect(
            Self.found(.audio(OutboundMedia(.uploaded(id: "1"), caption: "a", filename: "b")))
                == ["audio.caption not_allowed", "audio.filename not_allowed"])
        #expect(
            Self.found(.audio(OutboundMedia(blob("audio/ogg; codecs=opus", 1), voice: true))) == [])
        #expect(
            Self.found(.audio(OutboundMedia(blob("audio/aac", 1), voice: true)))
                == ["audio.voice wrong_media_type"])
        #expect(
            Self.found(.image(OutboundMedia(.uploaded(id: ""), voice: true)))
                == ["image.source empty", "image.voice not_allowed"])
        #expect(Self.found(.sticker(OutboundMedia(blob("image/webp", 500 * 1024)))) == [])
    }

    @Test("buttons")
    func buttons() {
        func buttons(_ titles: [String], ids: [String]? = nil) -> [String] {
            Self.tapped(
                .buttons(
                    titles.enumerated().map { index, title in
                        ReplyButton(id: ids?[index] ?? "\(index)", title: title)
                    }))
        }
        let field = "interactive.action.buttons"
        #expect(buttons(["a", "b", Self.text(20)]) == [])
        #expect(buttons([]) == ["\(field) empty"])
        #expect(buttons(["a", "b", "c", "d"]) == ["\(field) too_many"])
        #expect(buttons([Self.text(21)]) == ["\(field)[0].title too_long"])
        #expect(buttons(["a", "a"]) == ["\(field)[1].title duplicate"])
        #expect(buttons(["a", "b"], ids: ["x", "x"]) == ["\(field)[1].id duplicate"])
        #expect(buttons(["a"], ids: [Self.text(257)]) == ["\(field)[0].id too_long"])
        #expect(buttons(["a"], ids: [""]) == ["\(field)[0].id empty"])
        #expect(Self.tapped(Self.yes, Self.text(1_025)) == ["interactive.text too_long"])
        #expect(Self.tapped(Self.yes, footer: Self.text(61)) == ["interactive.footer too_long"])
        #expect(
            Self.tapped(Self.yes, header: .text(Self.text(61)))
                == ["interactive.header too_long"])
    }

    @Test("lists")
    func lists() {
        func list(_ sections: [ListSection], button: String = "Open") -> [String] {
            Self.tapped(.list(button: button, sections: sections), Self.text(4_096))
        }
        func rows(_ range: Range<Int>) -> [ListRow] {
            range.map { ListRow(id: "\($0)", title: "a") }
        }
        let field = "interactive.action.list"
        #expect(list([ListSection(rows: rows(0..<10))]) == [])
        #expect(list([ListSection(rows: rows(0..<11))]) == ["\(field).sections too_many"])
        #expect(list([]) == ["\(field).sections empty", "\(field).sections empty"])
        #expect(
            list([ListSection(title: "A", rows: rows(0..<1)), ListSection(rows: rows(1..<2))])
                == ["\(field).sections[1].title empty"])
        #expect(
            list([ListSection(rows: rows(0..<1))], button: Self.text(21))
                == ["\(field).button too_long"])
        let wide = ListRow(
            id: Self.text(201), title: Self.text(25), description: Self.text(73))
        let row = "\(field).sections[0].rows[0]"
        #expect(
            list([ListSection(rows: [wide])])
                == ["\(row).title too_long", "\(row).id too_long", "\(row).description too_long"])
        let twice = [ListSection(rows: rows(0..<1) + rows(0..<1))]
        #expect(list(twice) == ["\(field).sections[0].rows[1].id duplicate"])
        #expect(
            Self.tapped(
                .list(button: "Open", sections: [ListSection(rows: rows(0..<1))]),
                header: .image(.uploaded(id: "1")))
                == ["interactive.header not_allowed"])
    }

    @Test(
        "the address of a page",
        arguments: [
            ("https://a.example/x?y=1#z", true), ("HTTP://a.example", true), ("a.example", false),
            ("ftp://a.example", false), ("https://", false), ("https:///x", false),
            ("https://a.example/a b", false), ("javascript:alert(1)", false), ("", false),
        ])
    func urls(url: String, isRight: Bool) {
        #expect(
            Self.tapped(.link(label: "Open", url: url))
                == (isRight ? [] : ["interactive.action.link.url bad_url"]))
    }

    @Test("a request for a place has a text and nothing else")
    func requests() {
        #expect(Self.tapped(.locationRequest) == [])
        #expect(
            Self.tapped(.locationRequest, header: .text("a"), footer: "b")
                == ["interactive.header not_allowed", "interactive.footer not_allowed"])
    }

    @Test(
        "a reaction is one emoji",
        arguments: [
            ("👍", true), ("👍🏽", true), ("❤️", true), ("❤", true), ("🇪🇸", true), ("👨‍👩‍👧", true),
            ("1️⃣", true), ("1", false), ("a", false), ("👍👍", false), ("", false), ("🇪", false),
        ])
    func emoji(emoji: String, isRight: Bool) {
        #expect(
            Self.found(.reaction(to: "w", emoji: emoji))
                == (isRight ? [] : ["reaction.emoji not_an_emoji"]))
    }

    @Test("templates")
    func templates() {
        func template(
            name: String = "order_1", header: TemplateHeader? = nil,
            _ parameters: [TemplateParameter] = [], buttons: [TemplateButton] = []
        ) -> [String] {
            Self.found(
                .template(
                    TemplateMessage(
                        name: name, language: "en", header: header, parameters: parameters,
                        buttons: buttons)))
        }
        let field = "template.parameters"
        #expect(template([TemplateParameter("a"), TemplateParameter("b")]) == [])
        #expect(template(name: "Order 1") == ["template.name bad_characters"])
        #expect(
            template([TemplateParameter("a"), TemplateParameter(name: "b", "b")])
                == ["\(field) mixed_parameters"])
        #expect(template([TemplateParameter("a\nb")]) == ["\(field)[0].text bad_characters"])
        #expect(template([TemplateParameter("")]) == ["\(field)[0].text empty"])
        #expect(
            template([TemplateParameter(name: "a", "1"), TemplateParameter(name: "a", "2")])
                == ["\(field)[1].name duplicate"])
        #expect(
            template(header: .location(Location(latitude: 91, longitude: 0)))
                == ["template.header.latitude out_of_range", "template.header empty"])
        #expect(
            template(buttons: [TemplateButton(index: 10, .copyCode(""))])
                == ["template.buttons[0].index out_of_range", "template.buttons[0].value empty"])
    }

    @Test("places, cards, and what quotes")
    func others() {
        #expect(
            Self.found(.location(Location(latitude: .nan, longitude: 181)))
                == ["location.latitude out_of_range", "location.longitude out_of_range"])
        #expect(Self.found(.contacts([])) == ["contacts empty"])
        #expect(
            Self.found(.contacts([ContactCard(name: " ", phones: [ContactCard.Phone("")])]))
                == ["contacts[0].name empty", "contacts[0].phones[0].phone empty"])
        let reaction = OutboundContent(.reaction(to: "w", emoji: nil), quoting: "w")
        #expect(reaction.problems.map(\.field) == ["quotes"])
        #expect(OutboundContent(.text("a", preview: false), quoting: "").problems.count == 1)
    }
}
