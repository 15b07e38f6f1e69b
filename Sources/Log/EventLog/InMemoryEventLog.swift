import Synchronization

/// The log in memory: the reference of the port's semantics, for tests only.
///
/// A group has one member at a time.
package final class InMemoryEventLog: EventLog {
    /// What the port may hold between two calls.
    struct Contents {
        var topics: [String: Topic] = [:]
        var groups: [String: Group] = [:]
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
        var nextWaiter = 0

        /// Whether there are records that a reader at these positions has not read.
        func hasRecords(beyond positions: [TopicPartition: Int64]) -> Bool {
            positions.contains { partition, offset in
                offset < topics[partition.topic]?.partitions[Int(partition.partition)].count ?? 0
            }
        }
    }

    /// A topic's records by partition; an offset is an index.
    struct Topic {
        var configuration: TopicConfiguration
        var partitions: [[Record]]
    }

    /// What a group has committed.
    struct Group {
        var positions: [TopicPartition: Int64] = [:]
        var state: [StateKey: [UInt8]] = [:]
        var timers: [TimerKey: DurableTimer] = [:]
        /// Raised by each new session; an older session is fenced.
        var epoch = 0
        /// The slot of the session that is open, if one is.
        var member: String?
    }

    let contents = Mutex(Contents())
    let clock: @Sendable () -> Int64
    let sizeLimit: SizeLimit

    /// Makes an empty log; `clock` tells milliseconds since 1970 and decides when timers are due.
    ///
    /// By default it takes as much at once as Kafka does.
    package init(largestRecord: Int = 1_000_000, clock: @escaping @Sendable () -> Int64) {
        self.clock = clock
        sizeLimit = SizeLimit(bytes: largestRecord)
    }

    /// As it was made.
    package var largestRecord: Int { sizeLimit.bytes }

    /// Nothing that needs a disk or a second process.
    package var capabilities: Set<Capability> { [.fencing, .timeLookup] }

    /// Creates the topics that are missing.
    package func createTopics(_ topics: [TopicConfiguration]) async throws(EventLogError) {
        try contents.withLock { contents throws(EventLogError) in
            for topic in topics {
                if let existing = contents.topics[topic.name] {
                    guard existing.partitions.count == Int(topic.partitions) else {
                        throw .permanent(
                            reason: "topic \(topic.name) has \(existing.partitions.count) "
                                + "partitions, not \(topic.partitions)")
                    }
                    continue
                }
                contents.topics[topic.name] = Topic(
                    configuration: topic,
                    partitions: Array(repeating: [], count: Int(topic.partitions)))
            }
        }
    }

    /// The topics with their ranges.
    package func describeTopics() async throws(EventLogError) -> [TopicDescription] {
        contents.withLock { contents in
            contents.topics.values.map { topic in
                TopicDescription(
                    name: topic.configuration.name,
                    partitions: topic.partitions.map {
                        PartitionRange(low: 0, high: Int64($0.count))
                    },
                    cleanup: topic.configuration.cleanup)
            }
            .sorted { $0.name < $1.name }
        }
    }

    /// Each group's committed positions.
    package func groupPositions() async throws(EventLogError)
        -> [String: [TopicPartition: Int64]]
    {
        contents.withLock { $0.groups.mapValues(\.positions) }
    }

    /// The member whose session is open, if there is one.
    package func members(of group: String) async throws(EventLogError) -> [String] {
        contents.withLock { contents in contents.groups[group]?.member.map { [$0] } ?? [] }
    }

    /// The first offsets at or after a time.
    package func offsets(of topic: String, at timestamp: Int64) async throws(EventLogError)
        -> [Int32: Int64]
    {
        try contents.withLock { contents throws(EventLogError) in
            guard let topic = contents.topics[topic] else {
                throw .permanent(reason: "there is no topic \(topic)")
            }
            var offsets: [Int32: Int64] = [:]
            for (number, records) in topic.partitions.enumerated() {
                let index = records.firstIndex { $0.timestamp >= timestamp } ?? records.count
                offsets[Int32(number)] = Int64(index)
            }
            return offsets
        }
    }

    /// Opens an appender.
    package func openAppender() async throws(EventLogError) -> any EventLogAppender {
        InMemoryAppender(log: self)
    }

    /// Joins a group as its only member, fencing an earlier session.
    package func openSession(
        _ membership: Membership
    ) async throws(EventLogError) -> any EventLogSession {
        let (epoch, partitions) = try contents.withLock { contents throws(EventLogError) in
            var counts: Set<Int> = []
            for name in membership.topics {
                guard let topic = contents.topics[name] else {
                    throw .permanent(reason: "there is no topic \(name)")
                }
                counts.insert(topic.partitions.count)
            }
            guard counts.count == 1, let count = counts.first else {
                throw .permanent(
                    reason: "the inputs of group \(membership.group) must have one and the same "
                        + "number of partitions: \(membership.topics.joined(separator: ", "))")
            }
            contents.groups[membership.group, default: Group()].epoch += 1
            contents.groups[membership.group]?.member = membership.slot
            return (contents.groups[membership.group, default: Group()].epoch, Int32(count))
        }
        wake()
        return InMemorySession(
            log: self, membership: membership, epoch: epoch, partitions: partitions)
    }

    /// Opens a reader, which leaves nothing out: its records are in memory as they are.
    package func openReader(
        _ starts: [TopicPartition: ReadStart], headers names: [String]?
    ) async throws(EventLogError) -> any EventLogReader {
        let positions = try contents.withLock { contents throws(EventLogError) in
            var positions: [TopicPartition: Int64] = [:]
            for (partition, start) in starts {
                guard let topic = contents.topics[partition.topic],
                    topic.partitions.indices.contains(Int(partition.partition))
                else {
                    throw .permanent(reason: "there is no partition \(partition)")
                }
                switch start {
                case .beginning: positions[partition] = 0
                case .end:
                    positions[partition] = Int64(
                        topic.partitions[Int(partition.partition)].count)
                case .offset(let offset): positions[partition] = max(0, offset)
                }
            }
            return positions
        }
        return InMemoryReader(log: self, positions: positions)
    }

    /// Nothing to release.
    package func close() async {}

    /// Appends records to contents under the lock.
    static func append(_ records: [Record], to contents: inout Contents) throws(EventLogError) {
        for record in records where contents.topics[record.topic] == nil {
            throw .permanent(reason: "there is no topic \(record.topic)")
        }
        for var record in records {
            guard let count = contents.topics[record.topic]?.partitions.count else { continue }
            let partition =
                record.partition ?? Partitioner.partition(of: record.key, count: Int32(count))
            guard (0..<count).contains(Int(partition)) else {
                throw .permanent(reason: "there is no partition \(record.topic)-\(partition)")
            }
            record.partition = partition
            contents.topics[record.topic]?.partitions[Int(partition)].append(record)
        }
    }

    /// Reads one partition from an offset.
    static func read(
        _ partition: TopicPartition, from offset: Int64, atMost limit: Int, in contents: Contents
    ) -> [ConsumedRecord] {
        guard let records = contents.topics[partition.topic]?.partitions[Int(partition.partition)]
        else { return [] }
        let start = Int(max(0, offset))
        guard start < records.count else { return [] }
        return records[start..<min(records.count, start + limit)].enumerated().map {
            ConsumedRecord(record: $1, partition: partition, offset: Int64(start + $0))
        }
    }

    /// Wakes all who wait for a change; tests call it after they advance their clock.
    package func wake() {
        let waiters = contents.withLock { contents in
            defer { contents.waiters = [:] }
            return contents.waiters.values
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Waits until a change or until time has passed; `ready` is asked under the lock first.
    func wait(_ waiting: Duration, unless ready: (Contents) -> Bool) async {
        let number = contents.withLock { contents in
            contents.nextWaiter += 1
            return contents.nextWaiter
        }
        let timeout = Task {
            // Cancelled when a change came first; then there is nobody left to wake.
            try? await Task.sleep(for: waiting)
            self.contents.withLock { $0.waiters.removeValue(forKey: number) }?.resume()
        }
        await withCheckedContinuation { continuation in
            let now = contents.withLock { contents in
                if ready(contents) { return true }
                contents.waiters[number] = continuation
                return false
            }
            if now { continuation.resume() }
        }
        timeout.cancel()
    }
}
