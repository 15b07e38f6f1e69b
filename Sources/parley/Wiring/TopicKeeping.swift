import Conversation
import EventLog
import Operations
import Records
import TenantKeys

/// How long the pipeline's topics are kept, and what is wrong where a log keeps one otherwise.
struct TopicKeeping {
    /// What a log says of a topic that it keeps otherwise than it should.
    enum Finding: Hashable {
        /// What an operator should mend.
        case warning(String)
        /// What nobody may start with.
        case refusal(String)
    }

    /// The topics as they should be.
    let topics: [TopicConfiguration]
    private let declared: [String: Topic]

    /// Takes the pipeline's topics; those that hold messages are kept no longer than the tenant
    /// wants that keeps them longest.
    init(_ topics: [TopicConfiguration], of types: RecordTypes, tenants: [TenantSettings]) {
        declared = types.topics
        let longest = tenants.map(\.keptMessageDays).max().map { Duration.seconds($0 * 86_400) }
        self.topics = topics.map { topic in
            guard let longest, types.topics[topic.name]?.holdsMessages == true,
                case .delete(let kept) = topic.cleanup
            else { return topic }
            var topic = topic
            topic.cleanup = .delete(retention: min(kept ?? longest, longest))
            return topic
        }
    }

    /// What is wrong with the topics as the log has them; what it does not tell is not judged.
    func findings(on described: [TopicDescription]) -> [Finding] {
        let wanted = Dictionary(topics.map { ($0.name, $0.cleanup) }) { $1 }
        return described.flatMap { topic -> [Finding] in
            if topic.name == Topic.keys.rawValue, topic.partitions.count > 1 {
                return [
                    .refusal(
                        "topic \(topic.name) has \(topic.partitions.count) partitions, but must "
                            + "have one: all readers see the keys in one order")
                ]
            }
            guard let wanted = wanted[topic.name], let actual = topic.cleanup else { return [] }
            return [finding(topic.name, wanted, actual), boundsFinding(topic)].compactMap(\.self)
        }
    }

    /// What is wrong where brokers compact too late: what was replaced or erased lies there still.
    private func boundsFinding(_ topic: TopicDescription) -> Finding? {
        let standard = CompactionBounds.standard
        guard topic.cleanup == .compact, let bounds = topic.bounds, !bounds.isWithin(standard)
        else { return nil }
        let settings =
            "max.compaction.lag.ms=\(standard.lag.wholeMilliseconds),"
            + "segment.ms=\(standard.segment.wholeMilliseconds),segment.jitter.ms=0,"
            + "min.cleanable.dirty.ratio=0.01"
        return .warning(
            "topic \(topic.name) may keep what a newer record has replaced for "
                + "\(Self.age(bounds.lag)), but should for \(DurationText.short(standard.lag)) "
                + "(kafka-configs --alter --entity-type topics --entity-name \(topic.name) "
                + "--add-config \(settings))")
    }

    private func finding(
        _ name: String, _ wanted: TopicConfiguration.Cleanup, _ actual: TopicConfiguration.Cleanup
    ) -> Finding? {
        guard actual != wanted else { return nil }
        guard declared[name]?.neverExpires == true else {
            return .warning(
                "topic \(name) \(Self.text(actual)), but should be one that \(Self.text(wanted)) "
                    + "(kafka-configs --alter --entity-type topics --entity-name \(name) "
                    + "--add-config \(Self.setting(wanted)))")
        }
        // What is kept for ever without compaction loses nothing.
        if actual == .delete(retention: nil) { return nil }
        return .refusal("topic \(name) \(Self.text(actual)), but must lose nothing")
    }

    /// A time of retention; Kafka's largest number is for ever.
    private static func age(_ duration: Duration) -> String {
        duration > .seconds(100 * 366 * 86_400) ? "ever" : DurationText.short(duration)
    }

    private static func text(_ cleanup: TopicConfiguration.Cleanup) -> String {
        switch cleanup {
        case .compact: "keeps the newest record of each key"
        case .delete(nil): "keeps its records for ever"
        case .delete(let kept?): "keeps its records for \(DurationText.short(kept))"
        }
    }

    private static func setting(_ cleanup: TopicConfiguration.Cleanup) -> String {
        switch cleanup {
        case .compact: "cleanup.policy=compact"
        case .delete(nil): "cleanup.policy=delete,retention.ms=-1"
        case .delete(let kept?):
            "cleanup.policy=delete,retention.ms=\(kept.components.seconds * 1000)"
        }
    }
}

/// The tenants as the log knows them, for whoever looks once.
enum TenantTable {
    /// Reads the settings of all tenants; what cannot be read is left out.
    static func read(
        _ log: any EventLog, by envelope: RecordEnvelope
    ) async throws -> [TenantID: TenantSettings] {
        let topic = Topic.tenants.rawValue
        var spans: [TopicPartition: Range<Int64>] = [:]
        for description in try await log.describeTopics() where description.name == topic {
            for (number, kept) in description.partitions.enumerated() {
                spans[TopicPartition(topic, Int32(number))] = kept.low..<kept.high
            }
        }
        var tenants: [TenantID: TenantSettings] = [:]
        try await RecordSpans.read(spans, in: log) { record in
            // A tenant whose settings cannot be read is as one that has set nothing.
            guard let (_, value) = try? envelope.decode(record.record) else { return }
            switch value {
            case .payload(let settings as TenantSettings): tenants[settings.tenant] = settings
            case .tombstone(let key): tenants[TenantID(key)] = nil
            case .payload, .unknown, .erased: break
            }
        }
        return tenants
    }
}
