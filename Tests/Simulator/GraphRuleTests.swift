import HTTPClient
import Testing

@testable import Simulator

@Suite("What the simulated Graph API refuses") struct GraphRuleTests {
    private static func long(_ count: Int) -> String { String(repeating: "x", count: count) }

    /// Kinds with content that WhatsApp takes.
    private static let taken = [
        #""type":"image","image":{"link":"https://x.example/a.png","caption":"A bike"}"#,
        #""type":"document","document":{"link":"https://x.example/a.pdf","filename":"a.pdf"}"#,
        #""type":"audio","audio":{"link":"https://x.example/a.ogg","voice":true}"#,
        #""type":"location","location":{"latitude":39.4,"longitude":-0.3}"#,
        #""type":"contacts","contacts":[{"name":{"formatted_name":"Ana Sol","first_name":"Ana"}}]"#,
        interactive(#""type":"button""#, #"{"buttons":[\#(button("y", "Yes"))]}"#),
        interactive(
            #""type":"list""#, #"{"button":"Open","sections":[{"rows":[{"id":"1","title":"A"}]}]}"#),
        interactive(
            #""type":"cta_url""#,
            #"{"name":"cta_url","parameters":{"display_text":"Go","url":"https://x.example"}}"#),
        interactive(#""type":"location_request_message""#, #"{"name":"send_location"}"#),
        #""type":"template","template":{"name":"hello_world","language":{"code":"en_US"}}"#,
    ]

    /// Content that WhatsApp refuses, with its code.
    private static let refused: [(String, Int)] = [
        (#""type":"poll","poll":{}"#, 100), (#""type":"text""#, 131_008),
        (#""type":"image","image":{}"#, 100),
        (#""type":"image","image":{"id":"1","link":"https://x.example"}"#, 100),
        (#""type":"image","image":{"id":"1","caption":"\#(long(1_025))"}"#, 100),
        (#""type":"audio","audio":{"id":"1","caption":"x"}"#, 100),
        (#""type":"image","image":{"id":"1","filename":"x"}"#, 100),
        (#""type":"location","location":{"latitude":91,"longitude":0}"#, 100),
        (#""type":"location","location":{"latitude":1}"#, 100),
        (#""type":"contacts","contacts":[]"#, 100),
        (#""type":"contacts","contacts":[{"name":{"first_name":"Ana"}}]"#, 131_008),
        (#""type":"contacts","contacts":[{"name":{"formatted_name":"Ana"}}]"#, 100),
        (#""type":"reaction","reaction":{"message_id":"wamid.none","emoji":"👍"}"#, 131_009),
        (#""type":"reaction","reaction":{"message_id":"wamid.none","emoji":"no"}"#, 100),
        (interactive(#""type":"button""#, #"{"buttons":[]}"#), 100),
        (
            interactive(
                #""type":"button""#,
                #"{"buttons":[\#((1...4).map { button("\($0)", "B\($0)") }.joined(separator: ","))]}"#
            ), 100
        ),
        (interactive(#""type":"button""#, #"{"buttons":[\#(button("y", long(21)))]}"#), 100),
        (
            interactive(
                #""type":"button""#,
                #"{"buttons":[\#(button("a", "Yes")),\#(button("b", "Yes"))]}"#), 100
        ),
        (
            interactive(
                #""type":"list""#,
                #"{"button":"Open","sections":[{"rows":[\#((1...11).map { #"{"id":"\#($0)","title":"A"}"# }.joined(separator: ","))]}]}"#
            ), 100
        ),
        (
            interactive(
                #""type":"list""#,
                #"{"button":"Open","sections":[{"rows":[{"id":"1","title":"\#(long(25))"}]}]}"#),
            100
        ),
        (
            interactive(
                #""type":"cta_url""#,
                #"{"name":"cta_url","parameters":{"display_text":"Go","url":"ftp://x"}}"#), 100
        ),
        (
            #""type":"template","template":{"name":"hello_world","language":{"code":"de"}}"#,
            132_001
        ),
        (
            #""type":"template","template":{"name":"Hello","language":{"code":"en_US"}}"#, 100
        ),
        (
            #""type":"template","template":{"name":"hello_world","language":{"code":"en_US"},"#
                + #""components":[{"type":"body","parameters":[{"type":"text","text":"x"}]}]}"#,
            132_000
        ),
    ]

    private static func button(_ id: String, _ title: String) -> String {
        #"{"type":"reply","reply":{"id":"\#(id)","title":"\#(title)"}}"#
    }

    private static func interactive(_ type: String, _ action: String) -> String {
        #""type":"interactive","interactive":{\#(type),"body":{"text":"Shall we?"},"action":\#(action)}"#
    }

    private func send(_ lab: Lab, _ content: String) async throws -> (status: Int, code: Int?) {
        let answer = try await lab.graph(
            "\(lab.number)/messages",
            #"{"messaging_product":"whatsapp","to":"+34600111222",\#(content)}"#)
        return (answer.status, answer.body.code)
    }

    @Test("content of every kind within the limits is taken")
    func taken() async throws {
        try await Lab.run { lab in
            try await lab.customer("Hello")
            for content in Self.taken {
                #expect(try await send(lab, content).status == 200, "\(content)")
            }
        }
    }

    @Test("content beyond the limits is refused with WhatsApp's code, and never seen")
    func refused() async throws {
        try await Lab.run { lab in
            try await lab.customer("Hello")
            for (content, code) in Self.refused {
                #expect(try await send(lab, content).code == code, "\(content)")
            }
            let seen = try await lab.control("conversations/sol/34600111222?after=0")
            #expect(seen.list("messages").isEmpty)
        }
    }

    @Test("templates are compared with what is sent: names, number and kind of what is filled in")
    func templates() async throws {
        try await Lab.run { lab in
            try await lab.control(
                "templates",
                #"""
                {"business":"sol","name":"ready","language":"es","header":"IMAGE",
                "body":"Hola {{name}}, tu {{bike}} está lista","url":"https://x.example/{{1}}"}
                """#)
            try await lab.control(
                "templates",
                #"{"business":"sol","name":"paused","language":"es","status":"PAUSED","body":"x"}"#)
            func template(_ parameters: String, header: String = "image", button: Bool = true)
                -> String
            {
                let suffix =
                    #",{"type":"button","sub_type":"url","index":"0","#
                    + #""parameters":[{"type":"text","text":"7"}]}"#
                return #""type":"template","template":{"name":"ready","language":{"code":"es"},"#
                    + #""components":[{"type":"header","parameters":[{"type":"\#(header)"}]},"#
                    + #"{"type":"body","parameters":[\#(parameters)]}\#(button ? suffix : "")]}"#
            }
            func named(_ name: String) -> String {
                #"{"type":"text","parameter_name":"\#(name)","text":"x"}"#
            }
            // Outside the window, too.
            #expect(
                try await send(lab, template("\(named("name")),\(named("bike"))")).status == 200)
            #expect(try await send(lab, template(named("name"))).code == 132_000)
            #expect(
                try await send(lab, template("\(named("name")),\(named("car"))")).code == 132_012)
            let both = "\(named("name")),\(named("bike"))"
            #expect(try await send(lab, template(both, header: "video")).code == 132_012)
            #expect(try await send(lab, template(both, button: false)).code == 132_000)
            #expect(
                try await send(
                    lab,
                    #""type":"template","template":{"name":"paused","language":{"code":"es"}}"#
                ).code == 132_015)
            #expect(try await send(lab, #""type":"text","text":{"body":"x"}"#).code == 131_047)
        }
    }
}
