import Conversation
import ConversationView
import JSON
import Testing

@Suite("What the business wrote on its phone, in transcripts")
struct PhoneTests {
    private static let at = Timestamp(seconds: 1_800_000_000)

    private static func echo(_ id: String, _ content: MessageContent) -> EchoedMessage {
        EchoedMessage(
            tenant: "sol", conversation: "c", number: "101", message: MessageID(id),
            wamid: WhatsAppMessageID("wamid.\(id)"), recipient: Contact(phone: "34600"),
            sentAt: at, receivedAt: at, content: content)
    }

    private static func past(
        _ id: String, _ content: MessageContent, fromBusiness: Bool = false
    ) -> PastMessage {
        PastMessage(
            message: InboundMessage(
                tenant: "sol", conversation: "c", number: "101", message: MessageID(id),
                wamid: WhatsAppMessageID("wamid.\(id)"), contact: Contact(phone: "34600"),
                sentAt: Timestamp(seconds: 1_700_000_000), receivedAt: at, content: content),
            isFromBusiness: fromBusiness)
    }

    private static let sent = OutboundMessage(
        tenant: "sol", conversation: "c", number: "101", recipient: Contact(phone: "34600"),
        epoch: 0, content: .text("From here"), author: .bot(Provenance(passages: [], model: "m")),
        answers: [], windowAnchor: at, at: at)
    private static let accepted = Delivery(
        tenant: "sol", conversation: "c", outbound: "out", epoch: 0, attempt: 1,
        outcome: .accepted("own", wamid: "wamid.own"), answers: [], at: at)

    private func lines(_ view: Conversations) throws -> [Handoff.Line] {
        try view.of("sol").transcript(of: "c", atMost: 100)?.lines ?? []
    }

    @Test("is the business's own, in a conversation that may begin with it")
    func shown() throws {
        let view = try Conversations()
        try view.apply(Self.echo("a", .text("I answer this one")), id: "a")
        let line = try #require(try lines(view).first)
        #expect(line.speaker == .owner && line.text == "I answer this one")
        let page = try view.of("sol").transcript(of: "c", atMost: 1)
        #expect(page?.conversation.customer.phone == "34600")
    }

    @Test("stands once where it was sent from here, whichever is known first", arguments: 0..<6)
    func once(order: Int) throws {
        let view = try Conversations()
        let records: [(any Conversation.Payload, RecordID)] = [
            (Self.sent, "out"), (Self.accepted, "d"), (Self.echo("own", .text("From here")), "own"),
        ]
        let all = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]
        for index in all[order] { try view.apply(records[index].0, id: records[index].1) }
        #expect(try lines(view).map(\.speaker) == [.bot])
    }

    @Test("is read as it was changed there, also what was sent from here")
    func changed() throws {
        let view = try Conversations()
        try view.apply(Self.sent, id: "out")
        try view.apply(Self.echo("a", .text("Nine")), id: "a")
        try view.apply(Self.echo("e", .edit(of: "a", text: "Ten", raw: RawJSON("{}"))), id: "e")
        try view.apply(Self.echo("r", .revoke(of: "own")), id: "r")
        // Whose message it was is known after that.
        try view.apply(Self.accepted, id: "d")
        let texts = try lines(view).filter { ["out", "a"].contains($0.id.rawValue) }.map(\.text)
        #expect(Set(texts) == ["Ten", "[taken back]"])
    }

    @Test("what was said before the number was connected stands where it was said")
    func past() throws {
        let view = try Conversations()
        try view.apply(Self.echo("a", .text("Hello again")), id: "a")
        try view.apply(Self.past("p1", .text("Are you open?")), id: "p1:past")
        try view.apply(Self.past("p2", .text("Yes"), fromBusiness: true), id: "p2:past")
        let placeholder = MessageContent.other(
            type: PastMessage.placeholder, raw: RawJSON("{}"))
        try view.apply(Self.past("p3", placeholder), id: "p3")
        try view.apply(Self.past("p3", .image(Media(id: "1", caption: "Look"))), id: "p3:past")
        try view.apply(Self.past("p3", placeholder), id: "p3")
        let shown = try lines(view)
        #expect(shown.map(\.speaker) == [.customer, .owner, .customer, .owner])
        #expect(shown.map(\.text) == ["Are you open?", "Yes", "[image] Look", "Hello again"])
        #expect(try view.of("sol").transcript(of: "c", atMost: 9)?.conversation.status == .bot)
    }
}
