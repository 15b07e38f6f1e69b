import Conversation

/// The JSON of a text message (WhatsApp, "Service messages" and "Business-scoped user IDs").
struct MessageBody: Encodable {
    struct Text: Encodable {
        var body: String
        var preview_url = false
    }
    struct Context: Encodable {
        var message_id: MessageID
    }

    var messaging_product = "whatsapp"
    var recipient_type = "individual"
    var to: String?
    var recipient: String?
    var type = "text"
    var text: Text
    var context: Context?
    var biz_opaque_callback_data: String

    /// Addresses the customer's phone if it is known, else their business-scoped user id;
    /// `nil` if the customer has no address.
    init?(
        text: String, to contact: Contact, callbackData: String, replyingTo message: MessageID?
    ) {
        if let phone = contact.phone.flatMap(Self.international) {
            to = phone
        } else if let id = contact.userID ?? contact.phone, !id.isEmpty {
            recipient = id
        } else {
            return nil
        }
        self.text = Text(body: text)
        context = message.map(Context.init)
        biz_opaque_callback_data = callbackData
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

/// The JSON that marks a message as read.
struct MarkBody: Encodable {
    struct Typing: Encodable {
        var type = "text"
    }

    var messaging_product = "whatsapp"
    var status = "read"
    var message_id: MessageID
    var typing_indicator: Typing?

    init(_ message: MessageID, typing: Bool) {
        message_id = message
        typing_indicator = typing ? Typing() : nil
    }
}
