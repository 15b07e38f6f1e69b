import EventLog

/// Reads topics from their beginning to their ends as of now.
enum TopicReading {
    /// How long a reader may bring nothing before what is left counts as marks of transactions,
    /// which hold offsets and no records.
    private static let quiet = Duration.seconds(4)

    /// Calls with the records of those topics that there are, as they are read.
    static func read(
        _ topics: Set<String>, in log: any EventLog, _ body: ([ConsumedRecord]) -> Void
    ) async throws(EventLogError) {
        var ends: [TopicPartition: Int64] = [:]
        for topic in try await log.describeTopics() where topics.contains(topic.name) {
            for (number, range) in topic.partitions.enumerated() where range.low < range.high {
                ends[TopicPartition(topic.name, Int32(number))] = range.high
            }
        }
        guard !ends.isEmpty else { return }
        let reader = try await log.openReader(ends.mapValues { _ in .beginning })
        do throws(EventLogError) {
            var silent = Duration.zero
            var positions: [TopicPartition: Int64] = [:]
            while ends.contains(where: { positions[$0] ?? 0 < $1 }), silent < quiet {
                let records = try await reader.poll(atMost: 1_000, waiting: .seconds(1))
                silent = records.isEmpty ? silent + .seconds(1) : .zero
                body(records)
                positions = await reader.positions
            }
        } catch {
            await reader.close()
            throw error
        }
        await reader.close()
    }
}
