/// What an operator did about a dead letter; stands in the same topic, after the letter.
package struct DeadLetterResolution: Payload {
    package static let type = "parley.deadletter.resolution"
    package static let topic = Topic.deadLetters
    package static let personal: [FieldPath] = ["action", "actor"]
    package static let kindField: FieldPath? = "action"

    /// What was done.
    package enum Action: Hashable, Sendable, Codable {
        /// The record was appended again to its topic, under this id.
        case redriven(as: RecordID)
        /// It was given up, and why.
        case discarded(because: String)
    }

    /// The tenant of the record; `-` where the letter names none.
    package var tenant: TenantID
    /// The record's key.
    package var letterKey: String
    /// The dead letter's position, `topic-partition@offset`.
    package var letter: String
    /// The stage that had set the record aside.
    package var stage: String
    /// What was done.
    package var action: Action
    /// Who did it.
    package var actor: String
    /// When.
    package var at: Timestamp

    /// The record's key, so that letter and resolution share a partition.
    package var key: String { letterKey }

    /// Describes what was done.
    package init(
        tenant: TenantID, letterKey: String, letter: String, stage: String, action: Action,
        actor: String, at: Timestamp
    ) {
        self.tenant = tenant
        self.letterKey = letterKey
        self.letter = letter
        self.stage = stage
        self.action = action
        self.actor = actor
        self.at = at
    }
}
