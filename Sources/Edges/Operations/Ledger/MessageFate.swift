/// What became of a message that was accepted from WhatsApp.
package enum MessageFate: Hashable, Sendable {
    /// An answer reached WhatsApp.
    case answered
    /// A person has it: the conversation is or was in the queue or claimed.
    case handed
    /// It wants no answer: a reaction, a sign of assent, or taken back by the customer.
    case silent
    /// An answer was made and will not arrive, and no person was recorded.
    case undelivered
    /// It was set aside and waits for an operator.
    case deadLettered
    /// It was set aside and given up by an operator.
    case discarded
    /// It was written to a business that was removed for good: nothing is to be known of it.
    case erased
    /// It is under way.
    case awaiting(Waiting)
    /// It should have gone on and did not: lost, unless someone looks.
    case unaccounted(Waiting)

    /// Where a message waits.
    package enum Waiting: String, Hashable, Sendable, CaseIterable, Codable {
        /// For the retrieval stage to read it.
        case retrieval
        /// For the orchestrator: its burst, its model, its turn.
        case orchestrator
        /// For the handoff stage to pass the reply on.
        case handoff
        /// For the sender's turn, or for WhatsApp to allow a send.
        case sender
        /// For a status that tells whether WhatsApp took the answer.
        case outcome
    }

    /// The state's name in reports and metrics.
    package var name: String {
        switch self {
        case .answered: "answered"
        case .handed: "handed"
        case .silent: "silent"
        case .undelivered: "undelivered"
        case .deadLettered: "dead_lettered"
        case .discarded: "discarded"
        case .erased: "erased"
        case .awaiting: "awaiting"
        case .unaccounted: "unaccounted"
        }
    }

    /// All names, in the order of reports.
    package static let names = [
        "answered", "handed", "silent", "undelivered", "dead_lettered", "discarded", "erased",
        "awaiting", "unaccounted",
    ]

    /// Whether nothing more is to come.
    package var isSettled: Bool {
        switch self {
        case .answered, .handed, .silent, .undelivered, .discarded, .erased: true
        case .deadLettered, .awaiting, .unaccounted: false
        }
    }
}
