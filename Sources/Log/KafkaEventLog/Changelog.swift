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
    /// waited for, because it may yet be committed. `goOn` is told now and then how far it is, and
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
        var reached = Dictionary(starts.map { ($0.partition, $0.offset) }) { $1 }
        let consumer = try open(starts)
        while !ends.isEmpty {
            guard goOn(progress) else { return false }
            let fetched = consumer.fetch(atMost: Limits.restoreBatch, Limits.controlWait)
            for (partition, next) in try take(fetched, until: &ends) {
                let known = reached[partition] ?? next
                reached[partition] = max(known, next)
                progress.restored += max(0, next - known)
            }
        }
        return true
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

    /// Takes what was fetched into the cache; gives the place after it of each partition.
    private func take(
        _ fetched: [Fetched], until ends: inout [Int32: Int64]
    ) throws(EventLogError) -> [Int32: Int64] {
        var entries: [Int32: [StateCache.Entry]] = [:]
        var checkpoints: [Int32: Int64] = [:]
        for item in fetched {
            switch item {
            case .message(let message):
                checkpoints[message.partition] = message.offset + 1
                guard let entry = ChangelogCodec.decode(message) else { continue }
                entries[message.partition, default: []].append(entry)
            case .end(let place):
                checkpoints[place.partition] = place.offset
                if place.offset >= ends[place.partition] ?? 0 { ends[place.partition] = nil }
            case .failure(let error):
                throw EventLogError(error)
            }
        }
        do throws(SQLiteError) {
            try cache.apply(entries, upTo: checkpoints, at: settings.clock(), waiting: false)
        } catch {
            throw EventLogError(cache: error)
        }
        return checkpoints
    }
}
