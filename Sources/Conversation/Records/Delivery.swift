/// What became of an outbound message, so far.
package struct Delivery: Payload {
    package static let type = "parley.delivery"
    package static let topic = Topic.messagesDelivery
    package static let personal: [FieldPath] = ["outcome", "pricing"]
    package static let kindField: FieldPath? = "outcome"

    /// How a message fared.
    package enum Outcome: Hashable, Sendable, Codable {
        /// WhatsApp took it and named it; `wamid` is its own name, `nil` in records from before
        /// ours was another one.
        case accepted(MessageID, wamid: WhatsAppMessageID? = nil)
        /// WhatsApp reported progress: `sent`, `delivered`, `read`, `played`.
        case progressed(MessageID, MessageStatus.Progress)
        /// It will not arrive.
        case failed(MessageID?, PlatformError)
        /// It was called for, but whether WhatsApp took it is unknown; it waits for a status.
        case unknown(because: String)
        /// It was not sent, on purpose.
        case dropped(DropReason)
        /// It waits: the tenant, the number or the pair may not send now.
        ///
        /// `code` is WhatsApp's error, where it refused everything and not this message alone.
        case held(because: String, until: Timestamp, code: Int? = nil)
    }

    /// Why a message was not sent.
    package enum DropReason: String, Hashable, Sendable, Codable {
        /// The conversation's owner changed before it left.
        case staleEpoch
        /// The customer's last message is more than 24 hours old.
        case windowClosed
        /// Whether an earlier attempt arrived is unknown, and the tenant wants at most one.
        case unknownOutcome
        /// The tenant is gone or its number is not its own any more.
        case unknownTenant
    }

    /// The business.
    package var tenant: TenantID
    /// The conversation.
    package var conversation: ConversationID
    /// The outbound message's record.
    package var outbound: RecordID
    /// The outbound message's epoch.
    package var epoch: Int
    /// Which attempt this is about, from 1; 0 where none was made.
    package var attempt: Int
    /// How it fared.
    package var outcome: Outcome
    /// The messages that it answers.
    package var answers: [MessageID]
    /// When, by WhatsApp's clock for progress, else by ours.
    package var at: Timestamp
    /// What WhatsApp says that it costs: with the first word about it, and no other.
    package var pricing: MessagePricing?

    /// The conversation.
    package var key: String { conversation.rawValue }

    /// Describes what became of a message.
    package init(
        tenant: TenantID, conversation: ConversationID, outbound: RecordID, epoch: Int,
        attempt: Int, outcome: Outcome, answers: [MessageID], at: Timestamp,
        pricing: MessagePricing? = nil
    ) {
        self.tenant = tenant
        self.conversation = conversation
        self.outbound = outbound
        self.epoch = epoch
        self.attempt = attempt
        self.outcome = outcome
        self.answers = answers
        self.at = at
        self.pricing = pricing
    }
}

extension Delivery.Outcome {
    /// Whether the customer will, as far as is known, never see the message, and nobody wanted it
    /// so: a person decides whether it is sent again.
    package var isLost: Bool {
        switch self {
        case .failed: true
        case .dropped(let reason): reason != .staleEpoch
        case .accepted, .progressed, .unknown, .held: false
        }
    }
}
