package import AccountRecords
package import Conversation
package import SQLite
package import Views

/// An account as the view has it.
package struct AccountRow: Hashable, Sendable {
    /// The account.
    package var account: AccountID
    /// Its credential epoch.
    package var epoch: Int
    /// What is known of it.
    package var facts: AccountFacts
    /// When it was last used, coarsely; `nil` for never.
    package var seenAt: Timestamp?
}

/// A session that goes on, as far as its account's epoch and its own end tell.
package struct SessionRow: Hashable, Sendable {
    /// Its id.
    package var id: SessionID
    /// Whose it is.
    package var account: AccountID
    /// What it is on: `browser`, `cli`.
    package var kind: String
    /// The browser or program, as it calls itself.
    package var userAgent: String?
    /// The address that it began from.
    package var address: String?
    /// When it began.
    package var began: Timestamp
    /// When it ends, whatever happens.
    package var expires: Timestamp
    /// When who it is was proven last.
    package var proven: Timestamp
    /// When its use was noted last: at most once an hour.
    package var used: Timestamp
}

/// Accounts one by one, as those ask who let people in; lists are ``AccountList``.
package struct AccountRows {
    private let rows: Rows

    /// Looks at the view's rows.
    package init(_ rows: Rows) { self.rows = rows }

    /// The account of an id; one that is deleted has no facts left but that.
    package func account(_ id: AccountID) throws(SQLiteError) -> AccountRow? {
        try first("account = ?", .text(id.rawValue))
    }

    /// The account that has an e-mail address.
    package func account(at address: AddressKey) throws(SQLiteError) -> AccountRow? {
        try first("address_key = ? AND standing <> 'deleted'", .text(address.rawValue))
    }

    /// The next accounts with a second factor after one, in the order of ids: so that all can be
    /// gone through, some at once.
    package func withFactor(
        after last: AccountID?, atMost limit: Int
    ) throws(SQLiteError) -> [(account: AccountID, factor: AccountFacts.Factor)] {
        try rows.all(
            "SELECT account, facts FROM accounts WHERE has_factor = 1 AND account > ? "
                + "ORDER BY account LIMIT ?",
            .text(last?.rawValue ?? ""), .integer(Int64(limit))
        ) { row in
            StoredJSON.value(AccountFacts.self, row, 1)?.factor.map {
                (AccountID(row.text(0)), $0)
            }
        }.compactMap(\.self)
    }

    private func first(_ condition: String, _ value: Value) throws(SQLiteError) -> AccountRow? {
        try rows.first(
            "SELECT account, epoch, facts, seen FROM accounts WHERE \(condition)", value
        ) { row in
            StoredJSON.value(AccountFacts.self, row, 2).map {
                AccountRow(
                    account: AccountID(row.text(0)), epoch: Int(row.int64(1)), facts: $0,
                    seenAt: row.int64(3) == 0 ? nil : Timestamp(milliseconds: row.int64(3)))
            }
        } ?? nil
    }

    /// The session whose token has that hash, with its account.
    package func session(
        token hash: String
    ) throws(SQLiteError) -> (session: SessionRow, account: AccountRow)? {
        let found = try rows.first(
            "SELECT \(Self.columns) FROM sessions WHERE token_hash = ?", .text(hash),
            make: Self.session)
        guard let session = found, let account = try account(session.account) else { return nil }
        return (session, account)
    }

    /// A session by its id, with its account.
    package func session(
        _ id: SessionID
    ) throws(SQLiteError) -> (session: SessionRow, account: AccountRow)? {
        let found = try rows.first(
            "SELECT \(Self.columns) FROM sessions WHERE session = ?", .text(id.rawValue),
            make: Self.session)
        guard let session = found, let account = try account(session.account) else { return nil }
        return (session, account)
    }

    /// The sessions of an account, the last used first.
    package func sessions(of account: AccountID) throws(SQLiteError) -> [SessionRow] {
        try rows.all(
            """
            SELECT \(Self.columns) FROM sessions WHERE account = ?
            ORDER BY used DESC, began DESC, session
            """, .text(account.rawValue), make: Self.session)
    }

    private static let columns =
        "session, account, kind, user_agent, address, began, expires, proven, used"

    private static func session(_ row: Statement) -> SessionRow {
        func time(_ column: Int32) -> Timestamp { Timestamp(milliseconds: row.int64(column)) }
        return SessionRow(
            id: SessionID(row.text(0)), account: AccountID(row.text(1)), kind: row.text(2),
            userAgent: row.isNull(3) ? nil : row.text(3),
            address: row.isNull(4) ? nil : row.text(4), began: time(5), expires: time(6),
            proven: time(7), used: time(8))
    }
}
