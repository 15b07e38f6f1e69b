package import Conversation

/// Who asks: what every act is done, allowed and recorded by, and never what a body says.
package enum Principal: Hashable, Sendable {
    /// Nobody that is known; asks only what anyone may.
    case nobody
    /// Whoever has the installation's key, told by the beginning of its hash.
    case key(KeyName)
    /// A person of a tenant who answers customers, named by a ticket that the key issued.
    case agent(Agent)

    /// The installation's key as records name it, such as `key/1a2b3c4d`.
    package struct KeyName: Hashable, Sendable {
        /// The name.
        package let name: String

        /// Takes the name.
        package init(_ name: String) { self.name = name }
    }

    /// A person of a tenant who answers customers.
    package struct Agent: Hashable, Sendable {
        /// The agent's id, unique within the tenant.
        package let id: AgentID
        /// The agent's name, as others see it.
        package let name: String
        /// The tenant, the only one that the agent sees.
        package let tenant: TenantID

        /// Names an agent.
        package init(id: AgentID, name: String, tenant: TenantID) {
            self.id = id
            self.name = name
            self.tenant = tenant
        }
    }

    /// Who did it, as records say it.
    package var actor: String {
        switch self {
        case .nobody: "nobody"
        case .key(let key): key.name
        case .agent(let agent): "agent/\(agent.id)"
        }
    }
}

/// What an endpoint of the whole installation needs: only the installation's key has it.
package struct InstallationPermission: Hashable, Sendable {
    /// The name, such as `tenants:write`.
    package let name: String

    /// A permission by its name.
    package init(_ name: String) { self.name = name }
}

/// What an endpoint of one tenant needs: the installation's key has it for every tenant, agents
/// for their own where it says so.
package struct TenantPermission: Hashable, Sendable {
    /// The name, such as `documents:read`.
    package let name: String
    /// Whether agents have it.
    package let isForAgents: Bool

    /// A permission by its name.
    package init(_ name: String, isForAgents: Bool = false) {
        self.name = name
        self.isForAgents = isForAgents
    }
}
