package import JSON

/// WhatsApp's word about a message that the business sent.
package struct MessageStatus: Payload {
    package static let type = "parley.message.status"
    package static let topic = Topic.messagesStatus
    package static let personal: [FieldPath] = [
        "wamid", "callbackData", "recipient", "errors", "pricing",
    ]

    /// How far a message has come.
    ///
    /// WhatsApp promises no order: only ever move forwards.
    package struct Progress: RawRepresentable, Hashable, Sendable, Codable {
        /// WhatsApp's word.
        package let rawValue: String
        /// Takes WhatsApp's word, known or not.
        package init(rawValue: String) { self.rawValue = rawValue }
        /// It left Meta.
        package static let sent = Self(rawValue: "sent")
        /// It reached the phone.
        package static let delivered = Self(rawValue: "delivered")
        /// It was read.
        package static let read = Self(rawValue: "read")
        /// The voice note was played.
        package static let played = Self(rawValue: "played")
        /// It will not arrive.
        package static let failed = Self(rawValue: "failed")

        /// The place in `sent < delivered < read < played`; `nil` for `failed` and unknown words.
        package var rank: Int? {
            switch self {
            case .sent: 1
            case .delivered: 2
            case .read: 3
            case .played: 4
            default: nil
            }
        }
    }

    /// The business that sent the message.
    package var tenant: TenantID
    /// The conversation, from the callback data, else from number and recipient.
    package var conversation: ConversationID
    /// The business number that sent it.
    package var number: BusinessNumberID
    /// The message, by our name.
    package var message: MessageID
    /// WhatsApp's own name of it; `nil` in records from before ours was another one.
    package var wamid: WhatsAppMessageID?
    /// How far it has come.
    package var progress: Progress
    /// When, by WhatsApp's clock, to the second.
    package var at: Timestamp
    /// When the webhook brought it.
    package var receivedAt: Timestamp
    /// The `biz_opaque_callback_data` of the send: the attempt's id.
    package var callbackData: String?
    /// Who it was for; missing where WhatsApp does not say.
    package var recipient: Contact?
    /// Why it failed.
    package var errors: [PlatformError]?
    /// The price, as WhatsApp's JSON.
    package var pricing: RawJSON?

    /// The conversation.
    package var key: String { conversation.rawValue }

    /// Describes a status.
    package init(
        tenant: TenantID, conversation: ConversationID, number: BusinessNumberID,
        message: MessageID, wamid: WhatsAppMessageID? = nil, progress: Progress, at: Timestamp,
        receivedAt: Timestamp, callbackData: String? = nil, recipient: Contact? = nil,
        errors: [PlatformError]? = nil,
        pricing: RawJSON? = nil
    ) {
        self.tenant = tenant
        self.conversation = conversation
        self.number = number
        self.message = message
        self.wamid = wamid
        self.progress = progress
        self.at = at
        self.receivedAt = receivedAt
        self.callbackData = callbackData
        self.recipient = recipient
        self.errors = errors
        self.pricing = pricing
    }
}
