import AuditRecords
import Conversation
import Records
import SQLite
package import Views

/// Who did what, of all tenants, and how far each tenant's chain over it has come: one row for each
/// entry of the topic `audit`, and for each link of its chain.
package enum AuditView {
    /// The view.
    package static let view = View(
        "audit", of: [.audit, .auditChain],
        reading: [AuditEntry.self, AuditLink.self, AuditCheckpoint.self], schema: schema,
        // The index of words holds a tenant's words until it is made anew.
        afterForgetting: "INSERT INTO found (found) VALUES ('rebuild')", apply: apply)

    /// The room in which pages hear of new entries.
    package static let room = "audit"

    // An entry's number is its place in time: all lists are ordered by it.
    //
    // `found` is an index of marks, whose lists of numbers are cut with each other: who, what, to
    // what, and every word, see `AuditMarks`.
    private static let schema = """
        CREATE TABLE entries (
            number INTEGER PRIMARY KEY, tenant TEXT NOT NULL, at INTEGER NOT NULL,
            id TEXT NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL, subject TEXT NOT NULL,
            details TEXT, marks TEXT NOT NULL
        );
        CREATE UNIQUE INDEX entries_by_id ON entries (id, tenant);
        CREATE INDEX entries_by_tenant ON entries (tenant);
        CREATE VIRTUAL TABLE found USING fts5 (
            marks, content = 'entries', content_rowid = 'number', tokenize = 'ascii',
            detail = 'none', columnsize = 0, prefix = '4'
        );
        CREATE TABLE links (
            tenant TEXT NOT NULL, entry TEXT NOT NULL, number INTEGER NOT NULL,
            hash TEXT NOT NULL, PRIMARY KEY (tenant, entry)
        ) WITHOUT ROWID;
        CREATE TABLE chains (
            tenant TEXT NOT NULL PRIMARY KEY, entries INTEGER NOT NULL DEFAULT 0,
            links INTEGER NOT NULL DEFAULT 0, last INTEGER NOT NULL DEFAULT 0,
            head TEXT NOT NULL DEFAULT '', checked INTEGER NOT NULL DEFAULT 0,
            checked_head TEXT NOT NULL DEFAULT '', checked_at INTEGER NOT NULL DEFAULT 0
        ) WITHOUT ROWID;
        """

    @Sendable private static func apply(
        _ record: DecodedRecord, _ rows: Rows
    ) throws(SQLiteError) {
        switch record.payload {
        case let entry as AuditEntry: try add(entry, record, rows)
        case let link as AuditLink: try add(link, rows)
        case let checkpoint as AuditCheckpoint: try add(checkpoint, rows)
        default: break
        }
    }

    private static func add(
        _ entry: AuditEntry, _ record: DecodedRecord, _ rows: Rows
    ) throws(SQLiteError) {
        let tenant = Value.text(entry.tenant.rawValue)
        let id = Value.text(record.headers.id.rawValue)
        // What was written again, as a client that asks twice may have done, is one act.
        let isKnown = try rows.number(
            "SELECT count(*) FROM entries WHERE id = ? AND tenant = ?", with: [id, tenant])
        guard isKnown == 0 else { return }
        let marks = AuditMarks.text(of: entry, record.headers.id)
        let details = StoredJSON.text(AuditDetails(entry)).map { Value.text($0) } ?? .null
        var number = AuditPlace.number(at: entry.at, record.position)
        while try rows.change(
            "INSERT OR IGNORE INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            .integer(number), tenant, .integer(entry.at.milliseconds), id, .text(entry.actor),
            .text(entry.action), .text(entry.subject), details, .text(marks)) == 0
        {
            number += 1
        }
        try rows.change(
            "INSERT INTO found (rowid, marks) VALUES (?, ?)", .integer(number), .text(marks))
        try rows.change(
            """
            INSERT INTO chains (tenant, entries) VALUES (?, 1)
            ON CONFLICT DO UPDATE SET entries = entries + 1
            """, tenant)
        rows.announce(
            RowChanged(
                room, entry.tenant == .installation ? .installation : .tenant(entry.tenant),
                id: record.headers.id.rawValue))
    }

    private static func add(_ link: AuditLink, _ rows: Rows) throws(SQLiteError) {
        let tenant = Value.text(link.tenant.rawValue)
        let number = Value.integer(Int64(link.number))
        guard
            try rows.change(
                "INSERT OR IGNORE INTO links VALUES (?, ?, ?, ?)", tenant,
                .text(link.entry.rawValue), number, .text(link.hash)) == 1
        else { return }
        try rows.change(
            """
            INSERT INTO chains (tenant, links, last, head) VALUES (?1, 1, ?2, ?3)
            ON CONFLICT DO UPDATE SET links = links + 1,
                head = iif(excluded.last > last, excluded.head, head),
                last = max(last, excluded.last)
            """, tenant, number, .text(link.hash))
    }

    private static func add(
        _ checkpoint: AuditCheckpoint, _ rows: Rows
    ) throws(SQLiteError) {
        try rows.change(
            """
            INSERT INTO chains (tenant, checked, checked_head, checked_at) VALUES (?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET checked = excluded.checked,
                checked_head = excluded.checked_head, checked_at = excluded.checked_at
            WHERE excluded.checked > checked
            """, .text(checkpoint.tenant.rawValue), .integer(Int64(checkpoint.count)),
            .text(checkpoint.head), .integer(checkpoint.at.milliseconds))
    }
}

/// The number under which an entry is kept, by which all lists are ordered.
enum AuditPlace {
    /// Bits below the milliseconds.
    private static let fine = 21
    /// Bits of the partition among those, the lowest ones.
    private static let partitionBits = 4
    private static let lastMoment: Int64 = 1 << 42 - 1

    /// A moment first, then the place in the log, so that what one commit wrote keeps its order.
    ///
    /// Two that would have one number are as good as never; the second gets the next one.
    static func number(at moment: Timestamp, _ position: RecordPosition) -> Int64 {
        let offset = position.offset & (1 << (fine - partitionBits) - 1)
        let partition = Int64(position.partition) & (1 << partitionBits - 1)
        return first(at: moment) | offset << partitionBits | partition
    }

    /// The lowest number of a moment.
    static func first(at moment: Timestamp) -> Int64 {
        min(max(0, moment.milliseconds), lastMoment) << fine
    }
}
