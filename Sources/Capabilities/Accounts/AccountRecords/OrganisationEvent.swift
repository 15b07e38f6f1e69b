package import Conversation
package import Permissions

/// What happened to an organisation.
///
/// A view is a fold of these: the facts are the organisation's row, and what happens to people,
/// invitations and keys is told one by one.
package struct OrganisationEvent: Payload {
    package static let type = "parley.organisation.event"
    package static let topic = Topic.organisationsEvents
    package static let personal: [FieldPath] = ["facts", "change", "reference"]

    /// What happened.
    package enum Change: Hashable, Sendable, Codable {
        /// The command was not done.
        case refused(Refusal)
        /// It was made.
        case created
        /// A part of its settings is another.
        case changed(OrganisationPart.Name)
        /// It has another plan.
        case planChanged
        /// Somebody is invited, or again.
        case invited(Invitation)
        /// An invitation is good no more.
        case invitationEnded(InvitationID, InvitationEnd)
        /// Somebody belongs to it now.
        case joined(TeamMember)
        /// Somebody has another role, or can sign in (no more).
        case memberChanged(TeamMember)
        /// Somebody belongs to it no more.
        case left(AccountID)
        /// The ownership is offered, or is no more.
        case offerChanged
        /// The ownership went from one to the other.
        case ownershipMoved(from: TeamMember, to: TeamMember)
        /// There is a role, or another one of that name.
        case setDefined(RoleName)
        /// There is a role no more.
        case setRemoved(RoleName)
        /// A key was made or changed.
        case key(APIKeyFacts)
        /// A key took the place of another, which is good for a while.
        case keyRotated(APIKeyFacts, former: APIKeyFacts)
        /// An operator acts as somebody of the team.
        case impersonated(Impersonation)
        /// An operator acts as somebody no more.
        case impersonationEnded(SessionID)
        /// Operators are let in, or no more.
        case consentChanged
        /// It is stopped.
        case suspended
        /// It goes on.
        case resumed
        /// It is deleted.
        case deleted
        /// Its deletion was taken back.
        case restored
        /// Its data is to be destroyed: whoever purges begins now.
        case purgeRequested
    }

    /// How an invitation ended.
    package enum InvitationEnd: String, Hashable, Sendable, Codable {
        case accepted, declined, cancelled, expired
    }

    /// The tenant.
    package var tenant: TenantID
    /// What is known of it after the event.
    package var facts: OrganisationFacts
    /// What happened.
    package var change: Change
    /// The `reference` of the command that this answers.
    package var reference: String?
    /// When.
    package var at: Timestamp

    /// The tenant.
    package var key: String { tenant.rawValue }

    /// Describes an event.
    package init(
        tenant: TenantID, facts: OrganisationFacts, change: Change, reference: String? = nil,
        at: Timestamp
    ) {
        self.tenant = tenant
        self.facts = facts
        self.change = change
        self.reference = reference
        self.at = at
    }
}
