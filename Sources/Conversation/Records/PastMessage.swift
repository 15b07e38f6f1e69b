/// What was said before the number was connected here: the business's phone shares its chats then.
///
/// It is there to be read, in a topic of its own: nobody answers it, and it opens no window.
package struct PastMessage: Payload {
    package static let type = "parley.message.past"
    package static let topic = Topic.messagesHistory
    package static let personal: [FieldPath] = ["message", "status"]

    /// The business.
    package var tenant: TenantID
    /// The message; its contact is the customer, whoever wrote.
    package var message: InboundMessage
    /// Whether the business wrote it.
    package var isFromBusiness: Bool
    /// How far it came, in WhatsApp's word, such as `READ`.
    package var status: String?

    /// The conversation.
    package var key: String { message.key }

    /// Describes a message.
    package init(message: InboundMessage, isFromBusiness: Bool, status: String? = nil) {
        tenant = message.tenant
        self.message = message
        self.isFromBusiness = isFromBusiness
        self.status = status
    }

    /// The type of a message whose medium WhatsApp does not tell of, or tells of later.
    package static let placeholder = "media_placeholder"

    /// Whether the message says no more than that there was a medium.
    package var isPlaceholder: Bool {
        if case .other(Self.placeholder, _) = message.content { true } else { false }
    }
}
