import AccountAccess
import AccountCommands
import AccountRecords
import AuditRecords
import Conversation
import HTTPClient
import Testing

@Suite("Where a request came from", .timeLimit(.minutes(5)))
struct ProxyTests {
    private static let far = ["X-Forwarded-For": "203.0.113.7"]

    private func trust(_ proxies: [String], _ house: House) async throws {
        try await house.change(.security(.init(trustedProxies: proxies)))
    }

    /// The address that the audit log has of the newest act of a name.
    private func address(of action: String, _ house: House) async throws -> String? {
        try await house.payloads(in: .audit).compactMap { $0 as? AuditEntry }
            .last { $0.action == action }?.origin?.address
    }

    @Test("the audit log takes a proxy's word where that is trusted, and nobody else's")
    func audit() async throws {
        try await House.open { house in
            for (proxies, address) in [([], "127.0.0.1"), (["127.0.0.0/8"], "203.0.113.7")] {
                try await trust(proxies, house)
                for (action, path, body) in [
                    (
                        "tenant.create", "organisations",
                        House.organisation("sol-\(proxies.count)")
                    ),
                    (
                        "invitation.create", "tenants/sol-\(proxies.count)/invitations",
                        #"{"email":"a@example.org","role":"agent"}"#
                    ),
                    (
                        "account.create", "users",
                        #"{"name":"Eva","address":"eva\#(proxies.count)@example.org"}"#
                    ),
                    (
                        "role.define", "installation/roles",
                        #"{"name":"Helper","permissions":["users:read"]}"#
                    ),
                ] {
                    let answer = try await house.ask(
                        .post, path, body, bearer: House.key, Self.far)
                    #expect(answer.status == 201, "\(answer.text)")
                    #expect(try await self.address(of: action, house) == address, "\(action)")
                }
            }
        }
    }

    @Test("a key's networks are those of whoever asks, not of what they say")
    func keys() async throws {
        try await House.open { house in
            try await house.found()
            let networks = ["203.0.113.0/24"]
            let keys = [
                (
                    "tenants/sol/members",
                    try await house.makeKey(
                        "tenants/sol/keys", ["members:read"], networks: networks)
                ),
                (
                    "users",
                    try await house.makeKey("installation/keys", ["users:read"], networks: networks)
                ),
            ]
            for (path, key) in keys {
                try await trust([], house)
                let stranger = try await house.ask(.get, path, bearer: key.secret, Self.far)
                #expect(stranger.status == 403 && stranger.isProblem("network"), "\(stranger.text)")
                try await trust(["127.0.0.0/8"], house)
                let answer = try await house.ask(.get, path, bearer: key.secret, Self.far)
                #expect(answer.status == 200, "\(answer.text)")
                // What stands on the left is whatever somebody wrote.
                let forged = try await house.ask(
                    .get, path, bearer: key.secret,
                    ["X-Forwarded-For": "203.0.113.7, 198.51.100.9"])
                #expect(forged.status == 403 && forged.isProblem("network"), "\(forged.text)")
            }
        }
    }

    @Test("who sets a team's networks is not shut out, by the same word")
    func author() async throws {
        try await House.open { house in
            try await house.found()
            func set(_ version: Int) async throws -> House.Answer {
                try await house.ask(
                    .put, "tenants/sol/organisation/security",
                    #"{"idleMinutes":60,"longestMinutes":720,"networks":["203.0.113.0/24"]}"#,
                    bearer: House.key, Self.far.merging(["If-Match": #""\#(version)""#]) { $1 })
            }
            let refused = try await set(1)
            #expect(refused.status == 400 && refused.text.contains("/networks"), "\(refused.text)")
            try await trust(["127.0.0.0/8"], house)
            let taken = try await set(1)
            #expect(taken.status == 200, "\(taken.text)")
        }
    }
}
