import AccountRecords
package import Conversation
import Cryptography
package import Endpoints
package import SQLite
package import Views

/// Which accounts are asked for; what is `nil` does not matter.
package struct AccountQuestion: Hashable, Sendable {
    /// Words that name, address or parts of them begin with, all of them.
    package var words: String?
    /// How it stands: `active` or `disabled`.
    package var standing: String?
    /// Whether a second factor is asked for.
    package var hasFactor: Bool?
    /// Whether the address is verified.
    package var isVerified: Bool?
    /// Whether it has a password: one without was invited, and never signed in.
    package var hasPassword: Bool?
    /// A tenant that it belongs to; ``TenantID/installation`` for who runs it.
    package var tenant: TenantID?

    /// Asks for all.
    package init() {}

    fileprivate var parts: [String] {
        words.map { AccountWords.parts(of: $0) } ?? []
    }

    fileprivate var condition: (sql: String, values: [Value]) {
        var sql = ["a.standing <> 'deleted'", "a.standing <> 'none'"]
        var values: [Value] = []
        if let standing {
            sql.append("a.standing = ?")
            values.append(.text(standing))
        }
        for (column, wanted) in [
            ("has_factor", hasFactor), ("is_verified", isVerified), ("has_password", hasPassword),
        ] {
            guard let wanted else { continue }
            sql.append("a.\(column) = ?")
            values.append(.integer(wanted ? 1 : 0))
        }
        if let tenant {
            sql.append(
                "a.account IN (SELECT t.account FROM account_tenants t WHERE t.tenant = ?)")
            values.append(.text(tenant.rawValue))
        }
        return (sql.joined(separator: " AND "), values)
    }
}

/// In which order accounts are listed.
///
/// What is looked for by words comes in the order of the words that were found.
package enum AccountOrder: String, Hashable, Sendable, CaseIterable, Codable {
    /// By name.
    case name
    /// By address.
    case address
    /// The youngest first.
    case newest
    /// The last used first.
    case lastUsed

    fileprivate var column: String {
        switch self {
        case .name: "sort_name"
        case .address: "sort_address"
        case .newest: "created"
        case .lastUsed: "seen"
        }
    }

    fileprivate var isFalling: Bool { self == .newest || self == .lastUsed }
    fileprivate var isNumber: Bool { isFalling }
}

/// An account as it is listed.
package struct AccountListing: Hashable, Sendable, Codable {
    /// The account.
    package var id: AccountID
    /// The person's name.
    package var name: String
    /// The e-mail address.
    package var address: String
    /// How it stands: `active` or `disabled`.
    package var standing: String
    /// Whether the address is verified.
    package var isVerified: Bool
    /// Whether it has a password.
    package var hasPassword: Bool
    /// Whether a second factor is asked for.
    package var hasFactor: Bool
    /// The tenants that it belongs to; `installation` for who runs it.
    package var tenants: [TenantID]
    /// When it was made.
    package var createdAt: Timestamp
    /// When it was last used, coarsely; `nil` for never.
    package var seenAt: Timestamp?

    fileprivate static let columns = """
        a.account, a.name, a.address, a.standing, a.is_verified, a.has_password, a.has_factor,
        a.tenants, a.created, a.seen
        """

    fileprivate init(_ row: Statement) {
        id = AccountID(row.text(0))
        name = row.text(1)
        address = row.text(2)
        standing = row.text(3)
        isVerified = row.int64(4) != 0
        hasPassword = row.int64(5) != 0
        hasFactor = row.int64(6) != 0
        tenants = row.text(7).split(separator: " ").map { TenantID(String($0)) }
        createdAt = Timestamp(milliseconds: row.int64(8))
        seenAt = row.int64(9) == 0 ? nil : Timestamp(milliseconds: row.int64(9))
    }
}

/// A position in a list of accounts; it is of use for one question and order alone.
package struct AccountCursor: Hashable, Sendable {
    fileprivate let value: Value
    fileprivate let account: String
    private let mark: String

    fileprivate init(_ value: Value, _ account: String, _ mark: String) {
        self.value = value
        self.account = account
        self.mark = mark
    }

    fileprivate init?(_ text: String, _ mark: String, isNumber: Bool) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, parts[2] == mark,
            // Named with its module: that of `Conversation` reads the standard alphabet alone.
            let value = Cryptography.Base64.decode(parts[0]),
            let account = Cryptography.Base64.decode(parts[1])
        else { return nil }
        let word = String(decoding: value, as: UTF8.self)
        if isNumber {
            guard let number = Int64(word) else { return nil }
            self.value = .integer(number)
        } else {
            self.value = .text(word)
        }
        self.account = String(decoding: account, as: UTF8.self)
        self.mark = mark
    }

    /// The cursor as a client gives it back.
    package var text: String {
        let word =
            switch value {
            case .integer(let number): String(number)
            case .text(let text): text
            default: ""
            }
        return [
            Cryptography.Base64.encodeURLSafe(Array(word.utf8)),
            Cryptography.Base64.encodeURLSafe(Array(account.utf8)), mark,
        ].joined(separator: ".")
    }
}

/// All accounts of the installation, page by page.
package struct AccountList {
    private let rows: Rows

    /// Looks at all accounts.
    package init(_ rows: Rows, of scope: InstallationScope) { self.rows = rows }

    /// Reads a cursor that a page of the same question and order gave; `nil` for anything else.
    package static func cursor(
        _ text: String, of question: AccountQuestion, by order: AccountOrder
    ) -> AccountCursor? {
        AccountCursor(
            text, mark(question, order), isNumber: question.parts.isEmpty && order.isNumber)
    }

    private static func mark(_ question: AccountQuestion, _ order: AccountOrder) -> String {
        let (sql, values) = question.condition
        let order = question.parts.isEmpty ? order.rawValue : "word"
        return String(SHA256.hex("\(order)\u{0}\(question.parts)\(sql)\(values)").prefix(12))
    }

    /// Accounts after a position, with the position that each stands at.
    package func page(
        _ question: AccountQuestion, by order: AccountOrder, after cursor: AccountCursor?,
        atMost limit: Int
    ) throws(SQLiteError) -> [(listing: AccountListing, position: AccountCursor)] {
        let mark = Self.mark(question, order)
        var (condition, values) = question.condition
        let found = Self.finding(question.parts)
        // By the columns of one index, so that no more is looked at than is shown.
        let (key, id) =
            found == nil ? ("a.\(order.column)", "a.account") : ("w.word", "w.account")
        if let found {
            condition = "\(found.sql) AND \(condition)"
            values = found.values + values
        }
        let falls = found == nil && order.isFalling
        if let cursor {
            condition += " AND (\(key), \(id)) \(falls ? "<" : ">") (?, ?)"
            values += [cursor.value, .text(cursor.account)]
        }
        let direction = falls ? "DESC" : "ASC"
        let from = found == nil ? "accounts a" : Self.words
        return try rows.all(
            """
            SELECT \(AccountListing.columns), \(key) FROM \(from) WHERE \(condition)
            ORDER BY \(key) \(direction), \(id) \(direction) LIMIT \(limit)
            """, with: values
        ) { row in
            let listing = AccountListing(row)
            return (listing, AccountCursor(row.value(10), listing.id.rawValue, mark))
        }
    }

    /// How many accounts there are; of what is found by words, not more than ``most`` are counted.
    package func count(_ question: AccountQuestion) throws(SQLiteError) -> Int {
        let (condition, values) = question.condition
        guard let found = Self.finding(question.parts) else {
            return try rows.number(
                "SELECT count(*) FROM accounts a WHERE \(condition)", with: values)
        }
        return try rows.number(
            """
            SELECT count(*) FROM (SELECT 1 FROM \(Self.words) WHERE \(found.sql) AND \(condition)
            LIMIT \(Self.most))
            """, with: found.values + values)
    }

    /// So many accounts that are found by words are counted at most.
    package static let most = 10_000
    private static let words = "account_words w CROSS JOIN accounts a ON a.account = w.account"

    /// The condition that finds each account by the first of its words that fits the longest part,
    /// and by any that fits the others.
    private static func finding(_ parts: [String]) -> (sql: String, values: [Value])? {
        guard let longest = parts.max(by: { $0.count < $1.count }) else { return nil }
        var sql = """
            w.word >= ? AND w.word < ? AND NOT EXISTS (SELECT 1 FROM account_words v
            WHERE v.account = w.account AND v.word >= ? AND v.word < w.word)
            """
        var values: [Value] = [.text(longest), .text(longest + last), .text(longest)]
        for part in parts where part != longest {
            sql += """
                 AND EXISTS (SELECT 1 FROM account_words v
                WHERE v.account = w.account AND v.word >= ? AND v.word < ?)
                """
            values += [.text(part), .text(part + last)]
        }
        return (sql, values)
    }

    /// A character after all that words are made of.
    private static let last = "\u{10FFFF}"
}
