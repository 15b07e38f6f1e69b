package import Conversation
package import EventLog
package import Records

/// A dead letter as operators see it.
package struct DeadLetterView: Hashable, Sendable {
    /// What has been done about it.
    package enum Standing: Hashable, Sendable {
        /// Nothing yet.
        case open
        /// It was redriven under this id.
        case redriven(as: RecordID, by: String, at: Timestamp)
        /// It was given up.
        case discarded(because: String, by: String, at: Timestamp)
    }

    /// Its position in `dead.letters`, by which it is named.
    package var position: RecordPosition
    /// The record as it was set aside.
    package var record: Record
    /// What has been done about it.
    package var standing: Standing = .open

    /// Reads a record of `dead.letters`; `nil` if it is no dead letter.
    package init?(_ consumed: ConsumedRecord) {
        guard consumed.record.header(HeaderName.deadStage) != nil else { return nil }
        record = consumed.record
        position = RecordPosition(of: consumed)
    }

    /// The stage that set it aside.
    package var stage: String { record.header(HeaderName.deadStage) ?? "-" }
    /// `permanent`, `unexpected` or `crash`.
    package var kind: String { record.header(HeaderName.deadClass) ?? "-" }
    /// Why.
    package var reason: String { record.header(HeaderName.deadReason) ?? "-" }
    /// The topic that it came from.
    package var topic: String { record.header(HeaderName.deadTopic) ?? "-" }
    /// Whether it is a timer: whoever set it is asked again by no record.
    package var isTimer: Bool { topic.hasPrefix("timer/") }
    /// Whether its value was left out for its size, and stands only where it came from.
    package var isWithoutValue: Bool { record.header(HeaderName.deadOmitted) != nil }
    /// The position that it came from, `topic-partition@offset`, or `timer/NAME`.
    package var origin: String {
        guard !isTimer else { return topic }
        let partition = record.header(HeaderName.deadPartition) ?? "?"
        return "\(topic)-\(partition)@\(record.header(HeaderName.deadOffset) ?? "?")"
    }
    /// How often it was tried.
    package var attempts: Int { record.header(HeaderName.deadAttempts).flatMap { Int($0) } ?? 0 }
    /// When it was set aside.
    package var at: Timestamp { Timestamp(milliseconds: record.timestamp) }
    /// The tenant, or `-` where the record names none.
    package var tenant: TenantID { TenantID(record.header(HeaderName.tenant) ?? "-") }
    /// The record's type.
    package var type: String { record.header(HeaderName.type) ?? "-" }
    /// The record's own id.
    package var id: RecordID { RecordID(record.header(HeaderName.id) ?? "-") }
    /// The message whose story it belongs to.
    package var correlation: RecordID {
        record.header(HeaderName.correlation).map { RecordID($0) } ?? id
    }
    /// The record's key.
    package var key: String { String(decoding: record.key, as: UTF8.self) }

    /// Whether it goes by this name: its position, or its record's id.
    package func isNamed(_ name: String) -> Bool {
        position.description == name || id.rawValue == name
    }

    /// Whether nothing has been done about it.
    package var isOpen: Bool { standing == .open }

    /// Takes what was done about it.
    package mutating func settle(by resolution: DeadLetterResolution) {
        standing =
            switch resolution.action {
            case .redriven(let id): .redriven(as: id, by: resolution.actor, at: resolution.at)
            case .discarded(let reason):
                .discarded(because: reason, by: resolution.actor, at: resolution.at)
            }
    }

    /// The id that a redriven copy bears: the same for the same letter, and no other's.
    package var redriveID: RecordID {
        .derived(from: RecordID(position.description), by: "redrive")
    }

    /// The record to append for another try: bytes and headers as they were, under a new id, so
    /// that the stage's memory of handled ids does not drop it.
    package func redriven(at now: Timestamp) -> Record {
        var headers = record.headers.filter { header in
            !header.name.hasPrefix("parley_dead_") && header.name != HeaderName.redrive
                && header.name != HeaderName.redriveStage
        }
        if let index = headers.lastIndex(where: { $0.name == HeaderName.id }) {
            headers[index] = RecordHeader(HeaderName.id, redriveID.rawValue)
        }
        headers.append(RecordHeader(HeaderName.redrive, position.description))
        headers.append(RecordHeader(HeaderName.redriveStage, stage))
        return Record(
            topic: topic, key: record.key, value: record.value, headers: HeaderList(headers),
            timestamp: now.milliseconds)
    }
}

/// Which dead letters are meant; what is not given does not matter.
package struct DeadLetterFilter: Hashable, Sendable {
    /// Set aside by this stage.
    package var stage: String?
    /// Of this tenant.
    package var tenant: TenantID?
    /// With these words in the reason, in whatever case, or of this class.
    package var error: String?
    /// Set aside at or after this.
    package var from: Timestamp?
    /// Set aside before this.
    package var to: Timestamp?
    /// At one of these positions; all if empty.
    package var positions: Set<String> = []
    /// Only those about which nothing has been done.
    package var isOpen: Bool

    /// Describes a choice.
    package init(
        stage: String? = nil, tenant: TenantID? = nil, error: String? = nil,
        from: Timestamp? = nil, to: Timestamp? = nil, positions: Set<String> = [],
        isOpen: Bool = true
    ) {
        self.stage = stage
        self.tenant = tenant
        self.error = error
        self.from = from
        self.to = to
        self.positions = positions
        self.isOpen = isOpen
    }

    /// Whether a letter is meant.
    package func includes(_ letter: DeadLetterView) -> Bool {
        if let stage, letter.stage != stage { return false }
        if let tenant, letter.tenant != tenant { return false }
        if let from, letter.at < from { return false }
        if let to, letter.at >= to { return false }
        if !positions.isEmpty, !positions.contains(where: letter.isNamed) { return false }
        if let error, letter.kind != error,
            !letter.reason.lowercased().contains(error.lowercased())
        {
            return false
        }
        return !isOpen || letter.isOpen
    }
}
