/// Something to send to a customer; only the handoff stage writes it.
package struct OutboundMessage: Payload {
    package static let type = "parley.message.outbound"
    package static let topic = Topic.messagesOutbound
    package static let personal: [FieldPath] = ["recipient", "content", "author"]
    package static let kindField: FieldPath? = "content"

    /// What is sent.
    package enum Content: Hashable, Sendable {
        /// Something to read, see or hear: it becomes a part of the conversation.
        case message(OutboundContent)
        /// Marks the customer's message as read and shows that an answer is being written.
        case typing(for: WhatsAppMessageID)
        /// Marks the customer's message as read.
        case read(WhatsAppMessageID)

        /// Plain text.
        package static func text(_ text: String) -> Self { .message(.text(text)) }

        /// What becomes a part of the conversation.
        package var message: OutboundContent? {
            if case .message(let content) = self { content } else { nil }
        }
    }

    /// Who speaks.
    package enum Author: Hashable, Sendable, Codable {
        /// The bot, with where its words come from.
        case bot(Provenance)
        /// An agent.
        case agent(AgentID, name: String)
        /// Parley itself: a notice.
        case system
    }

    /// The business.
    package var tenant: TenantID
    /// The conversation.
    package var conversation: ConversationID
    /// The business number that sends.
    package var number: BusinessNumberID
    /// Who it is for.
    package var recipient: Contact
    /// The conversation's ownership epoch when it was allowed; an earlier epoch's unsent messages
    /// are dropped.
    package var epoch: Int
    /// What is sent.
    package var content: Content
    /// Who speaks.
    package var author: Author
    /// The messages that it answers, oldest first.
    package var answers: [MessageID]
    /// The customer's newest message: the conversation window closes 24 hours after it.
    package var windowAnchor: Timestamp
    /// When it was allowed.
    package var at: Timestamp
    /// The message that did not arrive and is sent again by this one.
    package var repeats: RecordID?

    /// The conversation.
    package var key: String { conversation.rawValue }

    /// Describes something to send.
    package init(
        tenant: TenantID, conversation: ConversationID, number: BusinessNumberID,
        recipient: Contact, epoch: Int, content: Content, author: Author, answers: [MessageID],
        windowAnchor: Timestamp, at: Timestamp, repeats: RecordID? = nil
    ) {
        self.tenant = tenant
        self.conversation = conversation
        self.number = number
        self.recipient = recipient
        self.epoch = epoch
        self.content = content
        self.author = author
        self.answers = answers
        self.windowAnchor = windowAnchor
        self.at = at
        self.repeats = repeats
    }
}

/// The conversation's owner changed: unsent messages of earlier epochs are void.
///
/// Travels among the outbound messages so that it keeps its place in their order.
package struct OwnershipChange: Payload {
    package static let type = "parley.ownership.change"
    package static let topic = Topic.messagesOutbound
    package static let personal: [FieldPath] = ["mode"]

    /// The business.
    package var tenant: TenantID
    /// The conversation.
    package var conversation: ConversationID
    /// The new epoch.
    package var epoch: Int
    /// Who owns the conversation now.
    package var mode: Mode
    /// When.
    package var at: Timestamp

    /// The conversation.
    package var key: String { conversation.rawValue }

    /// Describes a change of owner.
    package init(
        tenant: TenantID, conversation: ConversationID, epoch: Int, mode: Mode, at: Timestamp
    ) {
        self.tenant = tenant
        self.conversation = conversation
        self.epoch = epoch
        self.mode = mode
        self.at = at
    }
}

/// Who answers a conversation.
package enum Mode: Hashable, Sendable, Codable {
    /// The bot answers.
    case bot
    /// The conversation waits for an agent; the bot is silent.
    case queued
    /// An agent answers; the bot is silent.
    case claimed(by: AgentID, name: String)
}

/// The JSON form: a sign's name and its message, else ``OutboundContent``'s.
extension OutboundMessage.Content: Codable {
    private enum Sign: String, CodingKey {
        case typing, read
    }

    private enum TypingField: String, CodingKey {
        case message = "for"
    }

    private enum ReadField: String, CodingKey {
        case message = "_0"
    }

    /// Reads the form above.
    package init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: Sign.self)
        if box.contains(.typing) {
            let sign = try box.nestedContainer(keyedBy: TypingField.self, forKey: .typing)
            self = .typing(for: try sign.decode(WhatsAppMessageID.self, forKey: .message))
        } else if box.contains(.read) {
            let sign = try box.nestedContainer(keyedBy: ReadField.self, forKey: .read)
            self = .read(try sign.decode(WhatsAppMessageID.self, forKey: .message))
        } else {
            self = .message(try OutboundContent(from: decoder))
        }
    }

    /// Writes the form above.
    package func encode(to encoder: any Encoder) throws {
        switch self {
        case .message(let content): try content.encode(to: encoder)
        case .typing(let message):
            var box = encoder.container(keyedBy: Sign.self)
            var sign = box.nestedContainer(keyedBy: TypingField.self, forKey: .typing)
            try sign.encode(message, forKey: .message)
        case .read(let message):
            var box = encoder.container(keyedBy: Sign.self)
            var sign = box.nestedContainer(keyedBy: ReadField.self, forKey: .read)
            try sign.encode(message, forKey: .message)
        }
    }
}
