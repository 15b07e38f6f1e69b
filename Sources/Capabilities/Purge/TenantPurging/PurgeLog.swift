import Conversation
import EventLog
import PurgeRecords
import Records
import TenantKeys

/// What a purge looks up in the log, and writes into it.
struct PurgeLog: Sendable {
    /// A key as the log has it last.
    struct LoggedKey: Sendable {
        var record: KeyRecord
        var isLiving: Bool
    }

    /// The topics of which nothing of a tenant is taken out record by record: they say that it is
    /// gone.
    static let standing: Set<String> = [
        Topic.keys.rawValue, Topic.tenants.rawValue, Topic.purges.rawValue,
    ]

    let place: PurgeWorkplace

    /// Where each partition begins and ends.
    func ranges() async throws(EventLogError) -> [TopicPartition: PartitionRange] {
        var ranges: [TopicPartition: PartitionRange] = [:]
        for topic in try await place.log.describeTopics() {
            for (number, range) in topic.partitions.enumerated() {
                ranges[TopicPartition(topic.name, Int32(number))] = range
            }
        }
        return ranges
    }

    /// Reads a tenant's records, up to some ends.
    func read(
        _ tenant: TenantID, in topics: Set<String>? = nil, to ends: [TopicPartition: Int64],
        _ body: (ConsumedRecord) -> Void
    ) async throws(EventLogError) {
        var spans: [TopicPartition: Range<Int64>] = [:]
        for (partition, range) in try await ranges() {
            guard topics?.contains(partition.topic) ?? true, let end = ends[partition],
                range.low < end
            else { continue }
            spans[partition] = range.low..<end
        }
        try await RecordSpans.read(spans, in: place.log) { record in
            guard record.record.headers.text(of: HeaderName.tenant) == tenant.rawValue else {
                return
            }
            body(record)
        }
    }

    /// The keys of a tenant, whatever became of them, and the names of its other records among
    /// them.
    func keys(
        of tenant: TenantID
    ) async throws -> (keys: [KeyID: LoggedKey], former: Set<String>) {
        var keys: [KeyID: LoggedKey] = [:]
        var former: Set<String> = []
        try await read(
            tenant, in: [Topic.keys.rawValue], to: ranges().mapValues(\.high)
        ) { record in
            // What cannot be read is no key that could open anything.
            guard let (_, value) = try? place.envelope.decode(record.record) else { return }
            switch value {
            case .payload(let key as KeyRecord):
                if case .living = key.standing {
                    keys[key.id] = LoggedKey(record: key, isLiving: true)
                } else {
                    keys[key.id] = LoggedKey(record: key, isLiving: false)
                }
            case .payload(let list as FormerConversations): former.insert(list.key)
            case .tombstone(let key): former.remove(key)
            case .payload, .unknown, .erased: break
            }
        }
        return (keys, former)
    }

    /// The keys of a tenant's records in compacted topics that no tombstone has followed.
    func standingKeys(of tenant: TenantID) async throws -> [(topic: String, key: String)] {
        let compacted = Set(
            try await place.log.describeTopics().map(\.name).filter {
                place.envelope.types.topics[$0]?.isCompacted == true && !Self.standing.contains($0)
            })
        var found: [String: Set<String>] = [:]
        try await read(tenant, in: compacted, to: ranges().mapValues(\.high)) { record in
            let key = String(decoding: record.record.key, as: UTF8.self)
            if record.record.value == nil {
                found[record.record.topic]?.remove(key)
            } else {
                found[record.record.topic, default: []].insert(key)
            }
        }
        return found.sorted { $0.key < $1.key }
            .flatMap { topic, keys in keys.sorted().map { (topic, $0) } }
    }

    /// Which stages are not past some ends yet, for people.
    func behind(_ ends: [TopicPartition: Int64]) async throws -> [String] {
        let positions = try await place.log.groupPositions()
        let ranges = try await ranges()
        var behind: [String] = []
        for (group, topics) in place.stages.sorted(by: { $0.key < $1.key }) {
            var open: [TopicPartition: Int64] = [:]
            for (partition, end) in ends where topics.contains(partition.topic) {
                let low = ranges[partition]?.low ?? 0
                let position = max(low, positions[group]?[partition] ?? low)
                if position < end { open[partition] = position }
            }
            // What is left may be none but marks that end transactions.
            let firsts = try await RecordLookup.firsts(
                from: open, to: ends, in: place.log)
            let held = open.keys.filter { partition in
                guard let first = firsts[partition] else { return true }
                return (first?.offset ?? .max) < (ends[partition] ?? 0)
            }
            if !held.isEmpty {
                let topics = Set(held.map(\.topic)).sorted().joined(separator: ", ")
                behind.append("\(group) has not read \(topics) so far yet")
            }
        }
        return behind
    }

    // MARK: Writing

    /// A record of a purge's own.
    func record(
        _ payload: any Payload, _ purge: PurgeID, _ name: String
    ) throws(RecordError) -> Record {
        try place.envelope.record(
            payload,
            headers: headers(
                type(of: payload).type, payload.tenant, subject: payload.key, purge, name))
    }

    /// The record that says that a key's value is gone.
    func tombstone(
        _ topic: Topic, _ key: String, _ tenant: TenantID, _ purge: PurgeID, type: String
    ) -> Record {
        place.envelope.tombstone(
            topic: topic, key: key,
            headers: headers(type, tenant, subject: key, purge, "gone/\(topic.rawValue)/\(key)"))
    }

    private func headers(
        _ type: String, _ tenant: TenantID, subject: String, _ purge: PurgeID, _ name: String
    ) -> RecordHeaders {
        let id = RecordID("\(purge.rawValue)/\(name)")
        return RecordHeaders(
            id: id, type: type, source: "purge", time: place.now(), subject: subject,
            correlation: RecordID(purge.rawValue), causation: id, tenant: tenant)
    }
}
