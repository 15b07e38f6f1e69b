package import EventLog

/// The log's topics: how many partitions and records, from where to where, and what is cleaned up.
package struct TopicReport: Hashable, Sendable, Codable {
    /// A topic.
    package struct Topic: Hashable, Sendable, Codable {
        /// Its name.
        package var name: String
        /// Records at most: offsets in use, which marks of transactions and compaction thin out.
        package var records: Int64
        /// `compact`, `delete after 30 d`, `keep`, or `unknown`.
        package var cleanup: String
        /// The brokers that keep each partition; `nil` where the log has no brokers.
        package var copies: Int?
        /// What an operator should mend about its copies, if anything.
        package var warning: String?
        /// Its partitions by number.
        package var partitions: [Partition]
    }

    /// A partition's offsets.
    package struct Partition: Hashable, Sendable, Codable {
        /// The first kept offset.
        package var low: Int64
        /// The offset that the next record gets.
        package var high: Int64
    }

    /// The topics by name.
    package var topics: [Topic]

    /// Looks at a log.
    ///
    /// - Throws: What the log says.
    package init(of log: any EventLog) async throws(EventLogError) {
        topics = try await log.describeTopics().map { topic in
            Topic(
                name: topic.name,
                records: topic.partitions.reduce(0) { $0 + $1.high - $1.low },
                cleanup: Self.text(topic.cleanup), copies: topic.replication?.copies,
                warning: topic.replication?.weakness,
                partitions: topic.partitions.map { Partition(low: $0.low, high: $0.high) })
        }
    }

    private static func text(_ cleanup: TopicConfiguration.Cleanup?) -> String {
        switch cleanup {
        case .compact: "compact"
        case .delete(let retention?): "delete after \(DurationText.short(retention))"
        case .delete(nil): "keep"
        case nil: "unknown"
        }
    }

    /// The report as text for a terminal; with each partition's offsets if wanted.
    package func text(partitions: Bool) -> String {
        let rows = topics.map {
            [
                $0.name, String($0.partitions.count), String($0.records), $0.cleanup,
                $0.copies.map(String.init) ?? "-",
            ]
        }
        var text = Columns.table(["TOPIC", "PARTITIONS", "RECORDS", "CLEANUP", "COPIES"], rows)
        for topic in topics {
            if let warning = topic.warning { text += "\nwarning: \(topic.name) \(warning)" }
        }
        guard partitions else { return text }
        for topic in topics {
            let ranges = topic.partitions.enumerated().map { "\($0): \($1.low)..<\($1.high)" }
            text += "\n\(topic.name)  \(ranges.joined(separator: "  "))"
        }
        return text
    }
}
