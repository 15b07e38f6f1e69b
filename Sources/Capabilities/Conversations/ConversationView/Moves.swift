package import Conversation
package import SQLite
import Views

/// Conversations that go on in another one: they are read as one, and each keeps its own rows, so
/// that they can be taken apart again.
extension ConversationView {
    /// Follows where a conversation goes on; the last word counts, whenever it is read.
    static func follow(_ move: ConversationMove, _ rows: Rows) throws(SQLiteError) {
        let former =
            try rows.first(
                "SELECT target FROM moves WHERE tenant = ? AND conversation = ?",
                .text(move.tenant.rawValue), .text(move.conversation.rawValue)
            ) { $0.isNull(0) ? nil : ConversationID($0.text(0)) } ?? nil
        try rows.change(
            """
            INSERT INTO moves VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT DO UPDATE SET target = ?3, number = ?4, at = ?5 WHERE number < ?4
            """, .text(move.tenant.rawValue), .text(move.conversation.rawValue),
            .text(orNull: move.into?.rawValue), .integer(move.order),
            .integer(move.at.milliseconds))
        try CustomerGroups(rows, of: move.tenant).regroup(move.conversation, and: former)
    }
}

extension ConversationRows {
    /// The most steps from a conversation to where it goes on: there is one, or two.
    private static let mostMoves = 32

    /// Where a conversation goes on; itself where it does not.
    package func standing(
        of conversation: ConversationID
    ) throws(SQLiteError) -> ConversationID {
        var standing = conversation
        for _ in 0..<Self.mostMoves {
            let next = try rows.first(
                "SELECT target FROM moves WHERE tenant = ? AND conversation = ?",
                .text(tenant.rawValue), .text(standing.rawValue)
            ) { $0.isNull(0) ? nil : ConversationID($0.text(0)) }
            guard let next, let next else { break }
            standing = next
        }
        return standing
    }

    /// The conversations that are read as one with this, which is the first.
    package func joined(
        to conversation: ConversationID
    ) throws(SQLiteError) -> [ConversationID] {
        var all = [conversation]
        var index = 0
        while index < all.count, all.count <= Self.mostMoves {
            let more = try rows.all(
                """
                SELECT conversation FROM moves WHERE tenant = ? AND target = ?
                ORDER BY conversation
                """, .text(tenant.rawValue), .text(all[index].rawValue)
            ) { ConversationID($0.text(0)) }
            all += more.filter { !all.contains($0) }
            index += 1
        }
        return all
    }
}
