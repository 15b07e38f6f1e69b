import Conversation
import Testing

@testable import HandoffStage

/// The state is written by hand, for speed; it is what the encoder writes.
@Suite struct StateBytesTests {
    private static let at = Timestamp(milliseconds: 1_700_000_000_123)
    private static let words = "Ünïcode \"quoted\"\n\\ 👋\u{1}"

    private static let whole: HandoffState = {
        var state = HandoffState()
        state.tenant = "velo"
        state.number = "1"
        state.contact = Contact(userID: "u", phone: "34600", name: words)
        state.anchor = at
        state.transcript = [
            TranscriptEntry(id: "m", speaker: .customer, text: words, at: at),
            TranscriptEntry(id: "n", speaker: .agent("a", name: words), text: "", at: at),
        ].map(TranscriptLine.init)
        state.awaiting = ["wamid.1", "wamid.2"]
        state.stale = ["wamid.3"]
        state.answeredEarly = ["wamid.4"]
        state.early = [
            HandoffState.EarlyReply(
                reply: ProposedReply(
                    tenant: "velo", conversation: "c", answers: ["wamid.5"],
                    proposal: .courtesy(text: words),
                    language: "en", provenance: Provenance(passages: [], model: "built-in"),
                    at: at),
                correlation: "r")
        ]
        state.recent = [SentMark(.bot, "o"), SentMark(.system, "p")]
        state.references = [words]
        state.queuedSince = at
        state.leaseUntil = at
        return state
    }()

    private static let claimed: HandoffState = {
        var state = HandoffState()
        do {
            try state.owner.enqueue()
            _ = try state.owner.claim(by: "ann", name: words)
        } catch { Issue.record("\(error)") }
        return state
    }()

    @Test("the state is written as the encoder writes it")
    func bytes() throws {
        for state in [HandoffState(), Self.whole, Self.claimed] {
            let written = try JSONText.bytes(of: state)
            #expect(written == (try RecordCodec.encode(state)))
            #expect(try RecordCodec.decode(HandoffState.self, from: written) == state)
        }
    }
}
