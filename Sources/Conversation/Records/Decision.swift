package import JSON

/// What a stage did with one record or timer, and what the world answered it: enough to do the
/// same again, to the byte, without the world.
package struct Decision: Payload {
    package static let type = "parley.decision"
    package static let topic = Topic.decisions
    package static let personal: [FieldPath] = ["exchanges"]

    /// A call to the world with its answer, both as JSON.
    package struct Exchange: Hashable, Sendable, Codable {
        /// The call.
        package var call: NestedJSON
        /// The answer.
        package var answer: NestedJSON
        /// When the call began.
        package var began: Timestamp
        /// When the stage was resumed with the answer: its `now`.
        package var resumed: Timestamp

        /// Describes a call.
        package init(
            call: NestedJSON, answer: NestedJSON, began: Timestamp, resumed: Timestamp
        ) {
            self.call = call
            self.answer = answer
            self.began = began
            self.resumed = resumed
        }
    }

    /// How it ended.
    package enum Outcome: Hashable, Sendable, Codable {
        /// With effects: the ids of the records that were written.
        case finished(outputs: [RecordID])
        /// With nothing to do, and why.
        case ignored(because: String)
        /// As a repeat of a record that was handled before.
        case repeated
        /// Set aside as a dead letter.
        case dead(because: String)
        /// Not yet: the ids of the records that were written and made durable before the world is
        /// asked further. What ends the decision follows, unless the process died meanwhile.
        case committed(outputs: [RecordID])
    }

    /// Whether the decision goes on: what ends it is recorded later.
    package var isInterim: Bool {
        if case .committed = outcome { true } else { false }
    }

    /// The stage.
    package var stage: String
    /// The tenant.
    package var tenant: TenantID
    /// The input's key.
    package var key: String
    /// The input's id: a record's, or a timer's.
    package var input: RecordID
    /// The input's position, `topic-partition@offset`, or `timer/NAME`.
    package var position: String
    /// When the stage began: its `now`.
    package var began: Timestamp
    /// The calls, in order; those since the part before.
    package var exchanges: [Exchange]
    /// How it ended.
    package var outcome: Outcome
    /// Which part of the decision this is, from 0.
    ///
    /// What is made durable in steps is recorded in parts: each holds the calls and the ids of the
    /// records since the part before, so that what a long decision leaves grows with what it does.
    /// The parts of one run share input, position and beginning. The version before wrote none
    /// (`nil`) and in each record all since the beginning: such a decision is whole.
    package var part: Int?
    /// The part of the tenant's settings that the stage decided by, where it is another than the
    /// key's decisions before recorded; what holds for an unknown tenant where none ever did.
    package var settings: NestedJSON?

    private enum CodingKeys: String, CodingKey {
        case stage, tenant, key, input, began, exchanges, outcome, part, settings
        /// As records have named it from the first version on.
        case position = "place"
    }

    /// Describes a decision.
    package init(
        stage: String, tenant: TenantID, key: String, input: RecordID, position: String,
        began: Timestamp, exchanges: [Exchange], outcome: Outcome, part: Int? = nil,
        settings: NestedJSON? = nil
    ) {
        self.stage = stage
        self.tenant = tenant
        self.key = key
        self.input = input
        self.position = position
        self.began = began
        self.exchanges = exchanges
        self.outcome = outcome
        self.part = part
        self.settings = settings
    }
}
