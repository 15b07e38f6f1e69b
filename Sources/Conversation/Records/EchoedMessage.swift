package import JSON

/// What the business wrote to a customer on its phone, or on a device linked to that.
///
/// WhatsApp tells of it where a number is used in the WhatsApp Business app, too. It may tell of
/// Parley's own sends there as well: they are known by their names.
package struct EchoedMessage: Payload {
    package static let type = "parley.message.echoed"
    package static let topic = Topic.messagesInbound
    package static let personal: [FieldPath] = [
        "wamid", "recipient", "content", "context", "group", "errors", "extra",
    ]

    /// The business that wrote.
    package var tenant: TenantID
    /// The conversation: business number and customer.
    package var conversation: ConversationID
    /// The business number that it was written from.
    package var number: BusinessNumberID
    /// The message, by our name.
    package var message: MessageID
    /// WhatsApp's own name of it.
    package var wamid: WhatsAppMessageID
    /// Who it was written to.
    package var recipient: Contact
    /// When it was written, by WhatsApp's clock, to the second.
    package var sentAt: Timestamp
    /// When the webhook brought it.
    package var receivedAt: Timestamp
    /// What it holds.
    package var content: MessageContent
    /// What it answers or was forwarded from.
    package var context: MessageContext?
    /// The group that it was written in.
    package var group: String?
    /// Errors that WhatsApp reported beside it.
    package var errors: [PlatformError]?
    /// What came with it that nothing else here holds, as WhatsApp's JSON.
    package var extra: RawJSON?

    /// The conversation.
    package var key: String { conversation.rawValue }

    /// Describes a message.
    package init(
        tenant: TenantID, conversation: ConversationID, number: BusinessNumberID,
        message: MessageID, wamid: WhatsAppMessageID, recipient: Contact, sentAt: Timestamp,
        receivedAt: Timestamp, content: MessageContent, context: MessageContext? = nil,
        group: String? = nil, errors: [PlatformError]? = nil, extra: RawJSON? = nil
    ) {
        self.tenant = tenant
        self.conversation = conversation
        self.number = number
        self.message = message
        self.wamid = wamid
        self.recipient = recipient
        self.sentAt = sentAt
        self.receivedAt = receivedAt
        self.content = content
        self.context = context
        self.group = group
        self.errors = errors
        self.extra = extra
    }

    /// The same as a message of the conversation, for what only reads what it holds.
    package var asMessage: InboundMessage {
        InboundMessage(
            tenant: tenant, conversation: conversation, number: number, message: message,
            wamid: wamid, contact: recipient, sentAt: sentAt, receivedAt: receivedAt,
            content: content, context: context, group: group, errors: errors, extra: extra)
    }
}
