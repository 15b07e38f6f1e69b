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
    private let sessions = Mutex<[Membership: KafkaSession]>([:])

    /// Prepares the clients; nothing is connected yet.
    ///
    /// - Throws: `.permanent` if a setting is wrong.
    package init(_ settings: KafkaSettings) throws(EventLogError) {
        self.settings = settings
        admin = try mapped { () throws(KafkaError) in
            try RestingAdmin { () throws(KafkaError) in
                try Admin(settings.admin, log: settings.log)
            }
        }
    }

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

    /// Asks about that group and those topics only, and nobody where a session of this process
    /// knows: every stage wants to be told every few seconds.
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
            for place in try admin.offsets(forTimes: asked, within: Limits.request) {
                // "None that late" comes as -1.
                let end = ends[TopicPartitionOffset(topic, place.partition)]?.upperBound ?? 0
                offsets[place.partition] = place.offset < 0 ? end : place.offset
            }
            return offsets
        }
    }

    /// Opens an appender.
    package func openAppender() async throws(EventLogError) -> any EventLogAppender {
        let settings = settings
        return try await asking.run { () throws(EventLogError) in
            try mapped { () throws(KafkaError) in
                try KafkaAppender { () throws(KafkaError) in
                    try Producer(settings.appender, log: settings.log)
                }
            }
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
        let opening = BlockingQueue("\(membership.group).\(membership.slot).open")
        let session = try await opening.run { () throws(EventLogError) in
            let cache = try Self.openCache(membership, settings, cluster)
            let writer = TransactionWriter(
                settings,
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
                partitions: partitions)
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
                var place = TopicPartitionOffset(partition.topic, partition.partition)
                let range = ranges[place] ?? 0..<0
                let position =
                    switch start {
                    case .beginning: range.lowerBound
                    case .end: range.upperBound
                    case .offset(let offset): max(offset, range.lowerBound)
                    }
                positions[partition] = position
                // Brokers refuse offsets past the end; what lies before it is skipped on reading.
                place.offset = min(position, range.upperBound)
                assignment.append(place)
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
        // A broker without an id cannot be told from another; its addresses have to do.
        let found = id ?? settings.bootstrapServers
        cluster.withLock { $0 = found }
        return found
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
                try admin.create(
                    missing.map { $0.kept(copies: copies) }, within: Limits.request)
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
                atPath: folder, withIntermediateDirectories: true)
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

extension Admin {
    /// The cluster's topics but its own and the changelogs of groups.
    ///
    /// - Throws: What the brokers say of one that they cannot tell about, such as for a moment
    ///   after their start; so "none" is never said of what is there.
    fileprivate func ownTopics() throws(KafkaError) -> [TopicMetadata] {
        let topics = try topics(within: Limits.request)
            .filter { !$0.name.hasPrefix("__") && !$0.name.hasSuffix(".changelog") }
        for topic in topics {
            if let error = topic.error { throw error }
        }
        return topics
    }

    /// Topics with the ranges and copies of their partitions.
    fileprivate func describe(_ topics: [TopicMetadata]) throws(KafkaError) -> [TopicDescription] {
        let partitions = topics.flatMap { topic in
            (0..<topic.partitionCount).map { TopicPartitionOffset(topic.name, $0) }
        }
        let ranges = try ranges(of: partitions, within: Limits.request)
        return topics.map { topic in
            TopicDescription(
                name: topic.name,
                partitions: (0..<topic.partitionCount).map { number in
                    let range = ranges[TopicPartitionOffset(topic.name, number)] ?? 0..<0
                    return PartitionRange(low: range.lowerBound, high: range.upperBound)
                },
                cleanup: nil, replication: Replication(copies: topic.copies, wanted: topic.copies))
        }
    }

    /// A group's committed positions.
    fileprivate func positions(
        of group: String, in partitions: [TopicPartitionOffset]
    ) throws(KafkaError) -> [TopicPartition: Int64] {
        let places = try committedOffsets(of: group, in: partitions, within: Limits.request)
        let pairs = places.map { (TopicPartition($0.topic, $0.partition), $0.offset) }
        return Dictionary(pairs) { $1 }
    }

    /// The number of partitions of a topic; waits for a topic that was just created.
    fileprivate func partitionCount(of topic: String) throws(KafkaError) -> Int32 {
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(2)
        while true {
            let found = try topics(named: topic, within: Limits.request).first
            if let found, found.error == nil, found.partitionCount > 0 {
                return found.partitionCount
            }
            guard clock.now < deadline else {
                throw found?.error
                    ?? .invalidArgument("there is no topic \(topic)", during: "looking it up")
            }
        }
    }
}

extension NewTopic {
    /// The changelog of a group.
    fileprivate static func changelog(_ name: String, _ partitions: Int32) -> Self {
        NewTopic(
            name: name, partitions: partitions,
            settings: [
                "cleanup.policy": "compact",
                "delete.retention.ms": String(Limits.changelogTombstones.milliseconds),
            ])
    }

    /// The same with as many copies, of which enough must have a record before it counts.
    fileprivate func kept(copies: Int) -> Self {
        var topic = self
        topic.replication = Int32(copies)
        if copies > KafkaSettings.copiesBeforeAcknowledged {
            topic.settings["min.insync.replicas"] = String(KafkaSettings.copiesBeforeAcknowledged)
        }
        return topic
    }
}

extension TopicConfiguration.Cleanup {
    /// The topic's settings in Kafka's words.
    fileprivate var settings: [String: String] {
        switch self {
        case .compact: ["cleanup.policy": "compact"]
        case .delete(let retention):
            [
                "cleanup.policy": "delete",
                "retention.ms": retention.map { String($0.milliseconds) } ?? "-1",
            ]
        }
    }

    /// Reads a topic's settings in Kafka's words; `nil` if they say nothing of this.
    fileprivate init?(settings: [String: String]) {
        guard let policy = settings["cleanup.policy"] else { return nil }
        if policy.contains("compact") {
            self = .compact
        } else {
            let kept = settings["retention.ms"].flatMap { Int64($0) } ?? -1
            self = .delete(retention: kept < 0 ? nil : .milliseconds(kept))
        }
    }
}
