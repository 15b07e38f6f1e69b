import AccountRecords
import AuditRecords
import Conversation
import HTTPClient
import Testing

@Suite("API keys of the installation", .timeLimit(.minutes(5)))
struct OperatorKeyTests {
    private static let acts = [
        ("suspend", #"{"reason":"unpaid"}"#, "suspended"), ("resume", nil, "active"),
        ("", nil, "deleted"), ("restore", nil, "active"), ("", nil, "deleted"),
        ("purge", nil, "purged"),
    ]

    @Test("may with a business what the matrix says of their permissions, as who runs it")
    func acts() async throws {
        try await House.open { house in
            try await house.found()
            let key = try await house.makeKey(
                "installation/keys",
                ["tenants:read", "tenants:write", "members:read", "members:write"])
            let invited = try await house.ask(
                .post, "tenants/sol/invitations", #"{"email":"a@example.org","role":"agent"}"#,
                bearer: key.secret)
            #expect(invited.status == 201, "\(invited.text)")
            for (path, body, standing) in Self.acts {
                let answer = try await house.ask(
                    path.isEmpty ? .delete : .post,
                    "organisations/sol" + (path.isEmpty ? "" : "/" + path), body,
                    bearer: key.secret)
                #expect(answer.status == 200, "\(path): \(answer.text)")
                #expect(answer.text.contains(#""standing":"\#(standing)""#), "\(answer.text)")
            }
            let entries = try await house.payloads(in: .audit).compactMap { $0 as? AuditEntry }
            for action in ["invitation.create", "tenant.suspend", "tenant.purge"] {
                let entry = entries.last { $0.action == action }
                #expect(entry?.who?.kind == .operatorKey, "\(action)")
                #expect(entry?.who?.id == key.key.id && entry?.refusal == nil, "\(action)")
            }
        }
    }

    @Test("may with accounts what their permissions say")
    func accounts() async throws {
        try await House.open { house in
            let key = try await house.makeKey("installation/keys", ["users:read", "users:write"])
            let made = try await house.ask(
                .post, "users", #"{"name":"Eva","address":"eva@example.org"}"#,
                bearer: key.secret)
            #expect(made.status == 201, "\(made.text)")
            struct User: Decodable { var id: String }
            let id = try made.value(User.self).id
            for act in ["disable", "enable", "sign-out"] {
                let answer = try await house.ask(.post, "users/\(id)/\(act)", bearer: key.secret)
                #expect(answer.status == 200, "\(act): \(answer.text)")
            }
        }
    }

    @Test("without the permission, and keys of a business, may nothing of it")
    func refused() async throws {
        try await House.open { house in
            try await house.found()
            let weak = try await house.makeKey("installation/keys", ["tenants:read"])
            let own = try await house.makeKey("tenants/sol/keys", ["members:write"])
            for (key, act) in [(weak, "suspend"), (own, "suspend"), (own, "purge")] {
                let answer = try await house.ask(
                    .post, "organisations/sol/\(act)",
                    act == "suspend" ? #"{"reason":"unpaid"}"# : nil, bearer: key.secret)
                #expect(answer.status == 403 && answer.isProblem("forbidden"), "\(answer.text)")
            }
        }
    }
}
