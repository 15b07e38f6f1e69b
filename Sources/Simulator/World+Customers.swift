import Endpoints
import FoundationEssentials
import HTTPServer
import JSON

/// What a test wants a customer to write.
struct CustomerMessage: Decodable, Sendable {
    var business: String
    /// The customer's phone.
    var from: String
    var text: String?
    /// A whole message object as WhatsApp's webhook holds it; id, sender and time are filled in.
    var message: [String: JSONValue]?
    /// The profile's name.
    var name: String?
    /// Whether webhooks leave the phone out, as for customers with a user name.
    var hides_phone: Bool?
    /// Whether webhooks leave the user id out, as all did before there were any.
    var hides_user_id: Bool?
}

/// What the customer's message became.
struct WrittenMessage: Encodable, Sendable {
    var wamid: String
    var from: String
    var user_id: String
    /// What the customer has seen so far: wait for more with `after=cursor`.
    var cursor: Int
    var update: WebhookUpdate?

    enum CodingKeys: String, CodingKey {
        case wamid, from, user_id, cursor
    }
}

extension World {
    /// A customer writes: plans the webhook.
    ///
    /// - Throws: `Problem` 404 for an unknown business, 400 for a message without content.
    mutating func write(
        _ message: CustomerMessage, at now: Int64
    ) throws(Problem) -> WrittenMessage {
        guard let business = businesses[message.business] else {
            throw Problem(.unknownBusiness, "no such business")
        }
        let phone = message.from.filter { $0.isASCII && $0.isNumber }
        guard (5...20).contains(phone.count) else {
            throw Problem(.badPhone, "from must be a phone number")
        }
        let key = open(business, phone: phone)
        guard var conversation = conversations[key] else {
            throw Problem(.unexpected, "the conversation is gone")
        }
        if let name = message.name { conversation.name = name }
        if let hides = message.hides_phone { conversation.hidesPhone = hides }
        if let hides = message.hides_user_id { conversation.hidesUserID = hides }
        guard !conversation.hidesPhone || !conversation.hidesUserID else {
            throw Problem(.badPhone, "a customer who hides the phone is named by the user id")
        }
        let wamid: String
        if case .string(let id)? = message.message?["id"] {
            wamid = id
        } else {
            // Hidden from this message on, where it says so.
            conversations[key]?.hidesPhone = conversation.hidesPhone
            wamid = makeWamid(key)
        }
        let stamp = now + faults.consumeSkew(business.name)
        let json = try Self.json(of: message, wamid: wamid, key, conversation, at: stamp)
        // A reaction is not counted: whether it opens the window is not documented.
        if message.message?["type"] != .string("reaction") { conversation.lastWrote = now }
        let number = conversation.note(wamid, json, at: now)
        conversations[key] = conversation
        writers[wamid] = key
        stats.messagesFromCustomers += 1
        return WrittenMessage(
            wamid: wamid, from: phone, user_id: conversation.userID,
            cursor: conversation.seen.count,
            update: update(
                .message(json, number: number), key, conversation, business.name, due: now))
    }

    private static func json(
        of message: CustomerMessage, wamid: String, _ key: ConversationName,
        _ conversation: SimulatedConversation, at now: Int64
    ) throws(Problem) -> String {
        let from = conversation.hidesPhone ? "" : "\"from\":\"\(key.phone)\","
        let user =
            conversation.hidesUserID
            ? "" : "\"from_user_id\":\(JSONString.quoted(conversation.userID)),"
        let head =
            "{\(from)\(user)\"id\":\(JSONString.quoted(wamid)),\"timestamp\":\"\(now / 1000)\""
        if let text = message.text {
            return head + ",\"type\":\"text\",\"text\":{\"body\":\(JSONString.quoted(text))}}"
        }
        guard var object = message.message, object["type"] != nil else {
            throw Problem(.noContent, "give text, or message with its type")
        }
        object["id"] = .string(wamid)
        if object["from"] == nil, !conversation.hidesPhone { object["from"] = .string(key.phone) }
        if object["from_user_id"] == nil, !conversation.hidesUserID {
            object["from_user_id"] = .string(conversation.userID)
        }
        if object["timestamp"] == nil { object["timestamp"] = .string(String(now / 1000)) }
        do {
            return String(decoding: try JSONEncoder().encode(object), as: UTF8.self)
        } catch {
            throw Problem(.invalidRequest, "the message is not valid JSON")
        }
    }
}
