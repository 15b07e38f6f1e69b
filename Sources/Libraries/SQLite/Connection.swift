import CSQLite

/// A connection to a SQLite database, with its prepared statements kept by their text.
///
/// It is opened without SQLite's mutexes (`SQLITE_OPEN_NOMUTEX`: any thread, but never two at
/// once, sqlite.org/threadsafe.html), so it must stay confined to one actor, queue or thread; the
/// class is not `Sendable`, and the compiler holds its users to that.
@safe
package final class Connection {
    let handle: OpaquePointer
    private var statements: [String: Statement] = [:]

    /// The database's path as given.
    package let path: String

    /// Opens a database file, or `:memory:`.
    ///
    /// A file that is made, and what SQLite keeps beside it, is its owner's alone; one that others
    /// may read is closed to them.
    ///
    /// - Throws: `SQLiteError` with the path if it cannot be opened or a setting is refused.
    package init(path: String, options: ConnectionOptions = .init()) throws(SQLiteError) {
        if options.access == .create { PrivateFile.prepare(path) }
        var handle: OpaquePointer?
        let code = unsafe sqlite3_open_v2(path, &handle, options.flags, nil)
        guard code == SQLITE_OK, let opened = unsafe handle else {
            let error = unsafe SQLiteError(handle, code: code, file: path)
            unsafe sqlite3_close_v2(handle)
            throw error
        }
        unsafe sqlite3_extended_result_codes(opened, 1)
        let milliseconds =
            options.busyTimeout.components.seconds * 1000
            + options.busyTimeout.components.attoseconds / 1_000_000_000_000_000
        unsafe sqlite3_busy_timeout(opened, Int32(clamping: milliseconds))
        self.path = path
        unsafe self.handle = opened
        for pragma in options.pragmas { try executeScript(pragma) }
    }

    deinit {
        statements.removeAll()
        // v2: a statement that someone still holds keeps the handle alive until it is finalised.
        unsafe sqlite3_close_v2(handle)
    }

    /// The prepared statement of that text, reset; a second one if the first is being stepped.
    package func statement(_ sql: String) throws(SQLiteError) -> Statement {
        if let kept = statements[sql] {
            guard kept.isBusy else { return kept }
            return unsafe try Statement(sql, on: handle)
        }
        let made = unsafe try Statement(sql, on: handle)
        statements[sql] = made
        return made
    }

    /// Runs statements separated by semicolons, without parameters.
    package func executeScript(_ sql: String) throws(SQLiteError) {
        let code = unsafe sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else {
            throw unsafe SQLiteError(handle, code: code, sql: sql, file: path)
        }
    }

    /// Runs one statement; returns the number of rows that it changed.
    @discardableResult
    package func execute(_ sql: String, _ values: [Value] = []) throws(SQLiteError) -> Int {
        let statement = try statement(sql)
        try statement.bind(values)
        try statement.run()
        return Int(unsafe sqlite3_changes64(handle))
    }

    /// Runs a query and makes something of each row.
    package func query<Element>(
        _ sql: String, _ values: [Value] = [], _ make: (Statement) -> Element
    ) throws(SQLiteError) -> [Element] {
        let statement = try statement(sql)
        try statement.bind(values)
        var found: [Element] = []
        while try statement.step() { found.append(make(statement)) }
        statement.reset()
        return found
    }

    /// Runs a query and makes something of its first row, or `nil` if there is none.
    package func first<Element>(
        _ sql: String, _ values: [Value] = [], _ make: (Statement) -> Element
    ) throws(SQLiteError) -> Element? {
        let statement = try statement(sql)
        try statement.bind(values)
        defer { statement.reset() }
        return try statement.step() ? make(statement) : nil
    }

    /// The rowid of the last inserted row.
    package var lastInsertRowID: Int64 { unsafe sqlite3_last_insert_rowid(handle) }

    /// The number of rows that the last statement changed.
    package var changes: Int { Int(unsafe sqlite3_changes64(handle)) }

    /// Whether a transaction is open.
    package var isInTransaction: Bool { unsafe sqlite3_get_autocommit(handle) == 0 }
}
