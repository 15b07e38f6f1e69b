import AccountCommands
import AccountRecords
import AuditRecords
import Conversation
import HTTPClient
import JSON
import PipelineTesting
import Testing
import Views

/// Who may ask what, role by role, and what each is told who may not.
@Suite("Endpoints of organisations, role by role", .timeLimit(.minutes(5)))
struct RoleTests {
    /// Something to ask, and the roles that may.
    private struct Question {
        var method: HTTPClientRequest.Method
        var path: String
        var roles: Set<String>
        var body: JSONValue?
    }

    private static let heads: Set<String> = ["owner", "admin"]

    private static let questions: [Question] = [
        .init(method: .get, path: "/organisation", roles: heads),
        .init(method: .get, path: "/organisation/profile", roles: heads),
        .init(method: .get, path: "/organisation/locale", roles: heads),
        .init(method: .get, path: "/organisation/security", roles: heads),
        .init(method: .get, path: "/organisation/suspension", roles: heads),
        .init(method: .get, path: "/organisation/hours", roles: heads),
        .init(method: .get, path: "/organisation/hours/now", roles: heads),
        .init(method: .get, path: "/first-steps", roles: heads),
        .init(method: .get, path: "/members", roles: heads),
        .init(method: .get, path: "/counts/members", roles: heads),
        .init(method: .get, path: "/members/account-agent", roles: heads),
        .init(method: .get, path: "/exports/members.csv", roles: heads),
        .init(method: .get, path: "/invitations", roles: heads),
        .init(method: .get, path: "/roles", roles: heads),
        .init(method: .get, path: "/keys", roles: heads),
        .init(method: .get, path: "/exports/organisation", roles: heads),
        .init(
            method: .put, path: "/members/account-viewer/role", roles: heads,
            body: ["role": "viewer"]),
        .init(
            method: .post, path: "/members/roles", roles: heads,
            body: ["accounts": ["account-viewer"], "role": "viewer"]),
        .init(
            method: .post, path: "/invitations/many", roles: heads,
            body: ["lines": ["no address"], "role": "viewer"]),
        .init(
            method: .put, path: "/roles/desk", roles: heads,
            body: ["name": "Desk", "permissions": ["conversations:read"]]),
        .init(
            method: .post, path: "/keys", roles: heads,
            body: ["name": "Shop", "permissions": ["members:read"]]),
        .init(
            method: .post, path: "/ownership/offer", roles: ["owner"],
            body: ["account": "account-admin"]),
        .init(method: .delete, path: "/ownership/offer", roles: ["owner"]),
    ]

    @Test("let in who may by the matrix, and nobody else")
    func roles() async throws {
        try await House.open { house in
            try await house.found()
            try await house.person("stranger")
            for question in Self.questions {
                let name = "\(question.method) \(question.path)"
                for role in ["viewer", "agent", "admin", "owner"] {
                    let answer = try await house.sol(
                        question.method, question.path, as: role, question.body)
                    if question.roles.contains(role) {
                        #expect(answer.status < 300, "\(role): \(name): \(answer.text)")
                    } else {
                        #expect(answer.status == 403, "\(role): \(name): \(answer.text)")
                        #expect(answer.code == "forbidden", "\(role): \(name)")
                    }
                }
                // Not even that there is such a tenant.
                let stranger = try await house.sol(
                    question.method, question.path, as: "stranger", question.body)
                #expect(stranger.status == 404, "\(name): \(stranger.text)")
                #expect(stranger.code == "no_tenant", "\(name)")
                let nobody = try await house.sol(
                    question.method, question.path, as: nil, question.body)
                #expect(nobody.status == 401, "\(name): \(nobody.text)")
            }
            for path in ["/api/v1/organisations", "/api/v1/counts/organisations"] {
                #expect(try await house.ask(.get, path, as: "owner").status == 403)
                #expect(try await house.ask(.get, path, as: "operator").status == 200)
            }
        }
    }

    @Test("let an operator look at conversations by an export only while the tenant consents")
    func consent() async throws {
        try await House.open { house in
            try await house.found()
            let before = try await house.sol(.get, "/exports/organisation", as: "operator")
            #expect(before.code == "no_consent")
            let until = house.now + .seconds(3_600)
            let given = try await house.sol(
                .put, "/consent", as: "owner", ["until": .integer(Int(until.milliseconds))])
            #expect(given.status == 200, "\(given.text)")
            let export = try await house.sol(.get, "/exports/organisation", as: "operator")
            #expect(export.status == 200)
            #expect(export.text.contains(#""kind":"end""#))
            #expect(try await house.sol(.delete, "/consent", as: "admin").status == 200)
            let after = try await house.sol(.get, "/exports/organisation", as: "operator")
            #expect(after.code == "no_consent")
            // Operators do not consent for those who are asked.
            let own = try await house.sol(
                .put, "/consent", as: "operator", ["until": .integer(Int(until.milliseconds))])
            #expect(own.status == 403)
        }
    }

    @Test("let a suspended tenant's people look only, and a deleted one's not even that")
    func standing() async throws {
        try await House.open { house in
            try await house.found()
            let stop = try await house.ask(
                .post, "/api/v1/organisations/sol/suspend", as: "operator", ["reason": "unpaid"])
            #expect(stop.status == 200, "\(stop.text)")
            let shown = try await house.sol(.get, "/organisation", as: "owner").json()
            #expect(shown["standing"]?.text == "suspended")
            #expect(shown["reason"]?.text == "unpaid")
            let invite = try await house.sol(
                .post, "/invitations", as: "owner", ["email": "a@example.org", "role": "agent"])
            #expect(invite.code == "suspended")
            #expect(try await house.sol(.get, "/exports/organisation", as: "owner").status == 200)
            #expect(try await house.sol(.delete, "/organisation", as: "admin").status == 403)
            #expect(try await house.sol(.delete, "/organisation", as: "owner").status == 200)
            #expect(try await house.sol(.get, "/organisation", as: "owner").code == "no_tenant")
            let listed = try await house.ask(
                .get, "/api/v1/organisations?standing=deleted", as: "operator")
            #expect(listed.text.contains(#""id":"sol""#))
            let back = try await house.ask(
                .post, "/api/v1/organisations/sol/restore", as: "operator")
            #expect(back.status == 200, "\(back.text)")
            #expect(try await house.sol(.get, "/organisation", as: "owner").status == 200)
            #expect(try await house.sol(.delete, "/organisation", as: "owner").status == 200)
            let purged = try await house.ask(
                .post, "/api/v1/organisations/sol/purge", as: "operator")
            #expect(purged.status == 200, "\(purged.text)")
            let gone = try await house.ask(
                .post, "/api/v1/organisations",
                ["id": "sol", "name": "Another", "plan": "free", "locale": House.locale])
            #expect(gone.code == "exists")
        }
    }
}
