import Conversation
package import ConversationView
import Endpoints
import HTTPServer
package import JSON
import SQLite

/// Conversations over HTTP, whoever answers them: the list, and what was said in each.
struct ConversationRoutes: Sendable {
    let context: ConsoleContext

    private static let path = "/api/v1/tenants/{tenant}/conversations"

    /// The endpoints.
    var endpoints: [Endpoint] { [list, transcript] }

    private var list: Endpoint {
        .tenant(
            .at(
                .get, Self.path, "conversations.list",
                "Lists a tenant's conversations, those where something was said last first."),
            may: .readConversations,
            .init(takes: ConversationParameters.self, gives: Reply<ConversationList>.self)
        ) { call in
            let wanted = call.parameters
            let filter = wanted.filter
            let start = try wanted.bounds.start {
                ConversationCursor($0, of: filter, in: call.scope)
            }
            let page = try await context.conversations.answer { rows throws(SQLiteError) in
                try ConversationRows(rows, of: call.scope).list(
                    filter, from: start, atMost: wanted.bounds.rows)
            }
            return Reply(
                ConversationList(
                    conversations: page.conversations, previous: page.previous,
                    next: page.next))
        }
    }

    private var transcript: Endpoint {
        .tenant(
            .at(
                .get, Self.path + "/{conversation}", "conversations.read",
                "Reads what was said in a conversation, whoever answers it, from either end."),
            may: .readConversations,
            .init(
                takes: LinesParameters.self, gives: Reply<ConversationTranscript>.self,
                problems: [.noConversation])
        ) { call in
            let wanted = call.parameters
            let start = try wanted.bounds.start {
                LineCursor($0, of: wanted.conversation, in: call.scope)
            }
            let page = try await context.conversations.answer {
                rows throws(SQLiteError) -> ConversationTranscript? in
                try ConversationRows(rows, of: call.scope).transcript(
                    of: wanted.conversation, from: start, atMost: wanted.bounds.rows)
            }
            guard let page else {
                throw Problem(
                    .noConversation, "this tenant has no conversation \(wanted.conversation)")
            }
            return Reply(page)
        }
    }
}

extension TenantPermission {
    static let readConversations = Self("conversations:read", isForAgents: true)
}

extension Problem.Kind {
    static let noConversation = Self(404, "no_conversation")
}

/// Which page of a list is wanted that can be read from either end.
package struct BoundsParameters: Decodable, Hashable, Sendable {
    var limit: Int?
    var after: String?
    var before: String?

    static func fields(after: String, before: String) -> [JSONSchema.Field] {
        let most = PageParameters.mostRows
        return [
            .optional("limit", .integer("Rows of a page at most.", 1...most, standard: most)),
            .optional("after", .text(after, 1...2_000)),
            .optional("before", .text(before, 1...2_000)),
        ]
    }

    var rows: Int { limit ?? PageParameters.mostRows }

    /// Where the page begins.
    func start<Cursor>(_ read: (String) -> Cursor?) throws(Problem) -> PageStart<Cursor> {
        func cursor(_ text: String, _ name: String) throws(Problem) -> Cursor {
            guard let cursor = read(text) else {
                throw .invalid(
                    parameter: name,
                    "\(name) is what a page of the same list gave, as it is")
            }
            return cursor
        }
        switch (after, before) {
        case (nil, nil): return .newest
        case (let text?, nil): return .after(try cursor(text, "after"))
        case (nil, let text?): return .before(try cursor(text, "before"))
        case (_?, _?):
            throw .invalid(parameter: "before", "a page begins after a place or before one")
        }
    }
}

/// Which conversations are wanted.
package struct ConversationParameters: Described, Decodable, Hashable {
    var state: String?
    var holder: String?
    var handedOff: Bool?
    var bounds: BoundsParameters

    package static let schema = JSONSchema.object(
        [
            .optional(
                "state",
                .words(
                    ["open", "closed"],
                    "Whether a person has to do with it now: it waits for one or has one.")),
            .optional("holder", .text("The agent who has it.", 1...FrameLimits.id)),
            .optional("handedOff", .boolean("Whether a person ever had to do with it.")),
        ]
            + BoundsParameters.fields(
                after: "What the page before gave as next, as it is.",
                before: "What the page after gave as previous, as it is."))

    private enum Field: String, CodingKey {
        case state, holder, handedOff
    }

    /// Reads filters and bounds side by side.
    package init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: Field.self)
        state = try box.decodeIfPresent(String.self, forKey: .state)
        holder = try box.decodeIfPresent(String.self, forKey: .holder)
        handedOff = try box.decodeIfPresent(Bool.self, forKey: .handedOff)
        bounds = try BoundsParameters(from: decoder)
    }

    var filter: ConversationFilter {
        ConversationFilter(
            isOpen: state.map { $0 == "open" }, holder: holder.map { AgentID($0) },
            wasHandedOff: handedOff)
    }
}

/// Which part of a conversation is wanted.
package struct LinesParameters: Described, Decodable, Hashable {
    var conversation: ConversationID
    var bounds: BoundsParameters

    package static let schema = JSONSchema.object(
        [.required("conversation", .id("The conversation."))]
            + BoundsParameters.fields(
                after: "What a page gave as newer, as it is: the lines after it.",
                before: "What a page gave as older, as it is: the lines before it."))

    private enum Field: String, CodingKey {
        case conversation
    }

    /// Reads the conversation and the bounds side by side.
    package init(from decoder: any Decoder) throws {
        conversation = try decoder.container(keyedBy: Field.self).decode(
            ConversationID.self, forKey: .conversation)
        bounds = try BoundsParameters(from: decoder)
    }
}

/// A page of conversations.
package struct ConversationList: Hashable, Sendable, Codable {
    /// The conversations, those where something was said last first.
    package var conversations: [ConversationListing]
    /// The place before the first, to be given back as it is: what was written in meanwhile is
    /// there.
    package var previous: String?
    /// The place after the last, to be given back as it is; `nil` on the last page.
    package var next: String?
}

extension ConversationListing: Described {
    package static let schema = JSONSchema.object(
        [
            .required("conversation", .text("The conversation.")),
            .required("tenant", .text("The business.")),
            .optional("number", .text("The business number.")),
            .required("customer", Handoff.customer),
            .required("status", .words(["bot", "queued", "claimed"], "Who answers.")),
            .optional("holder", Handoff.holder),
            .required("wasHandedOff", .boolean("Whether a person ever had to do with it.")),
            .required("lastAt", .time("When something was last said or decided in it.")),
            .optional(
                "optedOutAt",
                .time("Since when the customer wants no messages that they did not ask for.")),
            .optional("last", Handoff.last),
            .optional("outcome", outcome),
            .optional("labels", .list(.text(), "The labels that it bears.")),
        ], named: "Conversation")

    private static let outcome = JSONSchema.object(
        [
            .required("word", .text("A name, one of few.")),
            .optional("note", .text("What is to be known besides.")),
        ], note: "What came of its last handoff.")
}

extension ConversationList: Described {
    package static let schema = JSONSchema.object(
        [
            .required(
                "conversations",
                .list(ConversationListing.schema, "Where something was said last, first.")),
            .optional(
                "previous",
                .text("The place before the first; give it back as `before` to see what is new.")),
            .optional("next", .text("Where the next page begins; give it back as `after`.")),
        ], named: "ConversationList")
}

extension ConversationTranscript: Described {
    package static let schema = JSONSchema.object(
        [
            .required("conversation", ConversationListing.schema),
            .required("lines", .list(HandoffTranscript.line, "What was said, oldest first.")),
            .optional("older", .text("Where older lines are; give it back as `before`.")),
            .optional(
                "newer", .text("The place after the last line; give it back as `after`.")),
        ], named: "ConversationTranscript")
}
