import EventLog
import SQLite
import Zstandard

/// The blocks of a file, as readers look at them.
struct Blocks {
    /// A block's records, and its last row.
    struct Block {
        var last: Int64
        var records: [BlockRecord]
    }

    let store: Store

    /// The first block of a lane that holds something from an offset on, and, with `time`,
    /// something at or after it.
    ///
    /// - Throws: `.permanent` if the block is damaged.
    func first(in lane: Int64, from offset: Int64, at time: Int64 = .min) throws -> Block? {
        let statement = try store.connection.statement(
            """
            SELECT last, records FROM blocks WHERE last >= ? AND last < ? AND latest >= ?
            ORDER BY last LIMIT 1
            """)
        try statement.bind(RowNumber(lane: lane, offset: offset).rawValue, at: 1)
        try statement.bind(RowNumber.end(of: lane), at: 2)
        try statement.bind(time, at: 3)
        defer { statement.reset() }
        guard try statement.step() else { return nil }
        let last = statement.int64(0)
        do throws(ZstandardError) {
            return Block(last: last, records: try RecordBlock.decode(statement.blob(1)))
        } catch {
            throw EventLogError.permanent(
                reason: "\(store.location.path) is damaged: the block that ends with row \(last): "
                    + error.problem)
        }
    }
}

/// Puts a partition's settled records into blocks, from its low end: together they take a quarter
/// of the room that they take one by one.
///
/// What is written goes into rows first, so that no commit waits for compression, and those who
/// read as it comes find rows. A partition's blocks come before its rows; `heads.packed` tells
/// where its rows begin.
struct Packing {
    /// How long a record stays a row, in milliseconds: its readers have it by then.
    static let settled: Int64 = 10_000
    /// A block is made of so many records or bytes at least, or where a record has waited so long
    /// for more, in milliseconds.
    static let fewestRecords = 128
    static let fewestBytes = 128 * 1024
    static let longestWait: Int64 = 3_600_000
    /// It holds so many at most, but for one record: who looks for a single one reads them all.
    static let mostRecords = 512
    static let mostBytes = 512 * 1024

    let lane: Int64
    let store: Store
    /// Milliseconds since 1970.
    let now: Int64

    /// Makes one block.
    ///
    /// - Returns: Whether there may be more to do.
    func step() throws -> Bool {
        // Read without the lock: rows do not change, and nobody else takes any away.
        let packed = try position()
        let records = try settled(from: packed)
        guard let first = records.first, let last = records.last else { return false }
        let block = try RecordBlock.encode(records)
        let latest = records.reduce(Int64.min) { max($0, $1.timestamp) }
        let row = RowNumber(lane: lane, offset: last.offset).rawValue
        try store.write {
            // Of two processes that maintain the file one comes second.
            guard try position() == packed else { return }
            // Nor may what was erased since it was read come back in the block.
            guard try count(from: first.offset, to: row) == records.count else { return }
            try store.connection.execute(
                "INSERT INTO blocks (last, latest, records) VALUES (?, ?, ?)",
                [.integer(row), .integer(latest), .blob(block)])
            try store.connection.execute(
                "DELETE FROM records WHERE id >= ? AND id <= ?",
                [
                    .integer(RowNumber(lane: lane, offset: first.offset).rawValue), .integer(row),
                ])
            try store.connection.execute(
                "UPDATE heads SET packed = ? WHERE lane = ?",
                [.integer(last.offset + 1), .integer(lane)])
        }
        return true
    }

    private func count(from offset: Int64, to row: Int64) throws(SQLiteError) -> Int {
        Int(
            try store.connection.first(
                "SELECT count(*) FROM records WHERE id >= ? AND id <= ?",
                [.integer(RowNumber(lane: lane, offset: offset).rawValue), .integer(row)]
            ) { $0.int64(0) } ?? 0)
    }

    private func position() throws(SQLiteError) -> Int64 {
        try store.connection.first("SELECT packed FROM heads WHERE lane = ?", [.integer(lane)]) {
            $0.int64(0)
        } ?? 0
    }

    /// The settled rows that make the next block; none if they are too few yet.
    private func settled(from offset: Int64) throws(SQLiteError) -> [BlockRecord] {
        let statement = try store.connection.statement(
            """
            SELECT id, timestamp, key, headers, value FROM records WHERE id >= ? AND id < ?
            ORDER BY id LIMIT ?
            """)
        try statement.bind(RowNumber(lane: lane, offset: offset).rawValue, at: 1)
        try statement.bind(RowNumber.end(of: lane), at: 2)
        try statement.bind(Int64(Self.mostRecords), at: 3)
        defer { statement.reset() }
        var records: [BlockRecord] = []
        var bytes = 0
        while bytes < Self.mostBytes, try statement.step() {
            let record = BlockRecord(
                offset: RowNumber(rawValue: statement.int64(0)).offset,
                timestamp: statement.int64(1), key: statement.blob(2), headers: statement.blob(3),
                value: statement.optionalBlob(4))
            guard record.timestamp <= now - Self.settled else { break }
            bytes += record.key.count + record.headers.count + (record.value?.count ?? 0)
            records.append(record)
        }
        guard let first = records.first else { return [] }
        let pays =
            records.count >= Self.fewestRecords || bytes >= Self.fewestBytes
            || first.timestamp <= now - Self.longestWait
        return pays ? records : []
    }
}
