import Conversation
import Endpoints
import JSON
import Operations

/// A message's story over all topics, step by step.
struct TraceStory: Described, Codable, Hashable {
    struct Call: Codable, Hashable, Sendable {
        var name: String
        var answer: String
        var at: Timestamp
        var milliseconds: Int64
        var model: String?
    }

    struct Step: Codable, Hashable, Sendable {
        var depth: Int
        var kind: String
        var name: String
        var id: RecordID
        var position: String?
        var at: Timestamp
        var delay: Int64
        var summary: String
        var calls: [Call]
    }

    var message: RecordID
    var tenant: TenantID
    var key: String
    var steps: [Step]
    var isCut: Bool

    static let mostSteps = 2_000

    private static let call = JSONSchema.object([
        .required("name", .text("What was asked.")),
        .required("answer", .text("The answer's kind, or failure.")),
        .required("at", .time("When it was asked.")),
        .required("milliseconds", .integer("How long it took.", 0...Int.max)),
        .optional("model", .text("The model that answered.")),
    ])
    private static let step = JSONSchema.object(
        [
            .required("depth", .count("How many steps are above it.")),
            .required(
                "kind", .words(["record", "decision", "timer", "deadLetter"], "What it is.")),
            .required("name", .text("The topic, the stage or the timer.")),
            .required("id", .text("The record's id; a decision's is its input's.")),
            .optional("position", .text("Where it stands.")),
            .required("at", .time("When.")),
            .required("delay", .integer("Milliseconds since the step above.", Int.min...Int.max)),
            .required("summary", .text("What it says, in a few words.")),
            .required("calls", .list(call, "What a decision asked of the world.")),
        ], named: "TraceStep")
    static let schema = JSONSchema.object(
        [
            .required("message", .text("The message that it began with.")),
            .required("tenant", .text("The business; - where none is named.")),
            .required("key", .text("The conversation.")),
            .required("steps", .list(step, "Each step before what followed from it.")),
            .required("isCut", .boolean("Whether there is more than is shown.")),
        ], named: "TraceStory")

    init(_ story: MessageTrace.Story) {
        message = story.message
        tenant = story.tenant
        key = story.key
        steps = []
        isCut = story.isCut
        for tree in story.trees { add(tree, 0) }
    }

    private mutating func add(_ node: TraceNode, _ depth: Int) {
        guard steps.count < Self.mostSteps else {
            isCut = true
            return
        }
        steps.append(
            Step(
                depth: depth, kind: node.kind.rawValue, name: node.name, id: node.id,
                position: node.position, at: node.at, delay: node.delay, summary: node.summary,
                calls: node.calls.map {
                    Call(
                        name: $0.name, answer: $0.answer, at: $0.began,
                        milliseconds: max(0, $0.milliseconds), model: $0.model)
                }))
        for child in node.children { add(child, depth + 1) }
    }
}

/// Whose story is wanted.
struct TraceParameters: Described, Decodable, Hashable {
    var id: String

    static let schema = JSONSchema.object([
        .required("id", .text("A message's wamid, or any record's id.", 1...512))
    ])
}

/// Whose messages are wanted.
struct OneConversation: Described, Decodable, Hashable {
    var conversation: ConversationID

    static let schema = JSONSchema.object([.required("conversation", .id("The conversation."))])
}

/// The messages of a conversation, by which their stories are asked for.
struct TracedMessages: Described, Codable, Hashable {
    struct Row: Codable, Hashable, Sendable {
        var message: RecordID
        var tenant: TenantID
        var at: Timestamp
    }

    var messages: [Row]

    static let schema = JSONSchema.object(
        [
            .required(
                "messages",
                .list(
                    .object([
                        .required("message", .text("Its record's id.")),
                        .required("tenant", .text("The business.")),
                        .required("at", .time("When it came in.")),
                    ]), "The newest first."))
        ], named: "TracedMessages")
}

/// Which messages are to be accounted for.
struct LedgerParameters: Described, Decodable, Hashable {
    var from: Timestamp?
    var to: Timestamp?
    var tenant: TenantID?

    static let schema = JSONSchema.object([
        .optional("from", .time("Accepted at or after this; a day ago unless told.")),
        .optional("to", .time("Accepted before this.")),
        .optional("tenant", .text("Of this business.", 1...63)),
    ])
}

/// What became of messages.
struct LedgerSummary: Described, Codable, Hashable {
    struct Count: Codable, Hashable, Sendable {
        var state: String
        var count: Int
    }

    struct Queue: Codable, Hashable, Sendable {
        var place: String
        var count: Int
        var oldest: String
    }

    struct Item: Codable, Hashable, Sendable {
        var message: String
        var tenant: TenantID
        var state: String
        var waiting: String?
        var accepted: String
        var heard: String
        var position: String
    }

    struct Business: Codable, Hashable, Sendable {
        var tenant: TenantID
        var states: [Count]
    }

    var from: Timestamp
    var messages: Int
    var repeats: Int
    var states: [Count]
    var businesses: [Business]
    var awaiting: [Queue]
    var items: [Item]
    var isCut: Bool

    private static let count = JSONSchema.object([
        .required("state", .words(MessageFate.names, "What became of them.")),
        .required("count", .count("How many.")),
    ])
    private static let item = JSONSchema.object(
        [
            .required("message", .text("The message's id; empty where it is gone.")),
            .required("tenant", .text("The business.")),
            .required("state", .words(MessageFate.names, "What became of it.")),
            .optional("waiting", .text("Where it waits.")),
            .required("accepted", .text("When it came in, RFC 3339.")),
            .required("heard", .text("When it was last heard of, RFC 3339.")),
            .required("position", .text("Where it stands.")),
        ], named: "LedgerItem")

    static let schema = JSONSchema.object(
        [
            .required("from", .time("From when on messages were accounted for.")),
            .required("messages", .count("All that were accepted.")),
            .required("repeats", .count("Webhooks that brought one again.")),
            .required("states", .list(count, "How many fared how.")),
            .required(
                "businesses",
                .list(
                    .object([
                        .required("tenant", .text("The business.")),
                        .required("states", .list(count, "How many fared how.")),
                    ]), "The same by business.")),
            .required(
                "awaiting",
                .list(
                    .object([
                        .required("place", .text("Where they wait.")),
                        .required("count", .count("How many.")),
                        .required("oldest", .text("When the oldest came in, RFC 3339.")),
                    ]), "Those that are under way.")),
            .required("items", .list(item, "Those that need a look.")),
            .required("isCut", .boolean("Whether there are more than are listed.")),
        ], named: "Ledger")

    init(_ report: LedgerReport, from: Timestamp) {
        self.from = from
        messages = report.messages
        repeats = report.repeats
        states = Self.counts(report.states)
        businesses = report.tenants.sorted { $0.key < $1.key }.map {
            Business(tenant: TenantID($0.key), states: Self.counts($0.value))
        }
        awaiting = report.awaiting.sorted { $0.key < $1.key }.map {
            Queue(place: $0.key, count: $0.value.count, oldest: $0.value.oldest)
        }
        items = report.items.map {
            Item(
                message: $0.message, tenant: TenantID($0.tenant), state: $0.state,
                waiting: $0.waiting, accepted: $0.accepted, heard: $0.heard,
                position: $0.position)
        }
        isCut = report.isCut
    }

    private static func counts(_ states: [String: Int]) -> [Count] {
        MessageFate.names.map { Count(state: $0, count: states[$0] ?? 0) }
    }
}
