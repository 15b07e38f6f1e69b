package import JSON

/// A customer's message, as the webhook brought it.
package struct InboundMessage: Payload {
    package static let type = "parley.message.inbound"
    package static let topic = Topic.messagesInbound
    package static let personal: [FieldPath] = [
        "wamid", "contact", "content", "context", "referral", "group", "errors", "extra",
    ]

    /// The business that was written to.
    package var tenant: TenantID
    /// The conversation: business number and customer.
    package var conversation: ConversationID
    /// The business number that was written to.
    package var number: BusinessNumberID
    /// The message, by our name.
    package var message: MessageID
    /// WhatsApp's own name of it; `nil` in records from before ours was another one.
    package var wamid: WhatsAppMessageID?
    /// The message that the customer takes back with this one: beside the content, which is
    /// sealed, as the ledger looks at every message.
    package var takesBack: MessageID?
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
    /// The conversation in which it came first, where that goes on in this one.
    package var cameFrom: ConversationID?
    /// What came with it that nothing else here holds, as WhatsApp's JSON: fields of the message,
    /// and under the name of its type those of its part.
    package var extra: RawJSON?

    /// The conversation.
    package var key: String { conversation.rawValue }

    /// Describes a message.
    package init(
        tenant: TenantID, conversation: ConversationID, number: BusinessNumberID,
        message: MessageID, wamid: WhatsAppMessageID? = nil, contact: Contact, sentAt: Timestamp,
        receivedAt: Timestamp, content: MessageContent, context: MessageContext? = nil,
        referral: RawJSON? = nil, group: String? = nil, errors: [PlatformError]? = nil,
        extra: RawJSON? = nil
    ) {
        self.tenant = tenant
        self.conversation = conversation
        self.number = number
        self.message = message
        self.wamid = wamid
        self.contact = contact
        self.sentAt = sentAt
        self.receivedAt = receivedAt
        self.content = content
        self.context = context
        self.referral = referral
        self.group = group
        self.errors = errors
        self.extra = extra
        if wamid != nil, case .revoke(let target) = content { takesBack = target }
    }

    /// The words, or what was sent instead, as a line of a transcript has them: in a group, after
    /// the name of who wrote.
    package var transcriptText: String {
        guard group != nil, let author = contact.name ?? contact.phone ?? contact.userID
        else { return content.transcriptText }
        return "\(author): \(content.transcriptText)"
    }

    /// What a line of a transcript holds besides words.
    package var transcript: TranscriptContent? {
        let quotes = context?.message
        guard let referral = TranscriptContent.Referral(referral) else {
            return content.transcript(quoting: quotes)
        }
        var short = content.transcript(quoting: quotes) ?? TranscriptContent(kind: content.kind)
        short.referral = referral
        return short
    }

    /// WhatsApp's own name of the message, which the Graph API wants.
    package var graphID: WhatsAppMessageID { wamid ?? WhatsAppMessageID(message.rawValue) }
}

/// What a message refers to.
package struct MessageContext: Hashable, Sendable, Codable {
    /// The message that is quoted or whose button was tapped, by our name.
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

extension InboundMessage {
    /// The value of a record's JSON.
    ///
    /// Every stage, table and report reads these, so most take a shorter way than `Decodable`,
    /// which spends most of its time on finding out at run time what it has to call.
    package static func read(_ json: [UInt8]) throws(RecordError) -> Self {
        // What is no JSON, or anything else, is read below, or refused with what is wrong with it.
        if let tape = try? JSONTape(json), let usual = Self(usual: tape.root) { return usual }
        return try RecordCodec.decode(Self.self, from: json)
    }

    /// A text that nothing came with; `nil` for all others, and where a field is not what it
    /// should be.
    private init?(usual json: JSONView) {
        guard let tenant = json["tenant"]?.string,
            let conversation = json["conversation"]?.string,
            let number = json["number"]?.string, let message = json["message"]?.string,
            let contact = json["contact"].flatMap({ Contact(usual: $0) }),
            let sentAt = json["sentAt"]?.wholeNumber,
            let receivedAt = json["receivedAt"]?.wholeNumber,
            let content = json["content"], content["type"]?.string == "text",
            let text = content["text"]?.string,
            json["context"] == nil, json["referral"] == nil, json["group"] == nil,
            json["errors"] == nil, json["extra"] == nil, json["takesBack"] == nil,
            json["cameFrom"] == nil
        else { return nil }
        var wamid: WhatsAppMessageID?
        if let field = json["wamid"] {
            guard let name = field.string else { return nil }
            wamid = WhatsAppMessageID(name)
        }
        self.init(
            tenant: TenantID(tenant), conversation: ConversationID(conversation),
            number: BusinessNumberID(number), message: MessageID(message), wamid: wamid,
            contact: contact,
            sentAt: Timestamp(milliseconds: sentAt),
            receivedAt: Timestamp(milliseconds: receivedAt), content: .text(text))
        guard self.sentAt.isReadable, self.receivedAt.isReadable else { return nil }
    }
}

extension Contact {
    /// A customer whose fields are texts where they are there; `nil` where one is not.
    fileprivate init?(usual json: JSONView) {
        guard json.isObject else { return nil }
        var isUsual = true
        func text(_ name: StaticString) -> String? {
            guard let field = json[name] else { return nil }
            let text = field.string
            if text == nil { isUsual = false }
            return text
        }
        self.init(
            userID: text("userID"), parentUserID: text("parentUserID"), phone: text("phone"),
            name: text("name"), username: text("username"))
        guard isUsual else { return nil }
    }
}
