import EventLog

/// Reads topics from their beginning to their ends as of now.
enum TopicReading {
    /// Calls with the records of those topics that there are, as they are read.
    static func read(
        _ topics: Set<String>, in log: any EventLog, _ body: ([ConsumedRecord]) -> Void
    ) async throws(EventLogError) {
        var spans: [TopicPartition: Range<Int64>] = [:]
        for topic in try await log.describeTopics() where topics.contains(topic.name) {
            for (number, range) in topic.partitions.enumerated() {
                spans[TopicPartition(topic.name, Int32(number))] = range.low..<range.high
            }
        }
        try await RecordSpans.readBatches(spans, in: log) { body($0) }
    }
}
