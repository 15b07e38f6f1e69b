import EventLog
import FoundationEssentials
import Kafka

// What the adapter asks the brokers about topics and groups, and how it has topics made.

extension Admin {
    /// The cluster's topics but its own and the changelogs of groups.
    ///
    /// - Throws: What the brokers say of one that they cannot tell about, such as for a moment
    ///   after their start; so "none" is never said of what is there.
    func ownTopics() throws(KafkaError) -> [TopicMetadata] {
        let topics = try topics(within: Limits.request)
            .filter { !$0.name.hasPrefix("__") && !$0.name.hasSuffix(".changelog") }
        for topic in topics {
            if let error = topic.error { throw error }
        }
        return topics
    }

    /// Topics with the ranges and copies of their partitions.
    func describe(_ topics: [TopicMetadata]) throws(KafkaError) -> [TopicDescription] {
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
    func positions(
        of group: String, in partitions: [TopicPartitionOffset]
    ) throws(KafkaError) -> [TopicPartition: Int64] {
        let committed = try committedOffsets(of: group, in: partitions, within: Limits.request)
        let pairs = committed.map { (TopicPartition($0.topic, $0.partition), $0.offset) }
        return Dictionary(pairs) { $1 }
    }

    /// The number of partitions of a topic; waits for a topic that was just created.
    func partitionCount(of topic: String) throws(KafkaError) -> Int32 {
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
    static func changelog(_ name: String, _ partitions: Int32) -> Self {
        NewTopic(
            name: name, partitions: partitions,
            settings: TopicConfiguration.Cleanup.compact.settings.merging([
                "delete.retention.ms": String(Limits.changelogTombstones.milliseconds)
            ]) { $1 })
    }

    /// The same for a broker before 2.3, which refuses the setting that bounds how late compaction
    /// comes (KIP-354); what a newer record replaced then goes once its segment is closed and
    /// cleaned.
    var withoutLagBound: Self {
        var topic = self
        topic.settings[CompactionBounds.lagSetting] = nil
        return topic
    }

    /// The same with as many copies, of which enough must have a record before it counts.
    func kept(copies: Int) -> Self {
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
    var settings: [String: String] {
        switch self {
        case .compact:
            CompactionBounds.standard.settings.merging(["cleanup.policy": "compact"]) { $1 }
        case .delete(let retention):
            [
                "cleanup.policy": "delete",
                "retention.ms": retention.map { String($0.milliseconds) } ?? "-1",
            ]
        }
    }

    /// Reads a topic's settings in Kafka's words; `nil` if they say nothing of this.
    init?(settings: [String: String]) {
        guard let policy = settings["cleanup.policy"] else { return nil }
        if policy.contains("compact") {
            self = .compact
        } else {
            let kept = settings["retention.ms"].flatMap { Int64($0) } ?? -1
            self = .delete(retention: kept < 0 ? nil : .milliseconds(kept))
        }
    }
}

extension CompactionBounds {
    /// The setting that brokers know from 2.3 on.
    static let lagSetting = "max.compaction.lag.ms"

    /// The topic's settings in Kafka's words: the cleaner comes even to little, and segments of
    /// many partitions are not closed at different times, which above the lag would close one with
    /// every record.
    var settings: [String: String] {
        [
            Self.lagSetting: String(lag.milliseconds),
            "segment.ms": String(segment.milliseconds), "segment.jitter.ms": "0",
            "min.cleanable.dirty.ratio": "0.01",
        ]
    }

    /// Reads a topic's settings in Kafka's words; `nil` if they say nothing of this.
    init?(settings: [String: String]) {
        guard let lag = settings[Self.lagSetting].flatMap({ Int64($0) }),
            let segment = settings["segment.ms"].flatMap({ Int64($0) })
        else { return nil }
        self.init(lag: .milliseconds(lag), segment: .milliseconds(segment))
    }
}
