import EventLog
import SQLite

/// Deletes a partition's records that a newer one of the same key has replaced, and tombstones
/// after a day.
///
/// As Kafka's cleaner does: the last offset of each key is gathered from what was appended since
/// the last time, then everything older is walked through. Steps are small.
struct Compaction {
    private enum Phase {
        case begin
        /// Gathering keys from an offset on.
        case gather(from: Int64)
        /// Walking from an offset on.
        case walk(from: Int64)
    }

    private let lane: Int64
    private let store: Store
    private let now: Int64
    private let thoroughly: Bool
    private var phase = Phase.begin
    private var newest: [[UInt8]: Int64] = [:]
    private var cleaned: Int64 = 0
    /// Where this round ends; what is appended meanwhile waits for the next.
    private var end: Int64 = 0
    private var kept: Int64 = 0
    private var due: Int64?

    /// A tombstone must last until readers that began before it have seen it.
    private static let tombstoneMilliseconds: Int64 = 86_400_000
    /// Keys gathered a round: at 64 bytes each some 30 MB.
    private static let keyLimit = 200_000
    /// Rows read a step.
    private static let readRows: Int64 = 2000

    init(lane: Int64, store: Store, now: Int64, thoroughly: Bool) {
        self.lane = lane
        self.store = store
        self.now = now
        self.thoroughly = thoroughly
    }

    /// Does one piece of the work.
    ///
    /// - Returns: Whether there is more to do.
    mutating func step() throws -> Bool {
        switch phase {
        case .begin: return try begin()
        case .gather(let from): try gather(from: from)
        case .walk(let from): return try walk(from: from)
        }
        return true
    }

    private mutating func begin() throws(SQLiteError) -> Bool {
        end =
            try store.connection.first("SELECT next FROM heads WHERE lane = ?", [.integer(lane)]) {
                $0.int64(0)
            } ?? 0
        let last = try store.connection.first(
            "SELECT cleaned, kept, due FROM compactions WHERE lane = ?", [.integer(lane)]
        ) { ($0.int64(0), $0.int64(1), $0.isNull(2) ? nil : $0.int64(2)) }
        cleaned = last?.0 ?? 0
        let isDue = last?.2.map { $0 <= now } ?? false
        let dirty = end - cleaned
        // Half as many new records as kept ones, like Kafka's min.cleanable.dirty.ratio.
        let pays = dirty > 0 && (thoroughly || dirty * 2 >= last?.1 ?? 0)
        guard pays || isDue else { return false }
        phase = .gather(from: cleaned)
        return true
    }

    private mutating func gather(from: Int64) throws(SQLiteError) {
        let statement = try rows(from: from)
        defer { statement.reset() }
        var count: Int64 = 0
        var next = from
        while newest.count < Self.keyLimit, try statement.step() {
            let offset = RowNumber(rawValue: statement.int64(0)).offset
            newest[statement.blob(1)] = offset
            next = offset + 1
            count += 1
        }
        if newest.count >= Self.keyLimit {
            end = next
        } else if count == Self.readRows {
            phase = .gather(from: next)
            return
        }
        phase = .walk(from: 0)
    }

    private mutating func walk(from: Int64) throws -> Bool {
        var doomed: [Int64] = []
        var next = from
        let isLast: Bool
        do {
            let statement = try rows(from: from)
            defer { statement.reset() }
            var count: Int64 = 0
            var bytes: Int64 = 0
            while doomed.count < CleaningBatch.rows, bytes < CleaningBatch.bytes,
                try statement.step()
            {
                let id = RowNumber(rawValue: statement.int64(0))
                next = id.offset + 1
                count += 1
                if isDoomed(statement, at: id.offset) {
                    doomed.append(id.rawValue)
                    bytes += statement.int64(4)
                } else {
                    kept += 1
                }
            }
            isLast =
                count < Self.readRows && doomed.count < CleaningBatch.rows
                && bytes < CleaningBatch.bytes
        }
        if !doomed.isEmpty { try delete(doomed) }
        guard isLast else {
            phase = .walk(from: next)
            return true
        }
        try finish()
        return false
    }

    private mutating func isDoomed(_ row: Statement, at offset: Int64) -> Bool {
        if let newer = newest[row.blob(1)], newer > offset { return true }
        guard row.int64(2) != 0 else { return false }
        let ends = row.int64(3) + Self.tombstoneMilliseconds
        guard ends > now else { return true }
        due = min(due ?? ends, ends)
        return false
    }

    /// Up to `readRows` records from an offset on, to the round's end: id, key, whether it is a
    /// tombstone, timestamp, length.
    private func rows(from offset: Int64) throws(SQLiteError) -> Statement {
        let statement = try store.connection.statement(
            """
            SELECT id, key, value IS NULL, timestamp, length(value) FROM records
            WHERE id >= ? AND id < ? ORDER BY id LIMIT ?
            """)
        try statement.bind(RowNumber(lane: lane, offset: offset).rawValue, at: 1)
        try statement.bind(RowNumber(lane: lane, offset: end).rawValue, at: 2)
        try statement.bind(Self.readRows, at: 3)
        return statement
    }

    private func delete(_ ids: [Int64]) throws {
        try store.write {
            let statement = try store.connection.statement("DELETE FROM records WHERE id = ?")
            for id in ids {
                try statement.bind(id, at: 1)
                try statement.run()
            }
        }
    }

    private func finish() throws {
        let low =
            try store.connection.first(
                "SELECT id FROM records WHERE id >= ? AND id < ? ORDER BY id LIMIT 1",
                [
                    .integer(RowNumber(lane: lane, offset: 0).rawValue),
                    .integer(RowNumber(lane: lane, offset: end).rawValue),
                ]
            ) { RowNumber(rawValue: $0.int64(0)).offset } ?? end
        try store.write {
            try store.connection.execute(
                "UPDATE heads SET low = max(low, ?) WHERE lane = ?",
                [.integer(low), .integer(lane)])
            try store.connection.execute(
                """
                INSERT OR REPLACE INTO compactions (lane, cleaned, kept, due)
                VALUES (?, ?, ?, ?)
                """,
                [.integer(lane), .integer(end), .integer(kept), .integer(orNull: due)])
        }
    }
}
