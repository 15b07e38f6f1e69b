import EventLog
import SQLite

/// A group's committed positions in the file.
struct Positions {
    private let group: Int64
    private let store: Store

    init(_ group: Int64, _ store: Store) {
        self.group = group
        self.store = store
    }

    /// Sets a reader to where the group's positions stand for some partitions of some topics.
    func load(_ partitions: [Int32], of topics: [String], into reader: inout RecordReader) throws {
        guard !partitions.isEmpty else { return }
        for name in topics {
            let topic = try store.topic(name)
            let rows = try store.connection.query(
                "SELECT partition, next FROM positions WHERE group_id = ? AND topic_id = ?",
                [.integer(group), .integer(topic.id)]
            ) { (Int32(clamping: $0.int64(0)), $0.int64(1)) }
            let positions = Dictionary(rows) { $1 }
            for partition in partitions {
                try reader.set(
                    TopicPartition(name, partition), to: positions[partition] ?? 0, store: store)
            }
        }
    }

    /// Moves positions; within a write.
    func write(_ positions: [TopicPartition: Int64]) throws {
        for (partition, next) in positions {
            let topic = try store.topic(partition.topic)
            // For its error: a position in a partition that is none.
            _ = try topic.lane(partition.partition)
            try store.connection.execute(
                """
                INSERT OR REPLACE INTO positions (group_id, topic_id, partition, next)
                VALUES (?, ?, ?, ?)
                """,
                [
                    .integer(group), .integer(topic.id), .integer(Int64(partition.partition)),
                    .integer(next),
                ])
        }
    }
}

/// A group's state in the file.
struct GroupState {
    private let group: Int64
    private let store: Store

    init(_ group: Int64, _ store: Store) {
        self.group = group
        self.store = store
    }

    /// The values of the keys that exist and have not expired.
    func values(_ keys: [StateKey], at now: Int64) throws(SQLiteError) -> [StateKey: [UInt8]] {
        let statement = try store.connection.statement(
            """
            SELECT value FROM state WHERE group_id = ? AND partition = ? AND store = ? AND key = ?
            AND (expires IS NULL OR expires > ?)
            """)
        var found: [StateKey: [UInt8]] = [:]
        for key in keys {
            try bind(key, to: statement)
            try statement.bind(now, at: 5)
            if try statement.step() { found[key] = statement.blob(0) }
            statement.reset()
        }
        return found
    }

    /// All values of a partition's store that have not expired.
    func all(
        of partition: Int32, in name: String, at now: Int64
    ) throws(SQLiteError) -> [StateKey: [UInt8]] {
        let rows = try store.connection.query(
            """
            SELECT key, value FROM state WHERE group_id = ? AND partition = ? AND store = ?
            AND (expires IS NULL OR expires > ?)
            """,
            [.integer(group), .integer(Int64(partition)), .text(name), .integer(now)]
        ) { (StateKey(partition: partition, store: name, key: $0.text(0)), $0.blob(1)) }
        return Dictionary(rows) { $1 }
    }

    /// Changes values; within a write.
    func write(_ changes: [StateChange]) throws(SQLiteError) {
        guard !changes.isEmpty else { return }
        let set = try store.connection.statement(
            """
            INSERT OR REPLACE INTO state (group_id, partition, store, key, value, expires)
            VALUES (?, ?, ?, ?, ?, ?)
            """)
        let remove = try store.connection.statement(
            "DELETE FROM state WHERE group_id = ? AND partition = ? AND store = ? AND key = ?")
        for change in changes {
            guard let value = change.value else {
                try bind(change.key, to: remove)
                try remove.run()
                continue
            }
            try bind(change.key, to: set)
            try set.bind(value, at: 5)
            try set.bind(Value.integer(orNull: change.expires), at: 6)
            try set.run()
        }
    }

    private func bind(_ key: StateKey, to statement: Statement) throws(SQLiteError) {
        try statement.bind(group, at: 1)
        try statement.bind(Int64(key.partition), at: 2)
        try statement.bind(key.store, at: 3)
        try statement.bind(key.key, at: 4)
    }
}

/// A group's timers in the file.
struct Timers {
    private let group: Int64
    private let store: Store

    init(_ group: Int64, _ store: Store) {
        self.group = group
        self.store = store
    }

    /// The timers that are due, earliest first, but for those already delivered.
    func due(
        at now: Int64, of partitions: Set<Int32>, except delivered: [TimerKey: DurableTimer],
        atMost limit: Int
    ) throws(SQLiteError) -> [DurableTimer] {
        guard !partitions.isEmpty else { return [] }
        let statement = try store.connection.statement(
            """
            SELECT partition, key, name, due, payload FROM timers
            WHERE group_id = ? AND due <= ? ORDER BY due
            """)
        try statement.bind(group, at: 1)
        try statement.bind(now, at: 2)
        defer { statement.reset() }
        var timers: [DurableTimer] = []
        while timers.count < limit, try statement.step() {
            let partition = Int32(clamping: statement.int64(0))
            guard partitions.contains(partition) else { continue }
            let timer = DurableTimer(
                key: TimerKey(
                    partition: partition, key: statement.text(1), name: statement.text(2)),
                due: statement.int64(3), payload: statement.blob(4))
            if delivered[timer.key] != timer { timers.append(timer) }
        }
        return timers
    }

    /// When the next timer of these partitions is due, if there is one.
    func nextDue(after now: Int64, of partitions: Set<Int32>) throws(SQLiteError) -> Int64? {
        guard !partitions.isEmpty else { return nil }
        let statement = try store.connection.statement(
            "SELECT partition, due FROM timers WHERE group_id = ? AND due > ? ORDER BY due")
        try statement.bind(group, at: 1)
        try statement.bind(now, at: 2)
        defer { statement.reset() }
        while try statement.step() {
            if partitions.contains(Int32(clamping: statement.int64(0))) {
                return statement.int64(1)
            }
        }
        return nil
    }

    /// Changes timers; within a write.
    func write(_ changes: [TimerChange]) throws(SQLiteError) {
        for change in changes {
            let key = change.key
            let name: [Value] = [
                .integer(group), .integer(Int64(key.partition)), .text(key.key), .text(key.name),
            ]
            switch change {
            case .set(let timer):
                try store.connection.execute(
                    """
                    INSERT OR REPLACE INTO timers (group_id, partition, key, name, due, payload)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """, name + [.integer(timer.due), .blob(timer.payload)])
            case .cancel:
                try store.connection.execute(
                    """
                    DELETE FROM timers
                    WHERE group_id = ? AND partition = ? AND key = ? AND name = ?
                    """, name)
            }
        }
    }
}
