package import Conversation
import Permissions

/// Somebody of a tenant's team, as far as it decides which conversations they see.
///
/// What is in a queue is for its members and for who supervises. What was written to a business
/// number is for everybody but those who are limited to other numbers; who may change the team sees
/// all, as they could lift the limit.
package struct Viewer: Hashable, Sendable {
    /// As whom queues, claims and limits know them.
    package let agent: AgentID
    /// Whether they see what is in queues of others.
    package let supervises: Bool
    /// Whether no limit to numbers holds for them.
    package let seesAllNumbers: Bool

    /// Describes somebody.
    package init(_ agent: AgentID, supervises: Bool = false, seesAllNumbers: Bool = false) {
        self.agent = agent
        self.supervises = supervises
        self.seesAllNumbers = seesAllNumbers
    }
}

extension Principal {
    /// Who looks at a tenant's conversations, by their role there; `nil` for keys and programs,
    /// which are nobody of a team.
    package func viewer(in tenant: TenantID) -> Viewer? {
        switch self {
        case .nobody, .key, .program: return nil
        case .agent(let agent): return Viewer(agent.id, supervises: agent.supervises)
        case .person(let person):
            // What a role shows, it shows while the tenant is suspended, too.
            let place = Access.Place.tenant(tenant, .open, consents: true)
            func may(_ permission: Permission) -> Bool {
                if case .refused = person.access.may(permission, in: place) { false } else { true }
            }
            return Viewer(
                AgentID(person.account.rawValue), supervises: may(.superviseConversations),
                seesAllNumbers: may(.writeMembers))
        }
    }
}

/// Who of a team may see something.
package struct Circle: Hashable, Sendable {
    /// Those to whom a queue shows it, besides who supervises; `nil` for everybody.
    package var members: Set<AgentID>?
    /// Those who are limited to numbers that are others than its own.
    package var barred: Set<AgentID>

    /// Describes a circle.
    package init(members: Set<AgentID>? = nil, barred: Set<AgentID> = []) {
        self.members = members
        self.barred = barred
    }

    /// Whether it is everybody.
    package var isEverybody: Bool { members == nil && barred.isEmpty }

    /// Whether somebody is in it; `nil` sees all.
    package func includes(_ viewer: Viewer?) -> Bool {
        guard let viewer else { return true }
        guard viewer.seesAllNumbers || !barred.contains(viewer.agent) else { return false }
        return viewer.supervises || members?.contains(viewer.agent) ?? true
    }
}

/// Which people of a team may hear of a change.
package enum Audience: Hashable, Sendable {
    /// These.
    case these(Circle)
    /// Those who could see it before and are not among these.
    case allBut(Circle, of: Circle)

    /// Whether somebody hears of it; `nil` sees all.
    package func includes(_ viewer: Viewer?) -> Bool {
        switch self {
        case .these(let circle): circle.includes(viewer)
        case .allBut(let circle, let before): !circle.includes(viewer) && before.includes(viewer)
        }
    }
}
