import Conversation
import Foundation
import Testing

@testable import HandoffStage

/// What is stored stays readable, and is written as it was.
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

    /// What they were when they were still written by hand, a line each.
    private static func recorded() throws -> [[UInt8]] {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Recorded/states.jsonl")
        return try Data(contentsOf: file).split(separator: UInt8(ascii: "\n")).map(Array.init)
    }

    private static func expectRecorded(_ written: [[UInt8]]) throws {
        let recorded = try recorded()
        #expect(written.count == recorded.count)
        for (bytes, line) in zip(written, recorded) {
            #expect(bytes == line, "\(String(decoding: bytes, as: UTF8.self))")
        }
    }

    private static let asking: HandoffState = {
        var state = HandoffState()
        state.asked = "r"
        return state
    }()

    private static let states = [HandoffState(), whole, claimed, asking]

    @Test("the state is written as it was, and read")
    func bytes() throws {
        let written = try Self.states.map { try RecordCodec.encode($0) }
        try Self.expectRecorded(written)
        for (state, bytes) in zip(Self.states, written) {
            #expect(try RecordCodec.decode(HandoffState.self, from: bytes) == state)
        }
    }
}
