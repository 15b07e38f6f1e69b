import AccountCommands
import AccountRecords
import AuditRecords
import Conversation
import Cryptography
import HTTPClient
import JSON
import OrganisationView
import PipelineTesting
import SQLite
import Testing
import Views

@Suite("API keys over HTTP", .timeLimit(.minutes(5)))
struct KeyTests {
    /// The key as whoever lets programs in finds it.
    private func found(_ secret: String, _ house: House) async throws -> OrganisationLookup.Key? {
        let hash = try APIKeyText(secret).hash
        return try await house.organisations.read { rows throws(SQLiteError) in
            try OrganisationLookup(rows).key(hash: hash)
        }
    }

    @Test("are told once, rotate with a grace in which both work, and end at once")
    func life() async throws {
        try await House.open { house in
            try await house.found()
            let made = try await house.sol(
                .post, "/keys", as: "admin", ["name": "Shop", "permissions": ["members:read"]])
            #expect(made.status == 201, "\(made.text)")
            let secret = try #require(try made.json()["secret"]?.text)
            let id = try #require(try made.json()["key"]?["id"]?.text)
            let list = try await house.sol(.get, "/keys", as: "admin")
            #expect(!list.text.contains(secret))
            #expect(try await found(secret, house)?.key.isLive(at: house.now) == true)

            let rotated = try await house.sol(
                .post, "/keys/\(id)/rotate", as: "admin", ["graceSeconds": 3_600])
            #expect(rotated.status == 201, "\(rotated.text)")
            let fresh = try #require(try rotated.json()["secret"]?.text)
            #expect(try await found(secret, house)?.key.isLive(at: house.now) == true)
            #expect(try await found(fresh, house)?.key.isLive(at: house.now) == true)
            house.clock.advance(by: .seconds(3_601))
            #expect(try await found(secret, house)?.key.isLive(at: house.now) == false)
            #expect(try await found(fresh, house)?.key.isLive(at: house.now) == true)
            let shown = try await house.sol(.get, "/keys").json()["keys"]?.list ?? []
            #expect(Set(shown.map { $0["isLive"] == true }) == [true, false])

            let freshID = try #require(try rotated.json()["key"]?["id"]?.text)
            #expect(try await house.sol(.delete, "/keys/\(freshID)", as: "admin").status == 204)
            #expect(try await found(fresh, house)?.key.isLive(at: house.now) == false)
            let ended = try await house.sol(
                .post, "/keys/\(freshID)/rotate", as: "admin", ["graceSeconds": 0])
            #expect(ended.status == 404)
        }
    }

    @Test("hold no more than their maker may, and are used from where they say")
    func bounds() async throws {
        try await House.open { house in
            try await house.found()
            let much = try await house.sol(
                .post, "/keys", as: "admin", ["name": "Shop", "permissions": ["tenant:delete"]])
            #expect(much.status >= 400)
            let wrong = try await house.sol(
                .post, "/keys", as: "admin",
                ["name": "Shop", "permissions": ["members:read"], "networks": ["300.1.1.1"]])
            #expect(wrong.status == 400)
            #expect(wrong.text.contains("/networks"))
            let past = try await house.sol(
                .post, "/keys", as: "admin",
                ["name": "Shop", "permissions": ["members:read"], "expires": 1_000])
            #expect(past.text.contains("/expires"))
            let made = try await house.sol(
                .post, "/keys", as: "admin",
                ["name": "Shop", "permissions": ["members:read"], "networks": ["192.0.2.0/24"]])
            let id = try #require(try made.json()["key"]?["id"]?.text)
            let changed = try await house.sol(
                .put, "/keys/\(id)", as: "admin", ["name": "Web shop", "networks": []])
            #expect(try changed.json()["name"]?.text == "Web shop")
            #expect(try changed.json()["networks"]?.list.isEmpty == true)
        }
    }
}
