import Conversation

/// The JSON of a message (WhatsApp, "Service messages" and "Business-scoped user IDs").
struct MessageBody: Encodable {
    private enum Field: String, CodingKey {
        case messaging_product, recipient_type, to, recipient, type, context
        case biz_opaque_callback_data
        case text, image, video, audio, document, sticker, interactive, template, location
        case contacts, reaction
    }

    private enum ContextField: String, CodingKey {
        case message_id
    }

    let to: String?
    let recipient: String?
    private let content: OutboundContent
    private let part: any Encodable
    private let field: Field
    private let callbackData: String

    /// Addresses the customer's phone if it is known, else their business-scoped user id.
    ///
    /// - Throws: ``UnsendableContent`` if the customer has no address or there is no body for the
    ///   content.
    init(
        _ content: OutboundContent, to contact: Contact, callbackData: String
    ) throws(UnsendableContent) {
        if let phone = contact.phone.flatMap(Self.international) {
            to = phone
            recipient = nil
        } else if let id = contact.userID ?? contact.phone, !id.isEmpty {
            to = nil
            recipient = id
        } else {
            throw .noAddress
        }
        part = try content.graphPart
        guard let field = Field(rawValue: content.kind) else { throw .unknownKind(content.kind) }
        self.field = field
        self.content = content
        self.callbackData = callbackData
    }

    /// Writes the envelope, and the content under the name of its kind.
    func encode(to encoder: any Encoder) throws {
        var box = encoder.container(keyedBy: Field.self)
        try box.encode("whatsapp", forKey: .messaging_product)
        try box.encode("individual", forKey: .recipient_type)
        try box.encodeIfPresent(to, forKey: .to)
        try box.encodeIfPresent(recipient, forKey: .recipient)
        try box.encode(content.kind, forKey: .type)
        try box.encode(part, forKey: field)
        try box.encode(callbackData, forKey: .biz_opaque_callback_data)
        guard let message = content.quotes else { return }
        var context = box.nestedContainer(keyedBy: ContextField.self, forKey: .context)
        try context.encode(message, forKey: .message_id)
    }

    /// The phone with `+` and country code, or `nil` if it is no phone number.
    ///
    /// Without `+` WhatsApp would prepend the business's own
    /// country code. Some webhooks put a user id where the phone belongs.
    static func international(_ phone: String) -> String? {
        var digits = "+"
        for character in phone.unicodeScalars {
            switch character {
            case "0"..."9": digits.unicodeScalars.append(character)
            case "+", " ", "-", "(", ")": continue
            default: return nil
            }
        }
        return digits.count > 1 ? digits : nil
    }
}

/// Why no request can be made of a message.
enum UnsendableContent: Error, Hashable {
    /// The customer has neither a phone number nor a user id.
    case noAddress
    /// The file is not with WhatsApp yet.
    case notUploaded
    /// The Graph API's form of this kind is not known.
    case unknownKind(String)

    /// What WhatsApp would say.
    var error: PlatformError {
        switch self {
        case .noAddress: PlatformError(code: 131_008, title: "the customer has no address")
        case .notUploaded:
            PlatformError(code: 131_053, title: "the file has not been uploaded to WhatsApp")
        case .unknownKind(let kind):
            PlatformError(
                code: 131_051, title: "this version cannot send messages of the kind \(kind)")
        }
    }
}

/// The JSON that marks a message as read.
struct MarkBody: Encodable {
    struct Typing: Encodable {
        var type = "text"
    }

    var messaging_product = "whatsapp"
    var status = "read"
    var message_id: WhatsAppMessageID
    var typing_indicator: Typing?

    init(_ message: WhatsAppMessageID, typing: Bool) {
        message_id = message
        typing_indicator = typing ? Typing() : nil
    }
}
