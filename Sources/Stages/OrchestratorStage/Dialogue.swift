package import Conversation
import JSON

/// What the orchestrator remembers of a conversation.
package struct Dialogue: Hashable, Sendable, Codable {
    /// A message that waits for its turn's answer.
    package struct Pending: Hashable, Sendable, Codable {
        /// The message with its passages.
        package var question: GroundedQuestion
        /// Where it stands in the log.
        package var position: String
        /// The words, as last corrected.
        package var words: String?
        /// When it came here.
        package var arrived: Timestamp
    }

    /// One line of the dialogue.
    package struct Line: Hashable, Sendable, Codable {
        /// Whether the customer said it; else the bot.
        package var isCustomer: Bool
        /// What was said, bounded.
        package var text: String
        /// When.
        package var at: Timestamp
        /// The customer's messages that it is made of; `nil` where they are not known.
        package var messages: [MessageID]?
        /// Whether a person of the business said it; `nil` for no.
        package var isColleague: Bool?
    }

    /// A change of a message that may come after it.
    struct EarlyChange: Hashable, Sendable, Codable {
        /// The message that is changed.
        var message: MessageID
        /// What it is changed to; `nil` where it is taken back.
        var edit: Pending?
    }

    /// The messages of the burst that is being gathered, oldest first.
    package var pending: [Pending] = []
    /// The last lines, oldest first.
    package var recent: [Line] = []
    /// The customer's language as last told.
    package var language: String?
    /// Since when a turn waits for its tenant, who is not known here yet or any more.
    package var tenantMissingSince: Timestamp?
    /// The turn under way; kept while it waits for a result.
    package var turn: Turn?
    /// Messages that came while a request was out that changes something: the next burst, oldest
    /// first; `nil` for none.
    package var later: [Pending]?
    /// Changes of messages that are not here, or were taken back, oldest first; `nil` for none.
    var early: [EarlyChange]?
    /// What the customer was asked to confirm.
    package var confirmation: Confirmation?
    /// Whether the last answer asked whether it helped; `nil` for no.
    var askedIfHelpful: Bool?

    /// Nothing said yet.
    package init() {}

    /// The most characters kept of a line: enough to understand what a later one leans on.
    static let longestLine = 400

    /// Keeps a line, and forgets what is too old or too much.
    mutating func remember(
        _ text: String, fromCustomer: Bool, of messages: [MessageID]? = nil, at now: Timestamp,
        _ settings: OrchestratorSettings
    ) {
        recent.removeAll { now.since($0.at) > settings.longestPause }
        guard !text.isEmpty else { return }
        recent.append(
            Line(
                isCustomer: fromCustomer, text: String(text.prefix(Self.longestLine)), at: now,
                messages: messages))
        if recent.count > settings.mostRecentLines {
            recent.removeFirst(recent.count - settings.mostRecentLines)
        }
    }
}

/// One turn: a burst of messages that gets one answer.
package struct Turn: Hashable, Sendable, Codable {
    /// When its time is up.
    var deadline: Timestamp
    /// What the tenant's settings are.
    var settings: TurnSettings
    /// The language to answer in.
    var language: String?
    /// The passages that were offered, in the order of their numbers.
    var passages: [RankedPassage]
    /// What was quoted so far, a question each, where there is no model.
    var quotes: [Citation] = []
    /// What the model and we said so far.
    var messages: [TurnMessage] = []
    /// How often the model was asked.
    var modelCalls = 0
    /// Whether an answer was sent back for correction.
    var isCorrected = false
    /// An answer in another language than its passages, while its nearness is being told.
    var doubted: Doubted?
    /// Whether the model could not read all that it was given, and was given less.
    var isShortened: Bool?
    /// The model's own name.
    var model: String?
    /// The tokens that the model read in all.
    var promptTokens: Int?
    /// The tokens that the model wrote in all.
    var completionTokens: Int?
    /// What another stage was asked, while its result is waited for.
    var request: OpenRequest?
    /// How many requests to other stages, or questions whether to make one, the turn made;
    /// `nil` for none.
    var requests: Int?
    /// Whether messages came or changed that the model has not seen.
    var hasNews: Bool?
    /// Whether wrong arguments of a tool were sent back for correction.
    var isCallCorrected: Bool?
    /// The questions that are looked for one by one; `nil` where there is one, as it was written.
    var parts: [Part]?
    /// Whether a table's rows were read; `nil` for no.
    var hasRows: Bool?
    /// Why the built-in answerer stands in for the model.
    var fallback: Fallback?
    /// What was said of the model's answers; `nil` for nothing.
    var checks: [Provenance.Check]?
    /// The names of the tools that were used; `nil` for none.
    var tools: [String]?
    /// What the customer said to the question whether the answer before helped; `nil` where that
    /// was not the question.
    var hasHelped: Bool?
}

/// A request to another stage that a turn waits for.
struct OpenRequest: Hashable, Sendable, Codable {
    /// The request's id.
    var id: RecordID
    /// The tool's name.
    var tool: String
    /// Whether it changes something.
    var changes: Bool
}

/// A request that is made once the customer says yes to it.
package struct Confirmation: Hashable, Sendable, Codable {
    /// The id that the request will have.
    var request: RecordID
    /// The tool's name.
    var tool: String
    /// The arguments, as the customer was asked to confirm them.
    var arguments: JSONValue
    /// The customer's message that it is for.
    var message: MessageID
    /// When the question was put.
    var at: Timestamp
    /// Whether it went to the customer; `nil` while that is not known.
    var isAsked: Bool?
}

/// An answer whose statements are being compared with the passages.
struct Doubted: Hashable, Sendable, Codable {
    /// The answer, as the model wrote it.
    var answer: String
    /// Its statements.
    var statements: [String]
    /// What they are compared with.
    var texts: [String]
    /// The cosines that are known, a list for each statement.
    var cosines: [[Double]] = []
}
