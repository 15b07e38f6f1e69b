import Conversation
import ConversationView
import Testing

@Suite("What became of messages, where agents look") struct DeliveryTests {
    private let view: Conversations
    private static let at = Timestamp(seconds: 1_800_000_000)

    init() throws { view = try Conversations() }

    private func send(
        _ id: RecordID, _ content: OutboundContent = .text("At nine."), repeats: RecordID? = nil
    ) throws {
        try view.apply(
            OutboundMessage(
                tenant: "sol", conversation: "c", number: "101", recipient: Contact(phone: "34"),
                epoch: 1, content: .message(content), author: .agent("ana", name: "Ana"),
                answers: [], windowAnchor: Self.at, at: Self.at, repeats: repeats), id: id)
    }

    private func deliver(
        _ id: RecordID, _ outcome: Delivery.Outcome, pricing: MessagePricing? = nil,
        after seconds: Int64 = 1
    ) throws {
        try view.apply(
            Delivery(
                tenant: "sol", conversation: "c", outbound: id, epoch: 1, attempt: 1,
                outcome: outcome, answers: [], at: Self.at + .seconds(seconds), pricing: pricing))
    }

    private func line(_ id: RecordID) throws -> Handoff.Line? {
        try view.of("sol").transcript(of: "c", atMost: 50)?.lines.first { $0.id == id }
    }

    @Test("a failed line says so at once, with the reason, what to do, and what can be done")
    func failed() throws {
        try send("a")
        try deliver("a", .accepted("w"))
        try deliver("a", .progressed("w", .sent))
        try deliver("a", .failed("w", PlatformError(code: 131_047, title: "Re-engagement message")))
        let line = try #require(try line("a"))
        #expect(line.delivery == "failed")
        #expect(line.deliveryDetail == "Re-engagement message (131047)")
        #expect(line.deliveryCode == 131_047)
        #expect(line.remedy == GraphErrorEntry.of(131_047).remedy)
        #expect(line.choices == [.template])
    }

    @Test("what reached the phone after all is not failed, whichever word came first")
    func lattice() throws {
        let failed = Delivery.Outcome.failed("w", PlatformError(code: 131_026))
        for outcomes in [
            [failed, .progressed("w", .delivered)],
            [.progressed("w", .delivered), failed],
        ] {
            let id = RecordID("message-\(outcomes[0] == failed)")
            try send(id)
            for outcome in outcomes { try deliver(id, outcome) }
            #expect(try line(id)?.delivery == "delivered")
            #expect(try line(id)?.deliveryDetail == nil)
            #expect(try line(id)?.choices == nil)
        }
    }

    @Test("unknown is called unknown, not dropped, and a late status tells what it was")
    func unknown() throws {
        try send("a")
        try deliver("a", .unknown(because: "no answer"))
        #expect(try line("a")?.delivery == "unknown")
        #expect(try line("a")?.choices == nil)
        try deliver("a", .dropped(.unknownOutcome), after: 2)
        #expect(try line("a")?.delivery == "unknown")
        #expect(try line("a")?.choices == [.again])
        try deliver("a", .progressed("w", .read), after: 3)
        #expect(try line("a")?.delivery == "read")
    }

    @Test("a status that does not say whose it is finds its message, whichever of both comes first")
    func unplaced() throws {
        func status(_ wamid: WhatsAppMessageID, of tenant: TenantID = "sol") -> UnplacedStatus {
            UnplacedStatus(
                MessageStatus(
                    tenant: tenant, conversation: "a guess", number: "101",
                    message: MessageID(wamid.rawValue), wamid: wamid, progress: .failed,
                    at: Self.at, receivedAt: Self.at))
        }
        try send("a")
        try view.apply(status("wamid.1"), id: "s1")
        try view.apply(status("wamid.2"), id: "s2")
        #expect(try ConversationView.placedStatuses(view.rows).isEmpty)
        try deliver("a", .accepted("w", wamid: "wamid.1"))
        try view.apply(status("wamid.1"), id: "s1")
        try view.apply(status("wamid.1", of: "luna"), id: "s3")
        let placed = try ConversationView.placedStatuses(view.rows)
        #expect(placed.map(\.id) == ["s1"])
        #expect(placed.map(\.status.conversation) == ["c"])
        #expect(placed.map(\.status.progress) == [.failed])
    }

    @Test("a message's price is kept with its line")
    func price() throws {
        try send("a")
        let price = MessagePricing(category: "service", type: "regular")
        try deliver("a", .progressed("w", .delivered), pricing: price)
        try deliver("a", .progressed("w", .read), after: 2)
        #expect(try line("a")?.pricing == price)
        #expect(try line("a")?.delivery == "read")
    }

    @Test("two lines show which one was sent again, and what was sent is known whole")
    func again() throws {
        let buttons = OutboundContent(
            .interactive(
                InteractiveMessage(
                    "Shall we?", action: .buttons([ReplyButton(id: "y", title: "Yes")]))))
        try send("a", buttons)
        try deliver("a", .failed("w", PlatformError(code: 131_000)))
        #expect(try line("a")?.choices == [.again])
        #expect(try view.of("sol").sentContent(of: "a", in: "c") == buttons)
        try send("b", buttons, repeats: "a")
        #expect(try line("a")?.sentAgainAs == "b")
        #expect(try line("a")?.choices == nil)
        #expect(try line("b")?.repeats == "a")
        try send("t")
        #expect(try view.of("sol").sentContent(of: "t", in: "c") == .text("At nine."))
        #expect(try view.of("luna").sentContent(of: "a", in: "c") == nil)
    }
}
