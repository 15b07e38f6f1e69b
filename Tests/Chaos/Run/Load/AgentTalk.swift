import ChaosChecker

/// What the console says to agents, as far as an agent of the load needs it.
struct AgentTalk: Decodable, Sendable {
    struct Handoff: Decodable, Sendable {
        struct Customer: Decodable, Sendable {
            var phone: String?
            var userID: String?
        }
        struct Holder: Decodable, Sendable {
            var id: String
        }
        var conversation: String
        var customer: Customer
        var status: String
        var holder: Holder?
        var reason: String?
        var waitingSince: Int64
        var version: Int64?
    }

    struct Line: Decodable, Sendable {
        var id: String
        var speaker: String
        var text: String
    }

    struct Transcript: Decodable, Sendable {
        var lines: [Line]
    }

    private enum CodingKeys: String, CodingKey {
        case type
        case ref = "cmdId"
        case conversation, handoff, handoffs, next, line, transcript, because, code
        case cursor, isResumed, events
    }

    var type: String
    var ref: String?
    var conversation: String?
    var handoff: Handoff?
    var handoffs: [Handoff]?
    var next: String?
    var line: Line?
    var transcript: Transcript?
    var because: String?
    var code: String?
    var cursor: String?
    var isResumed: Bool?
    var events: [AgentTalk]?
}

/// The first thing that an agent says.
struct AgentHello: Encodable, Sendable {
    private enum CodingKeys: String, CodingKey {
        case type, cursor, features
        case version = "protocol"
    }

    var type = "hello"
    var version = 2
    var cursor: String?
    var features = ["probe"]

    init(cursor: String?) { self.cursor = cursor }
}

/// What an agent asks for.
struct AgentWish: Encodable, Sendable {
    private enum CodingKeys: String, CodingKey {
        case type
        case ref = "cmdId"
        case conversation, text, content, cursor
    }

    var type: String
    var ref: String
    var conversation: String
    var text: String?
    var content: TemplateWish?
    var cursor: String?
}

/// A template that an agent sends, in the form of the agents' API.
struct TemplateWish: Encodable, Sendable {
    struct Template: Encodable, Sendable {
        var name: String
        var language: String
        var parameters: [Parameter]
    }
    struct Parameter: Encodable, Sendable { var text: String }
    var template: Template

    /// The words that agents say, as WhatsApp knows them.
    static let name = "agent_word"
    static let language = "en"
    /// The part of an agent's words that is filled in.
    static let body = "\(Words.agentMark){{1}}\(Agent.wordsEnd)"

    init(_ words: String) {
        template = Template(
            name: Self.name, language: Self.language, parameters: [Parameter(text: words)])
    }
}
