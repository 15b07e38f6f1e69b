package import Conversation

/// What happened to an account.
///
/// A view is a fold of these: the facts are the account's row, and what happens to sessions is told
/// one by one.
package struct AccountEvent: Payload {
    package static let type = "parley.account.event"
    package static let topic = Topic.accountsEvents
    package static let personal: [FieldPath] = ["facts", "change", "reference"]

    /// What happened.
    package enum Change: Hashable, Sendable, Codable {
        /// The command was not done.
        case refused(Refusal)
        /// It was made.
        case created
        /// Name or language are other ones.
        case renamed
        /// A session began, proven, at the event's epoch.
        case signedIn(NewSession)
        /// A session proved who it is, and has another token.
        case proven(SessionID, tokenHash: String)
        /// A session was used.
        case used(SessionID)
        /// A session ended.
        case sessionEnded(SessionID)
        /// Sessions ended, by the epoch.
        case sessionsEnded
        /// The password is another.
        case passwordChanged
        /// The password was set by a link.
        case passwordReset
        /// The password's hash is another.
        case passwordRehashed
        /// A second factor waits for its first code.
        case factorOffered
        /// A second factor is asked for.
        case factorActivated
        /// There is no second factor.
        case factorRemoved
        /// The factor's secret is sealed under another key.
        case factorResealed
        /// There are other backup codes.
        case backupCodesRenewed
        /// A link to verify the address was sent.
        case verificationSent
        /// The address is verified.
        case verified
        /// A change of address waits to be confirmed, or was confirmed by one side.
        case addressChanging
        /// The address is another.
        case addressChanged
        /// A change of address was let be, or waited too long.
        case addressChangeEnded
        /// A link to choose a password was sent.
        case resetSent
        /// It may not sign in.
        case disabled
        /// It may sign in again.
        case enabled
        /// It is gone.
        case deleted
        /// It belongs to a tenant now.
        case joined(TenantID)
        /// It belongs to a tenant no more.
        case left(TenantID)
        /// An invitation was declined.
        case declined(TenantID)
    }

    /// The account.
    package var account: AccountID
    /// The credential epoch: it only rises, and a session of an earlier one has ended.
    package var epoch: Int
    /// The session that goes on where the epoch rose: it is of this epoch now.
    package var kept: SessionID?
    /// What is known of it after the event.
    package var facts: AccountFacts
    /// What happened.
    package var change: Change
    /// The `reference` of the command that this answers.
    package var reference: String?
    /// When.
    package var at: Timestamp

    /// No tenant's.
    package var tenant: TenantID { .installation }
    /// The account.
    package var key: String { account.rawValue }

    /// Describes an event.
    package init(
        account: AccountID, epoch: Int, kept: SessionID? = nil, facts: AccountFacts,
        change: Change, reference: String? = nil, at: Timestamp
    ) {
        self.account = account
        self.epoch = epoch
        self.kept = kept
        self.facts = facts
        self.change = change
        self.reference = reference
        self.at = at
    }
}
