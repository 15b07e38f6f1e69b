import AccountCommands
import AuditRecords
import Conversation
import Endpoints
import HTTPServer
package import JSON
import RoutingRecords
import RoutingView
import SQLite

/// Which business numbers people may see.
extension RoutingEndpoints {
    var setNumbers: Endpoint {
        .tenant(
            .at(
                .put, Self.base + "/agents/{agent}/numbers", "routing.agents.limit",
                "Limits somebody to business numbers: what is written to others they do not see."),
            may: .writeMembers,
            .init(
                takes: OneAgent.self, body: JSONBody<NumbersForm>.self,
                gives: Reply<RoutingListing>.self, problems: Self.writing)
        ) { call in
            let agent = AgentID(call.parameters.agent)
            let wanted = call.body.value.numbers.map {
                QueueForm.once($0).map { BusinessNumberID($0) }
            }
            let own = numbers(call.scope.tenant)
            let before = try await look(call.scope) { rows throws(SQLiteError) in
                try rows.profiles().first { $0.agent == agent }?.numbers
            }
            // One that is no more the business's may stay named, as it was.
            if let other = wanted?.first(where: {
                !own.contains($0) && before?.contains($0) != true
            }) {
                throw Problem.invalid("/numbers", "\(other) is no number of this business")
            }
            try await wish(
                .limit(agent, wanted), "routing.agent.limit", "agent", agent.rawValue, call.scope,
                Asker(call, in: call.scope.tenant), call.reference,
                changes: [
                    AuditChange("numbers", Self.words(before), Self.words(wanted))
                ])
            return Reply(try await listing(call.scope))
        }
    }

    private static func words(_ numbers: [BusinessNumberID]?) -> String {
        numbers.map { $0.map(\.rawValue).joined(separator: ", ") } ?? "all"
    }
}

/// The business numbers that somebody may see.
package struct NumbersForm: Hashable, Sendable, Codable, Described {
    /// Those; all, where it is not there.
    package var numbers: [String]?

    package static let schema = JSONSchema.object(
        [
            .optional(
                "numbers",
                .list(.id("A business number."), "Those; all, where it is not there.", 1...50))
        ], named: "NumberLimit")
}
