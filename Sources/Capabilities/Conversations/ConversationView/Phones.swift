import Conversation
import Records
import SQLite
import Views

/// What the business wrote on its phone, and what was said there before it was connected.
///
/// WhatsApp may tell of what Parley sent as if it came from the phone: such a line is the sent
/// message's own, and stands once.
extension ConversationView {
    /// Adds what the business wrote on its phone.
    static func add(
        _ echo: EchoedMessage, _ record: DecodedRecord, _ rows: Rows
    ) throws(SQLiteError) {
        try begin(echo.asMessage, at: echo.receivedAt, rows)
        try note(changeBy: echo.asMessage, rows)
        guard try !isSentFromHere(echo.wamid, of: echo.tenant, rows) else { return }
        let entry = TranscriptEntry(
            id: record.headers.id, speaker: .owner, text: echo.content.transcriptText,
            at: echo.sentAt, content: echo.content.transcript(quoting: echo.context?.message))
        try add(
            Handoff.Line(entry), LinePosition(echo.receivedAt, .phone, record), echo.wamid,
            to: echo.conversation, of: echo.tenant, rows)
    }

    /// Adds what was said before the number was connected, where it was said.
    static func add(
        _ past: PastMessage, _ record: DecodedRecord, _ rows: Rows
    ) throws(SQLiteError) {
        let message = past.message
        try begin(message, at: message.sentAt, rows)
        guard try !isSentFromHere(message.graphID, of: past.tenant, rows) else { return }
        let entry = TranscriptEntry(
            id: RecordID(message.message.rawValue),
            speaker: past.isFromBusiness ? .owner : .customer,
            text: message.content.transcriptText, at: message.sentAt,
            content: message.content.transcript(quoting: message.context?.message))
        let placeholder = "[\(PastMessage.placeholder)]"
        try insert(
            Handoff.Line(entry), LinePosition(message.sentAt, .past, record), message.graphID,
            nil, nil, to: message.conversation, of: past.tenant, isAnnounced: false,
            orElse: """
                UPDATE SET time = excluded.time, offset = excluded.offset, at = excluded.at,
                    text = excluded.text, content = excluded.content
                WHERE source = \(LinePosition.Source.past.rawValue) AND text = '\(placeholder)'
                    AND excluded.text <> '\(placeholder)'
                """, rows)
    }

    /// Notes that there is a conversation; what customers write themselves tells best who they are.
    private static func begin(
        _ message: InboundMessage, at moment: Timestamp, _ rows: Rows
    ) throws(SQLiteError) {
        let contact = message.contact.bounded
        let known = try CustomerGroups(rows, of: message.tenant).known(message.conversation)
        try rows.change(
            """
            INSERT INTO conversations
                (tenant, conversation, first_at, last_at, number, user_id, parent_user_id, phone,
                name, username)
            VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            ON CONFLICT DO UPDATE SET first_at = min(first_at, ?3), last_at = max(last_at, ?3),
                number = coalesce(number, ?4)
            """, .text(message.tenant.rawValue), .text(message.conversation.rawValue),
            .integer(moment.milliseconds), .text(message.number.rawValue),
            .text(orNull: contact.userID), .text(orNull: contact.parentUserID),
            .text(orNull: contact.phone), .text(orNull: contact.name),
            .text(orNull: contact.username))
        if message.group == nil {
            try CustomerGroups(rows, of: message.tenant)
                .follow(contact, in: message.conversation, before: known)
        }
    }

    private static func isSentFromHere(
        _ wamid: WhatsAppMessageID, of tenant: TenantID, _ rows: Rows
    ) throws(SQLiteError) -> Bool {
        let found = try rows.first(
            "SELECT 1 FROM deliveries WHERE tenant = ? AND wamid = ? LIMIT 1",
            .text(tenant.rawValue), .text(wamid.rawValue)
        ) { _ in true }
        return found == true
    }

    /// Takes away the line of what turns out to have been sent from here.
    static func forgetEcho(of delivery: Delivery, _ rows: Rows) throws(SQLiteError) {
        guard let wamid = delivery.outcome.wamid else { return }
        try rows.change(
            "DELETE FROM lines WHERE tenant = ? AND wamid = ? AND source >= 3",
            .text(delivery.tenant.rawValue), .text(wamid.rawValue))
    }
}
