import EventLog

/// Reads topics from their beginning to where they ended when it began: an empty poll is no end,
/// for a log may be slow.
struct TopicReading {
    /// The log brought nothing for so long that something is wrong.
    struct Stuck: Error, CustomStringConvertible {
        let missing: Int64

        var description: String {
            "the log brought nothing for \(TopicReading.patience), \(missing) offsets before the "
                + "end that it named"
        }
    }

    private static let patience = Duration.seconds(30)

    private let reader: any EventLogReader
    private let ends: [TopicPartition: Int64]

    init(of topics: [String], in log: any EventLog) async throws(EventLogError) {
        var ends: [TopicPartition: Int64] = [:]
        for topic in try await log.describeTopics() where topics.contains(topic.name) {
            for (number, range) in topic.partitions.enumerated() where range.high > range.low {
                ends[TopicPartition(topic.name, Int32(number))] = range.high
            }
        }
        self.ends = ends
        reader = try await log.openReader(of: topics, from: .beginning)
    }

    /// Hands on what it reads, then closes.
    ///
    /// - Throws: `Stuck`, or what the log says.
    func run(_ handle: ([ConsumedRecord]) -> Void) async throws {
        let clock = ContinuousClock()
        var heard = clock.now
        while true {
            let records = try await reader.poll(atMost: 2_000, waiting: .milliseconds(200))
            if !records.isEmpty {
                heard = clock.now
                handle(records)
            }
            let missing = await missing
            if missing == 0 { break }
            guard heard.duration(to: clock.now) < Self.patience else {
                throw Stuck(missing: missing)
            }
        }
        await reader.close()
    }

    private var missing: Int64 {
        get async {
            let positions = await reader.positions
            return ends.reduce(0) { $0 + max(0, $1.value - (positions[$1.key] ?? 0)) }
        }
    }
}
