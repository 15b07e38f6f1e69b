/// What WhatsApp last said of a business's account, of a number or of a template.
///
/// It holds WhatsApp's words, which are of a fixed form, and no free text.
package struct ChannelEvent: Hashable, Sendable, Codable {
    /// How much it matters to people.
    package enum Weight: String, Hashable, Sendable, Codable {
        /// It is worth knowing.
        case news
        /// Somebody should look at it.
        case warning
        /// It keeps messages from going out.
        case trouble
    }

    /// The webhook's field, such as `account_update`.
    package var field: String
    /// WhatsApp's word for what happened, such as `FLAGGED`.
    package var event: String
    /// What it is about, where that is not the account: a number's digits, or a template's name and
    /// language.
    package var subject: String?
    /// WhatsApp's other words about it: a reason, a limit, what is restricted.
    package var details: [String]
    /// How much it matters.
    package var weight: Weight
    /// When it is over, where WhatsApp says so.
    package var ends: Timestamp?
    /// When it happened.
    package var at: Timestamp

    /// Describes an event.
    package init(
        field: String, event: String, subject: String? = nil, details: [String] = [],
        weight: Weight = .news, ends: Timestamp? = nil, at: Timestamp
    ) {
        self.field = field
        self.event = event
        self.subject = subject
        self.details = details
        self.weight = weight
        self.ends = ends
        self.at = at
    }

    /// What happened, in plain words.
    package var meaning: String {
        let about = subject.map { " (\($0))" } ?? ""
        let words = Self.words[field]?.meaning ?? "WhatsApp reports \(field)"
        let said = ([event] + details).filter { !$0.isEmpty }.joined(separator: ", ")
        return "\(words)\(about): \(said)"
    }

    /// What a person can do about it; `nil` where nothing is to be done.
    package var remedy: String? { weight == .news ? nil : Self.words[field]?.remedy }

    /// What the fields are about, and what is done where they bring trouble (WhatsApp, "Webhooks
    /// overview" and the page of each field).
    private static let words: [String: (meaning: String, remedy: String)] = [
        "account_update": (
            "WhatsApp says of the account",
            "Read why in the account's quality pages in Meta's business settings, and ask for a "
                + "review there."
        ),
        "account_review_update": (
            "WhatsApp has reviewed the account",
            "Read why in Meta's business settings, and ask for another review there."
        ),
        "account_alerts": (
            "WhatsApp warns about the account", "Read the alert in WhatsApp Manager."
        ),
        "business_capability_update": (
            "What the business may send has changed", "Look at its limits in WhatsApp Manager."
        ),
        "phone_number_quality_update": (
            "The quality or the limit of a number has changed",
            "Look at the number in WhatsApp Manager, and write to those only who asked for it."
        ),
        "phone_number_name_update": (
            "WhatsApp has looked at a number's display name",
            "Ask for another display name in WhatsApp Manager."
        ),
        "business_username_update": (
            "The business's user name has changed", "Look at it in WhatsApp Manager."
        ),
        "message_template_status_update": (
            "A template's state has changed",
            "Read why in WhatsApp Manager, and change the template or use another one."
        ),
        "message_template_quality_update": (
            "Customers' opinion of a template has changed",
            "Change the template, or send it to fewer: WhatsApp pauses those of low quality."
        ),
        "template_category_update": (
            "WhatsApp has put a template into another category",
            "It costs what its new category costs: change its words, or ask for a review in "
                + "WhatsApp Manager."
        ),
        "security": (
            "Something about a number's protection has changed",
            "If nobody of yours did it, change the number's two-step PIN in WhatsApp Manager."
        ),
    ]

    /// Whether the field is about an account, a number or a template at all.
    package static func isAbout(_ field: String) -> Bool { words[field] != nil }
}
