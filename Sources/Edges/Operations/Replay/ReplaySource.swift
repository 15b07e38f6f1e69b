import Conversation
import EventLog
import Records
import StageRuntime

/// Reads what a replay needs from the log, up to where it ended when the replay began.
struct ReplaySource {
    /// Decisions or records in one batch.
    static let batch = 500
    /// Offsets between two inputs of a batch from which on they are read apart.
    private static let widestGap: Int64 = 2_000
    /// How far two machines' clocks may be apart.
    static let clockTolerance: Int64 = 60_000

    let log: any EventLog
    let range: ReplayRange
    let topics: [String: TopicDescription]

    init(_ log: any EventLog, _ range: ReplayRange) async throws(EventLogError) {
        self.log = log
        self.range = range
        var topics: [String: TopicDescription] = [:]
        for topic in try await log.describeTopics() { topics[topic.name] = topic }
        self.topics = topics
    }

    /// The kept offsets of a topic's partitions, from a time on, until a time.
    func spans(
        of topic: String, from: Int64? = nil, to: Int64? = nil
    ) async throws(EventLogError) -> [TopicPartition: Range<Int64>] {
        guard let description = topics[topic] else {
            throw .permanent(reason: "there is no topic \(topic)")
        }
        var starts: [Int32: Int64] = [:]
        var ends: [Int32: Int64] = [:]
        if let from { starts = try await log.offsets(of: topic, at: from) }
        if let to { ends = try await log.offsets(of: topic, at: to) }
        var spans: [TopicPartition: Range<Int64>] = [:]
        for (index, kept) in description.partitions.enumerated() {
            let number = Int32(index)
            let start = max(kept.low, starts[number] ?? 0)
            let end = min(kept.high, ends[number] ?? .max)
            if start < end { spans[TopicPartition(topic, number)] = start..<end }
        }
        return spans
    }

    /// Only the partition in which the wanted key stands.
    func narrowed(
        _ spans: [TopicPartition: Range<Int64>], of topic: String
    ) -> [TopicPartition: Range<Int64>] {
        guard let key = range.key, let count = topics[topic]?.partitions.count else { return spans }
        let number = Partitioner.partition(of: Array(key.utf8), count: Int32(count))
        return spans.filter { $0.key.partition == number }
    }

    /// The records at some positions; those that are no longer kept are left out.
    func records(
        at positions: [RecordPosition]
    ) async throws(EventLogError) -> [RecordPosition: ConsumedRecord] {
        var wanted: [TopicPartition: [Int64]] = [:]
        for position in positions {
            wanted[position.topicPartition, default: []].append(position.offset)
        }
        var rounds: [[TopicPartition: Range<Int64>]] = []
        for (partition, offsets) in wanted {
            let ranges = topics[partition.topic]?.partitions ?? []
            guard ranges.indices.contains(Int(partition.partition)) else { continue }
            let kept = ranges[Int(partition.partition)]
            let offsets = offsets.filter { $0 >= kept.low && $0 < kept.high }.sorted()
            for (round, span) in Self.clusters(offsets).enumerated() {
                if rounds.count == round { rounds.append([:]) }
                rounds[round][partition] = span
            }
        }
        let all = Set(positions)
        var found: [RecordPosition: ConsumedRecord] = [:]
        for spans in rounds {
            try await RecordSpans.read(spans, in: log) { record in
                let position = RecordPosition(of: record)
                if all.contains(position) { found[position] = record }
            }
        }
        return found
    }

    /// Spans that hold sorted offsets, without the wide gaps between.
    private static func clusters(_ offsets: [Int64]) -> [Range<Int64>] {
        var clusters: [Range<Int64>] = []
        for offset in offsets {
            if let last = clusters.last, offset - last.upperBound < widestGap {
                clusters[clusters.count - 1] = last.lowerBound..<max(last.upperBound, offset + 1)
            } else {
                clusters.append(offset..<offset + 1)
            }
        }
        return clusters
    }
}
