/// What one error code of WhatsApp's Graph API means, and what is to be done about it.
///
/// Meanings and classes: WhatsApp, "Error codes" (fetched 2026-09-11); 137000 and 131030 as client
/// libraries have them. HTTP statuses, titles and subcodes decide nothing.
package struct GraphErrorEntry: Hashable, Sendable {
    /// What becomes of the message, and of others.
    package enum Treatment: String, Hashable, Sendable, Codable, CaseIterable {
        /// It is sent again after a wait.
        case retry
        /// It is sent again a few times, as nobody knows whose fault it is.
        case retryLittle
        /// Messages between the number and this customer wait.
        case holdPair
        /// All messages of the number wait.
        case holdNumber
        /// All messages of the account wait.
        case holdAccount
        /// All messages of the app wait, whose they may be.
        case holdApp
        /// The business sends nothing more until somebody acts.
        case stopTenant
        /// This customer cannot be written to, or not so.
        case stopRecipient
        /// The window is closed: a template can go, or nothing until the customer writes.
        case needsTemplate
        /// The template is wrong, paused or gone.
        case badTemplate
        /// The message is given up: sent as it is, it fails again.
        case giveUp
    }

    /// The code; decide on it.
    package let code: Int
    /// What it means, in plain words.
    package let meaning: String
    /// What becomes of the message, and of others.
    package let treatment: Treatment
    /// What a person can do, in plain words.
    package let remedy: String

    init(_ code: Int, _ treatment: Treatment, _ meaning: String, _ remedy: String) {
        self.code = code
        self.treatment = treatment
        self.meaning = meaning
        self.remedy = remedy
    }

    /// The entry of a code; of one that is not known, what is done about those.
    package static func of(_ code: Int) -> GraphErrorEntry {
        if let known = table[code] { return known }
        if permissionCodes.contains(code) {
            return GraphErrorEntry(
                code, .stopTenant, "the token lacks a permission", Self.permissionRemedy)
        }
        return GraphErrorEntry(
            code, .giveUp, "WhatsApp gives no meaning that is known here",
            "Look the code up in WhatsApp's list of error codes; the trace id beside it is what "
                + "Meta's support asks for.")
    }

    /// Whether the code stands in WhatsApp's list as it was when this was written.
    package static func isKnown(_ code: Int) -> Bool {
        table[code] != nil || permissionCodes.contains(code)
    }

    /// All entries, by code.
    package static let table: [Int: GraphErrorEntry] = Dictionary(
        uniqueKeysWithValues: (limits + stops + refusals + templates + others).map {
            ($0.code, $0)
        })

    /// Missing or withdrawn permissions.
    private static let permissionCodes = 200...299
    static let permissionRemedy =
        "Give the system user the permission whatsapp_business_messaging for this account in "
        + "Meta's business settings, make a token with it, and connect the business with that."
}

extension PlatformError {
    /// What its code means, and what is to be done about it.
    package var entry: GraphErrorEntry { GraphErrorEntry.of(code) }
}
