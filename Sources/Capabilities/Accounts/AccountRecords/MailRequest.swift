package import AuditRecords
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
        /// What somebody is told, in the words of `subject` and `text`.
        case notification

        /// The page that its link opens, with the token in the fragment, which no log and no
        /// other site sees: `BASE/pages/reset/#TOKEN`; `nil` where it has no link.
        package var page: String? {
            switch self {
            case .verification: "/pages/verify/"
            case .reset, .welcome: "/pages/reset/"
            case .addressConfirmation, .addressNotice: "/pages/address/"
            case .invitation: "/pages/invitation/"
            case .addressChanged, .passwordChanged, .factorChanged, .notification: nil
            }
        }
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
    /// Who had it sent, where that was a person: told where it cannot be.
    package var askedBy: AccountID?
    /// What it tells of that whoever gets it can do without, by the kinds of notifications; `nil`
    /// where it cannot be refused.
    package var refusable: [String]?
    /// When.
    package var at: Timestamp

    /// What it concerns.
    package var key: String { about }

    /// Describes a mail.
    package init(
        tenant: TenantID, kind: Kind, about: String, to: String, name: String? = nil,
        language: String? = nil, values: [String: String] = [:], token: OneTimeToken? = nil,
        askedBy: AccountID? = nil, refusable: [String]? = nil, at: Timestamp
    ) {
        self.tenant = tenant
        self.kind = kind
        self.about = about
        self.to = to
        self.name = name
        self.language = language
        self.values = values
        self.token = token
        self.askedBy = askedBy
        self.refusable = refusable
        self.at = at
    }
}

extension AccountID {
    /// The account of whoever acts, where that is a person.
    package init?(person actor: AuditActor) {
        guard actor.kind == .account || actor.kind == .operator else { return nil }
        self.init(actor.id)
    }
}
