package import AuditRecords
package import Conversation

/// What an account asks of a tenant's team, or tells it.
///
/// Decided by the stage `organisations`.
///
/// An account knows of a membership before the team does, and until after: so it can ask all teams
/// that might count on it before it can sign in no more.
package struct MembershipRequest: Payload {
    package static let type = "parley.membership.request"
    package static let topic = Topic.organisationsRequests
    package static let personal: [FieldPath] = ["wish", "by", "origin"]

    /// What is asked or told.
    ///
    /// What begins a membership is named by the record that asked for it.
    package enum Wish: Hashable, Sendable, Codable {
        /// To belong, by an invitation to this address, which the account has proven.
        case join(tokenHash: String, address: AddressKey)
        /// To decline an invitation.
        case decline(tokenHash: String, address: AddressKey)
        /// To make the tenant, and own it.
        case found(NewOrganisation)
        /// To belong, as was proposed by the membership's name.
        case agree(RecordID)
        /// Not to belong, as was proposed.
        case disagree(RecordID, because: Refusal)
        /// To sign in no more; answered by ``MembershipNotice/Word/mayLeave(_:)`` or
        /// ``MembershipNotice/Word/mustStay(_:)``.
        case leave
        /// To be able to sign in as before: it did not leave, or came back.
        case back
        /// To be gone for ever.
        case gone
    }

    /// The tenant.
    package var tenant: TenantID
    /// The account.
    package var account: AccountID
    /// What is asked or told.
    package var wish: Wish
    /// Who began it.
    package var by: AuditActor
    /// Where from.
    package var origin: AuditOrigin?
    /// When.
    package var at: Timestamp

    /// The tenant.
    package var key: String { tenant.rawValue }

    /// Describes a request.
    package init(
        tenant: TenantID, account: AccountID, wish: Wish, by: AuditActor,
        origin: AuditOrigin? = nil, at: Timestamp
    ) {
        self.tenant = tenant
        self.account = account
        self.wish = wish
        self.by = by
        self.origin = origin
        self.at = at
    }
}

/// The same, asked of those who run the installation.
///
/// Decided by the stage `installation`.
package struct OperatorRequest: Payload {
    package static let type = "parley.operator.request"
    package static let topic = Topic.installationRequests
    package static let personal: [FieldPath] = ["request"]

    /// What is asked or told; its tenant is ``TenantID/installation``.
    package var request: MembershipRequest

    /// The installation.
    package var tenant: TenantID { .installation }
    /// The one key.
    package var key: String { TenantID.installation.rawValue }

    /// Takes a request.
    package init(_ request: MembershipRequest) { self.request = request }
}

/// What a team tells an account.
///
/// Taken by the stage `accounts`.
package struct MembershipNotice: Payload {
    package static let type = "parley.membership.notice"
    package static let topic = Topic.accountsNotices
    package static let personal: [FieldPath] = ["word"]

    /// What is told.
    package enum Word: Hashable, Sendable, Codable {
        /// The request of this id was granted: a membership of that name began.
        case joined(RecordID)
        /// The request of this id was refused.
        case refused(RecordID, because: Refusal)
        /// The invitation that the request of this id named is declined.
        case declined(RecordID)
        /// The team would have it as a member, under the membership's name; where there is no
        /// account yet, it is made first.
        case proposed(RecordID, NewAccount?)
        /// The membership of this name ended.
        case ended(RecordID)
        /// The team does without it; answers the request of this id.
        case mayLeave(RecordID)
        /// The team cannot; answers the request of this id.
        case mustStay(RecordID)
    }

    /// The account.
    package var account: AccountID
    /// The team: a tenant's, or the installation's.
    package var team: TenantID
    /// What is told.
    package var word: Word
    /// When.
    package var at: Timestamp

    /// No tenant's: it is the account's.
    package var tenant: TenantID { .installation }
    /// The account.
    package var key: String { account.rawValue }

    /// Describes a notice.
    package init(account: AccountID, team: TenantID, word: Word, at: Timestamp) {
        self.account = account
        self.team = team
        self.word = word
        self.at = at
    }
}
