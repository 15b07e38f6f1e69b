package import EventLog
import FoundationEssentials
import Kafka
import SQLite
import Synchronization

/// The log on Apache Kafka, or on anything that speaks its protocol with transactions.
///
/// A commit is one Kafka transaction: outputs, the changes of state and timers as records of the
/// compacted topic `GROUP.changelog`, and the positions. State and timers are read from a local
/// copy of the changelog, which is written after the commit only.
package final class KafkaEventLog: EventLog {
    private let settings: KafkaSettings
    private let admin: RestingAdmin
    private let asking = BlockingQueue("admin")
    private let cluster = Mutex<String?>(nil)
    /// The largest message that all topics take, in bytes.
    private let messageLimit: Mutex<Int>
    private let sessions = Mutex<[Membership: KafkaSession]>([:])

    /// Prepares the clients; nothing is connected yet.
    ///
    /// - Throws: `.permanent` if a setting is wrong.
    package init(_ settings: KafkaSettings) throws(EventLogError) {
        self.settings = settings
        messageLimit = Mutex(settings.messageLimit)
        admin = try mapped { () throws(KafkaError) in
            try RestingAdmin { () throws(KafkaError) in
                try Admin(settings.admin, log: settings.log)
            }
        }
    }

    /// What the brokers take, as far as they were asked, and the client sends.
    package var largestRecord: Int { messageLimit.withLock { $0 } - Limits.messageOverhead }

    /// All of them; clean-up is the brokers' work.
    package var capabilities: Set<Capability> { Set(Capability.allCases) }

    /// Creates the topics that are missing.
    package func createTopics(_ topics: [TopicConfiguration]) async throws(EventLogError) {
        try await create(
            topics.map { topic in
                NewTopic(
                    name: topic.name, partitions: topic.partitions,
                    settings: topic.cleanup.settings)
            })
    }

    /// The topics with their ranges; the changelogs of groups are not among them.
    package func describeTopics() async throws(EventLogError) -> [TopicDescription] {
        let settings = settings
        return try await ask { admin throws(KafkaError) in
            let topics = try admin.ownTopics()
            let brokers = try admin.brokerCount(within: Limits.request)
            // Not every broker tells, nor tells everybody.
            let known = try? admin.settings(ofTopics: topics.map(\.name), within: Limits.settings)
            return try admin.describe(topics).map { topic in
                var topic = topic
                topic.cleanup = known?[topic.name].flatMap { .init(settings: $0) }
                topic.bounds = known?[topic.name].flatMap { .init(settings: $0) }
                topic.replication?.wanted = settings.copies(of: brokers)
                topic.replication?.minimumInSync =
                    known?[topic.name]?["min.insync.replicas"].flatMap { Int($0) }
                return topic
            }.sorted { $0.name < $1.name }
        }
    }

    /// The committed positions of all groups that the brokers know.
    package func groupPositions() async throws(EventLogError)
        -> [String: [TopicPartition: Int64]]
    {
        try await ask { admin throws(KafkaError) in
            let partitions = try admin.ownTopics().flatMap { topic in
                (0..<topic.partitionCount).map { TopicPartitionOffset(topic.name, $0) }
            }
            var groups: [String: [TopicPartition: Int64]] = [:]
            for group in try admin.groups(within: Limits.request) {
                let positions = try admin.positions(of: group, in: partitions)
                if !positions.isEmpty { groups[group] = positions }
            }
            return groups
        }
    }

    /// The members that the brokers count to a group, one that died for as long as its session's
    /// time lasts.
    package func members(of group: String) async throws(EventLogError) -> [String] {
        try await ask { admin throws(KafkaError) in
            try admin.members(of: group, within: Limits.request).sorted()
        }
    }

    /// Asks about that group and those topics only, and nobody where a session of this process
    /// knows: every stage asks every few seconds.
    package func lag(
        of group: String, in topics: Set<String>
    ) async throws(EventLogError) -> [String: Int64] {
        let sessions = sessions.withLock { $0.filter { $0.key.group == group }.values }
        for session in sessions {
            if let known = session.knownLag(in: topics) { return known }
        }
        return try await ask { admin throws(KafkaError) in
            var known: [TopicMetadata] = []
            for topic in topics {
                known += try admin.topics(named: topic, within: Limits.request)
                    .filter { $0.error == nil }
            }
            let positions = try admin.positions(
                of: group,
                in: known.flatMap { topic in
                    (0..<topic.partitionCount).map { TopicPartitionOffset(topic.name, $0) }
                })
            let lag = try admin.describe(known).map { ($0.name, $0.lag(behind: positions)) }
            return Dictionary(lag) { $1 }
        }
    }

    /// The first offsets at or after a time.
    package func offsets(
        of topic: String, at timestamp: Int64
    ) async throws(EventLogError) -> [Int32: Int64] {
        try await ask { admin throws(KafkaError) in
            let count = try admin.partitionCount(of: topic)
            let asked = (0..<count).map { TopicPartitionOffset(topic, $0, offset: timestamp) }
            let ends = try admin.ranges(
                of: (0..<count).map { TopicPartitionOffset(topic, $0) }, within: Limits.request)
            var offsets: [Int32: Int64] = [:]
            for found in try admin.offsets(forTimes: asked, within: Limits.request) {
                // "None that late" comes as -1.
                let end = ends[TopicPartitionOffset(topic, found.partition)]?.upperBound ?? 0
                offsets[found.partition] = found.offset < 0 ? end : found.offset
            }
            return offsets
        }
    }

    /// Opens an appender.
    package func openAppender() async throws(EventLogError) -> any EventLogAppender {
        let limit = try await learnMessageLimit()
        let settings = settings
        return try await asking.run { () throws(EventLogError) in
            try mapped { () throws(KafkaError) in
                try KafkaAppender(
                    SizeLimit(bytes: limit - Limits.messageOverhead)
                ) { () throws(KafkaError) in
                    try Producer(settings.appender(messageLimit: limit), log: settings.log)
                }
            }
        }
    }

    /// Opens an appender that writes what is given together in one transaction, under an id that is
    /// stable over restarts: a successor ends what a predecessor left open.
    package func openAppender(
        transactionsAs id: String
    ) async throws(EventLogError) -> any EventLogAppender {
        let limit = try await learnMessageLimit()
        let settings = settings
        return try await asking.run { () throws(EventLogError) in
            let writer = TransactionWriter(settings, messageLimit: limit, id: id)
            try writer.start()
            return TransactionAppender(SizeLimit(bytes: limit - Limits.messageOverhead), writer)
        }
    }

    /// Joins a group; a session of the same slot in this process gives way to the new one.
    package func openSession(
        _ membership: Membership
    ) async throws(EventLogError) -> any EventLogSession {
        let partitions = try await inputPartitions(of: membership)
        let changelog = ChangelogCodec.topic(of: membership.group)
        try await create([.changelog(changelog, partitions)])
        await sessions.withLock { $0[membership] }?.supersede()
        let (settings, admin) = (settings, admin)
        let cluster = try await clusterID()
        let limit = try await learnMessageLimit()
        let opening = BlockingQueue("\(membership.group).\(membership.slot).open")
        let session = try await opening.run { () throws(EventLogError) in
            let cache = try Self.openCache(membership, settings, cluster)
            let writer = TransactionWriter(
                settings, messageLimit: limit,
                id: KafkaSettings.identity(of: membership.slot, in: membership.group))
            try writer.start(for: [changelog])
            let consumer = try mapped { () throws(KafkaError) in
                try Consumer(
                    settings.member(membership.slot, group: membership.group), log: settings.log)
            }
            let log = Changelog(settings: settings, topic: changelog, admin: admin, cache: cache)
            let member = GroupMember(
                consumer, log, name: "\(membership.group).\(membership.slot)")
            let session = KafkaSession(
                membership, settings, member: member, writer: writer, cache: cache,
                partitions: partitions,
                sizeLimit: SizeLimit(bytes: limit - Limits.messageOverhead))
            try member.join(membership.topics)
            return session
        }
        sessions.withLock { $0[membership] = session }
        return session
    }

    /// Opens a reader, which brings all headers: to leave some out would save nothing.
    package func openReader(
        _ starts: [TopicPartition: ReadStart], headers names: [String]?
    ) async throws(EventLogError) -> any EventLogReader {
        let settings = settings
        return try await ask { admin throws(KafkaError) in
            let partitions = starts.keys.map { TopicPartitionOffset($0.topic, $0.partition) }
            let ranges = try admin.ranges(of: partitions, within: Limits.request)
            var positions: [TopicPartition: Int64] = [:]
            var assignment: [TopicPartitionOffset] = []
            for (partition, start) in starts {
                var assigned = TopicPartitionOffset(partition.topic, partition.partition)
                let range = ranges[assigned] ?? 0..<0
                let position =
                    switch start {
                    case .beginning: range.lowerBound
                    case .end: range.upperBound
                    case .offset(let offset): max(offset, range.lowerBound)
                    }
                positions[partition] = position
                // Brokers refuse offsets past the end; what lies before it is skipped on reading.
                assigned.offset = min(position, range.upperBound)
                assignment.append(assigned)
            }
            let consumer = try Consumer(settings.reader("parley.reader"), log: settings.log)
            try consumer.assign(assignment)
            return KafkaReader(consumer, from: positions)
        }
    }

    /// Ends the waits of polls, so that they look at the clock again.
    package func wake() {
        for session in sessions.withLock({ Array($0.values) }) { session.wake() }
    }

    /// Closes the sessions that are still open.
    package func close() async {
        let open = sessions.withLock { sessions in
            defer { sessions = [:] }
            return Array(sessions.values)
        }
        for session in open { await session.close() }
    }
}

extension KafkaEventLog {
    /// Asks the brokers, on a thread that may block.
    private func ask<Value: Sendable>(
        _ question: @escaping @Sendable (Admin) throws(KafkaError) -> Value
    ) async throws(EventLogError) -> Value {
        let admin = admin
        return try await asking.run { () throws(EventLogError) in
            try mapped { () throws(KafkaError) in try question(try admin.client()) }
        }
    }

    private func clusterID() async throws(EventLogError) -> String {
        if let known = cluster.withLock({ $0 }) { return known }
        let id = try await ask { admin throws(KafkaError) in
            admin.clusterID(within: Limits.request)
        }
        // A broker without an id cannot be distinguished from another; its addresses have to do.
        let found = id ?? settings.bootstrapServers
        cluster.withLock { $0 = found }
        return found
    }

    /// Asks what the largest message is that all topics take; what brokers do not tell is taken to
    /// be Kafka's default.
    private func learnMessageLimit() async throws(EventLogError) -> Int {
        let least = try await ask { [settings] admin throws(KafkaError) in
            // Topics that are not ours may take less.
            let topics = try admin.topics(within: Limits.request).map(\.name)
                .filter { !$0.hasPrefix("__") }
            let known = try? admin.settings(ofTopics: topics, within: Limits.settings)
            let limits = (known ?? [:]).values.compactMap {
                $0["max.message.bytes"].flatMap { Int($0) }
            }
            return min(settings.messageLimit, limits.min() ?? .max)
        }
        let limit = max(Limits.messageOverhead * 2, least)
        messageLimit.withLock { $0 = limit }
        return limit
    }

    private func inputPartitions(of membership: Membership) async throws(EventLogError) -> Int32 {
        let counts = try await ask { admin throws(KafkaError) in
            var counts: Set<Int32> = []
            for topic in membership.topics { counts.insert(try admin.partitionCount(of: topic)) }
            return counts
        }
        guard counts.count == 1, let count = counts.first else {
            throw .permanent(
                reason: "the inputs of group \(membership.group) must have one and the same "
                    + "number of partitions: \(membership.topics.joined(separator: ", "))")
        }
        return count
    }

    private func create(_ topics: [NewTopic]) async throws(EventLogError) {
        let settings = settings
        let counts = try await ask { admin throws(KafkaError) in
            let present = Set(try admin.topics(within: Limits.request).map(\.name))
            let missing = topics.filter { !present.contains($0.name) }
            if !missing.isEmpty {
                let copies = settings.copies(of: try admin.brokerCount(within: Limits.request))
                let wanted = missing.map { $0.kept(copies: copies) }
                do throws(KafkaError) {
                    try admin.create(wanted, within: Limits.request)
                } catch {
                    guard error.code == .invalidConfiguration else { throw error }
                    try admin.create(
                        wanted.map(\.withoutLagBound), within: Limits.request)
                }
            }
            var counts: [String: Int32] = [:]
            for topic in topics { counts[topic.name] = try admin.partitionCount(of: topic.name) }
            return counts
        }
        for topic in topics where counts[topic.name] != topic.partitions {
            throw .permanent(
                reason: "topic \(topic.name) has \(counts[topic.name] ?? 0) partitions, "
                    + "not \(topic.partitions)")
        }
    }

    private static func openCache(
        _ membership: Membership, _ settings: KafkaSettings, _ cluster: String
    ) throws(EventLogError) -> StateCache {
        let folder = settings.cacheFolder
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw .permanent(reason: "cannot make the state cache's folder \(folder): \(error)")
        }
        let name = "\(membership.group)-\(membership.slot)"
            .map { $0.isLetter || $0.isNumber || "-_.".contains($0) ? $0 : "_" }
        return try cached { () throws(SQLiteError) in
            try StateCache(path: "\(folder)/\(String(name)).sqlite", cluster: cluster)
        }
    }
}
