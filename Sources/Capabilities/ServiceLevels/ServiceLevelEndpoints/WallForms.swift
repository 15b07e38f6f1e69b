package import Conversation
import Endpoints
package import JSON
package import ServiceLevelRecords
import ServiceLevelView

/// One clock of a case, as pages show it.
package struct ClockListing: Hashable, Sendable, Codable {
    /// What it measures.
    package var clock: String
    /// Since when.
    package var startedAt: Timestamp
    /// Whether it runs.
    package var isRunning: Bool
    /// When the promise runs out.
    package var due: Timestamp?
    /// How late it is.
    package var level: String

    /// Shows a clock.
    package init(_ face: ClockFace) {
        clock = face.clock.rawValue
        startedAt = face.startedAt
        isRunning = face.isRunning
        due = face.due
        level = face.level.rawValue
    }

    static let levels = ["fine", "warned", "breached"]

    package static let schema = JSONSchema.object(
        [
            .required(
                "clock", .words(ServiceLevels.Promise.allCases.map(\.rawValue), "What it measures.")
            ),
            .required("startedAt", .time("Since when it measures that.")),
            .required("isRunning", .boolean("Whether it runs; else it is the customer's turn.")),
            .optional("due", .time("When the promise runs out, if something is promised.")),
            .required("level", .words(levels, "How late it is.")),
        ], named: "ServiceLevelClock")
}

/// A case on the wall.
package struct WallCase: Hashable, Sendable, Codable {
    /// The conversation.
    package var conversation: ConversationID
    /// The customer.
    package var customer: Contact?
    /// Since when people are to answer.
    package var openedAt: Timestamp
    /// Since when it waits in the queue.
    package var waitingSince: Timestamp?
    /// Who has it.
    package var holder: AgentID?
    /// What they are called.
    package var holderName: String?
    /// When the customer wrote the oldest message that nobody answered.
    package var unansweredSince: Timestamp?
    /// When a person last did something.
    package var quietSince: Timestamp
    /// Messages that did not arrive.
    package var lost: Int
    /// When the first promise runs out.
    package var due: Timestamp?
    /// Whether one was missed.
    package var isBreached: Bool
    /// Its clocks.
    package var clocks: [ClockListing]

    init(_ case_: ServiceLevelRows.Case, _ customer: Contact?) {
        let standing = case_.standing
        conversation = case_.conversation
        self.customer = customer
        openedAt = standing.openedAt
        waitingSince = standing.waitingSince
        holder = standing.holder
        holderName = standing.holderName
        unansweredSince = standing.unansweredSince
        quietSince = standing.quietSince
        lost = standing.lost
        due = standing.due
        isBreached = standing.isBreached
        clocks = standing.clocks.map(ClockListing.init)
    }

    static let schema = JSONSchema.object(
        [
            .required("conversation", .text("The conversation.")),
            .optional("customer", JSONSchema(.any, "The customer, as far as known.")),
            .required("openedAt", .time("Since when people are to answer.")),
            .optional("waitingSince", .time("Since when it waits in the queue, if it does.")),
            .optional("holder", .text("Who has it.")),
            .optional("holderName", .text("What they are called.")),
            .optional(
                "unansweredSince",
                .time("When the customer wrote the oldest message that nobody answered.")),
            .required("quietSince", .time("When a person last did something.")),
            .required("lost", .count("Messages that did not arrive, since the last that did.")),
            .optional("due", .time("When the first promise runs out.")),
            .required("isBreached", .boolean("Whether one was missed.")),
            .required("clocks", .list(ClockListing.schema, "Its clocks.")),
        ], named: "WallCase")
}

/// An agent on the wall.
package struct WallAgent: Hashable, Sendable, Codable {
    /// The agent.
    package var id: AgentID
    /// The name.
    package var name: String
    /// Whether they are signed in at the desk now.
    package var isHere: Bool
    /// How many conversations they have.
    package var conversations: Int
    /// How many of these are late.
    package var breached: Int
    /// When the oldest message was written that they did not answer.
    package var oldestUnanswered: Timestamp?

    /// Somebody who has nothing.
    package init(id: AgentID, name: String, isHere: Bool) {
        self.id = id
        self.name = name
        self.isHere = isHere
        conversations = 0
        breached = 0
    }

    static let schema = JSONSchema.object(
        [
            .required("id", .text("The agent.")), .required("name", .text("The name.")),
            .required("isHere", .boolean("Whether they are signed in at the desk now.")),
            .required("conversations", .count("How many conversations they have.")),
            .required("breached", .count("How many of these are late.")),
            .optional(
                "oldestUnanswered",
                .time("When the oldest message was written that they did not answer.")),
        ], named: "WallAgent")
}

/// What is going on at the desk now.
package struct Wall: Hashable, Sendable, Codable, Described {
    /// The console's clock.
    package var now: Timestamp
    /// In the queue.
    package var waiting: Int
    /// With somebody.
    package var held: Int
    /// Customers whose last word nobody answered.
    package var unanswered: Int
    /// Cases of which a promise was missed.
    package var breached: Int
    /// Promises that run out within ten minutes.
    package var dueSoon: Int
    /// Since when whoever waits longest is in the queue.
    package var longestWait: Timestamp?
    /// When the oldest message was written that nobody answered.
    package var oldestUnanswered: Timestamp?
    /// What is to be looked at first.
    package var cases: [WallCase]
    /// What stands still.
    package var stuck: [WallCase]
    /// Who is there, and who has something.
    package var agents: [WallAgent]

    package static let schema = JSONSchema.object(
        [
            .required("now", .time("The console's clock.")),
            .required("waiting", .count("In the queue.")),
            .required("held", .count("With somebody.")),
            .required("unanswered", .count("Customers whose last word nobody answered.")),
            .required("breached", .count("Cases of which a promise was missed.")),
            .required("dueSoon", .count("Promises that run out within ten minutes.")),
            .optional("longestWait", .time("Since when whoever waits longest is in the queue.")),
            .optional(
                "oldestUnanswered",
                .time("When the oldest message was written that nobody answered.")),
            .required(
                "cases",
                .list(WallCase.schema, "What is to be looked at first; 100 at most.")),
            .required("stuck", .list(WallCase.schema, "What stands still; 50 at most.")),
            .required("agents", .list(WallAgent.schema, "Who is there or has something.")),
        ], named: "Wall")
}

/// The clocks of open cases, for lists of conversations.
package struct OpenClocks: Hashable, Sendable, Codable, Described {
    /// A case's clocks.
    package struct One: Hashable, Sendable, Codable {
        /// The conversation.
        package var conversation: ConversationID
        /// Its clocks.
        package var clocks: [ClockListing]
    }

    /// Those that are late or due first.
    package var cases: [One]

    package static let schema = JSONSchema.object(
        [
            .required(
                "cases",
                .list(
                    .object([
                        .required("conversation", .text("The conversation.")),
                        .required("clocks", .list(ClockListing.schema, "Its clocks.")),
                    ]), "Those that are late or due first; 2000 at most."))
        ], named: "OpenClocks")
}
