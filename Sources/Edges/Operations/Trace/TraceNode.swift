package import Conversation

/// A step of a message's story, with what followed from it.
package struct TraceNode: Hashable, Sendable, Codable {
    /// What kind of step it is.
    package enum Kind: String, Hashable, Sendable, Codable {
        /// A record of a topic.
        case record
        /// A stage's decision about a record or a timer.
        case decision
        /// A timer that became due.
        case timer
        /// A record that was set aside.
        case deadLetter
    }

    /// A call of a decision to the world.
    package struct Call: Hashable, Sendable, Codable {
        /// What was asked: `search`, `complete`, `send`.
        package var name: String
        /// The answer's kind, or `failure`.
        package var answer: String
        /// When it was asked.
        package var began: Timestamp
        /// How long it took, in milliseconds, retries included.
        package var milliseconds: Int64
        /// The model that answered, where one did.
        package var model: String?
    }

    /// What kind of step it is.
    package var kind: Kind
    /// The record's topic, the stage's or the timer's name.
    package var name: String
    /// The record's id; a decision's is its input's.
    package var id: RecordID
    /// The record's position, `topic-partition@offset`.
    package var position: String?
    /// When.
    package var at: Timestamp
    /// Milliseconds since the step above it.
    package var delay: Int64
    /// What it says, in a few words.
    package var summary: String
    /// The calls of a decision.
    package var calls: [Call]
    /// What followed, in order of time.
    package var children: [TraceNode]

    /// The number of steps, this one included.
    package var count: Int { children.reduce(1) { $0 + $1.count } }
}
