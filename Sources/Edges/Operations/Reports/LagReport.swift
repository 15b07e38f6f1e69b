package import EventLog

/// How far each group is behind each partition that it reads: in records and in time.
package struct LagReport: Hashable, Sendable, Codable {
    /// A group's standing in a partition.
    package struct Row: Hashable, Sendable, Codable {
        /// The group: a stage.
        package var group: String
        /// The topic.
        package var topic: String
        /// The partition.
        package var partition: Int32
        /// The next offset that the group will read.
        package var position: Int64
        /// The offset that the next record will get.
        package var high: Int64
        /// How many offsets are between them.
        package var lag: Int64
        /// The age of the oldest unread record in seconds; `nil` if there is none.
        package var lagSeconds: Double?
    }

    /// Rows by group, topic and partition.
    package var rows: [Row]

    /// Looks at a log; `now` is in milliseconds since 1970.
    ///
    /// - Throws: What the log says.
    package init(of log: any EventLog, at now: Int64) async throws(EventLogError) {
        let positions = try await log.groupPositions()
        var ranges: [TopicPartition: PartitionRange] = [:]
        for topic in try await log.describeTopics() {
            for (number, range) in topic.partitions.enumerated() {
                ranges[TopicPartition(topic.name, Int32(number))] = range
            }
        }
        rows = []
        for (group, positions) in positions.sorted(by: { $0.key < $1.key })
        where group != DeadLetterActions.group {
            for (topicPartition, position) in positions.sorted(by: { $0.key < $1.key }) {
                guard let range = ranges[topicPartition] else { continue }
                rows.append(
                    Row(
                        group: group, topic: topicPartition.topic,
                        partition: topicPartition.partition,
                        position: position, high: range.high,
                        lag: max(0, range.high - max(position, range.low))))
            }
        }
        try await addAges(ranges, in: log, at: now)
    }

    /// Adds the ages of the oldest unread records, group by group: all partitions of one at once.
    ///
    /// Where what is left holds no record, but the marks that end transactions, nothing is left.
    private mutating func addAges(
        _ ranges: [TopicPartition: PartitionRange], in log: any EventLog, at now: Int64
    ) async throws(EventLogError) {
        for group in Set(rows.map(\.group)) {
            var positions: [TopicPartition: Int64] = [:]
            for row in rows where row.group == group && row.lag > 0 {
                let topicPartition = TopicPartition(row.topic, row.partition)
                positions[topicPartition] = max(row.position, ranges[topicPartition]?.low ?? 0)
            }
            let firsts = try await RecordLookup.firsts(
                from: positions, to: ranges.mapValues(\.high), in: log)
            for index in rows.indices where rows[index].group == group && rows[index].lag > 0 {
                let topicPartition = TopicPartition(rows[index].topic, rows[index].partition)
                switch firsts[topicPartition] {
                case .some(let oldest?):
                    let age = Double(max(0, now - oldest.record.timestamp)) / 1_000
                    rows[index].lagSeconds = age
                case .some(nil): rows[index].lag = 0
                case nil: break
                }
            }
        }
    }

    /// The report as text for a terminal: a line a group and topic, or a partition if wanted.
    package func text(partitions: Bool) -> String {
        partitions ? partitionTable : topicTable
    }

    private var partitionTable: String {
        Columns.table(
            ["GROUP", "TOPIC", "PARTITION", "POSITION", "END", "LAG", "OLDEST"],
            rows.map {
                [
                    $0.group, $0.topic, String($0.partition), String($0.position),
                    String($0.high), String($0.lag), Self.age($0.lagSeconds),
                ]
            })
    }

    private var topicTable: String {
        var lines: [[String]] = []
        var index = rows.startIndex
        while index < rows.endIndex {
            let first = rows[index]
            let end =
                rows[index...].firstIndex { ($0.group, $0.topic) != (first.group, first.topic) }
                ?? rows.endIndex
            let part = rows[index..<end]
            lines.append([
                first.group, first.topic, String(part.count),
                String(part.reduce(0) { $0 + $1.lag }),
                Self.age(part.compactMap(\.lagSeconds).max()),
            ])
            index = end
        }
        return Columns.table(["GROUP", "TOPIC", "PARTITIONS", "LAG", "OLDEST"], lines)
    }

    private static func age(_ seconds: Double?) -> String {
        seconds.map { DurationText.short(.milliseconds(Int64($0 * 1_000))) } ?? "-"
    }
}
