import Conversation
import SQLite
import Views

extension ConversationView {
    /// Notes a wish about messages that the customer did not ask for, by WhatsApp's buttons.
    static func note(_ preference: CustomerPreference, _ rows: Rows) throws(SQLiteError) {
        let isOwn = preference.category != CustomerPreference.writtenDown
        try note(
            preference.wish, at: min(preference.at, preference.receivedAt),
            in: preference.conversation, of: preference.tenant, isOwn: isOwn, rows)
    }

    /// The same, in the customer's words.
    static func note(wishOf message: InboundMessage, _ rows: Rows) throws(SQLiteError) {
        guard message.group == nil, let wish = OptOutWords.wish(of: message.content) else {
            return
        }
        try note(
            wish, at: min(message.sentAt, message.receivedAt), in: message.conversation,
            of: message.tenant, isOwn: true, rows)
    }

    private static func note(
        _ wish: OptOutWords.Wish, at moment: Timestamp, in conversation: ConversationID,
        of tenant: TenantID, isOwn: Bool, _ rows: Rows
    ) throws(SQLiteError) {
        let columns = isOwn ? ("stopped_at", "resumed_at") : ("held_at", "freed_at")
        let column = wish == .stop ? columns.0 : columns.1
        try rows.change(
            """
            INSERT INTO wishes (tenant, conversation, \(column)) VALUES (?1, ?2, ?3)
            ON CONFLICT DO UPDATE SET \(column) = max(coalesce(\(column), 0), ?3)
            """, .text(tenant.rawValue), .text(conversation.rawValue),
            .integer(moment.milliseconds))
        if isOwn { try CustomerGroups(rows, of: tenant).settle(conversation: conversation) }
    }
}
