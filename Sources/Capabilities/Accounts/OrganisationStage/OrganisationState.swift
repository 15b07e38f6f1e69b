package import AccountRecords
import Conversation
import StageRuntime

/// What the stage `organisations` remembers of a tenant.
///
/// Members, invitations and keys lie in entries of their own, so that one that changes is written
/// and not all of them.
package struct OrganisationState: DividedState {
    /// An entry.
    package enum Entry: Hashable, Sendable, Codable {
        /// A member.
        case member(TeamMember)
        /// An open invitation.
        case invitation(Invitation)
        /// A key.
        case key(APIKeyFacts)
    }

    var facts = OrganisationFacts()
    var team = Team()
    /// Operators who act as people of the team.
    var impersonations: [Impersonation] = []
    /// Open invitations, by id.
    var invitations: [String: Invitation] = [:]

    /// No organisation.
    package init() {}

    /// Members, invitations and keys, each under a letter for its kind and its id.
    package var entries: [String: Entry] {
        get {
            var entries: [String: Entry] = [:]
            for (id, member) in team.members { entries["m-\(id)"] = .member(member) }
            for (id, invitation) in invitations { entries["i-\(id)"] = .invitation(invitation) }
            for (id, key) in team.keys { entries["k-\(id)"] = .key(key) }
            return entries
        }
        set {
            team.members = [:]
            team.keys = [:]
            invitations = [:]
            for entry in newValue.values {
                switch entry {
                case .member(let member): team.members[member.account.rawValue] = member
                case .invitation(let invitation):
                    invitations[invitation.id.rawValue] = invitation
                case .key(let key): team.keys[key.id.rawValue] = key
                }
            }
        }
    }
}
