package import Conversation
package import Permissions

/// Who asks: what every act is done, allowed and recorded by, and never what a body says.
package enum Principal: Hashable, Sendable {
    /// Nobody that is known; asks only what anyone may.
    case nobody
    /// Whoever has the installation's key, told by the beginning of its hash.
    case key(KeyName)
    /// A person of a tenant who answers customers, named by a ticket that the key issued.
    case agent(Agent)
    /// A person who is signed in.
    case person(Person)
    /// Whoever has an API key of a tenant or of the installation.
    case program(Program)

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
        /// Whether whoever let them in says that they may take conversations from colleagues.
        package let supervises: Bool

        /// Names an agent.
        package init(id: AgentID, name: String, tenant: TenantID, supervises: Bool = false) {
            self.id = id
            self.name = name
            self.tenant = tenant
            self.supervises = supervises
        }
    }

    /// A person who is signed in.
    package struct Person: Hashable, Sendable {
        /// The account.
        package let account: AccountID
        /// The person's name, as others see it.
        package let name: String
        /// The session.
        package let session: SessionID
        /// What the person may at this moment.
        package let access: Access
        /// The operator who acts as this person, with the tenant's consent.
        package let impersonator: AccountID?
        /// What that operator is called.
        package let impersonatorName: String?

        /// Names a person.
        package init(
            account: AccountID, name: String, session: SessionID, access: Access,
            impersonator: AccountID? = nil, impersonatorName: String? = nil
        ) {
            self.account = account
            self.name = name
            self.session = session
            self.access = access
            self.impersonator = impersonator
            self.impersonatorName = impersonatorName
        }
    }

    /// Whoever has an API key.
    package struct Program: Hashable, Sendable {
        /// The key.
        package let key: APIKeyID
        /// What the key is called.
        package let name: String
        /// What it may at this moment.
        package let access: Access

        /// Names a key.
        package init(key: APIKeyID, name: String, access: Access) {
            self.key = key
            self.name = name
            self.access = access
        }
    }

    /// What they may, by the matrix; agents with a ticket are judged by their endpoint's word.
    var access: Access? {
        switch self {
        case .nobody, .agent: nil
        case .key: Access(isBreakGlass: true)
        case .person(let person): person.access
        case .program(let program): program.access
        }
    }

    /// Whether an operator acts as this person.
    var isInAnothersName: Bool {
        if case .person(let person) = self { person.impersonator != nil } else { false }
    }

    /// Who asks, apart from all others: as ``actor``, but an operator who acts as somebody is
    /// another one than that person.
    package var caller: String {
        guard case .person(let person) = self, let impersonator = person.impersonator else {
            return actor
        }
        return "\(actor) by \(impersonator)"
    }

    /// Who did it, as records say it.
    package var actor: String {
        switch self {
        case .nobody: "nobody"
        case .key(let key): key.name
        case .agent(let agent): "agent/\(agent.id)"
        case .person(let person): "account/\(person.account)"
        case .program(let program): "apiKey/\(program.key)"
        }
    }
}

/// What an endpoint of the whole installation needs: the installation's key has it, and operators
/// by the matrix of permissions.
package struct InstallationPermission: Hashable, Sendable {
    /// The name, such as `tenants:write`.
    package let name: String

    /// A permission by its name.
    package init(_ name: String) { self.name = name }
}

/// What an endpoint of one tenant needs: the installation's key has it for every tenant, people and
/// API keys by the matrix of permissions, agents with a ticket for their own where it says so.
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
