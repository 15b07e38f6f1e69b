package import Conversation
import Cryptography
package import Endpoints
package import SQLite
package import Views

/// Which acts are asked for; what is `nil` does not matter.
package struct AuditQuestion: Hashable, Sendable {
    /// Who acted: an actor, or with a slash at its end all that begin so, such as `agent/`.
    package var actor: String?
    /// What was done: an action, or with a dot at its end all that begin so, such as `document.`.
    package var action: String?
    /// A part of what it was done to, in small or capital letters (a-z).
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
        if let actor {
            if actor.hasSuffix("/") {
                add("actor >= ?", .text(actor))
                // The character after the slash.
                add("actor < ?", .text(actor.dropLast() + "0"))
            } else {
                add("actor = ?", .text(actor))
            }
        }
        if let action {
            if action.hasSuffix(".") {
                add("action >= ?", .text(action))
                // The character after the dot.
                add("action < ?", .text(action.dropLast() + "/"))
            } else {
                add("action = ?", .text(action))
            }
        }
        if let subject { add("instr(lower(subject), lower(?)) > 0", .text(subject)) }
        if let from { add("at >= ?", .integer(from.milliseconds)) }
        if let to { add("at < ?", .integer(to.milliseconds)) }
        return (parts.joined(separator: " AND "), values)
    }

    /// What tells this question, asked about a tenant or all, from any other.
    fileprivate func mark(_ tenant: TenantID?) -> String {
        let (condition, values) = condition
        return String(SHA256.hex("\(tenant?.rawValue ?? "")\u{0}\(condition)\(values)").prefix(16))
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

    fileprivate init(_ row: Statement) {
        id = RecordID(row.text(0))
        at = Timestamp(milliseconds: row.int64(1))
        tenant = TenantID(row.text(2))
        actor = row.text(3)
        action = row.text(4)
        subject = row.text(5)
    }
}

/// A position in the list of acts, which is ordered newest first; it is of use for one question
/// about one tenant, or about all of them.
package struct AuditCursor: Hashable, Sendable {
    private let at: Int64
    private let partition: Int64
    private let offset: Int64
    private let mark: String

    fileprivate init?(_ text: String, _ mark: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4, let at = Int64(parts[0]), let partition = Int64(parts[1]),
            let offset = Int64(parts[2]), parts[3] == mark
        else { return nil }
        self.at = at
        self.partition = partition
        self.offset = offset
        self.mark = mark
    }

    fileprivate init(_ row: Statement, _ mark: String) {
        at = row.int64(1)
        partition = row.int64(6)
        offset = row.int64(7)
        self.mark = mark
    }

    /// The cursor as a client gives it back.
    package var text: String { "\(at).\(partition).\(offset).\(mark)" }

    fileprivate var values: [Value] { [.integer(at), .integer(partition), .integer(offset)] }
}

/// Whose acts are looked at.
package enum AuditScope: Hashable, Sendable {
    /// One tenant's.
    case tenant(TenantScope)
    /// All there are, for who runs the installation.
    case all(InstallationScope)

    /// The one tenant.
    package var tenant: TenantID? {
        switch self {
        case .tenant(let scope): scope.tenant
        case .all: nil
        }
    }

    /// Reads a cursor that a page of the same question and scope gave; `nil` for anything else.
    package func cursor(_ text: String, of question: AuditQuestion) -> AuditCursor? {
        AuditCursor(text, question.mark(tenant))
    }
}

/// Acts as the view has them: those of one tenant, or, for who runs the installation, of all.
package struct AuditRows {
    private let rows: Rows
    private let tenant: TenantID?

    /// Looks at the acts of a tenant, or of all.
    package init(_ rows: Rows, of scope: AuditScope) {
        self.rows = rows
        self.tenant = scope.tenant
    }

    /// The acts after a position, newest first, with the position that each stands at.
    package func list(
        _ question: AuditQuestion, after cursor: AuditCursor?, atMost limit: Int
    ) throws(SQLiteError) -> [(listing: AuditListing, position: AuditCursor)] {
        var (condition, values) = scoped(question)
        let mark = question.mark(tenant)
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
                AuditListing(row), AuditCursor(row, mark)
            )
        }
    }

    /// The act of an id; `nil` if there is none here.
    package func entry(_ id: RecordID) throws(SQLiteError) -> AuditListing? {
        let (condition, values) = scoped(AuditQuestion())
        return try rows.all(
            """
            SELECT id, at, tenant, actor, action, subject FROM entries WHERE id = ? AND \(condition)
            """, with: [.text(id.rawValue)] + values, make: AuditListing.init
        ).first
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
