import Console
import Conversation
import Endpoints
import Testing

@Suite("The view of handoffs")
struct HandoffViewTests {
    private let sol: TenantScope
    private let luna: TenantScope

    init() throws {
        sol = try tenantScope("sol")
        luna = try tenantScope("luna")
    }

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
        var view = HandoffView()
        #expect(view.apply(queued()).count == 1)
        var handoff = try #require(view.handoffs(of: sol).first)
        #expect(handoff.status == .queued)
        #expect(handoff.reason == "asked")
        #expect(handoff.summary == "wants Ana")
        #expect(handoff.waitingSince == Self.start)

        #expect(
            view.apply(event(.overdue(waiting: Self.start), .queued, after: 300)).count == 1)
        #expect(view.handoffs(of: sol).first?.isOverdue == true)

        _ = view.apply(event(.claimed(by: "ana", name: "Ana"), ana, after: 310))
        handoff = try #require(view.handoffs(of: sol).first)
        #expect(handoff.holder?.name == "Ana")
        #expect(!handoff.isOverdue)
        #expect(view.claims(of: "ana", in: sol) == ["c1"])
        #expect(view.counts(of: sol) == (0, 1))

        _ = view.apply(event(.released(by: nil, because: "lease"), .queued, after: 900))
        handoff = try #require(view.handoffs(of: sol).first)
        #expect(handoff.holder == nil)
        #expect(handoff.waitingSince == Self.start + .seconds(900))
        #expect(handoff.reason == "asked")

        let ended = view.apply(event(.closed(by: "ana"), .bot))
        #expect(ended == [.ended("c1", by: "ana")])
        #expect(view.handoffs(of: sol).isEmpty)
    }

    @Test("keeps what was said once, in order, with what became of it")
    func transcript() throws {
        var view = HandoffView()
        _ = view.apply(queued())
        let said = event(.said(entry("m2", "still there?", by: .customer)), .queued)
        #expect(view.apply(said).count == 1)
        #expect(view.apply(said).isEmpty)
        let suggestion = view.apply(event(.suggested(text: "Yes.", citations: []), .queued))
        #expect(suggestion == [.suggestion("c1", .init(text: "Yes.", citations: []))])
        #expect(view.conversation("c1", of: sol)?.suggestion?.text == "Yes.")
        _ = view.apply(
            event(.said(entry("o1", "Yes!", by: .agent("ana", name: "Ana"))), ana))
        let pushed = view.apply(event(.delivery(of: "o1", .accepted("wamid.1")), ana))
        guard case .delivery("c1", let report) = pushed.first else {
            Issue.record("no delivery in \(pushed)")
            return
        }
        #expect(report.state == "accepted")
        let conversation = try #require(view.conversation("c1", of: sol))
        #expect(conversation.lines.map(\.text) == ["hello", "still there?", "Yes!"])
        #expect(conversation.lines.last?.name == "Ana")
        #expect(conversation.lines.last?.delivery == "accepted")
        #expect(conversation.suggestion == nil)
    }

    @Test("never shows one tenant's conversations to another")
    func scope() {
        var view = HandoffView()
        _ = view.apply(queued())
        #expect(view.handoffs(of: luna).isEmpty)
        #expect(view.conversation("c1", of: luna) == nil)
        #expect(view.claims(of: "ana", in: luna).isEmpty)
        _ = view.apply(event(.closed(by: "x"), .bot, tenant: "luna"))
        #expect(view.handoffs(of: sol).count == 1)
    }

    @Test(
        "tells nobody of what changes nothing",
        arguments: [
            HandoffEvent.Change.refused(agent: "ben", because: "Ana has it", holder: "Ana"),
            .claimed(by: "ana", name: "Ana"),
        ])
    func silence(change: HandoffEvent.Change) {
        var view = HandoffView()
        _ = view.apply(queued())
        _ = view.apply(event(.claimed(by: "ana", name: "Ana"), ana, after: 1))
        #expect(view.apply(event(change, ana, after: 2)).isEmpty)
    }

    @Test("opens a handoff from any event, for older ones may be gone from the log")
    func lateStart() throws {
        var view = HandoffView()
        _ = view.apply(event(.said(entry("m1", "hi", by: .customer)), ana))
        let handoff = try #require(view.handoffs(of: sol).first)
        #expect(handoff.status == .claimed)
        #expect(view.apply(event(.closed(by: "ana"), .bot, conversation: "c9")).isEmpty)
    }

    @Test("lists the longest waiting first")
    func order() {
        var view = HandoffView()
        var later = queued("a-later")
        later.at = Self.start + .seconds(5)
        _ = view.apply(later)
        _ = view.apply(queued("z-first"))
        #expect(view.handoffs(of: sol).map(\.conversation) == ["z-first", "a-later"])
    }
}
