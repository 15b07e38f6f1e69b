import SQLite
import Synchronization

/// Filling the cache from the changelog, at the speed at which it is read.
///
/// A cache that is empty is filled without a journal: the file says so as long as that lasts, and
/// one that still says so when it is opened belonged to a process that died, and is made anew.
extension StateCache {
    /// The `application_id` of a file that is being filled ("fill").
    private static let fillingMark: Int64 = 0x66_69_6C_6C
    private static let rowsPerInsert = 32
    private static let insertOne = "INSERT OR REPLACE INTO state VALUES (?, ?, ?, ?, ?)"
    private static let insertMany =
        insertOne + String(repeating: ", (?, ?, ?, ?, ?)", count: rowsPerInsert - 1)

    /// How the file is opened.
    ///
    /// Not FULL: what a power cut takes is read again.
    static var options: ConnectionOptions { ConnectionOptions(synchronous: .normal) }

    /// Whether a process died while it filled the file.
    static func isHalfFilled(_ connection: Connection) throws(SQLiteError) -> Bool {
        try connection.pragma("application_id") == .integer(fillingMark)
    }

    /// Whether there is no journal now.
    var isFilling: Bool { file.withLock(\.isFilling) }

    /// Does without a journal until ``endFilling()``, if the cache is empty.
    func beginFilling() throws(SQLiteError) {
        try change { file, connection throws(SQLiteError) in
            for table in ["checkpoint", "state", "timer"] {
                let row = try connection.first("SELECT 1 FROM \(table) LIMIT 1") { $0.int64(0) }
                guard row == nil else { return }
            }
            try connection.setPragma("application_id", to: Self.fillingMark)
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

    /// Makes what was filled durable, and goes on with a journal.
    func endFilling() throws(SQLiteError) {
        try change { file, connection throws(SQLiteError) in
            guard file.isFilling else { return }
            // With FULL, a commit waits until the disk has the whole file; this one writes the
            // mark once more and nothing else. Only what has a journal again loses the mark.
            try connection.executeScript(
                "PRAGMA synchronous = FULL; PRAGMA application_id = \(Self.fillingMark)")
            try connection.keepJournal(.writeAheadLog)
            try connection.executeScript(
                """
                PRAGMA synchronous = \(Self.options.synchronous.rawValue);
                PRAGMA cache_size = -\(Self.options.cacheKibibytes);
                PRAGMA shrink_memory;
                PRAGMA application_id = 0
                """)
            file.isFilling = false
        }
    }

    /// Takes over what was read of the changelog; its timers are not delivered yet.
    func take(_ batch: ChangelogBatch, at now: Int64) throws(SQLiteError) {
        let pieces = batch.inKeyOrder()
        try change { _, connection throws(SQLiteError) in
            try connection.transaction { () throws(SQLiteError) in
                try Self.insert(pieces.filter { $0.value != nil }, of: batch, into: connection)
                for piece in pieces where piece.value == nil {
                    try Self.delete(piece, of: batch, from: connection)
                }
                for change in batch.timers {
                    try Self.apply(change, to: connection, waiting: false)
                }
                for (partition, next) in batch.checkpoints {
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

extension StateCache {
    private static func insert(
        _ pieces: [ChangelogBatch.Piece], of batch: ChangelogBatch, into connection: Connection
    ) throws(SQLiteError) {
        let many = try connection.statement(insertMany)
        let rest = pieces.count % rowsPerInsert
        var row: Int32 = 0
        for piece in pieces.dropLast(rest) {
            try bind(piece, of: batch, to: many, inRow: row)
            row += 1
            if row == rowsPerInsert {
                try many.run()
                row = 0
            }
        }
        let one = try connection.statement(insertOne)
        for piece in pieces.suffix(rest) {
            try bind(piece, of: batch, to: one, inRow: 0)
            try one.run()
        }
    }

    private static func bind(
        _ piece: ChangelogBatch.Piece, of batch: ChangelogBatch, to statement: Statement,
        inRow row: Int32
    ) throws(SQLiteError) {
        let first = row * 5
        try bindKey(piece, of: batch, to: statement, after: first)
        try statement.bind(piece.value ?? [], at: first + 4)
        if let expires = piece.expires {
            try statement.bind(expires, at: first + 5)
        } else {
            try statement.bindNull(at: first + 5)
        }
    }

    private static func bindKey(
        _ piece: ChangelogBatch.Piece, of batch: ChangelogBatch, to statement: Statement,
        after first: Int32
    ) throws(SQLiteError) {
        try statement.bind(Int64(piece.partition), at: first + 1)
        try statement.bind(batch.stores[piece.store], at: first + 2)
        try statement.bind(text: batch.keys[piece.key], at: first + 3)
    }

    private static func delete(
        _ piece: ChangelogBatch.Piece, of batch: ChangelogBatch, from connection: Connection
    ) throws(SQLiteError) {
        let statement = try connection.statement(
            "DELETE FROM state WHERE partition = ? AND store = ? AND key = ?")
        try bindKey(piece, of: batch, to: statement, after: 0)
        try statement.run()
    }
}
