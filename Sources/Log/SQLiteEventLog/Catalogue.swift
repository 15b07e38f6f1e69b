import EventLog
import SQLite

/// A topic as the file knows it.
struct Topic: Hashable, Sendable {
    var id: Int64
    var configuration: TopicConfiguration
    var firstLane: Int64

    /// The lane of a partition.
    ///
    /// - Throws: `.permanent` if there is no such partition.
    func lane(_ partition: Int32) throws(EventLogError) -> Int64 {
        guard (0..<configuration.partitions).contains(partition) else {
            throw .permanent(reason: "there is no partition \(configuration.name)-\(partition)")
        }
        return firstLane + Int64(partition)
    }
}

/// The topics of a file; they are only ever added, so what is known stays true.
struct Catalogue {
    private(set) var topics: [String: Topic] = [:]

    /// The topic, looked up in the file if it is not known yet.
    ///
    /// - Throws: `.permanent` if it does not exist.
    mutating func topic(_ name: String, on connection: Connection) throws -> Topic {
        if let known = topics[name] { return known }
        try reload(from: connection)
        guard let topic = topics[name] else {
            throw EventLogError.permanent(reason: "there is no topic \(name)")
        }
        return topic
    }

    /// Reads all topics.
    mutating func reload(from connection: Connection) throws(SQLiteError) {
        let found = try connection.query(
            "SELECT id, name, partitions, first_lane, compacted, retention FROM topics"
        ) { row in
            let cleanup: TopicConfiguration.Cleanup =
                row.int64(4) != 0
                ? .compact
                : .delete(retention: row.isNull(5) ? nil : .milliseconds(row.int64(5)))
            return Topic(
                id: row.int64(0),
                configuration: TopicConfiguration(
                    name: row.text(1), partitions: Int32(clamping: row.int64(2)),
                    cleanup: cleanup),
                firstLane: row.int64(3))
        }
        for topic in found { topics[topic.configuration.name] = topic }
    }
}
