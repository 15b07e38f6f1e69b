import Dispatch
import SQLite
import Synchronization

/// Filling the cache from the changelog, at the speed at which it is read.
///
/// A cache that is empty is filled without a journal and without waiting for the disk. Until it is
/// on the disk the file bears a mark, and in the table `filled` the run of the machine in which
/// it became complete. One that is opened with the mark is used if that is the present run, as
/// then all that was written is there to be read; else a process died while it filled the
/// file, or the machine stopped before the file was on the disk, and it is made anew.
extension StateCache {
    /// The `application_id` of a file that is not on the disk as a whole ("fill").
    ///
    /// Versions before this one make a file anew that has it.
    private static let mark: Int64 = 0x66_69_6C_6C

    /// How the file is opened.
    ///
    /// Not FULL: what a power cut takes is read again.
    static var options: ConnectionOptions { ConnectionOptions(synchronous: .normal) }

    /// Whether a file bears the mark.
    static func isMarked(_ connection: Connection) throws(SQLiteError) -> Bool {
        try connection.pragma("application_id") == .integer(mark)
    }

    /// Whether a file that bears the mark became complete in that run of the machine.
    static func wasFilled(
        in run: String?, _ connection: Connection
    ) throws(SQLiteError) -> Bool {
        guard let run else { return false }
        let table = "SELECT 1 FROM sqlite_master WHERE name = 'filled'"
        guard try connection.first(table, [], { $0.int64(0) }) != nil else { return false }
        return try connection.first("SELECT run FROM filled", [], { $0.text(0) }) == run
    }

    /// Whether there is no journal now.
    var isFilling: Bool { file.withLock(\.isFilling) }

    /// Does without a journal until ``endFilling()``, if the cache is empty.
    func beginFilling() throws(SQLiteError) {
        finishFlushing()
        try change { file, connection throws(SQLiteError) in
            for table in ["checkpoint", "state", "timer"] {
                let row = try connection.first("SELECT 1 FROM \(table) LIMIT 1") { $0.int64(0) }
                guard row == nil else { return }
            }
            // The table now, so that one page is all that makes the file complete. Before there is
            // no journal the disk has the mark: leaving the journal waits for that.
            try connection.transaction { () throws(SQLiteError) in
                try connection.executeScript(
                    """
                    CREATE TABLE IF NOT EXISTS filled (run TEXT NOT NULL);
                    DELETE FROM filled;
                    PRAGMA application_id = \(Self.mark)
                    """)
            }
            guard try Self.leaveJournal(connection) else {
                return try connection.setPragma("application_id", to: 0)
            }
            file.isFilling = true
            try connection.executeScript(
                """
                PRAGMA synchronous = OFF;
                PRAGMA cache_size = -\(Limits.fillingKibibytes)
                """)
        }
    }

    /// Whether the file has no journal any more: it keeps it while another process has it open.
    private static func leaveJournal(_ connection: Connection) throws(SQLiteError) -> Bool {
        do throws(SQLiteError) {
            try connection.keepJournal(.none)
            return true
        } catch {
            guard error.isBusy else { throw error }
            return false
        }
    }

    /// Makes the file complete, and goes on with a journal; it reaches the disk in the background.
    func endFilling() throws(SQLiteError) {
        var isFilled = false
        try change { file, connection throws(SQLiteError) in
            guard file.isFilling else { return }
            if let run {
                try connection.execute("INSERT INTO filled VALUES (?)", [.text(run)])
            } else {
                // With FULL, a commit waits until the disk has the whole file; this one writes the
                // mark once more and nothing else. Only what has a journal again loses the mark.
                try connection.executeScript(
                    "PRAGMA synchronous = FULL; PRAGMA application_id = \(Self.mark)")
            }
            try connection.keepJournal(.writeAheadLog)
            try connection.executeScript(
                """
                PRAGMA synchronous = \(Self.options.synchronous.rawValue);
                PRAGMA cache_size = -\(Self.options.cacheKibibytes);
                PRAGMA shrink_memory
                """)
            if run == nil { try connection.setPragma("application_id", to: 0) }
            file.isFilling = false
            isFilled = run != nil
        }
        if isFilled { startFlushing() }
    }

    /// Has the file written to the disk, in the background; until it is, it bears the mark.
    func startFlushing() {
        flushing.async { [path, run] in
            // A full disk or a lock held for long: then the mark stays, and the next process that
            // opens the file tries again.
            try? Self.flush(path, filledIn: run)
        }
    }

    /// Waits until the background has done with the file.
    func finishFlushing() {
        flushing.sync {}
    }

    /// Waits until the disk has a file that is complete, and takes the mark from it.
    ///
    /// On a connection of its own, so that nobody waits for it.
    private static func flush(_ path: String, filledIn run: String?) throws(SQLiteError) {
        // Removed meanwhile, it is not made anew; its journal is as it is.
        let connection = try Connection(
            path: path,
            options: ConnectionOptions(
                access: .readWrite, writeAheadLog: false, synchronous: .normal))
        guard try isMarked(connection), try wasFilled(in: run, connection) else { return }
        do throws(SQLiteError) {
            guard try isOnDisk(connection) else { return }
            try connection.transaction { () throws(SQLiteError) in
                // Not if somebody has begun to fill it again.
                guard try wasFilled(in: run, connection) else { return }
                try connection.executeScript("DELETE FROM filled; PRAGMA application_id = 0")
            }
        } catch {
            // What the disk refused may be gone, though for now it can be read.
            if error.isUnconfirmed { try connection.execute("DELETE FROM filled") }
            throw error
        }
    }

    /// Waits for the disk by a checkpoint, which does so only if it copies all of the journal.
    private static func isOnDisk(_ connection: Connection) throws(SQLiteError) -> Bool {
        // Not if others read or write at the same moment: a few attempts find a better one.
        for _ in 0..<Limits.flushAttempts {
            // There must be something to copy.
            try connection.setPragma("application_id", to: mark)
            let done = try connection.checkpoint(.passive)
            if done.logPages > 0, done.logPages == done.copiedPages { return true }
        }
        return false
    }

    /// Applies what was read of the changelog; its timers are not delivered yet.
    func apply(_ rows: StateRows, at now: Int64) throws(SQLiteError) {
        try change { _, connection throws(SQLiteError) in
            try connection.transaction { () throws(SQLiteError) in
                try rows.write(to: connection)
                for change in rows.timers {
                    try Self.apply(change, to: connection, waiting: false)
                }
                for (partition, next) in rows.checkpoints {
                    try connection.execute(
                        "INSERT OR REPLACE INTO checkpoint VALUES (?, ?, ?)",
                        [.integer(Int64(partition)), .integer(next), .integer(now)])
                }
            }
            try readDue(connection)
        }
    }

    /// Changes the file; where a change fails that cannot be taken back, the file is made anew
    /// with its next use.
    private func change(
        _ body: (inout File, Connection) throws(SQLiteError) -> Void
    ) throws(SQLiteError) {
        try use { _ in }
        try file.withLock { file throws(SQLiteError) in
            guard let connection = file.connection else { return }
            do throws(SQLiteError) {
                try body(&file, connection)
            } catch {
                guard file.isFilling else { throw error }
                // Closed first: SQLite removes files beside the one that it closes, by their names.
                file = File()
                Self.remove(path)
                throw error
            }
        }
    }
}
