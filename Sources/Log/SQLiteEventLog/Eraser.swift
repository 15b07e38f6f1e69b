import EventLog
import SQLite
import Zstandard

/// Takes records out of the file, wherever they stand, with what groups remember of their keys.
actor Eraser {
    /// Rows looked at at once.
    fileprivate static let readRows: Int64 = 2_000
    /// The longest wait for readers at once; between two, others may write.
    private static let attempt = Duration.milliseconds(100)

    private let executor = QueueExecutor(label: "parley.log.eraser")
    private let location: LogLocation

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    init(_ location: LogLocation) { self.location = location }

    /// Takes records out, and says how many of each topic.
    func erase(_ erasure: Erasure) async throws(EventLogError) -> [String: Int] {
        let store = try mapped { try Store(location) }
        var memory = try mapped { try GroupMemory(store) }
        var erased: [String: Int] = [:]
        for (partition, end) in erasure.ends.sorted(by: { $0.key < $1.key }) {
            let lane = try mapped { try store.topic(partition.topic).lane(partition.partition) }
            var pass = Pass(lane: lane, end: end, erasure, store)
            while try mapped({ try pass.step(&memory) }) { await Task.yield() }
            if pass.count > 0 { erased[partition.topic, default: 0] += pass.count }
        }
        return erased
    }

    /// Writes the whole file anew.
    func rewrite() throws(EventLogError) {
        try mapped {
            let store = try Store(location)
            try store.locked { try store.connection.rewrite() }
        }
    }

    /// Copies the write-ahead log into the file and cuts it to nothing.
    func settle(within limit: Duration) async throws(EventLogError) {
        let deadline = ContinuousClock.now + limit
        let store = try mapped { try Store(location) }
        while true {
            // Writers take turns by the lock, so that none waits for SQLite's own.
            let isDone = try mapped {
                try store.locked { try store.connection.emptyLog(waiting: Self.attempt) }
            }
            if isDone { return }
            guard ContinuousClock.now < deadline else {
                throw .transient(reason: "\(LogIsHeld(file: location.path))")
            }
            // Cancelled: the next look at the clock or the caller's own ends it.
            try? await Task.sleep(for: Self.attempt)
        }
    }
}

/// The way through one partition: its blocks first, then its rows.
private struct Pass {
    private let lane: Int64
    private let end: Int64
    private let erasure: Erasure
    private let store: Store
    private var next: Int64 = 0
    private var isInRows = false
    /// How many records were taken out.
    private(set) var count = 0

    init(lane: Int64, end: Int64, _ erasure: Erasure, _ store: Store) {
        self.lane = lane
        self.end = end
        self.erasure = erasure
        self.store = store
    }

    /// Does one piece of the work.
    ///
    /// - Returns: Whether there is more to do.
    mutating func step(_ memory: inout GroupMemory) throws -> Bool {
        guard next < end else { return false }
        return isInRows ? try stepInRows(&memory) : try stepInBlocks(&memory)
    }

    private func isDoomed(_ headers: [UInt8], at offset: Int64) -> Bool {
        offset < end && HeaderRow.headers(of: headers).text(of: erasure.header) == erasure.value
    }

    /// Makes a block anew without the records; nobody else changes one, but it may expire.
    private mutating func stepInBlocks(_ memory: inout GroupMemory) throws -> Bool {
        guard let block = try Blocks(store: store).first(in: lane, from: next) else {
            next = max(next, try packedEnd())
            isInRows = true
            return true
        }
        let doomed = block.records.filter { isDoomed($0.headers, at: $0.offset) }
        if !doomed.isEmpty {
            let kept = block.records.filter { !isDoomed($0.headers, at: $0.offset) }
            let bytes = kept.isEmpty ? [] : try RecordBlock.encode(kept)
            try store.write {
                if kept.isEmpty {
                    try store.connection.execute(
                        "DELETE FROM blocks WHERE last = ?", [.integer(block.last)])
                } else {
                    try store.connection.execute(
                        "UPDATE blocks SET records = ? WHERE last = ?",
                        [.blob(bytes), .integer(block.last)])
                }
                try memory.forget(doomed.map(\.key), store)
            }
            count += doomed.count
        }
        next = RowNumber(rawValue: block.last).offset + 1
        return true
    }

    private mutating func stepInRows(_ memory: inout GroupMemory) throws -> Bool {
        let rows = try store.connection.query(
            """
            SELECT id, headers, key FROM records WHERE id >= ? AND id < ? ORDER BY id LIMIT ?
            """,
            [
                .integer(RowNumber(lane: lane, offset: next).rawValue),
                .integer(RowNumber(lane: lane, offset: end).rawValue), .integer(Eraser.readRows),
            ]
        ) { (row: RowNumber(rawValue: $0.int64(0)), headers: $0.blob(1), key: $0.blob(2)) }
        guard let last = rows.last else {
            // Rows that were packed meanwhile lie in blocks now.
            guard try packedEnd() > next else { return false }
            isInRows = false
            return true
        }
        let doomed = rows.filter { isDoomed($0.headers, at: $0.row.offset) }
        for start in stride(from: 0, to: doomed.count, by: CleaningBatch.rows) {
            let batch = doomed[start...].prefix(CleaningBatch.rows)
            try store.write {
                for (row, _, _) in batch {
                    // One that is no row any more is met again in its block.
                    count += try store.connection.execute(
                        "DELETE FROM records WHERE id = ?", [.integer(row.rawValue)])
                }
                try memory.forget(batch.map(\.key), store)
            }
        }
        // Where packing went on meanwhile, the way leads through its blocks once more.
        if try packedEnd() > rows[0].row.offset {
            next = rows[0].row.offset
            isInRows = false
        } else {
            next = last.row.offset + 1
        }
        return true
    }

    private func packedEnd() throws(SQLiteError) -> Int64 {
        try store.connection.first("SELECT packed FROM heads WHERE lane = ?", [.integer(lane)]) {
            $0.int64(0)
        } ?? 0
    }
}

/// What groups remember: states and timers by the keys of records, in whatever partition: a topic
/// that no group reads, as that of decisions, has the same keys in others.
private struct GroupMemory {
    private struct Place {
        var group: Int64
        var partition: Int64
        var store: String
    }

    private let states: [Place]
    private let timers: [Place]
    private var forgotten: Set<[UInt8]> = []

    init(_ store: Store) throws {
        states = try store.connection.query(
            "SELECT DISTINCT group_id, partition, store FROM state"
        ) { Place(group: $0.int64(0), partition: $0.int64(1), store: $0.text(2)) }
        timers = try store.connection.query("SELECT DISTINCT group_id, partition FROM timers") {
            Place(group: $0.int64(0), partition: $0.int64(1), store: "")
        }
    }

    /// Forgets what is remembered of keys, in the caller's transaction.
    ///
    /// A key of state is a record's, or begins with it and a slash.
    mutating func forget(_ keys: [[UInt8]], _ store: Store) throws(SQLiteError) {
        for key in keys where !key.isEmpty && forgotten.insert(key).inserted {
            let name = String(decoding: key, as: UTF8.self)
            for place in states {
                let location: [Value] = [
                    .integer(place.group), .integer(place.partition), .text(place.store),
                ]
                let matching = "group_id = ? AND partition = ? AND store = ?"
                try store.connection.execute(
                    "DELETE FROM state WHERE \(matching) AND key = ?", location + [.text(name)])
                // "0" comes right after "/".
                try store.connection.execute(
                    "DELETE FROM state WHERE \(matching) AND key >= ? AND key < ?",
                    location + [.text(name + "/"), .text(name + "0")])
            }
            for place in timers {
                try store.connection.execute(
                    "DELETE FROM timers WHERE group_id = ? AND partition = ? AND key = ?",
                    [.integer(place.group), .integer(place.partition), .text(name)])
            }
        }
    }
}
