/// The port to the log: topics of records, consumer groups with state and timers, and one commit.
///
/// Topics, partitions, offsets, groups, keys and headers mean what they mean in Kafka.
/// `InMemoryEventLog` is the reference of the semantics; the conformance suite holds every adapter
/// to them.
package protocol EventLog: Sendable {
    /// What this adapter promises.
    var capabilities: Set<Capability> { get }

    /// The most bytes that one record may take (``Record/size``), or one piece of state or timer
    /// with its key: what is larger is refused for good by every append and commit.
    ///
    /// Whoever makes records asks first, so that one that can never be stored stops nobody else.
    var largestRecord: Int { get }

    /// Creates the topics that are missing; an existing topic must have as many partitions.
    ///
    /// - Throws: `.permanent` naming the topic if an existing one has another partition count.
    func createTopics(_ topics: [TopicConfiguration]) async throws(EventLogError)

    /// The topics of the log with their ranges, ordered by name.
    func describeTopics() async throws(EventLogError) -> [TopicDescription]

    /// The groups that have committed something, with their positions: the next offset to read.
    func groupPositions() async throws(EventLogError) -> [String: [TopicPartition: Int64]]

    /// The names of a group's members: of those that live, and of those that died so lately that
    /// the log still keeps partitions for them. Empty for a group that never was.
    func members(of group: String) async throws(EventLogError) -> [String]

    /// How many records of each of these topics a group has not read yet, at most: offsets have
    /// gaps. Topics that do not exist are left out.
    func lag(
        of group: String, in topics: Set<String>
    ) async throws(EventLogError) -> [String: Int64]

    /// The first offset of each partition whose record is at or after `timestamp` (milliseconds
    /// since 1970); partitions with none that late give their high end.
    func offsets(of topic: String, at timestamp: Int64) async throws(EventLogError)
        -> [Int32: Int64]

    /// Opens an appender, for producers that belong to no group.
    func openAppender() async throws(EventLogError) -> any EventLogAppender

    /// Joins a consumer group.
    ///
    /// - Throws: `.permanent` if a topic does not exist or the inputs differ in partition count.
    func openSession(_ membership: Membership) async throws(EventLogError) -> any EventLogSession

    /// Opens a reader that belongs to no group: for tables, tailing, tracing and replay.
    ///
    /// With `names`, keys, and headers other than those named, may be left out: for one who looks
    /// at no more, that halves the time of a read over millions of records.
    func openReader(
        _ starts: [TopicPartition: ReadStart], headers names: [String]?
    ) async throws(EventLogError) -> any EventLogReader

    /// Releases what the log holds, after its sessions, appenders and readers are closed.
    func close() async
}

extension EventLog {
    /// How many records a group has not read yet, from the positions of all groups and the
    /// ends of topics.
    package func lag(
        of group: String, in topics: Set<String>
    ) async throws(EventLogError) -> [String: Int64] {
        let positions = try await groupPositions()[group] ?? [:]
        var lag: [String: Int64] = [:]
        for topic in try await describeTopics() where topics.contains(topic.name) {
            lag[topic.name] = topic.lag(behind: positions)
        }
        return lag
    }

    /// Opens a reader that leaves nothing out.
    package func openReader(
        _ starts: [TopicPartition: ReadStart]
    ) async throws(EventLogError) -> any EventLogReader {
        try await openReader(starts, headers: nil)
    }

    /// Opens a reader of all partitions of some topics, all from the same start.
    package func openReader(
        of topics: [String], from start: ReadStart
    ) async throws(EventLogError) -> any EventLogReader {
        var starts: [TopicPartition: ReadStart] = [:]
        let described = try await describeTopics()
        for topic in topics {
            guard let description = described.first(where: { $0.name == topic }) else {
                throw .permanent(reason: "there is no topic \(topic)")
            }
            for number in description.partitions.indices {
                starts[TopicPartition(topic, Int32(number))] = start
            }
        }
        return try await openReader(starts)
    }
}

/// Who joins a group, and to read what.
package struct Membership: Hashable, Sendable {
    /// The consumer group's name, such as `retrieval`.
    package var group: String
    /// The input topics; all have the same number of partitions, and partition `n` of each is
    /// always assigned to the same member.
    package var topics: [String]
    /// A name for the member that is stable over restarts of the process and unique among those
    /// running (`retrieval-0`); a member that comes back under it fences its predecessor.
    package var slot: String

    /// Describes a membership.
    package init(group: String, topics: [String], slot: String) {
        self.group = group
        self.topics = topics
        self.slot = slot
    }
}

/// Appends records outside of any group.
package protocol EventLogAppender: Sendable {
    /// Appends records together; `completion` is called once, on any thread, after they are
    /// durable or were refused. Must not block. Concurrent appends share one commit.
    ///
    /// All records of a call become visible together or not at all where the log can do it
    /// (always on SQLite); records of one key appended one after the other keep their order.
    func append(
        _ records: [Record],
        completion: @escaping @Sendable (Result<Void, EventLogError>) -> Void)

    /// The number of records that wait to be durable: a measure for back-pressure.
    var backlog: Int { get }

    /// Waits for what is under way and releases the appender.
    func close() async
}

extension EventLogAppender {
    /// Appends records and waits until they are durable.
    package func append(_ records: [Record]) async throws(EventLogError) {
        let result = await withCheckedContinuation { continuation in
            append(records) { continuation.resume(returning: $0) }
        }
        try result.get()
    }
}

/// Where a reader begins in a partition.
package enum ReadStart: Hashable, Sendable {
    /// At the first kept record.
    case beginning
    /// After the last record at the time of opening.
    case end
    /// At an offset, or the first kept one after it.
    case offset(Int64)
}

/// Reads partitions without belonging to a group; sees only committed records.
package protocol EventLogReader: Sendable {
    /// Reads on: at least one record if there is one, at most `limit`; an empty answer means that
    /// `waiting` passed without any. Records of one partition come in order.
    func poll(atMost limit: Int, waiting: Duration) async throws(EventLogError)
        -> [ConsumedRecord]

    /// The next offset to read of each partition.
    var positions: [TopicPartition: Int64] { get async }

    /// Stops a waiting poll and releases the reader.
    func close() async
}
