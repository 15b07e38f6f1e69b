import EventLog
import Kafka
import SQLite

/// Brings a cache up to the end of its group's changelog.
struct Changelog: Sendable {
    let settings: KafkaSettings
    let topic: String
    let admin: RestingAdmin
    let cache: StateCache

    /// Reads partitions from their checkpoints, or from the start, to their ends; blocks.
    ///
    /// The ends are the brokers' own, after all open transactions: one that a predecessor left is
    /// waited for, because it may yet be committed. `goOn` hears now and then how far it is, and
    /// ends the reading if it gives `false`.
    ///
    /// - Returns: whether the end was reached.
    func restore(
        _ partitions: [Int32], while goOn: (Restoration) -> Bool
    ) throws(EventLogError) -> Bool {
        var progress = Restoration()
        var ends: [Int32: Int64] = [:]
        var starts: [TopicPartitionOffset] = []
        for partition in partitions {
            let range = try mapped { () throws(KafkaError) in
                try admin.client().watermarks(of: topic, partition, within: Limits.takingOver)
            }
            let start = try checkpoint(of: partition, in: range)
            guard start < range.upperBound else { continue }
            ends[partition] = range.upperBound
            progress.total += range.upperBound - start
            starts.append(TopicPartitionOffset(topic, partition, offset: start))
        }
        guard !ends.isEmpty else { return true }
        let consumer = try open(starts)
        // What comes into an empty cache needs no journal: killed meanwhile, it is empty again.
        try cached { () throws(SQLiteError) in try cache.beginFilling() }
        let isComplete: Bool
        do throws(EventLogError) {
            var reading = ChangelogReading(
                consumer: consumer, filler: CacheFiller(cache, clock: settings.clock),
                ends: ends, progress: progress)
            isComplete = try reading.run(from: starts, while: goOn)
        } catch {
            try cached { () throws(SQLiteError) in try cache.endFilling() }
            throw error
        }
        try cached { () throws(SQLiteError) in try cache.endFilling() }
        return isComplete
    }

    private func open(_ starts: [TopicPartitionOffset]) throws(EventLogError) -> Consumer {
        try mapped { () throws(KafkaError) in
            let consumer = try Consumer(settings.reader("\(topic).restore"), log: settings.log)
            try consumer.assign(starts)
            return consumer
        }
    }

    private func checkpoint(
        of partition: Int32, in range: Range<Int64>
    ) throws(EventLogError) -> Int64 {
        do throws(SQLiteError) {
            let oldest = settings.clock() - Limits.cacheAge.milliseconds
            if let known = try cache.checkpoint(partition, notBefore: oldest),
                (range.lowerBound...range.upperBound).contains(known)
            {
                return known
            }
            try cache.clear(partition)
            return range.lowerBound
        } catch {
            throw EventLogError(cache: error)
        }
    }
}
