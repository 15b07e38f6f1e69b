import CSQLite

/// A schema's history: step `n` takes a database from version `n` to `n + 1`.
///
/// The version is kept in `PRAGMA user_version`. Steps are only ever added.
package struct Migrations: Sendable {
    private let steps: [String]

    /// Lists the steps, oldest first; each is a script of SQL.
    package init(_ steps: [String]) {
        self.steps = steps
    }

    /// Brings a database up to date, in one transaction; cheap if it already is.
    ///
    /// - Throws: `SQLiteError` if a step fails, or if the database is newer than these steps.
    package func apply(to connection: Connection) throws(SQLiteError) {
        guard try version(of: connection) != steps.count else { return }
        try connection.transaction { () throws(SQLiteError) in
            // Read again: another process may have migrated while this one waited for the lock.
            let version = try version(of: connection)
            guard version <= steps.count else {
                throw SQLiteError(
                    code: SQLITE_SCHEMA,
                    message: "the schema has version \(version), this program knows only "
                        + "\(steps.count): use the program that wrote it, or a newer one",
                    file: connection.path)
            }
            for step in steps[version...] { try connection.executeScript(step) }
            try connection.executeScript("PRAGMA user_version = \(steps.count)")
        }
    }

    private func version(of connection: Connection) throws(SQLiteError) -> Int {
        // Not through the cached statement: the version is read before tables exist.
        Int(try connection.first("PRAGMA user_version") { $0.int64(0) } ?? 0)
    }
}
