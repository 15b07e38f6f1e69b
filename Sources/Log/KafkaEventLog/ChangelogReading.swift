import Dispatch
import EventLog
import Kafka
import SQLite
import Synchronization

/// Reads a changelog to its ends, in batches that a thread of its own writes into the cache
/// meanwhile: two are in memory at most.
struct ChangelogReading {
    let consumer: Consumer
    let filler: CacheFiller
    /// The ends that are not reached yet, by partition.
    var ends: [Int32: Int64]
    var progress: Restoration
    private var reached: [Int32: Int64] = [:]
    private var batch = ChangelogBatch()

    init(
        consumer: Consumer, filler: CacheFiller, ends: [Int32: Int64], progress: Restoration
    ) {
        self.consumer = consumer
        self.filler = filler
        self.ends = ends
        self.progress = progress
    }

    /// Reads until all ends are reached, or until `goOn` says no; whatever was read is in the
    /// cache then.
    ///
    /// - Returns: whether the ends were reached.
    mutating func run(
        from starts: [TopicPartitionOffset], while goOn: (Restoration) -> Bool
    ) throws(EventLogError) -> Bool {
        for start in starts { reached[start.partition] = start.offset }
        do throws(EventLogError) {
            while !ends.isEmpty, goOn(progress) {
                try readOn()
                guard
                    batch.messages >= Limits.restoreBatch
                        || batch.bytes.count >= Limits.restoreBytes
                else { continue }
                try handOn()
            }
        } catch {
            // What stands in the cache's way comes before what stood in the brokers'.
            try filler.finish()
            throw error
        }
        if !batch.isEmpty { try handOn() }
        try filler.finish()
        return ends.isEmpty
    }

    private mutating func handOn() throws(EventLogError) {
        // Sorted here: reading takes less time than inserting.
        let rows = StateRows(batch)
        batch = ChangelogBatch(roomLike: batch)
        try filler.apply(rows)
    }

    private mutating func readOn() throws(EventLogError) {
        let consumer = consumer
        let reached: [TopicPartitionOffset]
        do throws(KafkaError) {
            reached = try batch.read { run in
                consumer.fetch(
                    into: &run, atMost: Limits.restoreFetch, Limits.controlWait)
            }
        } catch {
            throw EventLogError(error)
        }
        for (partition, next) in batch.checkpoints { reach(next, of: partition) }
        for end in reached where end.offset >= ends[end.partition] ?? 0 {
            ends[end.partition] = nil
        }
    }

    private mutating func reach(_ next: Int64, of partition: Int32) {
        let known = reached[partition] ?? next
        guard next > known else { return }
        reached[partition] = next
        progress.restored += next - known
    }
}

/// Writes batches' rows into a cache, one after the other, on a thread of its own.
final class CacheFiller: Sendable {
    private let cache: StateCache
    private let clock: @Sendable () -> Int64
    private let queue = DispatchQueue(label: "kafka.restore")
    private let failure = Mutex<EventLogError?>(nil)

    init(_ cache: StateCache, clock: @escaping @Sendable () -> Int64) {
        self.cache = cache
        self.clock = clock
    }

    /// Waits until the rows before are in the cache, and begins with these.
    func apply(_ rows: StateRows) throws(EventLogError) {
        try finish()
        queue.async { [self] in
            do throws(SQLiteError) {
                try cache.apply(rows, at: clock())
            } catch {
                let known = EventLogError(cache: error)
                failure.withLock { $0 = known }
            }
        }
    }

    /// Waits until all is in the cache.
    func finish() throws(EventLogError) {
        queue.sync {}
        if let failure = failure.withLock({ $0 }) { throw failure }
    }
}
