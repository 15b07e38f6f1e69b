package import Conversation
package import Endpoints
package import NotificationRecords
package import SQLite
package import Views

/// A notification as it is listed; in JSON as it stands.
package struct NotificationListing: Hashable, Sendable, Codable {
    /// Its id.
    package var id: RecordID
    /// What it is about.
    package var kind: NotificationKind
    /// The tenant whose team it concerns.
    package var team: TenantID?
    /// What its words name.
    package var values: [String: String]
    /// Whether it was read.
    package var isRead: Bool
    /// When.
    package var at: Timestamp
}

/// A position in a person's notifications, which are ordered newest first.
package struct NotificationCursor: Hashable, Sendable {
    private let at: Int64
    private let id: String
    private let mark: String

    fileprivate init(_ listing: NotificationListing, _ mark: String) {
        at = listing.at.milliseconds
        id = listing.id.rawValue
        self.mark = mark
    }

    fileprivate init?(_ text: String, _ mark: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let at = Int64(parts[0]), parts[2] == mark else { return nil }
        self.at = at
        id = String(parts[1])
        self.mark = mark
    }

    /// The cursor as a client gives it back.
    package var text: String { "\(at).\(id).\(mark)" }

    fileprivate var values: [Value] { [.integer(at), .text(id)] }
}

/// The notifications of one person.
package struct NotificationRows {
    private let rows: Rows
    private let account: AccountID

    /// Looks at a person's own.
    package init(_ rows: Rows, of scope: PersonScope) {
        self.rows = rows
        account = scope.account
    }

    private static func mark(_ account: AccountID, _ unread: Bool) -> String {
        ListMark.text("notifications/\(account)/\(unread)", in: .installation)
    }

    /// Reads a cursor that a page of the same list gave; `nil` for anything else.
    package static func cursor(
        _ text: String, of scope: PersonScope, unread: Bool
    ) -> NotificationCursor? {
        NotificationCursor(text, mark(scope.account, unread))
    }

    /// Those after a position, newest first, each with its position.
    package func list(
        unread: Bool, after cursor: NotificationCursor?, atMost limit: Int
    ) throws(SQLiteError) -> [(listing: NotificationListing, position: NotificationCursor)] {
        var condition = "account = ?"
        var values: [Value] = [.text(account.rawValue)]
        if unread { condition += " AND is_read = 0" }
        if let cursor {
            condition += " AND (at, id) < (?, ?)"
            values += cursor.values
        }
        let mark = Self.mark(account, unread)
        return try rows.all(
            """
            SELECT id, kind, team, "values", is_read, at FROM notifications
            WHERE \(condition) ORDER BY at DESC, id DESC LIMIT \(limit)
            """, with: values
        ) { row in
            let listing = NotificationListing(
                id: RecordID(row.text(0)), kind: NotificationKind(rawValue: row.text(1)),
                team: row.isNull(2) ? nil : TenantID(row.text(2)),
                values: StoredJSON.value([String: String].self, row, 3) ?? [:],
                isRead: row.int64(4) == 1, at: Timestamp(milliseconds: row.int64(5)))
            return (listing, NotificationCursor(listing, mark))
        }
    }

    /// How many are unread.
    package func unread() throws(SQLiteError) -> Int {
        try rows.number(
            "SELECT count(*) FROM notifications WHERE account = ? AND is_read = 0",
            with: [.text(account.rawValue)])
    }

    /// Which of some ids are the person's.
    package func known(_ ids: [RecordID]) throws(SQLiteError) -> [RecordID] {
        var known: [RecordID] = []
        for id in ids {
            let count = try rows.number(
                "SELECT count(*) FROM notifications WHERE account = ? AND id = ?",
                with: [.text(account.rawValue), .text(id.rawValue)])
            if count == 1 { known.append(id) }
        }
        return known
    }

    /// What the person wants to be told.
    package func preferences() throws(SQLiteError) -> NotificationPreferences {
        try rows.first(
            "SELECT wishes FROM preferences WHERE account = ?", .text(account.rawValue)
        ) { StoredJSON.value(NotificationPreferences.self, $0, 0) }?.flatMap { $0 }
            ?? NotificationPreferences()
    }
}
