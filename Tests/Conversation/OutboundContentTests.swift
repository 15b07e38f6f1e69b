import Conversation
import JSON
import Testing

/// What goes out: every kind through the log and back, and what WhatsApp would refuse.
@Suite struct OutboundContentTests {
    static let jpeg = BlobReference(sha256: "ab12", mediaType: "image/jpeg", size: 1_000)

    /// Each kind and its JSON form, which later versions must still read.
    static let forms: [(OutboundContent, String)] = [
        (.text("¿Sí?"), #"{"text":{"_0":"¿Sí?"}}"#),
        (
            OutboundContent(.text("https://a.example", preview: true), quoting: "wamid.1"),
            #"{"quotes":"wamid.1","text":{"_0":"https://a.example","preview":true}}"#
        ),
        (
            OutboundContent(.image(OutboundMedia(.uploaded(id: "9"), caption: "Look"))),
            #"{"image":{"caption":"Look","source":{"uploaded":{"id":"9"}}}}"#
        ),
        (
            OutboundContent(.video(OutboundMedia(.blob(jpeg)))),
            #"{"video":{"source":{"blob":{"_0":{"mediaType":"image/jpeg","sha256":"ab12","#
                + #""size":1000}}}}}"#
        ),
        (
            OutboundContent(.audio(OutboundMedia(.uploaded(id: "9"), voice: true))),
            #"{"audio":{"source":{"uploaded":{"id":"9"}},"voice":true}}"#
        ),
        (
            OutboundContent(.document(OutboundMedia(.uploaded(id: "9"), filename: "a.pdf"))),
            #"{"document":{"filename":"a.pdf","source":{"uploaded":{"id":"9"}}}}"#
        ),
        (
            OutboundContent(.sticker(OutboundMedia(.uploaded(id: "9")))),
            #"{"sticker":{"source":{"uploaded":{"id":"9"}}}}"#
        ),
        (
            OutboundContent(
                .interactive(
                    InteractiveMessage(
                        "Shall we?", header: .text("Booking"), footer: "Sol",
                        action: .buttons([ReplyButton(id: "y", title: "Yes")])))),
            #"{"interactive":{"action":{"buttons":{"_0":[{"id":"y","title":"Yes"}]}},"#
                + #""footer":"Sol","header":{"text":{"_0":"Booking"}},"text":"Shall we?"}}"#
        ),
        (
            OutboundContent(
                .interactive(
                    InteractiveMessage(
                        "When?",
                        action: .list(
                            button: "Times",
                            sections: [
                                ListSection(
                                    title: "Today",
                                    rows: [ListRow(id: "1", title: "9:00", description: "early")])
                            ])))),
            #"{"interactive":{"action":{"list":{"button":"Times","sections":[{"rows":[{"#
                + #""description":"early","id":"1","title":"9:00"}],"title":"Today"}]}},"#
                + #""text":"When?"}}"#
        ),
        (
            OutboundContent(
                .interactive(
                    InteractiveMessage(
                        "Pay here", action: .link(label: "Pay", url: "https://a.example/1")))),
            #"{"interactive":{"action":{"link":{"label":"Pay","url":"https://a.example/1"}},"#
                + #""text":"Pay here"}}"#
        ),
        (
            OutboundContent(
                .interactive(InteractiveMessage("Where are you?", action: .locationRequest))),
            #"{"interactive":{"action":{"locationRequest":{}},"text":"Where are you?"}}"#
        ),
        (
            OutboundContent(
                .template(
                    TemplateMessage(
                        name: "reminder", language: "en_US",
                        header: .image(.uploaded(id: "9")),
                        parameters: [TemplateParameter(name: "when", "9:00")],
                        buttons: [TemplateButton(index: 0, .quickReply(payload: "ok"))]))),
            #"{"template":{"buttons":[{"index":0,"value":{"quickReply":{"payload":"ok"}}}],"#
                + #""header":{"image":{"_0":{"uploaded":{"id":"9"}}}},"language":"en_US","#
                + #""name":"reminder","parameters":[{"name":"when","text":"9:00"}]}}"#
        ),
        (
            OutboundContent(.location(Location(latitude: 41.5, longitude: -2, name: "Sol"))),
            #"{"location":{"latitude":41.5,"longitude":-2,"name":"Sol"}}"#
        ),
        (
            OutboundContent(
                .contacts([
                    ContactCard(name: "Ana Sol", phones: [ContactCard.Phone("+34 600")])
                ])),
            #"{"contacts":[{"emails":[],"name":"Ana Sol","phones":[{"phone":"+34 600"}],"#
                + #""urls":[]}]}"#
        ),
        (
            OutboundContent(.reaction(to: "wamid.1", emoji: "👍")),
            #"{"reaction":{"emoji":"👍","to":"wamid.1"}}"#
        ),
        (
            OutboundContent(.reaction(to: "wamid.1", emoji: nil)),
            #"{"reaction":{"to":"wamid.1"}}"#
        ),
        (
            OutboundContent(
                .other(type: "hologram", raw: RawJSON(#"{ "beam" : [1,2.50] }"#)),
                quoting: "wamid.1"),
            #"{"hologram":{ "beam" : [1,2.50] },"quotes":"wamid.1"}"#
        ),
    ]

    static func message(_ content: OutboundMessage.Content) -> OutboundMessage {
        let at = Timestamp(milliseconds: 1_700_000_000_123)
        return OutboundMessage(
            tenant: "velo", conversation: "c", number: "1", recipient: Contact(userID: "u"),
            epoch: 1, content: content, author: .system, answers: [], windowAnchor: at, at: at)
    }

    @Test("every kind has the form that later versions read", arguments: forms)
    func form(content: OutboundContent, json: String) throws {
        #expect(String(decoding: try RecordCodec.encode(content), as: UTF8.self) == json)
        #expect(try RecordCodec.decode(OutboundContent.self, from: Array(json.utf8)) == content)
    }

    @Test("every kind survives the log in a message and in a command", arguments: forms)
    func records(content: OutboundContent, json: String) throws {
        let message = Self.message(.message(content))
        let bytes = try message.json()
        #expect(bytes == (try RecordCodec.encode(message)))
        #expect(try RecordCodec.decode(OutboundMessage.self, from: bytes) == message)
        let command = HandoffCommand.Action.send(content)
        let action = try RecordCodec.encode(command)
        #expect(try RecordCodec.decode(HandoffCommand.Action.self, from: action) == command)
    }

    @Test("a kind's later form, and a later way to answer with a tap, are kept whole")
    func later() throws {
        for json in [
            #"{"interactive":{"action":{"carousel":{"cards":[]}},"text":"Look"}}"#,
            #"{"template":{"name":"a","language":"en","header":{"gif":{}}}}"#,
            #"{"text":{"lines":["a"]}}"#, #"{"poll":"x"}"#, #"{"poll":null}"#,
        ] {
            let content = try RecordCodec.decode(OutboundContent.self, from: Array(json.utf8))
            guard case .other = content.body else {
                Issue.record("\(json) became \(content)")
                continue
            }
            #expect(content.problems.map(\.code) == [.unknownKind])
            #expect(String(decoding: try RecordCodec.encode(content), as: UTF8.self) == json)
        }
    }

    @Test("actions of before read, and text is written as it was")
    func actions() throws {
        for json in [
            #"{"claim":{}}"#, #"{"release":{}}"#, #"{"close":{}}"#, #"{"renew":{}}"#,
            #"{"takeOver":{}}"#, #"{"send":{"text":"Hola"}}"#,
        ] {
            let action = try RecordCodec.decode(
                HandoffCommand.Action.self, from: Array(json.utf8))
            #expect(String(decoding: try RecordCodec.encode(action), as: UTF8.self) == json)
        }
        for json in [#"{}"#, #"{"send":{}}"#, #"{"claim":{},"close":{}}"#, #"{"dance":{}}"#] {
            #expect(throws: RecordError.self) {
                try RecordCodec.decode(HandoffCommand.Action.self, from: Array(json.utf8))
            }
        }
    }

    @Test("what is in order has no problems", arguments: forms.dropLast())
    func fine(content: OutboundContent, json: String) {
        // A picture's bytes are no film.
        let expected: [ContentProblem.Code] = content.kind == "video" ? [.wrongMediaType] : []
        #expect(content.problems.map(\.code) == expected)
    }

    @Test("plain text alone is plain", arguments: forms)
    func plain(content: OutboundContent, json: String) {
        #expect((content.transcript == nil) == (content.plainText != nil))
        #expect(!content.transcriptText.isEmpty)
    }
}
