import EventLog
import SQLite

/// How much a batch of the background work may do: about 10 ms under the write lock.
enum CleaningBatch {
    /// Rows a batch.
    static let rows = 256
    /// Bytes of values a batch.
    static let bytes: Int64 = 2 * 1024 * 1024
}

/// Deletes a partition's records from its low end while they are older than a time.
///
/// As with Kafka's segments, a record that is younger than it should be keeps those behind it, and
/// those of its block.
struct Retention {
    let lane: Int64
    let store: Store
    /// Milliseconds since 1970: what is older goes.
    let cutoff: Int64

    /// Deletes one batch.
    ///
    /// - Returns: Whether there may be more.
    func step() throws -> Bool {
        // Read without the lock: nobody else deletes, and what is appended is younger.
        if let block = try firstBlock() {
            guard block.latest < cutoff else { return false }
            try delete(before: RowNumber(rawValue: block.last).offset + 1)
            return true
        }
        guard let end = try nextEnd() else { return false }
        try delete(before: end)
        return true
    }

    private func firstBlock() throws(SQLiteError) -> (last: Int64, latest: Int64)? {
        try store.connection.first(
            "SELECT last, latest FROM blocks WHERE last >= ? AND last < ? ORDER BY last LIMIT 1",
            [
                .integer(RowNumber(lane: lane, offset: 0).rawValue),
                .integer(RowNumber.end(of: lane)),
            ]
        ) { ($0.int64(0), $0.int64(1)) }
    }

    private func delete(before end: Int64) throws {
        try store.write {
            try store.connection.execute(
                "DELETE FROM blocks WHERE last >= ? AND last < ?",
                [
                    .integer(RowNumber(lane: lane, offset: 0).rawValue),
                    .integer(RowNumber(lane: lane, offset: end).rawValue),
                ])
            try store.connection.execute(
                "DELETE FROM records WHERE id >= ? AND id < ?",
                [
                    .integer(RowNumber(lane: lane, offset: 0).rawValue),
                    .integer(RowNumber(lane: lane, offset: end).rawValue),
                ])
            try store.connection.execute(
                "DELETE FROM segments WHERE lane = ? AND segment < ?",
                [.integer(lane), .integer(end / Segment.length)])
            try store.connection.execute(
                "UPDATE heads SET low = max(low, ?) WHERE lane = ?",
                [.integer(end), .integer(lane)])
        }
    }

    /// The offset after the last record of the batch, or `nil` if nothing is old enough.
    private func nextEnd() throws(SQLiteError) -> Int64? {
        let statement = try store.connection.statement(
            """
            SELECT id, timestamp, length(value) FROM records WHERE id >= ? AND id < ?
            ORDER BY id LIMIT ?
            """)
        try statement.bind(RowNumber(lane: lane, offset: 0).rawValue, at: 1)
        try statement.bind(RowNumber.end(of: lane), at: 2)
        try statement.bind(Int64(CleaningBatch.rows), at: 3)
        defer { statement.reset() }
        var end: Int64?
        var bytes: Int64 = 0
        while bytes < CleaningBatch.bytes, try statement.step() {
            guard statement.int64(1) < cutoff else { break }
            end = RowNumber(rawValue: statement.int64(0)).offset + 1
            bytes += statement.int64(2)
        }
        return end
    }
}

/// Deletes state whose time is over.
enum Expiry {
    /// Deletes one batch.
    ///
    /// - Returns: Whether there may be more.
    static func step(in store: Store, at now: Int64) throws -> Bool {
        let isDue = try store.connection.first(
            "SELECT 1 FROM state WHERE expires IS NOT NULL AND expires <= ? LIMIT 1",
            [.integer(now)]
        ) { _ in true }
        guard isDue == true else { return false }
        return try store.write {
            try store.connection.execute(
                """
                DELETE FROM state WHERE (group_id, partition, store, key) IN (
                    SELECT group_id, partition, store, key FROM state
                    WHERE expires IS NOT NULL AND expires <= ? ORDER BY expires LIMIT ?)
                """, [.integer(now), .integer(Int64(CleaningBatch.rows))])
        } == CleaningBatch.rows
    }
}
