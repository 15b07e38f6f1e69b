package import Conversation
package import Records

/// How a stage goes on.
package enum Plan<Call: Sendable>: Sendable {
    /// Ends with effects: they are committed with the state and the input's position.
    case finish(Effects)
    /// Asks the world, then resumes.
    case call(Call)
    /// Makes effects and state durable first, then asks: for intents that must outlive a crash.
    /// After a crash the same input begins again and finds the state of this commit.
    case commit(Effects, then: Call)
    /// Ends without outputs, with why. State is kept.
    case ignore(because: String)
}

/// What a stage begins with.
package indirect enum StageInput: Sendable {
    /// A record of a type that the stage reads.
    case record(any Payload, RecordHeaders, position: RecordPosition)
    /// A tombstone, or a record of a type that the stage does not read: it is passed over, and no
    /// stage begins with it.
    case passedOver(RecordHeaders, position: RecordPosition)
    /// A timer that this stage set and that became due.
    case timer(FiredTimer)

    /// The record's or the timer's id.
    package var id: RecordID {
        switch self {
        case .record(_, let headers, _), .passedOver(let headers, _): headers.id
        case .timer(let timer): timer.id
        }
    }

    /// The inbound message that it all began with.
    package var correlation: RecordID {
        switch self {
        case .record(_, let headers, _), .passedOver(let headers, _): headers.correlation
        case .timer(let timer): timer.correlation
        }
    }

    /// The tenant.
    package var tenant: TenantID {
        switch self {
        case .record(_, let headers, _), .passedOver(let headers, _): headers.tenant
        case .timer(let timer): timer.tenant
        }
    }
}

/// A timer that became due.
package struct FiredTimer: Hashable, Sendable, Codable {
    /// The timer's id, derived from the input that set it.
    package var id: RecordID
    /// The timer's name among those of its key.
    package var name: String
    /// When it was due.
    package var due: Timestamp
    /// What the stage wanted back.
    package var note: String
    /// The inbound message that it all began with.
    package var correlation: RecordID
    /// The tenant.
    package var tenant: TenantID

    /// Describes a timer.
    package init(
        id: RecordID, name: String, due: Timestamp, note: String, correlation: RecordID,
        tenant: TenantID
    ) {
        self.id = id
        self.name = name
        self.due = due
        self.note = note
        self.correlation = correlation
        self.tenant = tenant
    }
}
