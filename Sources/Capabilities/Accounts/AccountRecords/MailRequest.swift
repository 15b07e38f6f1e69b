package import Conversation

/// A mail that a decision wants sent.
///
/// Its record's id names it, so that what is done twice sends one mail.
package struct MailRequest: Payload {
    package static let type = "parley.mail.request"
    package static let topic = Topic.mailRequests
    package static let personal: [FieldPath] = ["to", "name", "language", "values"]

    /// What a mail is about.
    package enum Kind: String, Hashable, Sendable, Codable {
        /// A link that verifies the address.
        case verification
        /// A link by which a password is chosen, asked for by whoever knows the address.
        case reset
        /// The same, for an account that somebody else made.
        case welcome
        /// A link that confirms a new address, to the new one.
        case addressConfirmation
        /// To the old address: it is to be another; with a link that says no, and yes where the
        /// old one has to confirm.
        case addressNotice
        /// The address is another, to the old one.
        case addressChanged
        /// The password is another.
        case passwordChanged
        /// A second factor came or went.
        case factorChanged
        /// An invitation into a team.
        case invitation
    }

    /// The tenant in whose name it is sent; ``TenantID/installation`` for the installation's.
    package var tenant: TenantID
    /// What it is about.
    package var kind: Kind
    /// The account or invitation that it concerns.
    package var about: String
    /// The address.
    package var to: String
    /// What the person is called.
    package var name: String?
    /// The person's language.
    package var language: String?
    /// What the text names: `organisation`, `inviter`, `role`, `address`.
    package var values: [String: String]
    /// The token that its link holds.
    package var token: OneTimeToken?
    /// When.
    package var at: Timestamp

    /// What it concerns.
    package var key: String { about }

    /// Describes a mail.
    package init(
        tenant: TenantID, kind: Kind, about: String, to: String, name: String? = nil,
        language: String? = nil, values: [String: String] = [:], token: OneTimeToken? = nil,
        at: Timestamp
    ) {
        self.tenant = tenant
        self.kind = kind
        self.about = about
        self.to = to
        self.name = name
        self.language = language
        self.values = values
        self.token = token
        self.at = at
    }
}
