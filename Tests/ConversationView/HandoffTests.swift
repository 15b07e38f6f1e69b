import Conversation
import ConversationView
import Testing

@Suite("Handoffs in the view of conversations")
struct HandoffTests {
    private static let start = Timestamp(seconds: 1_800_000_000)

    private func event(
        _ change: HandoffEvent.Change, _ mode: Mode, tenant: TenantID = "sol",
        conversation: ConversationID = "c1", after seconds: Int = 0
    ) -> HandoffEvent {
        HandoffEvent(
            tenant: tenant, conversation: conversation, contact: Contact(name: "Luz"), epoch: 1,
            mode: mode, change: change, reference: nil, at: Self.start + .seconds(seconds))
    }

    private func entry(_ id: RecordID, _ text: String, by speaker: TranscriptEntry.Speaker)
        -> TranscriptEntry
    {
        TranscriptEntry(id: id, speaker: speaker, text: text, at: Self.start)
    }

    private let ana = Mode.claimed(by: "ana", name: "Ana")

    private func queued(_ conversation: ConversationID = "c1") -> HandoffEvent {
        event(
            .queued(
                reason: .asked, summary: "wants Ana",
                transcript: [entry("m1", "hello", by: .customer)]), .queued,
            conversation: conversation)
    }

    @Test("follows a conversation from the queue to an agent, back, and to the bot")
    func life() throws {
        let view = try Conversations()
        #expect(try view.apply(queued()).count == 1)
        var handoff = try #require(try view.handoffs(of: "sol").first)
        #expect(handoff.status == .queued)
        #expect(handoff.reason == "asked")
        #expect(handoff.summary == "wants Ana")
        #expect(handoff.waitingSince == Self.start)

        #expect(
            try view.apply(event(.overdue(waiting: Self.start), .queued, after: 300)).count == 1)
        #expect(try view.handoffs(of: "sol").first?.isOverdue == true)

        try view.apply(event(.claimed(by: "ana", name: "Ana"), ana, after: 310))
        handoff = try #require(try view.handoffs(of: "sol").first)
        #expect(handoff.holder?.name == "Ana")
        #expect(!handoff.isOverdue)
        #expect(try view.of("sol").claims(of: "ana") == ["c1"])
        #expect(try view.of("sol").counts() == (0, 1))

        try view.apply(event(.released(by: nil, because: "lease"), .queued, after: 900))
        handoff = try #require(try view.handoffs(of: "sol").first)
        #expect(handoff.holder == nil)
        #expect(handoff.waitingSince == Self.start + .seconds(900))
        #expect(handoff.reason == "asked")

        let ended = try view.apply(event(.closed(by: "ana"), .bot))
        #expect(ended == [.ended("c1", by: "ana")])
        #expect(try view.handoffs(of: "sol").isEmpty)
    }

    @Test("keeps what was said once, in order, with what became of it")
    func transcript() throws {
        let view = try Conversations()
        try view.apply(queued())
        let said = event(.said(entry("m2", "still there?", by: .customer)), .queued)
        #expect(try view.apply(said).count == 1)
        #expect(try view.apply(said).isEmpty)
        let suggestion = try view.apply(event(.suggested(text: "Yes.", citations: []), .queued))
        #expect(
            suggestion == [.suggestion("c1", .init(id: "record-4", text: "Yes.", citations: []))])
        #expect(try view.of("sol").handoffPage(of: "c1")?.suggestion?.text == "Yes.")
        try view.apply(
            event(.said(entry("o1", "Yes!", by: .agent("ana", name: "Ana"))), ana))
        let pushed = try view.apply(event(.delivery(of: "o1", .accepted("wamid.1")), ana))
        guard case .delivery("c1", let report) = pushed.first else {
            Issue.record("no delivery in \(pushed)")
            return
        }
        #expect(report.state == "accepted")
        let conversation = try #require(try view.of("sol").handoffPage(of: "c1"))
        #expect(conversation.lines.map(\.text) == ["hello", "still there?", "Yes!"])
        #expect(conversation.lines.last?.name == "Ana")
        #expect(conversation.lines.last?.delivery == "accepted")
        #expect(conversation.suggestion == nil)
    }

    @Test("never shows one tenant's conversations to another")
    func scope() throws {
        let view = try Conversations()
        try view.apply(queued())
        #expect(try view.handoffs(of: "luna").isEmpty)
        #expect(try view.of("luna").handoffPage(of: "c1") == nil)
        #expect(try view.of("luna").claims(of: "ana").isEmpty)
        try view.apply(event(.closed(by: "x"), .bot, tenant: "luna"))
        #expect(try view.handoffs(of: "sol").count == 1)
    }

    @Test(
        "tells nobody of what changes nothing",
        arguments: [
            HandoffEvent.Change.refused(agent: "ben", because: "Ana has it", holder: "Ana"),
            .claimed(by: "ana", name: "Ana"),
        ])
    func silence(change: HandoffEvent.Change) throws {
        let view = try Conversations()
        try view.apply(queued())
        try view.apply(event(.claimed(by: "ana", name: "Ana"), ana, after: 1))
        #expect(try view.apply(event(change, ana, after: 2)).isEmpty)
    }

    @Test("opens a handoff from any event, for older ones may be gone from the log")
    func lateStart() throws {
        let view = try Conversations()
        try view.apply(event(.said(entry("m1", "hi", by: .customer)), ana))
        let handoff = try #require(try view.handoffs(of: "sol").first)
        #expect(handoff.status == .claimed)
        #expect(try view.apply(event(.closed(by: "ana"), .bot, conversation: "c9")).isEmpty)
    }

    @Test("lists the longest waiting first")
    func order() throws {
        let view = try Conversations()
        var later = queued("a-later")
        later.at = Self.start + .seconds(5)
        try view.apply(later)
        try view.apply(queued("z-first"))
        #expect(try view.handoffs(of: "sol").map(\.conversation) == ["z-first", "a-later"])
    }
}
