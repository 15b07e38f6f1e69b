package import Conversation
package import EventLog
package import Records

/// A record as a trace looks at it.
package struct TracedRecord: Sendable {
    /// Where it stands.
    package var position: RecordPosition
    /// Its headers.
    package var headers: RecordHeaders
    /// What it says.
    package var value: RecordValue
    /// Why it cannot be read, if it cannot.
    package var problem: String?
    /// When it was appended, by the record's own time.
    package var at: Timestamp
    /// The stage that set it aside and why, if it is a dead letter.
    package var dead: (stage: String, reason: String)?
    /// The position of the dead letter that it was redriven from.
    package var redriveOf: String?

    /// Reads a record; what cannot be decoded is kept as unknown.
    package init(_ consumed: ConsumedRecord, by envelope: RecordEnvelope) {
        let record = consumed.record
        position = RecordPosition(of: consumed)
        at = Timestamp(milliseconds: record.timestamp)
        let key = String(decoding: record.key, as: UTF8.self)
        func name(_ header: String) -> RecordID? { record.header(header).map { RecordID($0) } }
        let id = name(HeaderName.id) ?? RecordID(position.description)
        headers = RecordHeaders(
            id: id, type: record.header(HeaderName.type) ?? "-",
            source: record.header(HeaderName.source) ?? "", time: at, subject: key,
            correlation: name(HeaderName.correlation) ?? id,
            causation: name(HeaderName.causation) ?? id,
            tenant: TenantID(record.header(HeaderName.tenant) ?? "-"))
        do throws(RecordError) {
            value = try envelope.read(record, type: headers.type)
        } catch {
            value = .unknown(type: headers.type)
            problem = error.problem
        }
        redriveOf = record.header(HeaderName.redrive)
        if let stage = record.header(HeaderName.deadStage) {
            dead = (stage, record.header(HeaderName.deadReason) ?? "-")
        }
    }

    /// The decision that it records, if it does.
    var decision: Decision? {
        guard dead == nil, case .payload(let decision as Decision) = value else { return nil }
        return decision
    }

    /// The messages that it answers.
    var answers: [MessageID] {
        guard case .payload(let payload) = value else { return [] }
        return switch payload {
        case let reply as ProposedReply: reply.answers
        case let message as OutboundMessage: message.answers
        case let delivery as Delivery: delivery.answers
        default: []
        }
    }
}
