package import AuditRecords
package import Conversation

/// What is wished of an account.
///
/// Decided by the stage `accounts`, in order for each account, and answered by one ``AccountEvent``
/// with the same reference.
package struct AccountCommand: Payload {
    package static let type = "parley.account.command"
    package static let topic = Topic.accountsCommands
    package static let personal: [FieldPath] = ["action", "by", "origin", "reference"]

    /// What is wished.
    ///
    /// Where it says *proven*, the acting session has to have proved within ten minutes who it is.
    package enum Action: Hashable, Sendable, Codable {
        /// To make the account; the address is reserved first.
        case create(NewAccount)
        /// To change name and language.
        case rename(name: String, language: String?)
        /// To begin a session. The password was right at the edge; the fold asks for the second
        /// factor, and spends it.
        case signIn(NewSession, Proof)
        /// To prove again who it is, by the strongest factor that there is; the session gets
        /// another token.
        case prove(SessionID, tokenHash: String, Proof)
        /// To note that a session was used: at most once an hour.
        case noteUse(SessionID)
        /// To end a session.
        case endSession(SessionID)
        /// To end all sessions, but for the one that acts.
        case endSessions
        /// Proven: to have another password. Ends the other sessions.
        case changePassword(hash: String)
        /// To keep the same password under another hash.
        case rehashPassword(hash: String, version: Int)
        /// Proven: to set up a second factor; nothing is asked for until its first code came.
        case offerFactor(FactorID, Sealed)
        /// Proven: to begin with the offered factor. Spends the code and ends the other sessions.
        case confirmFactor(FactorID, step: Int64, backupCodes: [String])
        /// Proven: to do without. Ends the other sessions.
        case removeFactor
        /// Proven: to have other backup codes, by their hashes; the former ones are void.
        case renewBackupCodes([String])
        /// To keep the same secret under another key of the ring.
        case resealFactor(FactorID, Sealed)
        /// An administrator's: to take a lost factor away. Ends all sessions.
        case resetFactor
        /// To send the link that verifies the address; not within a minute of the last.
        case startVerification(OneTimeToken)
        /// To verify the address by a link's token.
        case verify(tokenHash: String)
        /// Proven: to have another address. It is reserved first, and confirmed from there, and
        /// where there is no second factor from the old one too, before it counts.
        case startAddressChange(AddressClaim, token: OneTimeToken, oldToken: OneTimeToken)
        /// To confirm it, by the token that the new or the old address got.
        case confirmAddressChange(tokenHash: String)
        /// To let it be: by its person, or by the token that the old address got.
        case cancelAddressChange(tokenHash: String?)
        /// To send the link by which a password is chosen; not within a minute of the last.
        case startReset(OneTimeToken)
        /// To choose a password by that link's token. Ends all sessions, and keeps the factor.
        case reset(tokenHash: String, passwordHash: String)
        /// To let it sign in no more. Asks each of its tenants whether another owner is left.
        case disable
        /// To let it sign in again.
        case enable
        /// To be gone; proven, where it is the person's own wish. Asks as ``disable`` does.
        case delete
        /// To accept an invitation; the account's verified address has to be the invited one.
        case join(TenantID, tokenHash: String)
        /// To decline one.
        case declineInvitation(TenantID, tokenHash: String)
        /// To make a tenant, and be its owner.
        case found(TenantID, NewOrganisation)
    }

    /// The account.
    package var account: AccountID
    /// Who wishes it: `account` for the person, else the edge has asked what they may.
    package var by: AuditActor
    /// Where from.
    package var origin: AuditOrigin?
    /// What is wished.
    package var action: Action
    /// The request's own id, echoed in the event that answers it.
    package var reference: String
    /// When.
    package var at: Timestamp

    /// No tenant's.
    package var tenant: TenantID { .installation }
    /// The account.
    package var key: String { account.rawValue }
    /// The id of its record: the same request, sent again, has the same.
    package var id: RecordID {
        .derived(from: RecordID("\(by.text)/\(reference)"), by: "account/\(account)")
    }

    /// Describes a command.
    package init(
        account: AccountID, by: AuditActor, origin: AuditOrigin? = nil, action: Action,
        reference: String, at: Timestamp
    ) {
        self.account = account
        self.by = by
        self.origin = origin
        self.action = action
        self.reference = reference
        self.at = at
    }
}
