import EventLog
import SQLite

/// The rows of a batch on their way into a cache, in the order of their keys: nothing is copied but
/// by SQLite into its pages.
struct StateRows: Sendable {
    let timers: [TimerChange]
    /// The offset after what was read of each partition.
    let checkpoints: [Int32: Int64]
    private let pieces: [ChangelogBatch.Piece]
    /// The batch's bytes.
    private let bytes: [UInt8]
    /// The stores' names, one after the other.
    private let names: [UInt8]
    private let storeNames: [Range<Int>]

    private static let rowsPerInsert = 32
    private static let insertMany = insert(rowsPerInsert)
    /// The statement that sets one piece of state: partition, store, key, value, expiry.
    static let insertOne = insert(1)

    /// What is there is changed in place: replaced, it would leave holes behind.
    private static func insert(_ rows: Int) -> String {
        "INSERT INTO state VALUES "
            + repeatElement("(?, ?, ?, ?, ?)", count: rows).joined(separator: ", ")
            + " ON CONFLICT (partition, store, key)"
            + " DO UPDATE SET value = excluded.value, expires = excluded.expires"
    }

    init(_ batch: ChangelogBatch) {
        timers = batch.timers
        checkpoints = batch.checkpoints
        pieces = batch.inKeyOrder()
        bytes = batch.bytes
        var names: [UInt8] = []
        storeNames = batch.stores.map { store in
            let start = names.count
            names += store.utf8
            return start..<names.count
        }
        self.names = names
    }

    /// Inserts what is there and deletes what is gone.
    func write(to connection: Connection) throws(SQLiteError) {
        // A result in between, as the closures that are lent bytes throw no typed errors.
        let result: Result<Void, SQLiteError> = unsafe bytes.withUnsafeBytes { bytes in
            unsafe names.withUnsafeBytes { names in
                let lent = unsafe Lent(bytes: bytes, names: names, storeNames: storeNames)
                do throws(SQLiteError) {
                    return .success(try write(lent, to: connection))
                } catch {
                    return .failure(error)
                }
            }
        }
        try result.get()
    }

    private func write(_ lent: Lent, to connection: Connection) throws(SQLiteError) {
        let many = try connection.statement(Self.insertMany)
        let one = try connection.statement(Self.insertOne)
        let delete = try connection.statement(
            "DELETE FROM state WHERE partition = ? AND store = ? AND key = ?")
        defer {
            for statement in [many, one, delete] { statement.clearBindings() }
        }
        var row: Int32 = 0
        for piece in pieces where piece.value != nil {
            try lent.bind(piece, to: many, inRow: row)
            row += 1
            if row == Self.rowsPerInsert {
                try many.run()
                row = 0
            }
        }
        // What did not fill a statement: the last ones.
        var left = Int(row)
        for piece in pieces.reversed() where left > 0 && piece.value != nil {
            try lent.bind(piece, to: one, inRow: 0)
            try one.run()
            left -= 1
        }
        for piece in pieces where piece.value == nil {
            try lent.bindKey(piece, to: delete, after: 0)
            try delete.run()
        }
    }
}

/// Where a batch's bytes stand while SQLite reads them.
@safe
private struct Lent {
    private let bytes: UnsafeRawBufferPointer
    private let names: UnsafeRawBufferPointer
    private let storeNames: [Range<Int>]

    @unsafe
    init(bytes: UnsafeRawBufferPointer, names: UnsafeRawBufferPointer, storeNames: [Range<Int>]) {
        unsafe self.bytes = bytes
        unsafe self.names = names
        self.storeNames = storeNames
    }

    func bind(
        _ piece: ChangelogBatch.Piece, to statement: Statement, inRow row: Int32
    ) throws(SQLiteError) {
        let first = row * 5
        try bindKey(piece, to: statement, after: first)
        let value = piece.value ?? 0..<0
        unsafe try statement.bind(
            lentBytes: UnsafeRawBufferPointer(rebasing: bytes[value]), at: first + 4)
        if piece.expires == ChangelogBatch.Piece.never {
            try statement.bindNull(at: first + 5)
        } else {
            try statement.bind(piece.expires, at: first + 5)
        }
    }

    func bindKey(
        _ piece: ChangelogBatch.Piece, to statement: Statement, after first: Int32
    ) throws(SQLiteError) {
        try statement.bind(Int64(piece.partition), at: first + 1)
        unsafe try statement.bind(
            lentText: UnsafeRawBufferPointer(rebasing: names[storeNames[piece.store]]),
            at: first + 2)
        unsafe try statement.bind(
            lentText: UnsafeRawBufferPointer(rebasing: bytes[piece.key]), at: first + 3)
    }
}
