package import Conversation
import Cryptography
package import Endpoints
package import SQLite
package import Views

/// Which acts are asked for; what is `nil` does not matter.
package struct AuditQuestion: Hashable, Sendable {
    /// How an act ended.
    package enum Outcome: String, Hashable, Sendable, Codable, CaseIterable {
        case done, refused
    }

    /// Who acted: an actor, or with a slash at its end all that begin so, such as `agent/`.
    package var actor: String?
    /// What was done: an action, or with a dot at its end all that begin so, such as `document.`.
    package var action: String?
    /// What it was done to, such as `account/1a2b`, or with a slash at its end all of a kind.
    package var target: String?
    /// Words of what it was done to.
    package var subject: String?
    /// The account of somebody who acted, or to whom something was done.
    package var person: AccountID?
    /// How it ended.
    package var outcome: Outcome?
    /// Words that stand anywhere in it; of the last one, its beginning is enough.
    package var text: String?
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

    /// What the index is asked, without whose acts they are; `nil` where it has nothing to do.
    fileprivate var terms: [String]? {
        var terms: [String] = []
        func add(_ facet: AuditMarks.Facet, _ value: String?) {
            if let value { terms.append("\"\(AuditMarks.mark(facet, value))\"") }
        }
        add(.actor, actor)
        add(.action, action)
        add(.target, target)
        add(.person, person?.rawValue)
        add(.outcome, outcome?.rawValue)
        for text in [subject, text].compactMap(\.self) { terms += AuditMarks.terms(of: text) }
        return terms.isEmpty ? nil : terms
    }

    /// Whether nothing is asked for that has no word in it.
    fileprivate var isHopeless: Bool {
        [subject, text].compactMap(\.self).contains {
            !$0.isEmpty && AuditMarks.terms(of: $0).isEmpty
        }
    }

    /// What tells this question, asked about a tenant or all, from any other.
    fileprivate func mark(_ tenant: TenantID?) -> String {
        let parts = [
            tenant?.rawValue, actor, action, target, subject, person?.rawValue, outcome?.rawValue,
            text, from.map { String($0.milliseconds) }, to.map { String($0.milliseconds) },
        ]
        let words = parts.map { $0.map { "\($0.utf8.count):\($0)" } ?? "-" }
        return String(SHA256.hex(words.joined()).prefix(16))
    }
}

/// A position in the list of acts, which is ordered newest first; it is of use for one question
/// about one tenant, or about all of them.
package struct AuditCursor: Hashable, Sendable {
    fileprivate let number: Int64
    private let mark: String

    fileprivate init?(_ text: String, _ mark: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let number = Int64(parts[0]), parts[1] == mark else { return nil }
        self.number = number
        self.mark = mark
    }

    fileprivate init(_ number: Int64, _ mark: String) {
        self.number = number
        self.mark = mark
    }

    /// The cursor as a client gives it back.
    package var text: String { "\(number).\(mark)" }
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
    /// Acts that are counted one by one at most: who asks is told that there are more.
    package static let mostCounted = 10_000
    /// A person's acts that are gathered by day at most.
    private static let mostGathered = 10_000

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
        guard !question.isHopeless else { return [] }
        let mark = question.mark(tenant)
        let source = source(question, before: cursor?.number)
        let found = try rows.all(
            """
            SELECT \(AuditListing.columns) FROM entries WHERE number IN (
                \(source.sql) ORDER BY 1 DESC LIMIT \(limit)
            ) \(tenant == nil ? "" : "AND tenant = ?") ORDER BY number DESC
            """, with: source.values + (tenant.map { [.text($0.rawValue)] } ?? [])
        ) { row in
            (AuditListing(row), AuditCursor(row.int64(0), mark))
        }
        var list: [(listing: AuditListing, position: AuditCursor)] = []
        for (listing, position) in found { list.append((try chained(listing), position)) }
        return list
    }

    /// The act of an id; `nil` if there is none here.
    package func entry(_ id: RecordID) throws(SQLiteError) -> AuditListing? {
        let ours = tenant.map { [Value.text($0.rawValue)] } ?? []
        let found = try rows.all(
            """
            SELECT \(AuditListing.columns) FROM entries WHERE id = ?
            \(tenant == nil ? "" : "AND tenant = ?")
            """, with: [.text(id.rawValue)] + ours, make: AuditListing.init
        ).first
        return try found.map { (listing) throws(SQLiteError) in try chained(listing) }
    }

    /// How many acts there are: exactly where that is known, else up to ``mostCounted``.
    package func count(_ question: AuditQuestion) throws(SQLiteError) -> AuditTally {
        guard !question.isHopeless else { return AuditTally(entries: 0, isExact: true) }
        if question == AuditQuestion() {
            return AuditTally(entries: try chain().entries, isExact: true)
        }
        let source = source(question, before: nil)
        let count = try rows.number(
            "SELECT count(*) FROM (\(source.sql) LIMIT \(Self.mostCounted + 1))",
            with: source.values)
        return AuditTally(
            entries: min(count, Self.mostCounted), isExact: count <= Self.mostCounted)
    }

    /// How far the chain has come, or the chains of all tenants.
    package func chain() throws(SQLiteError) -> AuditChainState {
        guard let tenant else {
            return AuditChainState(
                entries: try rows.number("SELECT total(entries) FROM chains", with: []),
                links: try rows.number("SELECT total(links) FROM chains", with: []))
        }
        let state = try rows.first(
            """
            SELECT entries, links, head, checked, checked_head, checked_at FROM chains
            WHERE tenant = ?
            """, .text(tenant.rawValue)
        ) { row in
            let count = Int(row.int64(3))
            let head = row.text(2)
            return AuditChainState(
                entries: Int(row.int64(0)), links: Int(row.int64(1)),
                head: head.isEmpty ? nil : head,
                checkpoint: count == 0
                    ? nil
                    : .init(
                        count: count, head: row.text(4),
                        at: Timestamp(milliseconds: row.int64(5))))
        }
        return state ?? AuditChainState(entries: 0, links: 0)
    }

    /// How often which acts stand in the list, by day in UTC, of the newest ones.
    package func activity(_ question: AuditQuestion) throws(SQLiteError) -> [AuditActivity] {
        guard !question.isHopeless else { return [] }
        let source = source(question, before: nil)
        return try rows.all(
            """
            SELECT date(at / 1000, 'unixepoch') AS day, action, count(*) FROM entries
            WHERE number IN (
                \(source.sql) ORDER BY 1 DESC LIMIT \(Self.mostGathered)
            ) GROUP BY day, action ORDER BY day DESC, count(*) DESC, action
            """, with: source.values
        ) { AuditActivity(day: $0.text(0), action: $0.text(1), count: Int($0.int64(2))) }
    }

    private func chained(_ listing: AuditListing) throws(SQLiteError) -> AuditListing {
        var listing = listing
        listing.chain = try rows.first(
            "SELECT number, hash FROM links WHERE tenant = ? AND entry = ?",
            .text(listing.tenant.rawValue), .text(listing.id.rawValue)
        ) { AuditChainPlace(number: Int($0.int64(0)), hash: $0.text(1)) }
        return listing
    }

    /// The numbers of the acts that are asked for, in SQL, with its values.
    private func source(
        _ question: AuditQuestion, before cursor: Int64?
    ) -> (sql: String, values: [Value]) {
        var conditions: [String] = []
        var values: [Value] = []
        let name = question.terms == nil ? "number" : "rowid"
        if var terms = question.terms {
            if let tenant {
                terms.insert("\"\(AuditMarks.mark(.tenant, tenant.rawValue))\"", at: 0)
            }
            conditions.append("found MATCH ?")
            values.append(.text(terms.joined(separator: " AND ")))
        } else if let tenant {
            conditions.append("tenant = ?")
            values.append(.text(tenant.rawValue))
        }
        if let from = question.from {
            conditions.append("\(name) >= ?")
            values.append(.integer(AuditPlace.first(at: from)))
        }
        let ends = [cursor, question.to.map(AuditPlace.first)].compactMap(\.self)
        if let end = ends.min() {
            conditions.append("\(name) < ?")
            values.append(.integer(end))
        }
        let condition = conditions.isEmpty ? "1" : conditions.joined(separator: " AND ")
        let table = question.terms == nil ? "entries" : "found"
        return ("SELECT \(name) FROM \(table) WHERE \(condition)", values)
    }
}
