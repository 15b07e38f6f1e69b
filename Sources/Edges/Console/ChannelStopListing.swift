package import Conversation
import Endpoints
package import JSON

/// What keeps a business from sending over WhatsApp, with what to do about it.
package struct ChannelStopListing: Hashable, Sendable, Codable, Described {
    /// `tenant`, `account` or `number`.
    package var reach: String
    /// The number that it was noticed with.
    package var number: BusinessNumberID?
    /// WhatsApp's error code.
    package var code: Int
    /// What that means.
    package var meaning: String
    /// What can be done about it.
    package var remedy: String
    /// Since when.
    package var since: Timestamp
    /// When a message is tried again.
    package var until: Timestamp
    /// What Meta's support asks for.
    package var trace: String?
    /// When it is over, where WhatsApp says so.
    package var ends: Timestamp?

    /// Shows a stop.
    package init(_ stop: ChannelStop) {
        reach = stop.reach.rawValue
        number = stop.number.rawValue.isEmpty ? nil : stop.number
        code = stop.code
        meaning = stop.entry.meaning
        remedy = stop.entry.remedy
        since = stop.since
        until = stop.until
        trace = stop.trace
        ends = stop.ends
    }

    package static let schema = JSONSchema.object(
        [
            .required("reach", .words(["tenant", "account", "number"], "How far it reaches.")),
            .optional("number", .text("The phone_number_id that it was noticed with.")),
            .required("code", .integer("WhatsApp's error code.", 0...Int.max)),
            .required("meaning", .text("What that means.")),
            .required("remedy", .text("What can be done about it.")),
            .required("since", .time("Since when.")),
            .required("until", .time("When a message is tried again.")),
            .optional("trace", .text("What Meta's support asks for.")),
            .optional("ends", .time("When it is over, where WhatsApp says so.")),
        ], named: "ChannelStop")
}

/// What WhatsApp last said of a business's account, of a number or of a template.
package struct ChannelEventListing: Hashable, Sendable, Codable, Described {
    /// The webhook's field.
    package var field: String
    /// WhatsApp's word.
    package var event: String
    /// What it is about, where that is not the account.
    package var subject: String?
    /// `news`, `warning` or `trouble`.
    package var weight: String
    /// What happened, in plain words.
    package var meaning: String
    /// What can be done about it.
    package var remedy: String?
    /// When it is over, where WhatsApp says so.
    package var ends: Timestamp?
    /// When it happened.
    package var at: Timestamp

    /// Shows an event.
    package init(_ event: ChannelEvent) {
        field = event.field
        self.event = event.event
        subject = event.subject
        weight = event.weight.rawValue
        meaning = event.meaning
        remedy = event.remedy
        ends = event.ends
        at = event.at
    }

    package static let schema = JSONSchema.object(
        [
            .required("field", .text("The webhook's field, such as account_update.")),
            .required("event", .text("WhatsApp's word, such as FLAGGED.")),
            .optional("subject", .text("The number or the template that it is about.")),
            .required(
                "weight", .words(["news", "warning", "trouble"], "How much it matters.")),
            .required("meaning", .text("What happened.")),
            .optional("remedy", .text("What can be done about it.")),
            .optional("ends", .time("When it is over, where WhatsApp says so.")),
            .required("at", .time("When it happened.")),
        ], named: "ChannelEvent")
}
