package import Conversation
package import SQLite

/// What is known of a tenant is forgotten for good: every row of every table that says whose it is.
extension StoredView {
    /// How many rows say that they are a tenant's.
    package func rows(of tenant: TenantID) async throws(SQLiteError) -> Int {
        try await read { rows throws(SQLiteError) in
            var count = 0
            for table in try Self.tables(rows) {
                count += try rows.number(
                    "SELECT count(*) FROM \(table) WHERE tenant = ?",
                    with: [.text(tenant.rawValue)])
            }
            return count
        }
    }

    /// Deletes a tenant's rows, and says how many there were.
    package func forget(_ tenant: TenantID) async throws(SQLiteError) -> Int {
        let afterwards = view.afterForgetting
        return try await change { rows throws(SQLiteError) in
            var count = 0
            for table in try Self.tables(rows) {
                count += try rows.change(
                    "DELETE FROM \(table) WHERE tenant = ?", .text(tenant.rawValue))
            }
            if let afterwards, count > 0 { try rows.change(afterwards) }
            // Before ids were keyed, a record's held a phone number.
            try rows.change("UPDATE view_positions SET id = ''")
            return count
        }
    }

    /// Sees to it that the file holds nothing any more that was deleted.
    ///
    /// - Throws: ``LogIsHeld`` if somebody was in the way until the end of `limit`, else what
    ///   SQLite says.
    package func settle(within limit: Duration) async throws {
        let deadline = ContinuousClock.now + limit
        let attempt = Duration.milliseconds(100)
        try await writer.serially { rows throws(SQLiteError) in try rows.rewrite() }
        while try await !writer.serially({ rows throws(SQLiteError) in
            try rows.emptyLog(waiting: attempt)
        }) {
            guard ContinuousClock.now < deadline else { throw LogIsHeld(file: path) }
            try await Task.sleep(for: attempt)
        }
    }

    private static func tables(_ rows: Rows) throws(SQLiteError) -> [String] {
        try rows.all(
            """
            SELECT t.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c
            WHERE t.type = 'table' AND c.name = 'tenant' ORDER BY t.name
            """
        ) { $0.text(0) }
    }
}
