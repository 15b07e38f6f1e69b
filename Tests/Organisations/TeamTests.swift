import AccountCommands
import AccountRecords
import AuditRecords
import Conversation
import Cryptography
import HTTPClient
import JSON
import PipelineTesting
import Records
import Testing
import Views

@Suite("Teams over HTTP", .timeLimit(.minutes(5)))
struct TeamTests {
    @Test("keep an owner, though two go at once")
    func lastOwner() async throws {
        try await House.open { house in
            try await house.found()
            try await house.person("second")
            try await house.take("second", as: "owner")
            async let one = house.sol(.delete, "/members/account-owner", as: "second")
            async let other = house.sol(.delete, "/members/account-second", as: "owner")
            let answers = try await [one, other]
            #expect(answers.filter { $0.status == 204 }.count == 1)
            let owners = try await house.sol(.get, "/members?role=owner")
            #expect(try owners.json()["members"]?.list.count == 1)
            let last = try #require(try owners.json()["members"]?[0]?["account"]?.text)
            let refused = try await house.sol(.delete, "/members/\(last)", as: "key")
            #expect(refused.code == "last_owner")
            let down = try await house.sol(.put, "/members/\(last)/role", ["role": "agent"])
            #expect(down.code == "last_owner")
        }
    }

    @Test("let nobody join by an invitation for another address, or by a used one")
    func otherAddress() async throws {
        try await House.open { house in
            try await house.found()
            let invited = try await house.sol(
                .post, "/invitations", as: "owner",
                ["email": "Guest@Example.org", "role": "agent"])
            #expect(invited.status == 201, "\(invited.text)")
            let token = try await house.link(to: "guest@example.org")
            let body: JSONValue = ["token": .string(token)]
            try await house.person("thief")
            let stolen = try await house.ask(
                .post, "/api/v1/me/invitations/accept", as: "thief", body)
            #expect(stolen.status == 403)
            #expect(stolen.code == "other_address")
            let look = try await house.ask(.post, "/api/v1/invitations/look", as: nil, body)
            #expect(try look.json()["email"]?.text == "g…@example.org")
            #expect(try look.json()["hasAccount"] == false)
            try await house.person("guest")
            let known = try await house.ask(.post, "/api/v1/invitations/look", as: nil, body)
            #expect(try known.json()["hasAccount"] == true)
            let joined = try await house.ask(
                .post, "/api/v1/me/invitations/accept", as: "guest", body)
            #expect(joined.status == 200, "\(joined.text)")
            // Read at once what was just written.
            #expect(try await house.sol(.get, "/members/account-guest").status == 200)
            let again = try await house.ask(
                .post, "/api/v1/me/invitations/accept", as: "guest", body)
            #expect(again.code == "bad_token")
        }
    }

    @Test("let somebody without an account in: the link proves the address, once")
    func withoutAccount() async throws {
        try await House.open { house in
            try await house.found()
            _ = try await house.sol(
                .post, "/invitations", ["email": "new@example.org", "role": "viewer"])
            let token = try await house.link(to: "new@example.org")
            let weak = try await house.ask(
                .post, "/api/v1/invitations/account", as: nil,
                ["token": .string(token), "name": "Neu", "password": "short"])
            #expect(weak.status == 400)
            #expect(weak.text.contains("too_short"))
            let body: JSONValue = [
                "token": .string(token), "name": "Neu",
                "password": "a bicycle under the old stairs",
            ]
            async let one = house.ask(.post, "/api/v1/invitations/account", as: nil, body)
            async let other = house.ask(.post, "/api/v1/invitations/account", as: nil, body)
            let answers = try await [one, other]
            #expect(answers.filter { $0.status == 201 }.count == 1, "\(answers.map(\.text))")
            let made = try #require(answers.first { $0.status == 201 })
            #expect(try made.json()["email"]?.text == "new@example.org")
            let account = AccountID(try #require(try made.json()["account"]?.text))
            let person = Person(name: "new", account: account, session: "s-new")
            try await house.signIn(person)
            let joined = try await house.ask(
                .post, "/api/v1/me/invitations/accept", as: "new", ["token": .string(token)])
            #expect(joined.status == 200, "\(joined.text)")
            #expect(try await house.sol(.get, "/members", as: "new").status == 403)
        }
    }

    @Test("say of many invitations what became of each line, garbage included")
    func many() async throws {
        try await House.open { house in
            try await house.found()
            let lines: [JSONValue] = [
                "one@example.org", "Zoë <two@example.org>", "", "   ", "no address",
                "ONE@example.org",
                "owner@example.org", "a@b", "=cmd|' /C calc'!A0", "three@example.org,",
                "x@example.org\r\nBcc: all@example.org",
            ]
            let answer = try await house.sol(
                .post, "/invitations/many", as: "admin", ["lines": .array(lines), "role": "agent"])
            let results = try answer.json()["results"]?.list ?? []
            #expect(
                results.map { $0["isDone"] == true ? "sent" : $0["code"]?.text } == [
                    "sent", "sent", "bad_email", "not_unique", "member", "bad_email", "bad_email",
                    "sent", "bad_email",
                ], "\(answer.text)")
            let open = try await house.sol(.get, "/invitations?limit=2", as: "admin").json()
            #expect(open["total"] == 3)
            let next = try #require(open["next"]?.text)
            let rest = try await house.sol(.get, "/invitations?limit=2&after=\(next)").json()
            #expect(
                ((open["invitations"]?.list ?? []) + (rest["invitations"]?.list ?? []))
                    .map { $0["email"]?.text }
                    == ["one@example.org", "three@example.org", "two@example.org"])
        }
    }

    @Test("send an invitation again after a minute, with another link, and take it back")
    func resend() async throws {
        try await House.open { house in
            try await house.found()
            let made = try await house.sol(
                .post, "/invitations", ["email": "new@example.org", "role": "viewer"])
            let id = try #require(try made.json()["id"]?.text)
            let first = try await house.link(to: "new@example.org")
            let soon = try await house.sol(.post, "/invitations/\(id)/resend")
            #expect(soon.code == "too_soon")
            house.clock.advance(by: .seconds(61))
            #expect(try await house.sol(.post, "/invitations/\(id)/resend").status == 200)
            try await house.eventuallyOther(than: first, to: "new@example.org")
            let old = try await house.ask(
                .post, "/api/v1/invitations/look", as: nil, ["token": .string(first)])
            #expect(old.code == "bad_token")
            #expect(try await house.sol(.delete, "/invitations/\(id)").status == 204)
            #expect(try await house.sol(.delete, "/invitations/\(id)").status == 404)
            let again = try await house.sol(
                .post, "/invitations", ["email": "new@example.org", "role": "viewer"])
            #expect(again.status == 201, "who was uninvited can be invited again")
        }
    }

    @Test("change the roles of many, and say of each whether it could be")
    func roles() async throws {
        try await House.open { house in
            try await house.found()
            let answer = try await house.sol(
                .post, "/members/roles", as: "admin",
                [
                    "accounts": ["account-agent", "account-owner", "nobody", "account-viewer"],
                    "role": "agent",
                ])
            let results = try answer.json()["results"]?.list ?? []
            #expect(
                results.map { $0["isDone"] == true ? "done" : $0["code"]?.text }
                    == ["done", "forbidden", "not_member", "done"])
        }
    }

    @Test("hand the ownership over by an offer that is taken")
    func ownership() async throws {
        try await House.open { house in
            try await house.found()
            let offered = try await house.sol(
                .post, "/ownership/offer", as: "owner", ["account": "account-agent"])
            #expect(offered.status == 200, "\(offered.text)")
            let other = try await house.ask(
                .post, "/api/v1/me/teams/sol/ownership", as: "viewer")
            #expect(other.status >= 400)
            let taken = try await house.ask(
                .post, "/api/v1/me/teams/sol/ownership", as: "agent")
            #expect(taken.status == 204, "\(taken.text)")
            #expect(
                try await house.sol(.get, "/members/account-agent").json()["role"]?.text == "owner")
            #expect(
                try await house.sol(.get, "/members/account-owner").json()["role"]?.text == "admin")
        }
    }

    @Test("give tables in which no cell is a formula")
    func formulas() async throws {
        try await House.open { house in
            try await house.found()
            try await house.channel.ask(
                "account-agent", .rename(name: "=HYPERLINK(\"http://x\")", language: nil),
                for: .init(
                    .init(.operator, "op"), origin: .init(), reference: "rename"))
            // The table's view follows in a moment.
            let table = try await eventually("the table has the new name") {
                let table = try await house.sol(.get, "/exports/members.csv")
                return table.text.contains("HYPERLINK") ? table : nil
            }
            #expect(table.text.contains("\"'=HYPERLINK(\"\"http://x\"\")\""))
            #expect(!table.text.contains("\"=HYPERLINK"))
        }
    }
}

extension House {
    func eventuallyOther(than token: String, to address: String) async throws {
        while try await link(to: address) == token { try await Task.sleep(for: .milliseconds(5)) }
    }
}
