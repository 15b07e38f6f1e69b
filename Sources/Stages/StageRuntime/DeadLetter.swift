package import Conversation
package import EventLog

/// A record set aside: bytes and headers unchanged, with why beside them.
package enum DeadLetter {
    /// What kind of failure it was.
    package enum Kind: String, Sendable, CaseIterable {
        /// It can never succeed as it is.
        case permanent
        /// It failed in a way that nobody foresaw, more often than is tried.
        case unexpected
        /// It ended the process that handled it, again and again.
        case crash
    }

    /// The dead letter of a record.
    package static func record(
        of dead: ConsumedRecord, stage: String, kind: Kind, reason: String, attempts: Int,
        at now: Timestamp
    ) -> Record {
        let added: HeaderList = [
            RecordHeader(HeaderName.deadStage, stage),
            RecordHeader(HeaderName.deadClass, kind.rawValue),
            RecordHeader(
                HeaderName.deadReason, String(reason.prefix(Limits.deadReasonCharacters))),
            RecordHeader(HeaderName.deadTopic, dead.partition.topic),
            RecordHeader(HeaderName.deadPartition, String(dead.partition.partition)),
            RecordHeader(HeaderName.deadOffset, String(dead.offset)),
            RecordHeader(HeaderName.deadAttempts, String(attempts)),
            RecordHeader(HeaderName.deadTime, now.rfc3339),
        ]
        var headers = dead.record.headers
        headers.append(added)
        return Record(
            topic: Topic.deadLetters.rawValue, key: dead.record.key, value: dead.record.value,
            headers: headers, timestamp: now.milliseconds)
    }
}
