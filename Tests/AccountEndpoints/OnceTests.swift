import AccountRecords
import Conversation
import Cryptography
import EventLog
import Foundation
import HTTPClient
import PipelineTesting
import Testing

@Suite("The same act asked for twice", .timeLimit(.minutes(5)))
struct OnceTests {
    private struct Act {
        var path: String
        var body: String?
        /// Another body; `nil` where there is none.
        var other: String?
        var tellsSecret = false
    }

    private static let acts = [
        Act(
            path: "users", body: #"{"name":"Eva","address":"eva@example.org"}"#,
            other: #"{"name":"Eva","address":"ben@example.org"}"#),
        Act(
            path: "organisations", body: House.organisation("sol"),
            other: House.organisation("luna")),
        Act(
            path: "tenants/sol/invitations", body: #"{"email":"a@example.org","role":"agent"}"#,
            other: #"{"email":"b@example.org","role":"agent"}"#),
        Act(
            path: "tenants/sol/invitations/many",
            body: #"{"lines":["c@example.org","d@example.org"],"role":"agent"}"#,
            other: #"{"lines":["c@example.org"],"role":"agent"}"#),
        Act(
            path: "tenants/sol/keys", body: #"{"name":"Shop","permissions":["members:read"]}"#,
            other: #"{"name":"Web","permissions":["members:read"]}"#, tellsSecret: true),
        Act(
            path: "installation/keys", body: #"{"name":"Shop","permissions":["users:read"]}"#,
            other: #"{"name":"Web","permissions":["users:read"]}"#, tellsSecret: true),
        Act(
            path: "installation/roles",
            body: #"{"name":"Helper","permissions":["users:read"]}"#,
            other: #"{"name":"Helpers","permissions":["users:read"]}"#),
        Act(
            path: "organisations/sol/suspend", body: #"{"reason":"unpaid"}"#,
            other: #"{"reason":"abuse"}"#),
        Act(path: "organisations/sol/resume"),
    ]

    /// All wishes that were put into the log.
    private func wishes(_ house: House) async throws -> Int {
        var count = 0
        for topic in [AccountCommand.topic, OrganisationCommand.topic, InstallationCommand.topic] {
            count += try await house.records(in: topic).count
        }
        return count
    }

    @Test("is done once, answered as before or without its secret, and never with another body")
    func once() async throws {
        try await House.open { house in
            for act in Self.acts {
                let key = ["Idempotency-Key": "act on \(act.path)".replacing(" ", with: "-")]
                func ask(_ body: String?) async throws -> House.Answer {
                    try await house.ask(.post, act.path, body, bearer: House.key, key)
                }
                let first = try await ask(act.body)
                #expect((200..<300).contains(first.status), "\(act.path): \(first.text)")
                if act.path.hasSuffix("many") {
                    #expect(!first.text.contains(#""isDone":false"#), "\(first.text)")
                }
                let before = try await wishes(house)
                let again = try await ask(act.body)
                if act.tellsSecret {
                    #expect(again.status == 409, "\(act.path)")
                    #expect(again.isProblem("idempotency_secret_shown"), "\(again.text)")
                } else {
                    #expect(again.status == first.status && again.text == first.text)
                    #expect(again.names.contains("idempotent-replayed"))
                }
                if let other = act.other {
                    let answer = try await ask(other)
                    #expect(answer.status == 422, "\(act.path)")
                    #expect(answer.isProblem("idempotency_key_reused"), "\(answer.text)")
                }
                #expect(try await wishes(house) == before, "\(act.path)")
            }
            let nameless = try await house.ask(
                .post, "users", #"{"name":"Eva","address":"x@example.org"}"#, bearer: House.key,
                ["Idempotency-Key": ""])
            #expect(nameless.status == 400)
        }
    }

    @Test("of two at the same moment one is done")
    func race() async throws {
        try await House.open { house in
            try await house.found()
            let before = try await wishes(house)
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<2 {
                    group.addTask {
                        try await house.ask(
                            .post, "tenants/sol/keys",
                            #"{"name":"Shop","permissions":["members:read"]}"#, bearer: House.key,
                            ["Idempotency-Key": "one"]
                        ).status
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.sorted() == [201, 409])
            #expect(try await wishes(house) == before + 1)
        }
    }

    @Test("leaves no secret in the file of what was done, nor what would betray a password")
    func file() async throws {
        try await House.open { house in
            let link = try await house.offerLink()
            let body = House.setUp(link)
            let made = try await house.ask(.post, "setup", body)
            let token = try #require(made.cookies["parley-\(house.port)"])
            let (secret, codes) = try await house.addFactor(made.cookies)
            struct Codes: Decodable { var codes: [String] }
            let renewed = try await house.ask(.post, "me/factor/codes", cookies: made.cookies)
            try await house.found()
            let keys = [
                try await house.makeKey("tenants/sol/keys", ["members:read"]),
                try await house.makeKey("installation/keys", ["users:read"]),
            ]
            var secrets = [House.password, link, token, secret, "ana@example.org", "Bicicletas"]
            secrets += codes + (try renewed.value(Codes.self).codes) + keys.map(\.secret)
            // Whoever has the file could try passwords against what anybody can compute.
            let asked = Array("/api/v1/setup".utf8) + [0] + Array(body.utf8)
            secrets += [SHA256.hex(asked), SHA256.hex(body)]
            for name in ["idempotency.sqlite", "idempotency.sqlite-wal"] {
                let bytes = FileManager.default.contents(atPath: "\(house.folder.path)/\(name)")
                for secret in secrets {
                    #expect(bytes?.firstRange(of: Data(secret.utf8)) == nil, "\(name): \(secret)")
                }
            }
        }
    }
}
