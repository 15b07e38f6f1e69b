import Conversation
import SQLite
import Views

extension ConversationRows {
    /// The same line, which names the messages that it is about by their lines, where those are
    /// here: a client knows no other names.
    func namingLines(
        _ line: Handoff.Line, of names: [ConversationID]
    ) throws(SQLiteError) -> Handoff.Line {
        guard var content = line.content, content.quotes != nil || content.message != nil else {
            return line
        }
        if let quotes = content.quotes { content.quotes = try self.line(of: quotes, in: names) }
        if let message = content.message { content.message = try self.line(of: message, in: names) }
        var named = line
        named.content = content
        return named
    }

    /// The line of a message that is named by its line, by what WhatsApp calls it, or by what ours
    /// is known as to customers; the name itself where there is none.
    private func line(
        of message: MessageID, in conversations: [ConversationID]
    ) throws(SQLiteError) -> MessageID {
        let list = conversations.map { _ in "?" }.joined(separator: ", ")
        let values = [Value.text(tenant.rawValue)] + conversations.map { .text($0.rawValue) }
        let within = "tenant = ? AND conversation IN (\(list))"
        // What is quoted was mostly said a moment ago.
        let byTime = "ORDER BY time DESC, source DESC, offset DESC, part DESC LIMIT 1"
        for sql in [
            "SELECT id FROM lines WHERE \(within) AND id = ?",
            "SELECT message FROM deliveries WHERE \(within) AND wamid = ? LIMIT 1",
            "SELECT message FROM deliveries WHERE \(within) AND known_as = ? LIMIT 1",
            "SELECT id FROM lines WHERE \(within) AND wamid = ? \(byTime)",
        ] {
            let found = try rows.all(sql, with: values + [.text(message.rawValue)]) {
                MessageID($0.text(0))
            }
            if let line = found.first { return line }
        }
        return message
    }
}
