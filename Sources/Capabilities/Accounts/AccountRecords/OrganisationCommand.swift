package import AuditRecords
package import Conversation
package import Permissions

/// What is wished of an organisation.
///
/// Decided by the stage `organisations`, in order for each tenant, and answered by one
/// ``OrganisationEvent`` with the same reference.
package struct OrganisationCommand: Payload {
    package static let type = "parley.organisation.command"
    package static let topic = Topic.organisationsCommands
    package static let personal: [FieldPath] = ["action", "by", "origin", "reference"]

    /// What is wished.
    package enum Action: Hashable, Sendable, Codable {
        /// To make it without people: an operator's, who then invites its owner, and for tenants
        /// that were there before there were organisations.
        case create(NewOrganisation)
        /// To change a part of its settings, where this version of it is current.
        case change(OrganisationPart, version: Int)
        /// To have another plan.
        case changePlan(String)
        /// To invite somebody.
        case invite(Invitation)
        /// To send an invitation again: the former link is void.
        case resend(InvitationID, OneTimeToken)
        /// To take an invitation back.
        case cancelInvitation(InvitationID)
        /// To give a member another role.
        case changeRole(AccountID, RoleName)
        /// To let a member go; their own wish, or somebody else's.
        case remove(AccountID)
        /// To offer the own ownership to a member.
        case offerOwnership(to: AccountID, until: Timestamp)
        /// To take what is offered; the one who offered it becomes an admin.
        case acceptOwnership
        /// To take an offer back, or to decline it.
        case endOffer
        /// An operator's: to make somebody an owner, of the team or not.
        case appointOwner(AccountID)
        /// To make or change a role.
        case define(PermissionSet)
        /// To take a role away that nobody has.
        case removeSet(RoleName)
        /// Something about API keys.
        case key(APIKeyAction)
        /// To let operators in until then, or no more.
        case consent(until: Timestamp?)
        /// An operator's: to act as somebody of the team, with that name, while it consents, and
        /// why.
        case impersonate(AccountID, name: String?, NewSession, reason: String?)
        /// To act as somebody no more: the operator's, or of who gives the consent; or the
        /// system's, where the operator's session or role has ended.
        case endImpersonation(SessionID)
        /// An operator's: to stop it, with the reason.
        case suspend(reason: String)
        /// An operator's: to let it go on.
        case resume
        /// To delete it: for thirty days it can be restored.
        case delete
        /// An operator's: to take the deletion back.
        case restore
        /// An operator's: to destroy a deleted one's data now.
        case purge
    }

    /// The tenant.
    package var tenant: TenantID
    /// Who wishes it: `account` and `apiKey` act as the team's, and the fold asks what their role
    /// may; for others the edge has.
    package var by: AuditActor
    /// Where from.
    package var origin: AuditOrigin?
    /// What is wished.
    package var action: Action
    /// The request's own id, echoed in the event that answers it.
    package var reference: String
    /// When.
    package var at: Timestamp

    /// The tenant.
    package var key: String { tenant.rawValue }
    /// The id of its record: the same request, sent again, has the same.
    package var id: RecordID {
        .derived(from: RecordID("\(by.text)/\(reference)"), by: "organisation/\(tenant)")
    }

    /// Describes a command.
    package init(
        tenant: TenantID, by: AuditActor, origin: AuditOrigin? = nil, action: Action,
        reference: String, at: Timestamp
    ) {
        self.tenant = tenant
        self.by = by
        self.origin = origin
        self.action = action
        self.reference = reference
        self.at = at
    }
}
