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

    /// The dead letter of a record; of one that leaves no room for the reasons, without its value,
    /// which stays where it was.
    static func record(
        of dead: ConsumedRecord, stage: String, _ failure: Failure, at now: Timestamp,
        atMost limit: Int
    ) -> Record {
        var letter = record(
            of: dead, stage: stage, kind: failure.kind, reason: failure.reason,
            attempts: failure.attempts, at: now)
        guard letter.size > limit, let value = letter.value else { return letter }
        letter.value = []
        letter.headers.append(HeaderName.deadOmitted, String(value.count))
        return letter
    }

    /// The dead letter of a record.
    package static func record(
        of dead: ConsumedRecord, stage: String, kind: Kind, reason: String, attempts: Int,
        at now: Timestamp
    ) -> Record {
        var headers = dead.record.headers
        headers.append(why(stage, kind, reason))
        headers.append(HeaderName.deadTopic, dead.partition.topic)
        headers.append(HeaderName.deadPartition, String(dead.partition.partition))
        headers.append(HeaderName.deadOffset, String(dead.offset))
        headers.append(HeaderName.deadAttempts, String(attempts))
        headers.append(HeaderName.deadTime, now.rfc3339)
        return Record(
            topic: Topic.deadLetters.rawValue, key: dead.record.key, value: dead.record.value,
            headers: headers, timestamp: now.milliseconds)
    }

    /// The dead letter of a timer: its bytes, and `timer/NAME` instead of a topic; `fired` is what
    /// they say, if they can be read.
    package static func record(
        of timer: DurableTimer, fired: FiredTimer?, stage: String, kind: Kind, reason: String,
        attempts: Int, at now: Timestamp
    ) -> Record {
        let position = WorkItem.position(ofTimer: timer.key.name)
        let id =
            fired?.id
            ?? .derived(
                from: RecordID("\(timer.key.key)/\(timer.due)"), by: "\(stage)/\(position)")
        var headers: HeaderList = [RecordHeader(HeaderName.id, id.rawValue)]
        if let fired {
            headers.append(HeaderName.correlation, fired.correlation.rawValue)
            headers.append(HeaderName.tenant, fired.tenant.rawValue)
        }
        headers.append(why(stage, kind, reason))
        headers.append(HeaderName.deadTopic, position)
        headers.append(HeaderName.deadPartition, String(timer.key.partition))
        headers.append(HeaderName.deadAttempts, String(attempts))
        headers.append(HeaderName.deadTime, now.rfc3339)
        return Record(
            topic: Topic.deadLetters.rawValue, key: Array(timer.key.key.utf8),
            value: timer.payload, headers: headers, timestamp: now.milliseconds)
    }

    private static func why(_ stage: String, _ kind: Kind, _ reason: String) -> HeaderList {
        [
            RecordHeader(HeaderName.deadStage, stage),
            RecordHeader(HeaderName.deadClass, kind.rawValue),
            RecordHeader(
                HeaderName.deadReason, String(reason.prefix(Limits.deadReasonCharacters))),
        ]
    }
}
