package import Conversation
package import SQLite
import Views

// What became of each message. Deliveries come by two topics, so that the row is the greatest of
// what was said, in whatever order.

extension ConversationView {
    /// Notes how far a message has come; what comes late takes nothing back.
    static func note(
        _ outcome: Delivery.Outcome, of message: RecordID, in conversation: ConversationID,
        of tenant: TenantID, at moment: Timestamp, pricing: MessagePricing? = nil, _ rows: Rows
    ) throws(SQLiteError) {
        let report = Handoff.DeliveryReport(of: message, outcome)
        try rows.change(
            """
            INSERT INTO deliveries VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?11, ?9, ?10, NULL,
                ?12)
            ON CONFLICT DO UPDATE SET
                state = CASE WHEN (rank, at, state) < (?4, ?5, ?6) THEN ?6 ELSE state END,
                detail = CASE WHEN (rank, at, state) < (?4, ?5, ?6) THEN ?7 ELSE detail END,
                code = CASE WHEN (rank, at, state) < (?4, ?5, ?6) THEN ?8 ELSE code END,
                advice = CASE WHEN (rank, at, state) < (?4, ?5, ?6) THEN ?11 ELSE advice END,
                at = CASE WHEN (rank, at, state) < (?4, ?5, ?6) THEN ?5 ELSE at END,
                rank = max(rank, ?4),
                wamid = min(coalesce(wamid, ?9), coalesce(?9, wamid)),
                known_as = min(coalesce(known_as, ?12), coalesce(?12, known_as)),
                pricing = coalesce(pricing, ?10)
            WHERE (rank, at, state) < (?4, ?5, ?6) OR ?9 < coalesce(wamid, ?9 || ' ')
                OR ?12 < coalesce(known_as, ?12 || ' ')
                OR (pricing IS NULL AND ?10 IS NOT NULL)
            """, .text(tenant.rawValue), .text(conversation.rawValue), .text(message.rawValue),
            .integer(outcome.rank), .integer(moment.milliseconds), .text(report.state),
            .text(orNull: report.detail), report.code.map { .integer(Int64($0)) } ?? .null,
            .text(orNull: outcome.wamid?.rawValue), .text(orNull: StoredJSON.text(pricing)),
            .text(orNull: StoredJSON.text(report.advice)), .text(orNull: outcome.name?.rawValue))
    }

    /// Notes that a message is sent again by another one.
    static func note(
        _ message: RecordID, isSentAgainBy other: RecordID, in conversation: ConversationID,
        of tenant: TenantID, _ rows: Rows
    ) throws(SQLiteError) {
        try rows.change(
            """
            INSERT INTO deliveries VALUES (?1, ?2, ?3, -1, 0, '', NULL, NULL, NULL, NULL, NULL, ?4,
                NULL)
            ON CONFLICT DO UPDATE SET again = ?4 WHERE again IS NOT ?4
            """, .text(tenant.rawValue), .text(conversation.rawValue), .text(message.rawValue),
            .text(other.rawValue))
    }
}

extension ConversationRows {
    /// What was sent to the customer under a line, to be sent again as it was; `nil` if the line is
    /// not one of this conversation, or not one that was sent.
    package func sentContent(
        of line: RecordID, in conversation: ConversationID
    ) throws(SQLiteError) -> OutboundContent? {
        guard try shows(conversation) else { return nil }
        return try rows.first(
            """
            SELECT text, sent FROM lines WHERE tenant = ? AND conversation = ? AND id = ?
                AND speaker <> 'customer' AND source = \(LinePosition.Source.outbound.rawValue)
            """, .text(tenant.rawValue), .text(conversation.rawValue), .text(line.rawValue)
        ) { row in
            row.isNull(1) ? .text(row.text(0)) : StoredJSON.value(OutboundContent.self, row, 1)
        } ?? nil
    }
}

extension Delivery.Outcome {
    /// WhatsApp's name of the message, where this tells it.
    var wamid: WhatsAppMessageID? {
        guard case .accepted(let message, let wamid) = self else { return nil }
        return wamid ?? WhatsAppMessageID(message.rawValue)
    }

    /// Our name of WhatsApp's message, where this tells it.
    fileprivate var name: MessageID? {
        if case .accepted(let message, _) = self { message } else { nil }
    }

    /// How far a message has come with this: a failure replaces what WhatsApp merely took or sent,
    /// and gives way to what reached the customer after all.
    fileprivate var rank: Int64 {
        switch self {
        case .held: 0
        case .unknown: 1
        // Nobody knows, and nobody waits any more; a status may still tell.
        case .dropped(.unknownOutcome): 2
        case .accepted: 3
        case .progressed(_, let progress):
            switch progress.rank ?? 0 {
            // A word that is not known here says no more than that WhatsApp has it.
            case 0: 3
            case 1: 4
            case let rank: 4 + Int64(rank)
            }
        case .failed, .dropped: 5
        }
    }
}
