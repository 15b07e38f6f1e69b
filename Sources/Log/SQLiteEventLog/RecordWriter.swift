import EventLog
import SQLite

/// Appends records within one transaction: begin, append, finish.
struct RecordWriter {
    private struct Head {
        var next: Int64
        /// The newest timestamp since the last full segment.
        var latest: Int64
    }

    private let store: Store
    private var heads: [Int64: Head] = [:]
    private(set) var topics: Set<Int64> = []

    /// Begins within an open transaction: what was read before it does not count.
    init(_ store: Store) {
        self.store = store
    }

    /// Where a record goes, without writing anything.
    ///
    /// - Throws: `.permanent` if its topic or partition does not exist.
    static func lane(of record: Record, in store: Store) throws -> (topic: Topic, lane: Int64) {
        let topic = try store.topic(record.topic)
        let partition =
            record.partition
            ?? Partitioner.partition(of: record.key, count: topic.configuration.partitions)
        return (topic, try topic.lane(partition))
    }

    /// Appends a record.
    mutating func append(_ record: Record) throws {
        let (topic, lane) = try Self.lane(of: record, in: store)
        var head = try heads[lane] ?? read(lane)
        if head.next > 0, head.next % Segment.length == 0 {
            try store.connection.execute(
                "INSERT OR REPLACE INTO segments (lane, segment, latest) VALUES (?, ?, ?)",
                [
                    .integer(lane), .integer(head.next / Segment.length - 1),
                    .integer(head.latest),
                ])
            head.latest = record.timestamp
        }
        let insert = try store.connection.statement(
            "INSERT INTO records (id, timestamp, key, headers, value) VALUES (?, ?, ?, ?, ?)")
        try insert.bind(RowNumber(lane: lane, offset: head.next).rawValue, at: 1)
        try insert.bind(record.timestamp, at: 2)
        try insert.bind(record.key, at: 3)
        let headers = record.headers.isEmpty ? nil : HeaderRow.bytes(of: record.headers)
        try insert.bind(orNull: headers, at: 4)
        try insert.bind(orNull: record.value, at: 5)
        try insert.run()
        head.next += 1
        head.latest = max(head.latest, record.timestamp)
        heads[lane] = head
        topics.insert(topic.id)
    }

    /// Writes the new ends of the partitions.
    func finish() throws(SQLiteError) {
        let update = try store.connection.statement(
            "UPDATE heads SET next = ?, latest = ? WHERE lane = ?")
        for (lane, head) in heads {
            try update.bind(head.next, at: 1)
            try update.bind(head.latest, at: 2)
            try update.bind(lane, at: 3)
            try update.run()
        }
    }

    private func read(_ lane: Int64) throws -> Head {
        let found = try store.connection.first(
            "SELECT next, latest FROM heads WHERE lane = ?", [.integer(lane)]
        ) { Head(next: $0.int64(0), latest: $0.int64(1)) }
        guard let found else {
            throw EventLogError.permanent(
                reason: "\(store.location.path) has no head for lane \(lane): the file is damaged")
        }
        return found
    }
}
