import Endpoints
import FoundationEssentials
import HTTPServer
import JSON

/// What a test wants the business to write on its phone.
struct PhoneMessage: Decodable, Sendable {
    var business: String
    /// The customer's phone.
    var to: String
    var text: String?
    /// A whole message object as WhatsApp's webhook holds it; id, addresses and time are filled in.
    var message: [String: JSONValue]?
}

/// What the message on the phone became.
struct WrittenOnPhone: Encodable, Sendable {
    var wamid: String
    var update: WebhookUpdate?

    enum CodingKeys: String, CodingKey {
        case wamid
    }
}

extension World {
    /// The business writes on its phone: plans the webhook (WhatsApp, "smb_message_echoes").
    ///
    /// It does not open the window, and the API's answers know nothing of it.
    ///
    /// - Throws: `Problem` 404 for an unknown business, 400 for a message without content.
    mutating func write(
        _ message: PhoneMessage, at now: Int64
    ) throws(Problem) -> WrittenOnPhone {
        guard let business = businesses[message.business] else {
            throw Problem(.unknownBusiness, "no such business")
        }
        let phone = message.to.filter { $0.isASCII && $0.isNumber }
        guard (5...20).contains(phone.count) else {
            throw Problem(.badPhone, "to must be a phone number")
        }
        let key = open(business, phone: phone)
        guard let conversation = conversations[key] else {
            throw Problem(.unexpected, "the conversation is gone")
        }
        var object = message.message ?? [:]
        if let text = message.text {
            object["type"] = "text"
            object["text"] = ["body": .string(text)]
        }
        guard object["type"] != nil else {
            throw Problem(.noContent, "give text, or message with its type")
        }
        let wamid: String
        if case .string(let id)? = object["id"] { wamid = id } else { wamid = makeWamid(key) }
        object["id"] = .string(wamid)
        let echo = try Self.echo(object, business, key, conversation, at: now)
        stats.messagesFromPhones += 1
        return WrittenOnPhone(
            wamid: wamid,
            update: update(.echo(echo), key, conversation, business.name, due: now))
    }

    /// A message that was sent by the API, as WhatsApp may tell of it among the phone's.
    func echo(
        of message: JSONView, wamid: String, _ business: SimulatedBusiness, _ key: ConversationName,
        _ conversation: SimulatedConversation, at now: Int64
    ) -> WebhookUpdate? {
        let type = message["type"]?.string ?? ""
        guard let content = message.field(type) else { return nil }
        do {
            let value = try JSONDecoder().decode(
                JSONValue.self, from: Data(content.raw.text.utf8))
            let echo = try Self.echo(
                ["id": .string(wamid), "type": .string(type), type: value], business, key,
                conversation, at: now)
            return update(.echo(echo), key, conversation, business.name, due: now)
        } catch {
            return nil
        }
    }

    private static func echo(
        _ given: [String: JSONValue], _ business: SimulatedBusiness, _ key: ConversationName,
        _ conversation: SimulatedConversation, at now: Int64
    ) throws(Problem) -> String {
        var object = given
        object["from"] = .string(business.displayNumber.filter { $0.isASCII && $0.isNumber })
        if conversation.hidesPhone {
            object["to_user_id"] = .string(conversation.userID)
        } else {
            object["to"] = .string(key.phone)
            object["to_user_id"] = .string(conversation.userID)
        }
        if object["timestamp"] == nil { object["timestamp"] = .string(String(now / 1000)) }
        do {
            return String(decoding: try JSONEncoder().encode(object), as: UTF8.self)
        } catch {
            throw Problem(.invalidRequest, "the message is not valid JSON")
        }
    }
}

extension PhoneMessage: Described {
    static let schema = JSONSchema.object(
        [
            .required("business", .text("The business's name.", 1...200)),
            .required("to", .text("The customer's phone.", 1...40)),
            .optional("text", .text("What is written.", 0...100_000)),
            .optional(
                "message",
                JSONSchema(
                    .map(JSONSchema(.any)), "A whole message as WhatsApp's webhook holds it.")),
        ], named: "PhoneMessage")
}

extension WrittenOnPhone: Described {
    static let schema = JSONSchema.object(
        [.required("wamid", .text("The message."))], named: "WrittenOnPhone")
}
