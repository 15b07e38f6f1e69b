/// One partition of one topic.
package struct TopicPartition: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The topic's name.
    package var topic: String
    /// The partition's number, from 0.
    package var partition: Int32

    /// Names a partition.
    package init(_ topic: String, _ partition: Int32) {
        self.topic = topic
        self.partition = partition
    }

    /// The customary form, `topic-3`.
    package var description: String { "\(topic)-\(partition)" }

    /// Orders by topic, then by number.
    package static func < (left: Self, right: Self) -> Bool {
        (left.topic, left.partition) < (right.topic, right.partition)
    }
}

/// What a topic is made of.
package struct TopicConfiguration: Hashable, Sendable {
    /// What happens to old records.
    package enum Cleanup: Hashable, Sendable {
        /// Records older than `retention` are dropped; `nil` keeps them for ever.
        case delete(retention: Duration?)
        /// At least the newest record of each key is kept; tombstones go after a day.
        case compact
    }

    /// The topic's name.
    package var name: String
    /// How many partitions it has; never changed after creation.
    package var partitions: Int32
    /// What happens to old records.
    package var cleanup: Cleanup

    /// Describes a topic.
    package init(name: String, partitions: Int32, cleanup: Cleanup) {
        self.name = name
        self.partitions = partitions
        self.cleanup = cleanup
    }
}

/// A topic as the log holds it.
package struct TopicDescription: Hashable, Sendable {
    /// The topic's name.
    package var name: String
    /// Each partition's first kept offset and the offset that its next record will get, by number.
    package var partitions: [PartitionRange]
    /// The topic's clean-up, where the log knows it.
    package var cleanup: TopicConfiguration.Cleanup?
    /// How many brokers keep it, where the log has brokers.
    package var replication: Replication?
    /// How late its compaction may come, where brokers tell.
    package var bounds: CompactionBounds?

    /// Describes a topic.
    package init(
        name: String, partitions: [PartitionRange], cleanup: TopicConfiguration.Cleanup?,
        replication: Replication? = nil, bounds: CompactionBounds? = nil
    ) {
        self.name = name
        self.partitions = partitions
        self.cleanup = cleanup
        self.replication = replication
        self.bounds = bounds
    }

    /// How many records a group with these positions has not read yet, at most: offsets have gaps.
    package func lag(behind positions: [TopicPartition: Int64]) -> Int64 {
        partitions.enumerated().reduce(0) { sum, partition in
            let position = positions[TopicPartition(name, Int32(partition.offset))]
            let range = partition.element
            return sum + max(0, range.high - max(range.low, position ?? range.low))
        }
    }
}

/// The offsets that a partition holds: `low ..< high`, not dense.
package struct PartitionRange: Hashable, Sendable {
    /// The first kept offset.
    package var low: Int64
    /// The offset that the next record will get.
    package var high: Int64

    /// Makes a range.
    package init(low: Int64, high: Int64) {
        self.low = low
        self.high = high
    }
}
