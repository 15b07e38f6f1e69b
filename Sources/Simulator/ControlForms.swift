import Endpoints
package import JSON

/// What a registration gave.
package struct RegisteredBusiness: Described, Codable {
    /// The business, with its secrets.
    package var business: SimulatedBusiness
    /// Whether the webhook's URL was verified.
    package var verified: Bool
    /// Why it was not.
    package var problem: String?

    package static let schema = JSONSchema.object(
        [
            .required("business", SimulatedBusiness.schema),
            .required("verified", .boolean("Whether the webhook's URL was verified.")),
            .optional("problem", .text("Why it was not.")),
        ], named: "RegisteredBusiness")
}

extension SimulatedBusiness: Described {
    package static let schema = form(named: "Business", required: true)

    /// All fields, each of them required but the webhook's URL, or the name alone.
    fileprivate static func form(named name: String, required: Bool) -> JSONSchema {
        .object(
            [
                .required(
                    "name",
                    .text(
                        "The name by which the control API calls it.", 1...200,
                        pattern: #"[^/\u0000-\u001f\u007f]+"#, rule: "a name without /")),
                .init("number_id", .text("The phone_number_id.", 1...200), isRequired: required),
                .init(
                    "display_number", .text("The number as people read it.", 0...200),
                    isRequired: required),
                .init("account_id", .text("The business account.", 1...200), isRequired: required),
                .init("portfolio_id", .text("The portfolio.", 1...200), isRequired: required),
                .init("app_secret", .text("What signs webhooks.", 1...500), isRequired: required),
                .init(
                    "access_token", .text("What the Graph API wants to see.", 1...500),
                    isRequired: required),
                .init(
                    "verify_token", .text("What verifies the webhook.", 1...500),
                    isRequired: required),
                .optional("webhook_url", .text("Where webhooks go.", 0...2_000)),
            ], named: name)
    }
}

extension SimulatedBusiness.Registration: Described {
    package static let schema = SimulatedBusiness.form(named: "Registration", required: false)
}

extension CustomerMessage: Described {
    static let schema = JSONSchema.object(
        [
            .required("business", .text("The business's name.", 1...200)),
            .required("from", .text("The customer's phone.", 1...40)),
            .optional("text", .text("What is written.", 0...100_000)),
            .optional(
                "message",
                JSONSchema(
                    .map(JSONSchema(.any)), "A whole message as WhatsApp's webhook holds it.")),
            .optional("name", .text("The profile's name.", 0...1_000)),
            .optional("hides_phone", .boolean("Whether webhooks leave the phone out.")),
        ], named: "CustomerMessage")
}

extension WrittenMessage: Described {
    static let schema = JSONSchema.object(
        [
            .required("wamid", .text("The message.")),
            .required("from", .text("The phone's digits.")),
            .required("user_id", .text("The customer's id within the portfolio.")),
            .required("cursor", .count("Messages seen so far: wait for more `after` it.")),
        ], named: "WrittenMessage")
}

/// Which conversation is looked at, and whether it is waited for.
struct LookParameters: Described, Decodable {
    var business: String
    var from: String
    var after: Int?
    var wait: Double?

    /// The longest wait for a customer's next message, in seconds.
    static let longestWait = 60.0

    static let schema = JSONSchema.object([
        .required("business", .text("The business's name.", 1...200)),
        .required("from", .text("The customer's phone.", 1...40)),
        .optional("after", .integer("Messages seen already.", 0...Int.max, standard: 0)),
        .optional("wait", .number("Seconds to wait for a message, at most 60.")),
    ])
}

/// What a customer saw, as the control API tells it.
struct ConversationView: Described, Encodable {
    var business: String
    var from: String
    var user_id: String
    var cursor: Int
    var messages: [SeenMessage]
    var written: [WrittenTrace]
    var read: [String]
    var typing: [String]

    static let schema = JSONSchema.object(
        [
            .required("business", .text("The business's name.")),
            .required("from", .text("The phone's digits.")),
            .required("user_id", .text("The customer's id within the portfolio.")),
            .required("cursor", .count("Messages seen so far.")),
            .required("messages", .list(seen, "What the customer saw.")),
            .required("written", .list(trace, "What the customer wrote.")),
            .required("read", .list(.text(), "What was marked as read.")),
            .required("typing", .list(.text(), "What was answered with a typing mark.")),
        ], named: "Conversation")

    private static let seen = JSONSchema.object([
        .required("index", .count("The place in the conversation's log, from 1.")),
        .required("wamid", .text("The message.")),
        .required("type", .text("WhatsApp's word for its kind.")),
        .optional("text", .text("Its words.")),
        .required("at", .time("When it was accepted.")),
        .optional("callback_data", .text("What the sender gave to recognise it by.")),
        .optional("reply_to", .text("The message that it quotes.")),
        .optional("medium", medium),
        .required("statuses", .list(.text(), "The statuses reported so far.")),
        .optional("status_acknowledged_at", .time("When one was first answered with 200.")),
    ])

    private static let medium = JSONSchema.object(
        [
            .optional("id", .text("The media id.")),
            .optional("link", .text("The address, where it was sent by one.")),
            .optional("mime_type", .text("Its media type.")),
            .optional("sha256", .text("Its SHA-256 in hexadecimal digits.")),
            .optional("file_size", .count("Its bytes.")),
            .optional("caption", .text("The words under it.")),
            .optional("filename", .text("A document's name.")),
            .optional("voice", .boolean("Whether it is shown as a voice note.")),
        ], note: "The file that came with it.")

    private static let trace = JSONSchema.object([
        .required("wamid", .text("The message.")),
        .required("at", .time("When it was written.")),
        .optional("acknowledged_at", .time("When its webhook was first answered with 200.")),
    ])
}

extension Fault: Described {
    static let schema = JSONSchema.object(
        [
            .required(
                "kind", .words(FaultKind.allCases.map(\.rawValue), "What goes wrong.")),
            .optional("business", .text("For one business only.", 1...200)),
            .optional("count", .integer("How often; once if nothing is said.", 0...1_000_000_000)),
            .optional("probability", .number("How likely, from 0 to 1, until it is cleared.")),
            .optional(
                "milliseconds",
                .integer("How long, or how far off.", -1_000_000_000...1_000_000_000)
            ),
            .optional("code", .integer("The error code.", 0...1_000_000_000)),
            .optional("seed", .integer("What chance begins with.", 0...Int.max)),
        ], named: "Fault")
}

/// Counts since the start.
struct SimulatorCounts: Described, Encodable {
    var counts: SimulatorStats
    var faults: [String: Int]

    static let schema = JSONSchema.object(
        [
            .required(
                "counts",
                .object(
                    [
                        "calls", "accepted", "marks", "uploads", "messagesFromCustomers",
                        "messagesFromPhones", "updates",
                        "webhooks", "webhookRetries", "webhooksGivenUp",
                    ].map { .required($0, .count()) } + [
                        .required("refused", JSONSchema(.map(.count()), "Refusals, by code."))
                    ])),
            .required("faults", JSONSchema(.map(.count()), "How often each kind was applied.")),
        ], named: "Counts")
}

/// Which medium is forgotten.
struct ExpiryParameters: Described, Decodable {
    var medium: String

    static let schema = JSONSchema.object([.required("medium", .id("The media id."))])
}

/// Whose medium is stored.
struct MediumParameters: Described, Decodable {
    var business: String

    static let schema = JSONSchema.object([
        .required("business", .text("The business's name.", 1...200))
    ])
}

/// A medium that was stored.
struct StoredMediumReply: Described, Encodable {
    var id: String
    var mime_type: String
    var sha256: String

    static let schema = JSONSchema.object(
        [
            .required("id", .text("The medium.")),
            .required("mime_type", .text("Its media type.")),
            .required("sha256", .text("Its SHA-256 in base64.")),
        ], named: "Medium")
}
