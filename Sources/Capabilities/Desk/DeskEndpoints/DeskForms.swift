package import Conversation
import DeskRecords
import Endpoints
package import JSON

/// A canned reply, as it is wished.
package struct ReplyForm: Hashable, Sendable, Codable, Described {
    /// What agents type for it.
    package var shortcut: String
    /// The language.
    package var language: String?
    /// What it is called in lists.
    package var title: String
    /// The words, with variables.
    package var text: String

    package static let schema = JSONSchema.object(
        [
            .required(
                "shortcut",
                .text(
                    "What agents type for it, after a /.", 1...32, pattern: "[a-z0-9][a-z0-9_-]*",
                    rule: "small letters, digits, _ and -")),
            .optional("language", .text("The language, such as es; any without it.", 2...12)),
            .required("title", .text("What it is called in lists.", 1...80)),
            .required(
                "text",
                .text("The words, with variables such as {customer.name}.", 1...2_000)),
        ], named: "CannedReplyForm")
}

/// A canned reply, as it is listed.
package struct ReplyListing: Hashable, Sendable, Codable, Described {
    /// Its id.
    package var id: String
    /// What agents type for it.
    package var shortcut: String
    /// The language.
    package var language: String
    /// What it is called in lists.
    package var title: String
    /// The words, with variables.
    package var text: String
    /// Whether it lies away.
    package var isArchived: Bool

    init(_ reply: CannedReply, isArchived: Bool) {
        id = reply.id.rawValue
        shortcut = reply.shortcut
        language = reply.language
        title = reply.title
        text = reply.text
        self.isArchived = isArchived
    }

    package static let schema = JSONSchema.object(
        [
            .required("id", .text("The reply.")),
            .required("shortcut", .text("What agents type for it.")),
            .required("language", .text("The language; empty for any.")),
            .required("title", .text("What it is called in lists.")),
            .required("text", .text("The words, with variables.")),
            .required("isArchived", .boolean("Whether it lies away.")),
        ], named: "CannedReply")
}

/// A tenant's canned replies.
package struct ReplyListings: Hashable, Sendable, Codable, Described {
    /// By shortcut and language.
    package var replies: [ReplyListing]
    /// What texts may name in braces.
    package var variables: [String]

    package static let schema = JSONSchema.object(
        [
            .required("replies", .list(ReplyListing.schema, "By shortcut and language.")),
            .required("variables", .list(.text(), "What texts may name in braces.")),
        ], named: "CannedReplies")
}

/// A label, as it is wished.
package struct LabelForm: Hashable, Sendable, Codable, Described {
    /// What it is called.
    package var name: String
    /// Its colour.
    package var colour: String

    package static let schema = JSONSchema.object(
        [
            .required("name", .text("What it is called.", 1...40)),
            .required("colour", .words(DeskLabel.colours, "Its colour.")),
        ], named: "LabelForm")
}

/// A label, as it is listed.
package struct LabelListing: Hashable, Sendable, Codable, Described {
    /// Its id.
    package var id: String
    /// What it is called.
    package var name: String
    /// Its colour.
    package var colour: String
    /// Whether it lies away.
    package var isArchived: Bool
    /// The label as which it goes on.
    package var mergedInto: String?
    /// How many conversations bear it.
    package var conversations: Int

    package static let schema = JSONSchema.object(
        [
            .required("id", .text("The label.")),
            .required("name", .text("What it is called.")),
            .required("colour", .text("Its colour.")),
            .required("isArchived", .boolean("Whether it lies away.")),
            .optional("mergedInto", .text("The label as which it goes on.")),
            .required("conversations", .count("How many conversations bear it.")),
        ], named: "Label")
}

/// A tenant's labels.
package struct LabelListings: Hashable, Sendable, Codable, Described {
    /// The labels.
    package var labels: [LabelListing]

    package static let schema = JSONSchema.object(
        [.required("labels", .list(LabelListing.schema, "By name."))], named: "Labels")
}

/// Whether something is to lie away.
package struct ArchiveForm: Hashable, Sendable, Codable, Described {
    /// Whether it lies away.
    package var isArchived: Bool

    package static let schema = JSONSchema.object(
        [.required("isArchived", .boolean("Whether it is to lie away."))], named: "ArchiveForm")
}

/// The label as which another is to go on.
package struct MergeForm: Hashable, Sendable, Codable, Described {
    /// The label as which it goes on.
    package var into: String

    package static let schema = JSONSchema.object(
        [.required("into", .id("The label as which it goes on."))], named: "MergeForm")
}

/// The labels of a conversation.
package struct ConversationLabels: Hashable, Sendable, Codable, Described {
    /// The labels.
    package var labels: [String]

    package static let schema = JSONSchema.object(
        [.required("labels", .list(.text(), "The labels."))], named: "ConversationLabels")
}

/// Conversations that bear a label.
package struct LabelledConversations: Hashable, Sendable, Codable, Described {
    /// Those that were marked last first.
    package var conversations: [String]

    package static let schema = JSONSchema.object(
        [
            .required(
                "conversations",
                .list(.text(), "Those that were marked last first; 500 at most."))
        ], named: "LabelledConversations")
}

/// Which reply is meant.
package struct OneReply: Described, Decodable, Hashable {
    /// The reply.
    package var reply: String
    package static let schema = JSONSchema.object([.required("reply", .id("The reply."))])
}

/// Which label is meant.
package struct OneLabel: Described, Decodable, Hashable {
    /// The label.
    package var label: String
    package static let schema = JSONSchema.object([.required("label", .id("The label."))])
}

/// Which conversation is meant.
package struct OneConversation: Described, Decodable, Hashable {
    /// The conversation.
    package var conversation: ConversationID
    package static let schema = JSONSchema.object([
        .required("conversation", .id("The conversation."))
    ])
}

/// Which label of which conversation is meant.
package struct OneMark: Described, Decodable, Hashable {
    /// The conversation.
    package var conversation: ConversationID
    /// The label.
    package var label: String
    package static let schema = JSONSchema.object([
        .required("conversation", .id("The conversation.")),
        .required("label", .id("The label.")),
    ])
}
