import Endpoints
package import JSON

/// A customer of a simulated business, as the list of chats shows them.
package struct SimulatorChat: Described, Codable, Hashable {
    /// The phone's digits.
    package var phone: String
    /// The profile's name.
    package var name: String
    /// What was said last, in words or as its kind.
    package var last: String?
    /// When, in milliseconds since 1970.
    package var at: Int64?

    /// Describes a chat.
    package init(phone: String, name: String, last: String?, at: Int64?) {
        self.phone = phone
        self.name = name
        self.last = last
        self.at = at
    }

    package static let schema = JSONSchema.object(
        [
            .required("phone", .text("The phone's digits.")),
            .required("name", .text("The profile's name.")),
            .optional("last", .text("What was said last, in words or as its kind.")),
            .optional("at", .count("When, in milliseconds since 1970.")),
        ], named: "SimulatorChat")
}

/// The customers who have a chat with a business, the newest first.
package struct SimulatorChats: Described, Codable, Hashable {
    /// The chats.
    package var chats: [SimulatorChat]

    /// Lists chats.
    package init(chats: [SimulatorChat]) { self.chats = chats }

    package static let schema = JSONSchema.object(
        [.required("chats", .list(SimulatorChat.schema, "The newest first."))],
        named: "SimulatorChats")
}

/// A chat as the customer's phone shows it.
package struct SimulatorThread: Described, Codable, Hashable {
    /// One message.
    package struct Entry: Described, Codable, Hashable {
        /// The message.
        package var wamid: String
        /// Whether the customer wrote it.
        package var is_own: Bool
        /// When, in milliseconds since 1970.
        package var at: Int64
        /// WhatsApp's word for its kind.
        package var type: String
        /// Its words, where it has any; of a template, as the customer reads it.
        package var text: String?
        /// What stands under its kind, as WhatsApp's API has it.
        package var content: JSONValue?
        /// The message that it quotes.
        package var quotes: String?
        /// What became of it.
        ///
        /// Of the business's, the statuses that were reported; of the customer's, `sent`, then
        /// `delivered` once the webhook was answered, then `read`.
        package var statuses: [String]

        /// Describes a message.
        package init(
            wamid: String, isOwn: Bool, at: Int64, type: String, text: String?,
            content: JSONValue?, quotes: String?, statuses: [String]
        ) {
            self.wamid = wamid
            is_own = isOwn
            self.at = at
            self.type = type
            self.text = text
            self.content = content
            self.quotes = quotes
            self.statuses = statuses
        }

        package static let schema = JSONSchema.object(
            [
                .required("wamid", .text("The message.")),
                .required("is_own", .boolean("Whether the customer wrote it.")),
                .required("at", .count("When, in milliseconds since 1970.")),
                .required("type", .text("WhatsApp's word for its kind.")),
                .optional("text", .text("Its words.")),
                .optional("content", JSONSchema(.any)),
                .optional("quotes", .text("The message that it quotes.")),
                .required("statuses", .list(.text(), "What was reported of it.")),
            ], named: "SimulatorMessage")
    }

    /// The phone's digits.
    package var phone: String
    /// The profile's name.
    package var name: String
    /// Changes with whatever changes in it: ask for what comes after it.
    package var revision: Int
    /// Whether the business shows that it writes.
    package var is_typing: Bool
    /// Until when the business may write freely, in milliseconds since 1970.
    package var open_until: Int64?
    /// What was said, oldest first; older messages are left out.
    package var entries: [Entry]

    /// Describes a chat.
    package init(
        phone: String, name: String, revision: Int, isTyping: Bool, openUntil: Int64?,
        entries: [Entry]
    ) {
        self.phone = phone
        self.name = name
        self.revision = revision
        is_typing = isTyping
        open_until = openUntil
        self.entries = entries
    }

    package static let schema = JSONSchema.object(
        [
            .required("phone", .text("The phone's digits.")),
            .required("name", .text("The profile's name.")),
            .required("revision", .count("Changes with whatever changes in it.")),
            .required("is_typing", .boolean("Whether the business shows that it writes.")),
            .optional(
                "open_until", .count("Until when the business may write freely, in milliseconds.")),
            .required("entries", .list(Entry.schema, "What was said, oldest first.")),
        ], named: "SimulatorThread")
}
