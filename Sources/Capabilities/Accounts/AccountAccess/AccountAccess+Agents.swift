import AccountRecords
package import Conversation
package import Endpoints
package import HTTPServer
import OrganisationView
import Permissions
import SQLite

/// Somebody of a team, as a conversation's holder.
package struct TeamAgent: Hashable, Sendable {
    /// The account, as agents are named.
    package var id: AgentID
    /// What colleagues and customers' transcripts call them.
    package var name: String
    /// Whether they answer customers.
    package var mayAnswer: Bool
    /// Whether they may take conversations from colleagues.
    package var maySupervise: Bool
    /// Whether no limit to business numbers holds for them: they may change the team.
    package var seesAllNumbers: Bool

    fileprivate init(_ listed: ListedMember, _ facts: OrganisationFacts?) {
        let account = listed.member.account
        id = AgentID(account.rawValue)
        name = listed.name.isEmpty ? account.rawValue : listed.name
        let permissions = facts?.permissions(of: listed.member.role) ?? []
        mayAnswer = !listed.member.isAway && permissions.contains(.answerConversations)
        maySupervise = mayAnswer && permissions.contains(.superviseConversations)
        seesAllNumbers = permissions.contains(.writeMembers)
    }
}

/// Who answers a tenant's customers.
extension AccountAccess {
    /// People whom a list names at most.
    private static let mostAgents = 500

    /// Somebody of the team; `nil` for anybody else.
    package func agent(
        _ id: AgentID, in scope: TenantScope
    ) async throws(Problem) -> TeamAgent? {
        try await read(parts.organisations) { rows throws(SQLiteError) in
            let team = OrganisationRows(rows, of: scope)
            let facts = try team.organisation()
            return try team.member(AccountID(id.rawValue)).map { TeamAgent($0, facts) }
        }
    }

    /// The team, by name.
    package func agents(in scope: TenantScope) async throws(Problem) -> [TeamAgent] {
        try await read(parts.organisations) { rows throws(SQLiteError) in
            let team = OrganisationRows(rows, of: scope)
            let facts = try team.organisation()
            return try team.members(atMost: Self.mostAgents).map { TeamAgent($0, facts) }
        }
    }
}
