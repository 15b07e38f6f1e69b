package import Conversation
import Records
package import SQLite
import Views

/// A file that was sent or received in a conversation.
package struct LineFile: Hashable, Sendable {
    /// The file among the tenant's media.
    package var blob: BlobReference
    /// Its name, where it has one.
    package var filename: String?
}

extension ConversationView {
    /// Notes what became of a medium that a customer sent; agents who watch look at its handoff
    /// again.
    static func note(_ medium: FetchedMedium, _ rows: Rows) throws(SQLiteError) {
        let (tenant, conversation) = (medium.tenant, medium.message.conversation)
        try rows.change(
            "INSERT OR REPLACE INTO media VALUES (?, ?, ?, ?)", .text(tenant.rawValue),
            .text(conversation.rawValue), .text(medium.inbound.rawValue),
            .text(orNull: StoredJSON.text(medium.reading)))
        guard let handoff = try openHandoff(conversation, of: tenant, rows) else { return }
        try announce(.updated(handoff), of: handoff.conversation, in: tenant, rows)
    }
}

extension ConversationRows {
    /// The agent who has a conversation, if one has.
    package func holder(of conversation: ConversationID) throws(SQLiteError) -> AgentID? {
        try handoff(of: conversation)?.holder?.id
    }

    /// The file of a line; `nil` where the line has none, or is none of the tenant's.
    package func file(
        of line: RecordID, in conversation: ConversationID
    ) throws(SQLiteError) -> LineFile? {
        let standing = try standing(of: conversation)
        guard try shows(standing) else { return nil }
        let names = try joined(to: standing)
        let list = names.map { _ in "?" }.joined(separator: ", ")
        let found = try rows.all(
            """
            SELECT content, reading FROM lines
            LEFT JOIN media ON media.tenant = lines.tenant
                AND media.conversation = lines.conversation AND media.message = lines.id
            WHERE lines.tenant = ? AND lines.id = ? AND lines.conversation IN (\(list))
            ORDER BY reading IS NULL LIMIT 1
            """,
            with: [.text(tenant.rawValue), .text(line.rawValue)]
                + names.map { .text($0.rawValue) }
        ) { row -> LineFile? in
            var content = StoredJSON.value(TranscriptContent.self, row, 0)
            if let reading = StoredJSON.value(MediumReading.self, row, 1) { content?.add(reading) }
            return content?.blob.map {
                LineFile(blob: $0, filename: content?.filename ?? content?.media?.filename)
            }
        }
        return found.first ?? nil
    }
}
