package import Conversation
package import SQLite
package import Views

/// The conversation of a status that did not say it may be known now.
package struct StatusFound: ViewChange, Hashable {
    /// Says so.
    package init() {}
}

/// A status, and the conversation that its message was sent in.
package struct PlacedStatus: Sendable {
    /// The status's own id, by which the sender knows a repeat.
    package var id: RecordID
    /// The status, with the conversation that it belongs to.
    package var status: MessageStatus
}

/// Statuses that say neither our callback data nor anything else that names the send: they wait
/// here for WhatsApp's name of the message, which comes with its answer to the send.
extension ConversationView {
    /// How long such a status is kept, in milliseconds: WhatsApp repeats it for seven days, and
    /// the sender drops what it had within eight.
    package static let unplacedKept: Int64 = 7 * 24 * 60 * 60 * 1_000

    /// Keeps a status; which are kept does not depend on the order in which they come.
    static func add(
        _ unplaced: UnplacedStatus, id: RecordID, _ rows: Rows
    ) throws(SQLiteError) {
        guard let wamid = unplaced.status.wamid else { return }
        let at = unplaced.status.receivedAt.milliseconds
        let newest = try rows.first("SELECT max(at) FROM unplaced") { $0.int64(0) } ?? 0
        guard at >= newest - unplacedKept else { return }
        try rows.change("DELETE FROM unplaced WHERE at < ?", .integer(at - unplacedKept))
        try rows.change(
            "INSERT INTO unplaced VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            .text(unplaced.tenant.rawValue), .text(id.rawValue), .text(wamid.rawValue),
            .integer(at), .text(orNull: StoredJSON.text(unplaced.status)))
        rows.announce(StatusFound())
    }

    /// Tells that a message's name is known, if a status waits for it.
    static func tell(
        named wamid: WhatsAppMessageID?, of tenant: TenantID, _ rows: Rows
    ) throws(SQLiteError) {
        guard let wamid else { return }
        let isAwaited = try rows.first(
            "SELECT 1 FROM unplaced WHERE tenant = ? AND wamid = ? LIMIT 1",
            .text(tenant.rawValue), .text(wamid.rawValue)
        ) { _ in true }
        if isAwaited == true { rows.announce(StatusFound()) }
    }

    /// Statuses whose conversation is known now, of all tenants: each goes to its own.
    package static func placedStatuses(_ rows: Rows) throws(SQLiteError) -> [PlacedStatus] {
        try rows.all(
            """
            SELECT unplaced.id, unplaced.status, min(deliveries.conversation)
            FROM unplaced JOIN deliveries ON deliveries.tenant = unplaced.tenant
                AND deliveries.wamid = unplaced.wamid
            GROUP BY unplaced.tenant, unplaced.id ORDER BY unplaced.at
            """
        ) { row -> PlacedStatus? in
            guard var status = StoredJSON.value(MessageStatus.self, row, 1) else { return nil }
            status.conversation = ConversationID(row.text(2))
            return PlacedStatus(id: RecordID(row.text(0)), status: status)
        }.compactMap(\.self)
    }
}
