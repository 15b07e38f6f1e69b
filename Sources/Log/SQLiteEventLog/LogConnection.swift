import EventLog
import FileSignals
import SQLite

/// The log's own connection: topics, descriptions, positions, and look-ups by time.
actor LogConnection {
    private let executor = QueueExecutor(label: "parley.log.connection")
    private let location: LogLocation
    private var opened: Store?

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    init(_ location: LogLocation) {
        self.location = location
    }

    /// Opens the file and brings its tables up to date.
    func start() throws(EventLogError) {
        try mapped {
            guard location.path != ":memory:" else {
                throw EventLogError.permanent(reason: "the log needs a file, not :memory:")
            }
            // Two processes may make the same file at once: one after the other.
            let lock = try FileLock(path: location.lockPath)
            try lock.acquire()
            defer { lock.release() }
            try TouchFiles.makeFolder(location.wakeFolder)
            let store = try Store(location)
            try Schema.migrations.apply(to: store.connection)
            opened = store
        }
    }

    func close() {
        opened = nil
    }

    private func store() throws(EventLogError) -> Store {
        guard let opened else { throw .permanent(reason: "the log is closed") }
        return opened
    }

    func createTopics(_ topics: [TopicConfiguration]) throws(EventLogError) {
        let store = try store()
        try mapped {
            try store.catalogue.reload(from: store.connection)
            let missing = try topics.filter { try Self.isMissing($0, in: store.catalogue) }
            let changed = topics.filter { Self.isKeptOtherwise($0, in: store.catalogue) }
            guard !missing.isEmpty || !changed.isEmpty else { return }
            try store.write {
                // Another process may have made them meanwhile.
                try store.catalogue.reload(from: store.connection)
                for topic in missing where try Self.isMissing(topic, in: store.catalogue) {
                    try Self.create(topic, on: store.connection)
                    try store.catalogue.reload(from: store.connection)
                }
                for topic in changed { try Self.keep(topic, on: store.connection) }
                try store.catalogue.reload(from: store.connection)
            }
        }
    }

    /// Whether a topic that exists keeps its records for another time than is asked for now.
    private static func isKeptOtherwise(
        _ topic: TopicConfiguration, in catalogue: Catalogue
    ) -> Bool {
        guard case .delete(let wanted) = topic.cleanup,
            case .delete(let kept)? = catalogue.topics[topic.name]?.configuration.cleanup
        else { return false }
        return wanted != kept
    }

    private static func keep(
        _ topic: TopicConfiguration, on connection: Connection
    ) throws(SQLiteError) {
        guard case .delete(let kept) = topic.cleanup else { return }
        try connection.execute(
            "UPDATE topics SET retention = ? WHERE name = ?",
            [.integer(orNull: kept.map(\.milliseconds)), .text(topic.name)])
    }

    private static func isMissing(
        _ topic: TopicConfiguration, in catalogue: Catalogue
    ) throws(EventLogError) -> Bool {
        guard topic.partitions > 0 else {
            throw .permanent(reason: "topic \(topic.name) needs at least one partition")
        }
        guard let existing = catalogue.topics[topic.name] else { return true }
        guard existing.configuration.partitions == topic.partitions else {
            throw .permanent(
                reason: "topic \(topic.name) has \(existing.configuration.partitions) "
                    + "partitions, not \(topic.partitions)")
        }
        return false
    }

    private static func create(
        _ topic: TopicConfiguration, on connection: Connection
    ) throws(SQLiteError) {
        let lane =
            try connection.first("SELECT coalesce(max(lane) + 1, 0) FROM heads") {
                $0.int64(0)
            } ?? 0
        var retention: Int64?
        var compacted = true
        if case .delete(let kept) = topic.cleanup {
            retention = kept.map(\.milliseconds)
            compacted = false
        }
        try connection.execute(
            """
            INSERT INTO topics (name, partitions, first_lane, compacted, retention)
            VALUES (?, ?, ?, ?, ?)
            """,
            [
                .text(topic.name), .integer(Int64(topic.partitions)), .integer(lane),
                .integer(compacted ? 1 : 0), .integer(orNull: retention),
            ])
        for number in 0..<Int64(topic.partitions) {
            try connection.execute(
                "INSERT INTO heads (lane, low, next, latest) VALUES (?, 0, 0, 0)",
                [.integer(lane + number)])
        }
    }

    func describeTopics() throws(EventLogError) -> [TopicDescription] {
        let store = try store()
        return try mapped {
            try store.read {
                try store.catalogue.reload(from: store.connection)
                var ranges: [Int64: PartitionRange] = [:]
                let rows = try store.connection.query("SELECT lane, low, next FROM heads") {
                    ($0.int64(0), PartitionRange(low: $0.int64(1), high: $0.int64(2)))
                }
                for (lane, range) in rows { ranges[lane] = range }
                return store.catalogue.topics.values.map { topic in
                    TopicDescription(
                        name: topic.configuration.name,
                        partitions: (0..<Int64(topic.configuration.partitions)).map {
                            ranges[topic.firstLane + $0] ?? PartitionRange(low: 0, high: 0)
                        },
                        cleanup: topic.configuration.cleanup)
                }
                .sorted { $0.name < $1.name }
            }
        }
    }

    func groupPositions() throws(EventLogError) -> [String: [TopicPartition: Int64]] {
        let store = try store()
        return try mapped {
            let rows = try store.connection.query(
                """
                SELECT g.name, t.name, p.partition, p.next FROM positions p
                JOIN groups g ON g.id = p.group_id JOIN topics t ON t.id = p.topic_id
                """
            ) { row in
                (
                    row.text(0), TopicPartition(row.text(1), Int32(clamping: row.int64(2))),
                    row.int64(3)
                )
            }
            var groups: [String: [TopicPartition: Int64]] = [:]
            for (group, partition, next) in rows { groups[group, default: [:]][partition] = next }
            return groups
        }
    }

    func bytesInUse() throws(EventLogError) -> Int {
        let store = try store()
        return try mapped {
            func number(_ name: String) throws(SQLiteError) -> Int64 {
                try store.connection.first("PRAGMA \(name)") { $0.int64(0) } ?? 0
            }
            let pages = try number("page_count") - number("freelist_count")
            return Int(pages * (try number("page_size")))
        }
    }

    func members(of group: String) throws(EventLogError) -> [String] {
        let store = try store()
        return try mapped {
            try store.connection.query(
                """
                SELECT m.slot FROM members m JOIN groups g ON g.id = m.group_id
                WHERE g.name = ? AND m.boot = ? AND m.deadline > ? ORDER BY m.slot
                """, [.text(group), .text(LogLocation.boot), .integer(LogLocation.uptime())]
            ) { $0.text(0) }
        }
    }

    func offsets(of name: String, at timestamp: Int64) throws(EventLogError) -> [Int32: Int64] {
        let store = try store()
        return try mapped {
            let topic = try store.topic(name)
            return try store.read {
                var offsets: [Int32: Int64] = [:]
                for number in 0..<topic.configuration.partitions {
                    offsets[number] = try TimeLookup.offset(
                        in: topic.firstLane + Int64(number), at: timestamp, store)
                }
                return offsets
            }
        }
    }
}

/// Finds records by time: segments first, then the records of one that may hold the time.
enum TimeLookup {
    /// The first offset at or after a time, or the lane's end.
    static func offset(
        in lane: Int64, at timestamp: Int64, _ store: Store
    ) throws -> Int64 {
        let connection = store.connection
        let segments = try connection.query(
            "SELECT segment FROM segments WHERE lane = ? AND latest >= ? ORDER BY segment",
            [.integer(lane), .integer(timestamp)]
        ) { $0.int64(0) }
        for segment in segments {
            let start = segment * Segment.length
            if let offset = try first(
                in: lane, start..<start + Segment.length, at: timestamp, store)
            {
                return offset
            }
        }
        let end =
            try connection.first("SELECT next FROM heads WHERE lane = ?", [.integer(lane)]) {
                $0.int64(0)
            } ?? 0
        let open = max(0, end - 1) / Segment.length * Segment.length
        return try first(in: lane, open..<end, at: timestamp, store) ?? end
    }

    private static func first(
        in lane: Int64, _ range: Range<Int64>, at timestamp: Int64, _ store: Store
    ) throws -> Int64? {
        // Blocks come before rows.
        var from = range.lowerBound
        while from < range.upperBound,
            let block = try Blocks(store: store).first(in: lane, from: from, at: timestamp)
        {
            let found = block.records.first {
                $0.offset >= from && $0.timestamp >= timestamp
            }
            if let offset = found?.offset {
                if offset < range.upperBound { return offset }
                break
            }
            from = RowNumber(rawValue: block.last).offset + 1
        }
        return try store.connection.first(
            """
            SELECT id FROM records WHERE id >= ? AND id < ? AND timestamp >= ?
            ORDER BY id LIMIT 1
            """,
            [
                .integer(RowNumber(lane: lane, offset: range.lowerBound).rawValue),
                .integer(RowNumber(lane: lane, offset: range.upperBound).rawValue),
                .integer(timestamp),
            ]
        ) { RowNumber(rawValue: $0.int64(0)).offset }
    }
}
