import AccountCommands
import AccountRecords
import Conversation
import DocumentView
import Endpoints
import HTTPServer
import JSON
import OrganisationView
import Permissions
import SQLite
import Views

/// What an organisation may have, and what it has: there to be looked at.
struct LimitsAnswer: Described, Codable, Hashable {
    /// One of the bounds.
    struct Limit: Codable, Hashable {
        var id: String
        var used: Int
        /// `nil` where there is no bound.
        var most: Int?
    }

    var plan: String
    var limits: [Limit]

    static let names = ["members", "invitations", "roles", "keys", "documents", "tokens"]

    static let schema = JSONSchema.object(
        [
            .required("plan", .text("The plan.")),
            .required(
                "limits",
                .list(
                    .object([
                        .required("id", .words(names, "Of what.")),
                        .required("used", .count("How many there are.")),
                        .optional("most", .count("How many there may be; none: any number.")),
                    ]), "One for each thing that there may be many of.")),
        ], named: "Limits")
}

extension OrganisationEndpoints {
    var limits: Endpoint {
        .tenant(
            .at(
                .get, Self.base + "/limits", "organisation.limits",
                "Tells what an organisation may have, and how much of it is used."),
            may: .readSettings,
            .init(gives: Reply<LimitsAnswer>.self, problems: [.viewIsBuilt, Authorizer.noTenant])
        ) { Reply(try await limits(of: $0.scope)) }
    }

    /// Today all plans allow the same: what the stages hold everybody to.
    private func limits(of scope: TenantScope) async throws(Problem) -> LimitsAnswer {
        let facts = try await facts(scope)
        let now = means.now()
        let (members, invitations, keys) = try await read { rows throws(SQLiteError) in
            let organisation = OrganisationRows(rows, of: scope)
            return (
                try organisation.count(MemberQuestion()), try organisation.countInvitations(),
                try organisation.keys().filter { $0.isLive(at: now) }.count
            )
        }
        let documents = try await Self.count(sources.documents()) { rows throws(SQLiteError) in
            try DocumentRows(rows, of: scope).count()
        }
        let tokens = sources.tokens(scope.tenant)
        return LimitsAnswer(
            plan: facts.plan,
            limits: [
                .init(id: "members", used: members, most: TeamLimits.members),
                .init(id: "invitations", used: invitations, most: TeamLimits.invitations),
                .init(id: "roles", used: facts.sets.count, most: TeamLimits.sets),
                .init(id: "keys", used: keys, most: TeamLimits.keys),
                .init(id: "documents", used: documents),
                .init(id: "tokens", used: tokens.used, most: tokens.most),
            ])
    }
}
