import AccountCommands
import AccountRecords
import AuditRecords
import Conversation
import HTTPClient
import JSON
import PipelineTesting
import Testing
import Views

@Suite("Signing up", .timeLimit(.minutes(5)))
struct SignUpTests {
    private static let account: JSONValue = [
        "name": "Ana", "email": "ana@example.org", "password": "a bicycle under the old stairs",
    ]

    @Test("is off unless it is allowed")
    func closed() async throws {
        try await House.open { house in
            #expect(
                try await house.ask(.get, "/api/v1/sign-up", as: nil).json()["isOpen"] == false)
            let refused = try await house.ask(.post, "/api/v1/sign-up", as: nil, Self.account)
            #expect(refused.code == "sign_up_closed")
            try await house.person("ben")
            let found = try await house.ask(
                .post, "/api/v1/me/organisations", as: "ben",
                ["id": "luna", "name": "Luna", "plan": "free", "locale": House.locale])
            #expect(found.code == "sign_up_closed")
        }
    }

    @Test("answers alike whether the address has an account or not")
    func enumeration() async throws {
        try await House.open { house in
            house.rules.installation.signUp = .init(isOpen: true)
            try await house.person("ana")
            let taken = try await house.ask(.post, "/api/v1/sign-up", as: nil, Self.account)
            var other = Self.account
            if case .object(var members) = other {
                members["email"] = "eva@example.org"
                other = .object(members)
            }
            let fresh = try await house.ask(.post, "/api/v1/sign-up", as: nil, other)
            #expect(taken.status == 204, "\(taken.text)")
            #expect(fresh.status == taken.status)
            #expect(fresh.body == taken.body)
            _ = try await house.link(to: "eva@example.org")
        }
    }

    @Test("gives who founds an organisation its ownership, and an id to one only")
    func found() async throws {
        try await House.open { house in
            house.rules.installation.signUp = .init(isOpen: true, plans: ["free", "pro"])
            try await house.person("ana")
            try await house.person("ben")
            let body: JSONValue = [
                "id": "luna", "name": "Luna", "plan": "free", "locale": House.locale,
            ]
            async let one = house.ask(.post, "/api/v1/me/organisations", as: "ana", body)
            async let other = house.ask(.post, "/api/v1/me/organisations", as: "ben", body)
            let answers = try await [one, other]
            #expect(answers.map(\.status).sorted() == [201, 409], "\(answers.map(\.text))")
            let taken = try #require(answers.first { $0.status == 409 })
            #expect(taken.text.contains("/id"))
            let owner = answers[0].status == 201 ? "ana" : "ben"
            let shown = try await house.ask(
                .get, "/api/v1/tenants/luna/members", as: owner)
            #expect(try shown.json()["members"]?[0]?["role"]?.text == "owner")
            let plan = try await house.ask(
                .post, "/api/v1/me/organisations", as: "ana",
                ["id": "sola", "name": "Sola", "plan": "gold", "locale": House.locale])
            #expect(plan.text.contains("/plan"))
        }
    }
}
