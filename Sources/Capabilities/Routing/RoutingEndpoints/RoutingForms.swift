import Conversation
import Endpoints
package import JSON
import RoutingRecords

/// A queue, as it is wished.
package struct QueueForm: Hashable, Sendable, Codable, Described {
    /// What it is called.
    package var name: String
    /// Which is served first, 1 before 2.
    package var priority: Int?
    /// Who belongs to it, by account.
    package var members: [String]?
    /// What agents must be able to do.
    package var skills: [String]?
    /// How much of an agent's capacity one of its conversations takes.
    package var weight: Int?
    /// Which conversations come here.
    package var takes: [RuleForm]?
    /// Whether it takes what no queue's rules name.
    package var isDefault: Bool?
    /// How long an agent has to answer an offer, in seconds.
    package var offerSeconds: Int?
    /// After how long skills are asked for no more, in seconds.
    package var widenAfter: Int?
    /// After how long a conversation goes on in another queue, in seconds.
    package var overflowAfter: Int?
    /// That other queue.
    package var overflow: String?
    /// After how long supervisors are told, in seconds.
    package var alertAfter: Int?

    static let skill = JSONSchema.text(
        "A skill.", 1...40, pattern: #"[^\s,]+( [^\s,]+)*"#, rule: "words without a comma")

    package static let schema = JSONSchema.object(
        [
            .required("name", .text("What it is called.", 1...60)),
            .optional(
                "priority", .integer("Which is served first, 1 before 2.", 1...9, standard: 5)),
            .optional(
                "members", .list(.text("An account.", 1...100), "Who belongs to it.", 0...1_000)),
            .optional("skills", .list(skill, "What agents must be able to do.", 0...20)),
            .optional(
                "weight",
                .integer("What one conversation takes of a capacity.", 1...20, standard: 1)),
            .optional("takes", .list(RuleForm.schema, "Which conversations come here.", 0...20)),
            .optional("isDefault", .boolean("Whether it takes what no queue's rules name.")),
            .optional(
                "offerSeconds",
                .integer("How long an agent has to answer an offer.", 10...600, standard: 30)),
            .optional("widenAfter", seconds("After how long skills are asked for no more.")),
            .optional("overflowAfter", seconds("After how long it goes on in another queue.")),
            .optional("overflow", .id("That other queue.")),
            .optional("alertAfter", seconds("After how long supervisors are told.")),
        ], named: "QueueForm")

    private static func seconds(_ note: String) -> JSONSchema {
        .integer(note, 10...604_800)
    }

    /// The queue of that id as it is wished.
    func queue(_ id: RecordID) -> RoutingQueue {
        RoutingQueue(
            id: id, name: name.trimmed, priority: priority ?? 5,
            members: Self.once(members ?? []).map { AgentID($0) },
            skills: Self.once((skills ?? []).map(\.asSkill)), weight: weight ?? 1,
            takes: (takes ?? []).map(\.rule).filter { !$0.isEmpty }, isDefault: isDefault ?? false,
            offerSeconds: offerSeconds ?? 30, widenAfter: widenAfter,
            overflowAfter: overflow == nil ? nil : overflowAfter,
            overflow: overflow.map { RecordID($0) }, alertAfter: alertAfter)
    }

    /// Each once, in order.
    static func once(_ words: [String]) -> [String] {
        var seen: Set<String> = []
        return words.filter { !$0.isEmpty && seen.insert($0).inserted }
    }
}

extension String {
    fileprivate var trimmed: String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
    /// Skills are the same however they are written.
    var asSkill: String { trimmed.lowercased() }
}

/// Which conversations a queue takes; what is named has to hold, of each list one.
package struct RuleForm: Hashable, Sendable, Codable, Described {
    /// Why a person is needed.
    package var reasons: [String]?
    /// Languages of customers.
    package var languages: [String]?
    /// Business numbers.
    package var numbers: [String]?
    /// Labels.
    package var labels: [String]?

    /// Why people are needed; whoever takes a conversation over has it already.
    private static let words = [
        HandoffReason.asked, .unanswered, .unsupported, .modelFailure, .unreadable, .undelivered,
        .suspended, .missedCall, .stopped,
    ].map(\.rawValue)

    package static let schema = JSONSchema.object(
        [
            .optional(
                "reasons", .list(.words(words, "A reason."), "Why a person is needed.", 0...20)),
            .optional(
                "languages",
                .list(.text("A language, such as es.", 2...12), "Customers' languages.", 0...20)),
            .optional("numbers", .list(.id("A number."), "Business numbers.", 0...50)),
            .optional("labels", .list(.id("A label."), "Labels.", 0...50)),
        ], named: "QueueRule")

    init(_ rule: RoutingRule) {
        reasons = rule.reasons
        languages = rule.languages
        numbers = rule.numbers?.map(\.rawValue)
        labels = rule.labels?.map(\.rawValue)
    }

    var rule: RoutingRule {
        func some<Value>(_ list: [Value]?) -> [Value]? { list?.isEmpty == true ? nil : list }
        return RoutingRule(
            reasons: some(reasons), languages: some(languages?.map { $0.lowercased() }),
            numbers: some(numbers?.map { BusinessNumberID($0) }),
            labels: some(labels?.map { RecordID($0) }))
    }
}

/// A queue, as it is listed.
package struct QueueListing: Hashable, Sendable, Codable, Described {
    /// Its id.
    package var id: String
    /// What it is called.
    package var name: String
    /// Which is served first, 1 before 2.
    package var priority: Int
    /// Who belongs to it.
    package var members: [String]
    /// What agents must be able to do.
    package var skills: [String]
    /// What one of its conversations takes of a capacity.
    package var weight: Int
    /// Which conversations come here.
    package var takes: [RuleForm]
    /// Whether it takes what no queue's rules name.
    package var isDefault: Bool
    /// How long an agent has to answer an offer.
    package var offerSeconds: Int
    /// After how long skills are asked for no more.
    package var widenAfter: Int?
    /// After how long it goes on in another queue.
    package var overflowAfter: Int?
    /// That other queue.
    package var overflow: String?
    /// After how long supervisors are told.
    package var alertAfter: Int?

    init(_ queue: RoutingQueue) {
        id = queue.id.rawValue
        name = queue.name
        priority = queue.priority
        members = queue.members.map(\.rawValue)
        skills = queue.skills
        weight = queue.weight
        takes = queue.takes.map { RuleForm($0) }
        isDefault = queue.isDefault
        offerSeconds = queue.offerSeconds
        widenAfter = queue.widenAfter
        overflowAfter = queue.overflowAfter
        overflow = queue.overflow?.rawValue
        alertAfter = queue.alertAfter
    }

    package static let schema = JSONSchema.object(
        [
            .required("id", .text("The queue.")),
            .required("name", .text("What it is called.")),
            .required("priority", .count("Which is served first, 1 before 2.")),
            .required("members", .list(.text(), "Who belongs to it.")),
            .required("skills", .list(.text(), "What agents must be able to do.")),
            .required("weight", .count("What one of its conversations takes of a capacity.")),
            .required("takes", .list(RuleForm.schema, "Which conversations come here.")),
            .required("isDefault", .boolean("Whether it takes what no queue's rules name.")),
            .required("offerSeconds", .count("How long an agent has to answer an offer.")),
            .optional("widenAfter", .count("After how long skills are asked for no more.")),
            .optional("overflowAfter", .count("After how long it goes on in another queue.")),
            .optional("overflow", .text("That other queue.")),
            .optional("alertAfter", .count("After how long supervisors are told.")),
        ], named: "Queue")
}

/// An agent, as routing knows them.
package struct AgentListing: Hashable, Sendable, Codable, Described {
    /// The agent.
    package var id: String
    /// The agent's name, where they were ever here.
    package var name: String?
    /// What they can do.
    package var skills: [String]
    /// How much weight they are offered at most.
    package var capacity: Int
    /// The business numbers that they may see; all, where it is not there.
    package var numbers: [String]?
    /// What they chose.
    package var status: String?
    /// Whether they are there.
    package var isReachable: Bool

    package static let schema = JSONSchema.object(
        [
            .required("id", .text("The agent.")),
            .optional("name", .text("The agent's name, where they were ever here.")),
            .required("skills", .list(.text(), "What they can do.")),
            .required("capacity", .count("How much weight they are offered at most.")),
            .optional(
                "numbers",
                .list(.text(), "The business numbers that they may see; all, where not there.")),
            .optional("status", .words(AgentStatus.allCases.map(\.rawValue), "What they chose.")),
            .required("isReachable", .boolean("Whether they are there.")),
        ], named: "RoutedAgent")
}

/// A tenant's queues and agents.
package struct RoutingListing: Hashable, Sendable, Codable, Described {
    /// In the order in which they are served.
    package var queues: [QueueListing]
    /// Those of whom something is known; all others have nothing but the usual capacity.
    package var agents: [AgentListing]
    /// What an agent of whom nothing is said is offered at most.
    package var standardCapacity: Int

    package static let schema = JSONSchema.object(
        [
            .required(
                "queues", .list(QueueListing.schema, "In the order in which they are served.")),
            .required(
                "agents", .list(AgentListing.schema, "Those of whom something is known.")),
            .required(
                "standardCapacity", .count("The capacity of agents of whom nothing is said.")),
        ], named: "Routing")
}

/// What an agent can do and how much, as it is wished.
package struct ProfileForm: Hashable, Sendable, Codable, Described {
    /// What they can do.
    package var skills: [String]?
    /// How much weight they are offered at most.
    package var capacity: Int?

    package static let schema = JSONSchema.object(
        [
            .optional("skills", .list(QueueForm.skill, "What they can do.", 0...50)),
            .optional(
                "capacity",
                .integer(
                    "How much weight they are offered at most.", 0...100,
                    standard: AgentProfile.standardCapacity)),
        ], named: "AgentProfile")
}

/// Which queue is meant.
package struct OneQueue: Described, Decodable, Hashable {
    /// The queue.
    package var queue: String
    package static let schema = JSONSchema.object([.required("queue", .id("The queue."))])
}

/// Which agent is meant.
package struct OneAgent: Described, Decodable, Hashable {
    /// The agent.
    package var agent: String
    package static let schema = JSONSchema.object([.required("agent", .id("The agent."))])
}
