import AuditRecords
import Conversation
import JSON
import Records
import ServiceLevelRecords

// What figures are counted by, read out of records of other modules' types: of each only what is
// counted, and nothing that anybody wrote. What stands beside the sealed words is not even opened.

/// A record of which a few fields are read.
protocol Fact: Payload {
    /// Reads them; `nil` where one is not what it should be.
    init?(_ json: JSONView)
}

extension Fact {
    /// Reads the fields of a record's JSON.
    ///
    /// - Throws: ``RecordError`` where it is none, or a field is missing.
    package static func read(_ json: [UInt8]) throws(RecordError) -> Self {
        let tape: JSONTape
        do throws(JSONProblem) { tape = try JSONTape(json) } catch {
            throw RecordError(type: type, problem: error.description)
        }
        guard let fact = Self(tape.root) else {
            throw RecordError(type: type, problem: "a field that is counted by is missing")
        }
        return fact
    }
}

/// That a customer wrote.
struct CustomerWrote: Fact {
    static let type = InboundMessage.type
    static let topic = InboundMessage.topic
    // What is sealed stays closed.
    static let personal: [FieldPath] = []

    var tenant: TenantID
    var conversation: ConversationID
    var number: BusinessNumberID
    var message: MessageID
    /// By WhatsApp's clock: the same in each repeat.
    var at: Timestamp
    /// Whether it stands in another conversation already, which goes on in this one.
    var isPassedOn: Bool
    var key: String { conversation.rawValue }

    init?(_ json: JSONView) {
        guard let tenant = json["tenant"]?.string,
            let conversation = json["conversation"]?.string,
            let number = json["number"]?.string, let message = json["message"]?.string,
            let at = json["sentAt"]?.moment
        else { return nil }
        self.tenant = TenantID(tenant)
        self.conversation = ConversationID(conversation)
        self.number = BusinessNumberID(number)
        self.message = MessageID(message)
        self.at = at
        isPassedOn = json["cameFrom"].map { !$0.isNull } ?? false
    }
}

/// That something went out to a customer, and who said it.
struct WentOut: Fact {
    enum Author: Hashable, Codable {
        case bot, system
        case agent(AgentID)
    }

    static let type = OutboundMessage.type
    static let topic = OutboundMessage.topic
    static let personal = OutboundMessage.personal
    static let kindField = OutboundMessage.kindField

    var tenant: TenantID
    var conversation: ConversationID
    var number: BusinessNumberID
    var author: Author
    /// The first of the messages that it answers.
    var answers: MessageID?
    /// The kind of what is sent, such as `text` or `template`.
    var kind: String
    var at: Timestamp
    var key: String { conversation.rawValue }

    /// Whether it is a sign alone: that a message was read, or that somebody types.
    var isSign: Bool { kind == "typing" || kind == "read" }

    init?(_ json: JSONView) {
        guard let tenant = json["tenant"]?.string,
            let conversation = json["conversation"]?.string,
            let number = json["number"]?.string, let author = json["author"]?.caseOfEnum,
            let content = json["content"]?.names.first(where: { $0 != "quotes" }),
            let at = json["at"]?.moment
        else { return nil }
        self.tenant = TenantID(tenant)
        self.conversation = ConversationID(conversation)
        self.number = BusinessNumberID(number)
        switch author.name {
        case "bot": self.author = .bot
        case "agent": self.author = .agent(AgentID(author.content["_0"]?.string ?? ""))
        default: self.author = .system
        }
        answers = json["answers"]?.elements.first?.string.map { MessageID($0) }
        kind = content
        self.at = at
    }
}

/// What a customer said to the question whether an answer helped.
struct Replied: Fact {
    static let type = ProposedReply.type
    static let topic = ProposedReply.topic
    static let personal: [FieldPath] = []

    var tenant: TenantID
    var conversation: ConversationID
    /// The message in which the customer said it.
    var message: MessageID?
    /// Whether it helped; `nil` where that was not the question.
    var hasHelped: Bool?
    var at: Timestamp
    var key: String { conversation.rawValue }

    init?(_ json: JSONView) {
        guard let tenant = json["tenant"]?.string,
            let conversation = json["conversation"]?.string, let at = json["at"]?.moment
        else { return nil }
        self.tenant = TenantID(tenant)
        self.conversation = ConversationID(conversation)
        message = json["answers"]?.elements.first?.string.map { MessageID($0) }
        hasHelped = json["hasHelped"]?.boolean
        self.at = at
    }
}

/// What happened to a conversation that people have to do with.
struct HandoffHappened: Fact {
    enum Change: Hashable, Codable {
        /// It came into the queue, for that reason.
        case queued(String)
        /// The business wrote on its phone.
        case wroteOnPhone
        /// An agent used what the bot suggested.
        case usedSuggestion
        /// Nothing that is counted.
        case other
    }

    static let type = HandoffEvent.type
    static let topic = HandoffEvent.topic
    static let personal = HandoffEvent.personal
    static let kindField = HandoffEvent.kindField

    var tenant: TenantID
    var conversation: ConversationID
    var number: BusinessNumberID?
    var change: Change
    /// The person of the team who did it.
    var by: AgentID?
    var at: Timestamp
    var key: String { conversation.rawValue }

    init?(_ json: JSONView) {
        guard let tenant = json["tenant"]?.string,
            let conversation = json["conversation"]?.string,
            let change = json["change"]?.caseOfEnum, let at = json["at"]?.moment
        else { return nil }
        self.tenant = TenantID(tenant)
        self.conversation = ConversationID(conversation)
        number = json["routing"]?["number"]?.string.map { BusinessNumberID($0) }
        self.at = at
        let content = change.content
        switch change.name {
        case "queued": self.change = .queued(content["reason"]?.string ?? "")
        case "said":
            let speaker = content["_0"]?["speaker"]?.caseOfEnum
            self.change = speaker?.name == "owner" ? .wroteOnPhone : .other
        case "suggestionEnded":
            let outcome = content["_0"]?["outcome"]?.string
            self.change = outcome == "sent" || outcome == "edited" ? .usedSuggestion : .other
            by = content["_0"]?["agent"]?.string.map { AgentID($0) }
        case "claimed", "relieved", "transferred", "released", "closed", "concluded", "parked",
            "resumed":
            self.change = .other
            by = content["by"]?.string.map { AgentID($0) }
        default: self.change = .other
        }
    }
}

/// What was measured of cases.
struct Measured: Fact {
    struct Result: Hashable, Codable {
        var measure: String
        var end: String
        /// Seconds by the calendar.
        var seconds: Int64
        var at: Timestamp
    }

    static let type = ServiceLevelEvent.type
    static let topic = ServiceLevelEvent.topic
    static let personal = ServiceLevelEvent.personal

    var tenant: TenantID
    var conversation: ConversationID
    var number: BusinessNumberID?
    var results: [Result]
    var key: String { conversation.rawValue }

    init?(_ json: JSONView) {
        guard let tenant = json["tenant"]?.string,
            let conversation = json["conversation"]?.string
        else { return nil }
        self.tenant = TenantID(tenant)
        self.conversation = ConversationID(conversation)
        number = json["number"]?.string.map { BusinessNumberID($0) }
        results = (json["results"]?.elements ?? []).compactMap { result in
            guard let measure = result["measure"]?.string, let end = result["end"]?.string,
                let seconds = result["calendarSeconds"]?.wholeNumber,
                let at = result["endedAt"]?.moment
            else { return nil }
            return Result(measure: measure, end: end, seconds: seconds, at: at)
        }
    }
}

/// That somebody did something which the audit log keeps.
struct Acted: Fact {
    static let type = AuditEntry.type
    static let topic = AuditEntry.topic
    static let personal = AuditEntry.personal

    var tenant: TenantID
    var action: String
    /// The person of the team who did it: no key, no operator, and nobody in their place.
    var by: AgentID?
    /// Whether it was refused, or Parley did it by itself.
    var isNoUse: Bool
    var at: Timestamp
    var key: String { tenant.rawValue }

    init?(_ json: JSONView) {
        guard let tenant = json["tenant"]?.string, let action = json["action"]?.string,
            let actor = json["actor"]?.string, let at = json["at"]?.moment
        else { return nil }
        self.tenant = TenantID(tenant)
        self.action = action
        self.at = at
        let isRefused = json["refusal"].map { !$0.isNull } ?? false
        isNoUse = isRefused || actor == "system"
        let parts = actor.split(separator: "/", maxSplits: 1)
        let isInPlaceOf = json["who"]?["impersonator"].map { !$0.isNull } ?? false
        if parts.count == 2, parts[0] == "account" || parts[0] == "agent", !isInPlaceOf {
            by = AgentID(String(parts[1]))
        }
    }
}

extension JSONView {
    /// A moment, within the years that can be written.
    fileprivate var moment: Timestamp? {
        guard let number = wholeNumber, Timestamp(milliseconds: number).isCounted else {
            return nil
        }
        return Timestamp(milliseconds: number)
    }

    /// The name of an enumeration's case, and what it holds.
    fileprivate var caseOfEnum: (name: String, content: JSONView)? {
        fields.first.map { ($0.name, $0.value) }
    }
}

extension Timestamp {
    /// Whether a figure can be of it: the years 1970 to 9999.
    var isCounted: Bool { (0...253_402_300_799_999).contains(milliseconds) }
}
