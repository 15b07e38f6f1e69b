package import Conversation

/// What became of a mail.
package struct MailEvent: Payload {
    package static let type = "parley.mail.event"
    package static let topic = Topic.mailEvents
    package static let personal: [FieldPath] = []

    /// What became of it.
    package enum Outcome: String, Hashable, Sendable, Codable {
        /// The mail server took it.
        case sent
        /// It is kept, as there is no mail server.
        case kept
        /// The line broke after all was said.
        case maybeSent
        /// It is set aside.
        case failed
        /// It was kept, and somebody removed it.
        case removed
    }

    /// The tenant in whose name it was; ``TenantID/installation`` for the installation's.
    package var tenant: TenantID
    /// The request's id.
    package var mail: RecordID
    /// The account or invitation that it concerned.
    package var about: String
    /// What became of it.
    package var outcome: Outcome
    /// What it was called where it was kept: a hash; for what was removed.
    package var kept: String?
    /// When.
    package var at: Timestamp

    /// What it concerned.
    package var key: String { about }

    /// Describes what became of a mail.
    package init(
        tenant: TenantID, mail: RecordID, about: String, outcome: Outcome, kept: String? = nil,
        at: Timestamp
    ) {
        self.tenant = tenant
        self.mail = mail
        self.about = about
        self.outcome = outcome
        self.kept = kept
        self.at = at
    }
}
