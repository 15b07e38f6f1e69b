import Endpoints
import FoundationEssentials
import HTTPServer
import JSON

/// What a test wants WhatsApp to tell of a business: of its account, or what a customer wishes.
struct AccountNews: Decodable, Sendable {
    var business: String
    /// The webhook's field, such as `account_update` or `user_preferences`.
    var field: String
    /// The field's value, as WhatsApp's webhook holds it; the number is filled in where the field
    /// is about one.
    var value: [String: JSONValue]
}

extension AccountNews: Described {
    static let schema = JSONSchema.object(
        [
            .required("business", .text("The business's name.", 1...200)),
            .required(
                "field",
                .text(
                    "The webhook's field, such as account_update.", 1...100, pattern: "[a-z_]+",
                    rule: "a field's name")),
            .required(
                "value",
                JSONSchema(.map(JSONSchema(.any)), "The value, as WhatsApp's webhook holds it.")),
        ], named: "AccountNews")
}

extension World {
    /// The fields whose values name the number that they are about (WhatsApp, "Webhook fields").
    private static let fieldsOfNumbers: Set = [
        "messages", "calls", "user_preferences", "user_id_update", "smb_message_echoes", "history",
    ]

    /// The webhook by which WhatsApp tells of it.
    ///
    /// - Throws: `Problem` 404 for an unknown business.
    func update(of news: AccountNews, at now: Int64) throws(Problem) -> WebhookUpdate {
        guard let business = businesses[news.business] else {
            throw Problem(.unknownBusiness, "no such business")
        }
        var value = news.value
        if Self.fieldsOfNumbers.contains(news.field), value["metadata"] == nil {
            value["messaging_product"] = "whatsapp"
            value["metadata"] = [
                "display_phone_number": .string(business.displayNumber),
                "phone_number_id": .string(business.number),
            ]
        }
        let json: String
        do {
            json = String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
        } catch {
            throw Problem(.unexpected, "the value cannot be written")
        }
        return WebhookUpdate(
            due: now, business: business.name,
            conversation: ConversationName(number: business.number, phone: ""), customerName: "",
            userID: "", hidesPhone: true, body: .news(field: news.field, json))
    }
}
