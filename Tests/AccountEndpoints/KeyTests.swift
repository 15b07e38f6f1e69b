import AccountAccess
import AccountCommands
import AccountRecords
import AuditRecords
import Conversation
import Cryptography
import HTTPClient
import Permissions
import PipelineTesting
import Testing

@Suite("API keys", .timeLimit(.minutes(5)))
struct KeyTests {
    private func add(
        _ house: House, _ networks: [String] = [], expires: Timestamp? = nil
    ) async throws -> APIKeyText {
        let key = try APIKeyText.make()
        try await house.access.parts.channel.ask(
            .key(
                .add(
                    APIKeyFacts(
                        id: APIKeyID(key.id), name: "Reports", hash: key.hash,
                        permissions: [.readUsers], expires: expires, networks: networks,
                        createdAt: house.now))),
            for: house.asker(AuditActor(.key, "1a2b3c4d")))
        return key
    }

    @Test("let a program do what they may until they end, and note their use once an hour")
    func use() async throws {
        try await House.open { house in
            let key = try await add(house, expires: house.now + .seconds(7_200))
            for _ in 0..<3 {
                let me = try await house.ask(.get, "me", bearer: key.text)
                #expect(me.text.contains("users:read") && me.text.contains("Reports"))
            }
            let denied = try await house.ask(.get, "tenants", bearer: key.text)
            #expect(denied.status == 403)
            try await eventually("its use is noted") {
                try await uses(of: house) == 1
            }
            house.clock.advance(by: .seconds(3_601))
            _ = try await house.ask(.get, "me", bearer: key.text)
            try await eventually("it is noted again") { try await uses(of: house) == 2 }
            house.clock.advance(by: .seconds(3_600))
            #expect(try await house.ask(.get, "me", bearer: key.text).status == 401)
        }
    }

    private func uses(of house: House) async throws -> Int {
        try await house.payloads(in: .installationEvents).filter {
            if case .key(let key)? = ($0 as? InstallationEvent)?.change {
                key.usedAt != nil
            } else {
                false
            }
        }.count
    }

    @Test("are refused from elsewhere, mistyped, revoked, and during a rotation both work")
    func refused() async throws {
        try await House.open { house in
            let far = try await add(house, ["192.0.2.0/24"])
            let elsewhere = try await house.ask(.get, "me", bearer: far.text)
            #expect(elsewhere.status == 403 && elsewhere.isProblem("network"))
            let near = try await add(house, ["127.0.0.0/8"])
            #expect(try await house.ask(.get, "me", bearer: near.text).status == 200)
            let typo = try await house.ask(.get, "me", bearer: near.text.dropLast() + "!")
            #expect(typo.status == 401)
            let fresh = try APIKeyText.make()
            let asker = try house.asker(AuditActor(.key, "1a2b3c4d"))
            try await house.access.parts.channel.ask(
                .key(
                    .rotate(
                        APIKeyID(near.id), id: APIKeyID(fresh.id), hash: fresh.hash,
                        graceSeconds: 60)), for: asker)
            for key in [near, fresh] {
                #expect(try await house.ask(.get, "me", bearer: key.text).status == 200)
            }
            house.clock.advance(by: .seconds(61))
            #expect(try await house.ask(.get, "me", bearer: near.text).status == 401)
            #expect(try await house.ask(.get, "me", bearer: fresh.text).status == 200)
            try await house.access.parts.channel.ask(
                .key(.revoke(APIKeyID(fresh.id))), for: house.asker(AuditActor(.key, "1")))
            #expect(try await house.ask(.get, "me", bearer: fresh.text).status == 401)
        }
    }
}
