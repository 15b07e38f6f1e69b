package import AuditChain
package import AuditRecords
package import Conversation
package import EventLog
import Records

/// Checks the audit log of each tenant against its chain, reading both topics once.
///
/// No key is needed: the chain is over what the log keeps.
package struct AuditCheck: Sendable {
    private let log: any EventLog

    /// Checks the audit log in a log.
    package init(_ log: any EventLog) { self.log = log }

    /// What came out of each tenant's, or of one's alone; `anchors` are checkpoints that were kept
    /// elsewhere.
    ///
    /// - Throws: What the log says.
    package func outcomes(
        of tenant: TenantID? = nil, anchors: [AuditCheckpoint] = []
    ) async throws(EventLogError) -> [TenantID: AuditVerification.Outcome] {
        // The chain's end before the log's: whatever is chained up to there stands in the log.
        var spans = try await self.spans(of: .auditChain)
        spans.merge(try await self.spans(of: .audit)) { $1 }
        let kept = Dictionary(grouping: anchors, by: \.tenant)
        var checks: [TenantID: AuditVerification] = [:]
        for (name, anchors) in kept where tenant == nil || name == tenant {
            checks[name] = AuditVerification(anchors: anchors)
        }
        try await RecordSpans.read(spans, in: log) { consumed in
            guard let name = consumed.record.header(HeaderName.tenant),
                tenant == nil || tenant?.rawValue == name
            else { return }
            checks[TenantID(name), default: AuditVerification()].add(consumed)
        }
        return checks.mapValues { $0.finished() }
    }

    private func spans(
        of topic: Topic
    ) async throws(EventLogError) -> [TopicPartition: Range<Int64>] {
        var spans: [TopicPartition: Range<Int64>] = [:]
        for found in try await log.describeTopics() where found.name == topic.rawValue {
            for (number, range) in found.partitions.enumerated() {
                spans[TopicPartition(topic.rawValue, Int32(number))] = range.low..<range.high
            }
        }
        return spans
    }
}

extension AuditVerification {
    fileprivate static let envelope = RecordEnvelope(RecordTypes(AuditRecords.types))

    /// Takes a record of either topic.
    fileprivate mutating func add(_ consumed: ConsumedRecord) {
        let record = consumed.record
        guard consumed.partition.topic == Topic.auditChain.rawValue else {
            guard let id = record.header(HeaderName.id), let stored = record.value else { return }
            return add(entry: RecordID(id), stored: stored)
        }
        // What is no link leaves a gap, which is found.
        switch (try? Self.envelope.decode(record))?.value {
        case .payload(let link as AuditLink): add(link)
        case .payload(let checkpoint as AuditCheckpoint): add(checkpoint)
        default: break
        }
    }
}

extension AuditVerification.Finding {
    /// A sentence for people, with where it is.
    package var sentence: String {
        switch self {
        case .changed(let entry): "entry \(entry) says something else than when it was chained"
        case .missing(let entry): "entry \(entry) is chained, but is not in the log any more"
        case .inserted(let entry): "entry \(entry) was put in among chained ones"
        case .broken(let number): "link \(number) does not follow the one before it"
        case .gap(let number): "links are missing before number \(number)"
        case .forked(let number): "there are two links of number \(number)"
        case .cutOff(let count, let was):
            "the chain ends at \(count), but had \(was) links at a checkpoint"
        case .rewritten(let count):
            "at link \(count) the chain is another than it was at a checkpoint"
        }
    }
}
