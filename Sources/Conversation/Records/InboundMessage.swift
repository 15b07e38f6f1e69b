package import JSON

/// A customer's message, as the webhook brought it.
package struct InboundMessage: Payload {
    package static let type = "parley.message.inbound"
    package static let topic = Topic.messagesInbound
    package static let personal: [FieldPath] = [
        "message", "contact", "content", "context", "referral", "errors",
    ]

    /// The business that was written to.
    package var tenant: TenantID
    /// The conversation: business number and customer.
    package var conversation: ConversationID
    /// The business number that was written to.
    package var number: BusinessNumberID
    /// The message's `wamid`.
    package var message: MessageID
    /// Who wrote.
    package var contact: Contact
    /// When the customer sent it, by WhatsApp's clock, to the second.
    package var sentAt: Timestamp
    /// When the webhook brought it.
    package var receivedAt: Timestamp
    /// What it holds.
    package var content: MessageContent
    /// What it answers or was forwarded from.
    package var context: MessageContext?
    /// The advertisement that it came from, as WhatsApp's JSON.
    package var referral: RawJSON?
    /// The group that it was written in.
    package var group: String?
    /// Errors that WhatsApp reported beside it.
    package var errors: [PlatformError]?
    /// What came with it that nothing else here holds, as WhatsApp's JSON: fields of the message,
    /// and under the name of its type those of its part.
    package var extra: RawJSON?

    /// The conversation.
    package var key: String { conversation.rawValue }

    /// Describes a message.
    package init(
        tenant: TenantID, conversation: ConversationID, number: BusinessNumberID,
        message: MessageID, contact: Contact, sentAt: Timestamp, receivedAt: Timestamp,
        content: MessageContent, context: MessageContext? = nil, referral: RawJSON? = nil,
        group: String? = nil, errors: [PlatformError]? = nil, extra: RawJSON? = nil
    ) {
        self.tenant = tenant
        self.conversation = conversation
        self.number = number
        self.message = message
        self.contact = contact
        self.sentAt = sentAt
        self.receivedAt = receivedAt
        self.content = content
        self.context = context
        self.referral = referral
        self.group = group
        self.errors = errors
        self.extra = extra
    }
}

/// What a message refers to.
package struct MessageContext: Hashable, Sendable, Codable {
    /// The message that is quoted or whose button was tapped.
    package var message: MessageID?
    /// Who wrote that message.
    package var from: String?
    /// Whether the message was forwarded.
    package var forwarded: Bool?
    /// Whether it was forwarded more than five times.
    package var frequentlyForwarded: Bool?
    /// The catalogue product that was asked about, as WhatsApp's JSON.
    package var product: RawJSON?

    /// Describes what a message refers to.
    package init(
        message: MessageID? = nil, from: String? = nil, forwarded: Bool? = nil,
        frequentlyForwarded: Bool? = nil, product: RawJSON? = nil
    ) {
        self.message = message
        self.from = from
        self.forwarded = forwarded
        self.frequentlyForwarded = frequentlyForwarded
        self.product = product
    }
}
