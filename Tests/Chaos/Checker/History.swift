/// What is known from outside of a run: what went in, what came out, what agents did.
///
/// All times are milliseconds since 1970.
package struct History: Codable, Sendable {
    /// What a business promises about a message of which nobody knows whether it arrived.
    package enum Promise: String, Codable, Sendable {
        /// It is given up to a person; the customer never sees it twice.
        case atMostOnce
        /// It is sent again; the customer may see it twice.
        case atLeastOnce
    }

    /// A customer of a business.
    package struct Conversation: Codable, Sendable, Hashable, CustomStringConvertible {
        /// The business.
        package var tenant: String
        /// The customer's phone, digits only.
        package var phone: String

        /// Names a conversation.
        package init(_ tenant: String, _ phone: String) {
            self.tenant = tenant
            self.phone = phone
        }

        /// Both, for people.
        package var description: String { "\(tenant)/\(phone)" }
    }

    /// A customer's message.
    package struct Written: Codable, Sendable {
        /// What answers it.
        package enum Wish: Codable, Sendable, Hashable {
            /// A message that holds this word; no other question of the conversation has it.
            case fact(String)
            /// A person.
            case person
        }

        /// Whose it is.
        package var conversation: Conversation
        /// WhatsApp's name for it.
        package var message: String
        /// Its words, unlike all others of the conversation.
        package var text: String
        /// What answers it.
        package var wish: Wish
        /// When it was written.
        package var at: Int64
        /// When its webhook was first answered with 200.
        package var acknowledged: Int64?

        /// Describes a message.
        package init(
            _ conversation: Conversation, _ message: String, _ text: String, wish: Wish,
            at: Int64, acknowledged: Int64?
        ) {
            self.conversation = conversation
            self.message = message
            self.text = text
            self.wish = wish
            self.at = at
            self.acknowledged = acknowledged
        }
    }

    /// What a customer saw, in the order of the conversation.
    package struct Seen: Codable, Sendable {
        /// Whose it is.
        package var conversation: Conversation
        /// WhatsApp's name for it.
        package var message: String
        /// Its words.
        package var text: String
        /// The callback data, which names message and attempt.
        package var attempt: String?
        /// When WhatsApp took it.
        package var at: Int64
        /// When a status of it was first answered with 200.
        package var statusAcknowledged: Int64?

        /// Describes a message.
        package init(
            _ conversation: Conversation, _ message: String, _ text: String, attempt: String?,
            at: Int64, statusAcknowledged: Int64?
        ) {
            self.conversation = conversation
            self.message = message
            self.text = text
            self.attempt = attempt
            self.at = at
            self.statusAcknowledged = statusAcknowledged
        }
    }

    /// What an agent asked the console for.
    package struct Act: Codable, Sendable {
        /// What was asked for.
        package enum Kind: Codable, Sendable, Hashable {
            case claim, release, close
            /// Words to the customer, unlike all others.
            case send(String)
            /// Words to colleagues, unlike all others.
            case note(String)
        }

        /// What came of it.
        package enum Outcome: String, Codable, Sendable {
            case done, refused
            /// No answer came, so it may have been done or not.
            case unknown
        }

        /// Who.
        package var agent: String
        /// About whom.
        package var conversation: Conversation
        /// What.
        package var kind: Kind
        /// When it was first asked for.
        package var asked: Int64
        /// When the answer came, or the wait for it ended.
        package var answered: Int64
        /// What came of it.
        package var outcome: Outcome

        /// Describes an act.
        package init(
            _ agent: String, _ conversation: Conversation, _ kind: Kind, asked: Int64,
            answered: Int64, _ outcome: Outcome
        ) {
            self.agent = agent
            self.conversation = conversation
            self.kind = kind
            self.asked = asked
            self.answered = answered
            self.outcome = outcome
        }
    }

    /// Words of a customer that an agent read.
    package struct Sight: Codable, Sendable, Hashable {
        /// Whose.
        package var conversation: Conversation
        /// The words.
        package var text: String

        /// Describes what was read.
        package init(_ conversation: Conversation, _ text: String) {
            self.conversation = conversation
            self.text = text
        }
    }

    /// A conversation that agents saw in the queue.
    package struct Handoff: Codable, Sendable, Hashable {
        /// Whose.
        package var conversation: Conversation
        /// Why, in the product's word.
        package var reason: String
        /// When it began to wait.
        package var since: Int64

        /// Describes a handoff.
        package init(_ conversation: Conversation, reason: String, since: Int64) {
            self.conversation = conversation
            self.reason = reason
            self.since = since
        }
    }

    /// A note that stands in a transcript in the end.
    package struct Note: Codable, Sendable, Hashable {
        /// Whose transcript.
        package var conversation: Conversation
        /// The words.
        package var text: String

        /// Describes a note.
        package init(_ conversation: Conversation, _ text: String) {
            self.conversation = conversation
            self.text = text
        }
    }

    /// What an agent's socket told wrongly: as its client, which went on from a cursor, saw it.
    package struct Slip: Codable, Sendable, Hashable {
        /// What was wrong.
        package enum Kind: String, Codable, Sendable {
            /// A line was told again.
            case twice
            /// The end of a handoff was never told.
            case missed
        }

        /// Who.
        package var agent: String
        /// What was wrong.
        package var kind: Kind
        /// The line or the conversation.
        package var id: String

        /// Describes a slip.
        package init(_ agent: String, _ kind: Kind, _ id: String) {
            self.agent = agent
            self.kind = kind
            self.id = id
        }
    }

    /// The verdict of `parley ledger`.
    package struct Ledger: Codable, Sendable {
        /// Messages accepted.
        package var messages: Int
        /// Messages by state.
        package var states: [String: Int]
        /// Those that need a look: message and state.
        package var items: [String: String]
        /// Messages that the figures of all businesses count; `nil` if none could be had.
        package var figures: Int?

        /// Describes a verdict.
        package init(
            messages: Int, states: [String: Int], items: [String: String] = [:],
            figures: Int? = nil
        ) {
            self.figures = figures
            self.messages = messages
            self.states = states
            self.items = items
        }
    }

    /// Personal words where none may stand.
    package struct Leak: Codable, Sendable, Hashable {
        /// A file.
        package var place: String
        /// The business that was purged; `nil` where the words may stand for nobody.
        package var tenant: String?

        /// Describes a leak.
        package init(place: String, of tenant: String?) {
            self.place = place
            self.tenant = tenant
        }
    }

    /// What each business promises.
    package var promises: [String: Promise]
    /// What customers wrote.
    package var written: [Written] = []
    /// What customers saw.
    package var seen: [Seen] = []
    /// What agents did.
    package var acts: [Act] = []
    /// What agents read.
    package var sights: Set<Sight> = []
    /// What agents saw in the queue.
    package var handoffs: Set<Handoff> = []
    /// The notes that transcripts hold in the end, or `nil` if they could not be read.
    package var notes: [Note]?
    /// What agents' sockets told wrongly.
    package var slips: [Slip] = []
    /// How often agents' sockets went on from their cursor, and how often they began anew.
    package var returns: [String: Int] = [:]
    /// Personal words that were found where none may stand.
    package var leaks: [Leak] = []
    /// Businesses that were to be purged, and whether there is a receipt.
    package var purges: [String: Bool] = [:]
    /// The ledger's verdict, or `nil` if it could not be had.
    package var ledger: Ledger?

    /// An empty history.
    package init(promises: [String: Promise]) { self.promises = promises }
}
