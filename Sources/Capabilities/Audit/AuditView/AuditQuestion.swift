package import Conversation
package import SQLite
package import Views

/// Which acts are asked for; what is `nil` does not matter.
package struct AuditQuestion: Hashable, Sendable {
    /// Who acted.
    package var actor: String?
    /// What was done: an action, or with a dot at its end all that begin so, such as `document.`.
    package var action: String?
    /// A part of what it was done to.
    package var subject: String?
    /// Not before.
    package var from: Timestamp?
    /// Before.
    package var to: Timestamp?

    /// Asks for all, or for what is named.
    package init(
        actor: String? = nil, action: String? = nil, subject: String? = nil,
        from: Timestamp? = nil, to: Timestamp? = nil
    ) {
        self.actor = actor
        self.action = action
        self.subject = subject
        self.from = from
        self.to = to
    }

    /// The condition in SQL, with its values.
    fileprivate var condition: (sql: String, values: [Value]) {
        var parts: [String] = ["1"]
        var values: [Value] = []
        func add(_ part: String, _ value: Value) {
            parts.append(part)
            values.append(value)
        }
        if let actor { add("actor = ?", .text(actor)) }
        if let action {
            if action.hasSuffix(".") {
                add("action >= ?", .text(action))
                // The character after the dot.
                add("action < ?", .text(action.dropLast() + "/"))
            } else {
                add("action = ?", .text(action))
            }
        }
        if let subject { add("instr(subject, ?) > 0", .text(subject)) }
        if let from { add("at >= ?", .integer(from.milliseconds)) }
        if let to { add("at < ?", .integer(to.milliseconds)) }
        return (parts.joined(separator: " AND "), values)
    }
}

/// An act as it is listed; in JSON as it stands.
package struct AuditListing: Hashable, Sendable, Codable {
    /// The record's id.
    package var id: RecordID
    /// When.
    package var at: Timestamp
    /// The tenant concerned.
    package var tenant: TenantID
    /// Who did it.
    package var actor: String
    /// What was done.
    package var action: String
    /// What it was done to.
    package var subject: String
}

/// A place in the list of acts, which is ordered newest first.
package struct AuditCursor: Hashable, Sendable {
    private let at: Int64
    private let partition: Int64
    private let offset: Int64

    /// Reads a cursor that a page gave; `nil` for anything else.
    package init?(_ text: String) {
        let numbers = text.split(separator: "-", omittingEmptySubsequences: false).map {
            Int64($0)
        }
        guard numbers.count == 3, let at = numbers[0], let partition = numbers[1],
            let offset = numbers[2]
        else { return nil }
        self.at = at
        self.partition = partition
        self.offset = offset
    }

    fileprivate init(_ row: Statement) {
        at = row.int64(1)
        partition = row.int64(6)
        offset = row.int64(7)
    }

    /// The cursor as a client gives it back.
    package var text: String { "\(at)-\(partition)-\(offset)" }

    fileprivate var values: [Value] { [.integer(at), .integer(partition), .integer(offset)] }
}

/// Acts as the view has them: those of one tenant, or, for who runs the installation, of all.
package struct AuditRows {
    private let rows: Rows
    private let tenant: TenantID?

    /// Looks at the acts of a tenant, or of all.
    package init(_ rows: Rows, of tenant: TenantID?) {
        self.rows = rows
        self.tenant = tenant
    }

    /// The acts after a place, newest first, with the place that each stands at.
    package func list(
        _ question: AuditQuestion, after cursor: AuditCursor?, atMost limit: Int
    ) throws(SQLiteError) -> [(listing: AuditListing, place: AuditCursor)] {
        var (condition, values) = scoped(question)
        if let cursor {
            condition += " AND (at, partition, offset) < (?, ?, ?)"
            values += cursor.values
        }
        return try rows.all(
            """
            SELECT id, at, tenant, actor, action, subject, partition, offset FROM entries
            WHERE \(condition) ORDER BY at DESC, partition DESC, offset DESC LIMIT \(limit)
            """, with: values
        ) { row in
            (
                AuditListing(
                    id: RecordID(row.text(0)), at: Timestamp(milliseconds: row.int64(1)),
                    tenant: TenantID(row.text(2)), actor: row.text(3), action: row.text(4),
                    subject: row.text(5)), AuditCursor(row)
            )
        }
    }

    /// How many acts there are.
    package func count(_ question: AuditQuestion) throws(SQLiteError) -> Int {
        let (condition, values) = scoped(question)
        return try rows.number("SELECT count(*) FROM entries WHERE \(condition)", with: values)
    }

    private func scoped(_ question: AuditQuestion) -> (String, [Value]) {
        let (condition, values) = question.condition
        guard let tenant else { return (condition, values) }
        return ("tenant = ? AND " + condition, [.text(tenant.rawValue)] + values)
    }
}
