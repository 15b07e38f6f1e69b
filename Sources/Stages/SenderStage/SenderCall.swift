package import Conversation

/// What the sender asks of the world.
package enum SenderCall: Hashable, Sendable, Codable {
    /// To send a message; the intent is durable before. Must never be repeated by itself.
    case send(SendRequest)
    /// To mark a message as read, perhaps with a typing sign: best effort, never repeated.
    case mark(MarkRequest)
}

/// A message for WhatsApp.
package struct SendRequest: Hashable, Sendable {
    /// The business.
    package var tenant: TenantID
    /// The business number that sends.
    package var number: BusinessNumberID
    /// Who it is for: the phone if it is known, else the business-scoped user id.
    package var recipient: Contact
    /// What is sent.
    package var content: OutboundContent
    /// The attempt, which goes along as `biz_opaque_callback_data`.
    package var attempt: AttemptID

    /// Describes a message.
    package init(
        tenant: TenantID, number: BusinessNumberID, recipient: Contact,
        content: OutboundContent, attempt: AttemptID
    ) {
        self.tenant = tenant
        self.number = number
        self.recipient = recipient
        self.content = content
        self.attempt = attempt
    }
}

/// Plain text stands in `text`, all else in `content`.
extension SendRequest: Codable {
    private enum Field: String, CodingKey {
        case tenant, number, recipient, text, content, attempt
    }

    /// Reads the form above.
    package init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: Field.self)
        tenant = try box.decode(TenantID.self, forKey: .tenant)
        number = try box.decode(BusinessNumberID.self, forKey: .number)
        recipient = try box.decode(Contact.self, forKey: .recipient)
        content = try box.content(text: .text, whole: .content)
        attempt = try box.decode(AttemptID.self, forKey: .attempt)
    }

    /// Writes the form above.
    package func encode(to encoder: any Encoder) throws {
        var box = encoder.container(keyedBy: Field.self)
        try box.encode(tenant, forKey: .tenant)
        try box.encode(number, forKey: .number)
        try box.encode(recipient, forKey: .recipient)
        try box.encode(content, text: .text, whole: .content)
        try box.encode(attempt, forKey: .attempt)
    }
}

/// A sign to the customer that their message was seen.
package struct MarkRequest: Hashable, Sendable, Codable {
    /// The business.
    package var tenant: TenantID
    /// The business number that was written to.
    package var number: BusinessNumberID
    /// The customer's message.
    package var message: WhatsAppMessageID
    /// Whether an answer is being written.
    package var typing: Bool

    /// Describes a sign.
    package init(
        tenant: TenantID, number: BusinessNumberID, message: WhatsAppMessageID, typing: Bool
    ) {
        self.tenant = tenant
        self.number = number
        self.message = message
        self.typing = typing
    }
}

/// What the world answers the sender.
package enum SenderAnswer: Hashable, Sendable, Codable {
    /// WhatsApp took the message and named it: our name of it, and WhatsApp's own, which answers
    /// from before ours was another one lack.
    ///
    /// `endsStop` says that everything was held back until now, and that this is over.
    case accepted(MessageID, wamid: WhatsAppMessageID? = nil, endsStop: Bool? = nil)
    /// WhatsApp refused it with an error that could be read.
    case refused(PlatformError)
    /// Nothing was written: no name, no connection, no TLS. Sending again is safe.
    case notSent(because: String)
    /// It was written, but no answer that can be read came back.
    case unknown(because: String)
    /// It was not tried: number, account, app or tenant may not send before `until`.
    ///
    /// `stop` is WhatsApp's error, where that is the reason; `knowing` is the end of the stop as
    /// others told it.
    case held(until: Timestamp, because: String, stop: Int? = nil, knowing: Timestamp? = nil)
    /// The tenant or its number is not set up.
    case unknownTenant(because: String)
    /// What became of a sign; nobody depends on it.
    case marked(Bool)
}
