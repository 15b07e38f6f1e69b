import AccountAccess
import AccountEndpoints
import AccountRecords
import Conversation
import Cryptography
import HTTPClient
import JSON
import Records
import Testing

/// Nobody is told by an answer, nor by the work that it takes, whether an address has an account.
///
/// Work is counted, not timed: hashes are what takes long.
@Suite("Who has an account", .timeLimit(.minutes(5)))
struct EnumerationTests {
    /// An answer as whoever asks sees it, and what it cost.
    private struct Seen: Hashable {
        var status: Int
        var body: [UInt8]
        var names: Set<String>
        var hashes: Int
    }

    private func see(
        _ house: House, _ path: String, _ body: String, bearer: String? = nil,
        blanking fields: [String] = []
    ) async throws -> Seen {
        let before = house.entrance.parts.hasher.taken
        let answer =
            if let bearer {
                try await house.ask(.post, path, body, bearer: bearer)
            } else {
                try await house.ask(.post, path, body)
            }
        var bytes = answer.body
        if !fields.isEmpty, case .object(var object) = try answer.value(JSONValue.self) {
            for field in fields { object[field] = .null }
            bytes = try RecordCodec.encode(JSONValue.object(object))
        }
        return Seen(
            status: answer.status, body: bytes, names: answer.names,
            hashes: house.entrance.parts.hasher.taken - before)
    }

    /// Addresses of all kinds: of the owner, of nobody, of one who is disabled, of one without a
    /// password, and what is none.
    private func addresses(_ house: House) async throws -> [String] {
        _ = try await house.setUp()
        for name in ["eva", "ben"] {
            let made = try await house.ask(
                .post, "users", #"{"name":"\#(name)","address":"\#(name)@example.org"}"#,
                bearer: House.key)
            try #require(made.status == 201, "\(made.text)")
            guard name == "eva" else { continue }
            struct User: Decodable { var id: String }
            let id = try made.value(User.self).id
            let disabled = try await house.ask(.post, "users/\(id)/disable", bearer: House.key)
            try #require(disabled.status == 200, "\(disabled.text)")
        }
        return ["ana@example.org", "noone@example.org", "eva@example.org", "ben@example.org"]
    }

    @Test("is not told by signing in: one hash each, and the same answer")
    func signIn() async throws {
        try await House.open { house in
            var seen: Set<Seen> = []
            for address in try await addresses(house) + ["no address"] {
                let one = try await see(
                    house, "session", House.signIn(address, "another long sentence"))
                #expect(one.status == 403 && one.hashes == 1, "\(address)")
                seen.insert(one)
            }
            #expect(seen.count == 1)
        }
    }

    @Test("is not told by asking for a reset: no hash, and the same answer")
    func reset() async throws {
        try await House.open { house in
            var seen: Set<Seen> = []
            for address in try await addresses(house) {
                let one = try await see(house, "resets/requests", #"{"email":"\#(address)"}"#)
                #expect(one.status == 204 && one.hashes == 0, "\(address)")
                seen.insert(one)
            }
            #expect(seen.count == 1)
        }
    }

    @Test("is not told by signing up: one hash each, and the same answer")
    func signUp() async throws {
        try await House.open { house in
            let addresses = try await addresses(house)
            try await house.change(.signUp(.init(isOpen: true)))
            var seen: Set<Seen> = []
            for address in addresses {
                let one = try await see(
                    house, "sign-up",
                    #"{"name":"Zoe","email":"\#(address)","password":"\#(House.password)"}"#)
                #expect(one.status == 204 && one.hashes == 1, "\(address)")
                seen.insert(one)
            }
            #expect(seen.count == 1)
        }
    }

    @Test("is not told by inviting: no hash, and the same answer but for what was asked")
    func invitation() async throws {
        try await House.open { house in
            let addresses = try await addresses(house)
            try await house.found()
            var seen: Set<Seen> = []
            for address in addresses {
                let one = try await see(
                    house, "tenants/sol/invitations",
                    #"{"email":"\#(address)","role":"agent"}"#, bearer: House.key,
                    blanking: ["id", "email", "sentAt", "expires"])
                #expect(one.status == 201 && one.hashes == 0, "\(address): \(one)")
                seen.insert(one)
            }
            #expect(seen.count == 1)
        }
    }

    @Test("is not told by changing one's own address: a link goes nowhere, and the same answer")
    func change() async throws {
        try await House.open { house in
            let addresses = try await addresses(house).dropFirst()
            let owner = try await house.ask(.post, "session", House.signIn())
            var seen: Set<[UInt8]> = []
            for address in addresses {
                let begun = try await house.ask(
                    .put, "me/address", #"{"email":"\#(address)"}"#, cookies: owner.cookies)
                #expect(begun.status == 200, "\(address): \(begun.text)")
                seen.insert(begun.body)
                let me = try await house.ask(.get, "me", cookies: owner.cookies)
                #expect(me.text.contains(#""newEmail":"\#(address)""#), "\(address)")
                let kept = try await house.ask(.delete, "me/address", cookies: owner.cookies)
                #expect(kept.status == 204, "\(address): \(kept.text)")
            }
            #expect(seen.count == 1)
            // Whose address it is keeps it, and hears nothing.
            let told = try await house.mails().filter { $0.kind == .addressConfirmation }
            #expect(told.map(\.to) == ["noone@example.org"])
        }
    }
}
