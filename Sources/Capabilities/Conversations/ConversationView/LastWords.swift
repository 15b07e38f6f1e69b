package import Conversation
import SQLite
import Views

/// What was said last in a conversation, as a list shows it.
package struct LastWords: Hashable, Sendable, Codable {
    /// Who spoke.
    package var speaker: Handoff.Line.Speaker
    /// The beginning of what was said.
    package var text: String
    /// What it was, if not words alone: see ``TranscriptContent/kind``.
    package var kind: String?
    /// When.
    package var at: Timestamp

    /// Bytes of JSON of the words.
    static let bytes = 240

    init(_ line: Handoff.Line) {
        speaker = line.speaker
        text = line.text.cut(toJSONBytes: Self.bytes)
        kind = line.content?.kind
        at = line.at
    }
}

extension ConversationRows {
    /// What was said last, and when the customer last wrote.
    func lastSaid(
        in conversation: ConversationID
    ) throws(SQLiteError) -> (last: LastWords?, customerAt: Timestamp?) {
        // What says itself that somebody comes says nothing of what is wanted, nor does what agents
        // write for each other.
        let newest = try lines(of: conversation, LineRange(order: .newestFirst), atMost: 4)
        let telling = newest.first { ![.system, .note].contains($0.line.speaker) } ?? newest.first
        let last = telling.map { LastWords($0.line) }
        if let last, last.speaker == .customer { return (last, last.at) }
        let names = try joined(to: conversation)
        let list = names.map { _ in "?" }.joined(separator: ", ")
        let at = try rows.all(
            """
            SELECT at FROM lines
            WHERE tenant = ? AND conversation IN (\(list)) AND speaker = 'customer'
            ORDER BY time DESC, source DESC, offset DESC, part DESC LIMIT 1
            """,
            with: [.text(tenant.rawValue)] + names.map { .text($0.rawValue) }
        ) { Timestamp(milliseconds: $0.int64(0)) }.first
        return (last, at)
    }

    /// A handoff with what was said last in it.
    func withLastSaid(_ handoff: Handoff) throws(SQLiteError) -> Handoff {
        var handoff = handoff
        (handoff.last, handoff.customerAt) = try lastSaid(in: handoff.conversation)
        handoff.labels = try labels(of: handoff.conversation)
        handoff.queue = try queue(of: handoff.conversation)
        return handoff
    }
}
