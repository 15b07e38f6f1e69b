import CSQLite

/// How thorough a checkpoint is (sqlite.org/c3ref/wal_checkpoint_v2.html).
package enum CheckpointMode: Sendable {
    /// Copies what it can without making anyone wait.
    case passive
    /// Waits for readers and makes the log begin anew.
    case restart
    /// As `restart`, and cuts the log file to nothing.
    case truncate

    var code: Int32 {
        switch self {
        case .passive: SQLITE_CHECKPOINT_PASSIVE
        case .restart: SQLITE_CHECKPOINT_RESTART
        case .truncate: SQLITE_CHECKPOINT_TRUNCATE
        }
    }
}

/// What a transaction can be taken back by (sqlite.org/pragma.html#pragma_journal_mode).
package enum Journal: String, Sendable {
    /// A log beside the file, which what was committed outlives.
    case writeAheadLog = "WAL"
    /// Nothing: a transaction that fails, or a process that dies in one, spoils the file.
    case none = "OFF"
}

extension Connection {
    /// Changes the file's journal.
    ///
    /// - Throws: busy if another connection has the file open.
    package func keepJournal(_ journal: Journal) throws(SQLiteError) {
        let now = try pragma("journal_mode = \(journal.rawValue)")
        guard now != .text(journal.rawValue.lowercased()) else { return }
        throw SQLiteError(
            code: SQLITE_BUSY, message: "the journal cannot be changed while the file is in use",
            file: path)
    }

    /// A number that changes when another connection has changed the database.
    package func dataVersion() throws(SQLiteError) -> Int64 {
        try first("PRAGMA data_version") { $0.int64(0) } ?? 0
    }

    /// Copies pages from the write-ahead log to the database file.
    ///
    /// - Returns: The pages in the log, and how many of them are copied.
    /// - Throws: `SQLiteError`; busy if another connection is in the way of more than `passive`.
    @discardableResult
    package func checkpoint(
        _ mode: CheckpointMode
    ) throws(SQLiteError) -> (logPages: Int, copiedPages: Int) {
        var log: Int32 = 0
        var copied: Int32 = 0
        let code = unsafe sqlite3_wal_checkpoint_v2(handle, nil, mode.code, &log, &copied)
        guard code == SQLITE_OK else {
            throw unsafe SQLiteError(handle, code: code, sql: "wal_checkpoint", file: path)
        }
        return (Int(log), Int(copied))
    }

    /// Copies the write-ahead log into the file and cuts it to nothing, so that neither holds
    /// anything that was deleted or overwritten; `false` if a reader or a writer was in the way
    /// for longer than `waiting`.
    ///
    /// - Throws: What SQLite says otherwise.
    package func emptyLog(waiting: Duration) throws(SQLiteError) -> Bool {
        // The pragma is how long SQLite waits for others, of the connection's own setting.
        let usual = try first("PRAGMA busy_timeout") { $0.int64(0) } ?? 0
        try setPragma("busy_timeout", to: waiting.milliseconds)
        let result = Result { () throws(SQLiteError) in try checkpoint(.truncate) }
        try setPragma("busy_timeout", to: usual)
        switch result {
        // A database that has no write-ahead log says -1.
        case .success(let pages): return pages.logPages <= 0 && pages.copiedPages <= 0
        case .failure(let error):
            guard error.isBusy else { throw error }
            return false
        }
    }

    /// Writes the whole file anew: where rows were moved from page to page, copies of them may
    /// stand in what the pages have free, which overwriting what is deleted does not reach.
    ///
    /// - Throws: Busy if another connection writes or reads for longer than SQLite waits.
    package func rewrite() throws(SQLiteError) { try executeScript("VACUUM") }

    /// As ``emptyLog(waiting:)``, again and again until it is done.
    ///
    /// - Throws: ``LogIsHeld`` if somebody was in the way until the end of `limit`, else what
    ///   SQLite says.
    package func emptyLog(within limit: Duration) throws {
        let deadline = ContinuousClock.now + limit
        while try !emptyLog(waiting: min(limit, .milliseconds(100))) {
            guard ContinuousClock.now < deadline else { throw LogIsHeld(file: path) }
        }
    }

    /// Reads a pragma's first value, such as `page_count`.
    package func pragma(_ name: String) throws(SQLiteError) -> Value {
        try first("PRAGMA \(name)") { $0.value(0) } ?? .null
    }

    /// Sets a pragma.
    package func setPragma(_ name: String, to value: Int64) throws(SQLiteError) {
        try executeScript("PRAGMA \(name) = \(value)")
    }
}

/// A write-ahead log that could not be emptied: what was deleted may stand in it still.
package struct LogIsHeld: Error, Hashable, Sendable, CustomStringConvertible {
    /// The database's file.
    package let file: String

    /// Describes the file.
    package init(file: String) { self.file = file }

    /// A sentence for people.
    package var description: String {
        "\(file) holds what was deleted for as long as a reader holds it: end whoever has it open"
    }
}

extension Duration {
    /// Whole milliseconds, rounded down.
    fileprivate var milliseconds: Int64 {
        components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
    }
}
