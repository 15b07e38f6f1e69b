import Conversation
import EventLog

/// Finds a record by its id: there is no index, so the newest hours are read first.
struct TraceSearch {
    let log: any EventLog

    /// How far back each look goes; the last goes all the way.
    private static let looks: [Int64] = [3_600_000, 86_400_000, 7 * 86_400_000, .max]
    /// So many names are compared one by one: that takes less time than their hashes.
    private static let fewNames = 8
    /// Where ids most often come from, read before the rest.
    private static let first: [Topic] = [.messagesInbound, .messagesStatus]

    /// The first record with one of some ids, or a status of a message with it; of one key, if that
    /// is known.
    func record(
        _ ids: [String], key: [UInt8]? = nil, at now: Int64
    ) async throws(EventLogError) -> ConsumedRecord? {
        let names = Set(ids.map { ArraySlice($0.utf8) })
        let described = try await log.describeTopics().filter { $0.cleanup != .compact }
        let common = Set(Self.first.map(\.rawValue))
        let stages = [
            described.filter { common.contains($0.name) },
            described.filter { !common.contains($0.name) },
        ]
        for topics in stages {
            var end: [TopicPartition: Int64] = [:]
            for look in Self.looks {
                let spans = try await spans(
                    topics, key, since: look == .max ? .min : now - look, until: &end)
                if let found = try await find(names, in: spans) { return found }
            }
        }
        return nil
    }

    /// The partitions' offsets since a time, up to where the look before began.
    private func spans(
        _ topics: [TopicDescription], _ key: [UInt8]?, since time: Int64,
        until end: inout [TopicPartition: Int64]
    ) async throws(EventLogError) -> [TopicPartition: Range<Int64>] {
        var spans: [TopicPartition: Range<Int64>] = [:]
        for topic in topics {
            let only = key.map {
                Partitioner.partition(of: $0, count: Int32(topic.partitions.count))
            }
            let starts = time == .min ? [:] : try await log.offsets(of: topic.name, at: time)
            for (number, range) in topic.partitions.enumerated() {
                guard only == nil || only == Int32(number) else { continue }
                let topicPartition = TopicPartition(topic.name, Int32(number))
                let low = max(range.low, starts[Int32(number)] ?? 0)
                let high = min(range.high, end[topicPartition] ?? .max)
                if low < high { spans[topicPartition] = low..<high }
                end[topicPartition] = min(low, high)
            }
        }
        return spans
    }

    private func find(
        _ names: Set<ArraySlice<UInt8>>, in spans: [TopicPartition: Range<Int64>]
    ) async throws(EventLogError) -> ConsumedRecord? {
        let few = names.count <= Self.fewNames ? Array(names) : nil
        var found: ConsumedRecord?
        try await RecordSpans.read(spans, in: log) { record in
            guard found == nil, let id = Self.id(of: record.record) else { return }
            let isStatus = record.partition.topic == Topic.messagesStatus.rawValue
            // A status's id is its message's, a colon, and WhatsApp's word.
            let message = isStatus ? id.prefix { $0 != UInt8(ascii: ":") } : id
            let isMeant =
                few.map { $0.contains { $0 == message || $0 == id } }
                ?? (names.contains(message) || names.contains(id))
            if isMeant { found = record }
        }
        return found
    }

    private static func id(of record: Record) -> ArraySlice<UInt8>? {
        record.headers.field(of: HeaderName.id).map(record.headers.bytes(at:))
    }
}
