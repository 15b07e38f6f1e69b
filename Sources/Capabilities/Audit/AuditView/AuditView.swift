import AuditRecords
import Conversation
import Records
import SQLite
package import Views

/// Who did what, of all tenants: one row for each record of the topic `audit`.
package enum AuditView {
    /// The view.
    package static let view = View(
        "audit", of: [.audit], reading: [AuditEntry.self], schema: schema, apply: apply)

    private static let schema = """
        CREATE TABLE entries (
            tenant TEXT NOT NULL, at INTEGER NOT NULL, partition INTEGER NOT NULL,
            offset INTEGER NOT NULL, id TEXT NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
            subject TEXT NOT NULL,
            PRIMARY KEY (tenant, at, partition, offset)
        ) WITHOUT ROWID;
        CREATE UNIQUE INDEX entries_by_id ON entries (id, tenant);
        CREATE INDEX entries_by_time ON entries (at, partition, offset);
        CREATE INDEX entries_by_actor ON entries (actor, at, partition, offset);
        CREATE INDEX entries_by_action ON entries (action, at, partition, offset);
        """

    @Sendable private static func apply(
        _ record: DecodedRecord, _ rows: Rows
    ) throws(SQLiteError) {
        guard let entry = record.payload as? AuditEntry else { return }
        // What was written again, as a client that asks twice may have done, is one act.
        try rows.change(
            "INSERT OR IGNORE INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            .text(entry.tenant.rawValue), .integer(entry.at.milliseconds),
            .integer(Int64(record.position.partition)), .integer(record.position.offset),
            .text(record.headers.id.rawValue), .text(entry.actor), .text(entry.action),
            .text(entry.subject))
    }
}
