import AccountRecords
import Conversation
import HTTPClient
import JSON
import NotificationEndpoints
import NotificationRecords
import PipelineTesting
import Synchronization
import Testing

@Suite("Notifications over HTTP", .timeLimit(.minutes(5)))
struct NotificationEndpointTests {
    @Test("are listed newest first, page by page, each once, also of one moment")
    func pages() async throws {
        try await Lodge.open { lodge in
            try await lodge.tell("ana", 7)
            lodge.clock.advance(by: .seconds(60))
            try await lodge.tell("ana", 4)
            try await lodge.tell("ben", 1)
            var found: [JSONValue] = []
            var after = ""
            for size in [3, 3, 3, 2] {
                let page = try await lodge.ask(.get, "notifications?limit=3" + after)
                #expect(page.status == 200 && page.rows.count == size, "\(page.text)")
                #expect(page.json["unread"] == 11)
                found += page.rows
                after = page.json["next"]?.string.map { "&after=\($0)" } ?? ""
            }
            #expect(after.isEmpty)
            #expect(Set(found.compactMap { $0["id"]?.string }).count == 11)
            let times = found.compactMap { $0["at"]?.integer }
            #expect(times.count == 11 && times == times.sorted(by: >))
        }
    }

    @Test("are listed after what the same list gave, and after nothing else")
    func cursors() async throws {
        try await Lodge.open { lodge in
            try await lodge.tell("ana", 3)
            try await lodge.tell("ben", 3)
            let page = try await lodge.ask(.get, "notifications?limit=1")
            let next = try #require(page.json["next"]?.string)
            for (target, who) in [
                ("notifications?after=\(next)", "ben"),
                ("notifications?unread=true&after=\(next)", "ana"),
                ("notifications?after=nonsense", "ana"), ("notifications?after=1.2.3", "ana"),
                ("notifications?limit=0", "ana"), ("notifications?limit=101", "ana"),
                ("notifications?limit=x", "ana"), ("notifications?other=1", "ana"),
            ] {
                let answer = try await lodge.ask(.get, target, as: who)
                #expect(answer.status == 400, "\(target): \(answer.text)")
            }
        }
    }

    @Test("are read one by one and all until a moment, and then are not unread")
    func reading() async throws {
        try await Lodge.open { lodge in
            try await lodge.tell("ana", 3)
            let rows = try await lodge.ask(.get, "notifications").rows
            let first = try #require(rows.first?["id"]?.string)
            // What is read is read, however often that is said.
            for _ in 0..<2 {
                #expect(try await lodge.ask(.put, "notifications/\(first)").status == 204)
                #expect(try await lodge.unread() == 2)
            }
            let unread = try await lodge.ask(.get, "notifications?unread=true").rows
            #expect(unread.count == 2 && !unread.contains { $0["id"]?.string == first })
            let seen = try #require(rows.first?["at"]?.integer)
            lodge.clock.advance(by: .seconds(60))
            try await lodge.tell("ana", 1)
            // What came after the page was read stays new.
            let all = try await lodge.ask(.put, "notifications", #"{"until":\#(seen)}"#)
            #expect(all.status == 204, "\(all.text)")
            #expect(try await lodge.unread() == 1)
            let far = try await lodge.ask(
                .put, "notifications", #"{"until":32472144000000}"#)
            #expect(far.status == 204)
            // What is to come is not read in advance.
            lodge.clock.advance(by: .seconds(60))
            try await lodge.tell("ana", 1)
            #expect(try await lodge.unread() == 1)
        }
    }

    @Test("are their person's alone, and nobody else can tell that they are there")
    func others() async throws {
        try await Lodge.open { lodge in
            try await lodge.tell("ana", 1)
            let row = try #require(try await lodge.ask(.get, "notifications").rows.first)
            let id = try #require(row["id"]?.string)
            let foreign = try await lodge.ask(.put, "notifications/\(id)", as: "ben")
            let none = try await lodge.ask(.put, "notifications/nothing", as: "ben")
            #expect(foreign.status == 404 && none.status == 404)
            #expect(foreign.text == none.text)
            #expect(try await lodge.unread() == 1)
            #expect(try await lodge.ask(.get, "notifications", as: "ben").rows.isEmpty)
            #expect(try await lodge.unread("ben") == 0)
            let body = #"{"until":32472144000000}"#
            for target in ["notifications", "counts/notifications", "preferences/notifications"] {
                #expect(try await lodge.ask(.get, target, as: "").status == 401)
                // No person, so nothing of their own.
                for who in ["key", "agent"] {
                    #expect(try await lodge.ask(.get, target, as: who).status == 403)
                }
            }
            #expect(try await lodge.ask(.put, "notifications", body, as: "key").status == 403)
            #expect(try await lodge.ask(.put, "notifications", body, as: "ben").status == 204)
            #expect(try await lodge.unread() == 1)
        }
    }

    @Test("are shown as their person wishes, but for what is about who gets in")
    func preferences() async throws {
        try await Lodge.open { lodge in
            let target = "preferences/notifications"
            let usual = try await lodge.ask(.get, target)
            #expect(usual.json["mailPauseMinutes"] == 15 && usual.json["waitingFrom"] == 1)
            let wish = #"""
                {"kinds": [
                    {"kind": "joined", "isShown": false, "isMailed": false},
                    {"kind": "removed", "isShown": false, "isMailed": false}
                ], "mailPauseMinutes": 60, "waitingFrom": 3}
                """#
            let changed = try await lodge.ask(.put, target, wish)
            #expect(changed.status == 200, "\(changed.text)")
            #expect(try await lodge.ask(.get, target).text == changed.text)
            #expect(changed.json["waitingFrom"] == 3)
            try await lodge.tell("ana", 1, "removed")
            try await lodge.put(
                PersonalNews(
                    account: "ana", kind: "joined", team: "sol", values: [:], at: lodge.now),
                as: "hidden")
            try await lodge.tell("ana", 1, "role")
            let kinds = try await lodge.ask(.get, "notifications").rows.compactMap {
                $0["kind"]?.string
            }
            #expect(Set(kinds) == ["removed", "role"])
            // Nobody else's wishes.
            #expect(try await lodge.ask(.get, target, as: "ben").text == usual.text)
            for bad in [
                #"{"kinds": [], "mailPauseMinutes": 7}"#,
                #"{"kinds": [], "mailPauseMinutes": 15, "waitingFrom": 0}"#,
                #"{"kinds": [{"kind": "no such", "isShown": true, "isMailed": true}],"#
                    + #" "mailPauseMinutes": 15}"#, #"{"kinds": []}"#, "{}", "",
            ] {
                #expect(try await lodge.ask(.put, target, bad).status == 400, "\(bad)")
            }
            #expect(try await lodge.ask(.get, target).text == changed.text)
        }
    }

    @Test("tell whoever has an invited address, and not whoever only wishes for it")
    func invited() async throws {
        try await Lodge.open { lodge in
            var facts = AccountFacts()
            facts.standing = .active
            facts.isVerified = true
            for name in ["ana", "eve"] {
                facts.address = AddressClaim(
                    key: AddressKey("key of \(name)"), text: "\(name)@example.org")
                try await lodge.put(
                    AccountEvent(
                        account: AccountID(name), epoch: 1, facts: facts, change: .verified,
                        at: lodge.now), as: "account \(name)")
                try await lodge.put(
                    AddressRequest(
                        address: AddressKey("key of \(name)"), account: AccountID(name),
                        wish: .reserve, at: lodge.now), as: "address \(name)")
            }
            // Not proven yet, so that it is not hers.
            try await lodge.put(
                AddressRequest(
                    address: "key of new", account: "eve", wish: .reserve, at: lodge.now),
                as: "wish of eve")
            // The topics are read side by side: what comes before the accounts concerns nobody.
            let number = Atomic(0)
            try await eventually("ana is told") {
                for address in ["key of new", "key of nobody", "key of ana"] {
                    let count = number.add(1, ordering: .relaxed).newValue
                    try await lodge.put(
                        AddressNews(
                            address: AddressKey(address), kind: "invited", team: "sol",
                            values: ["organisation": "Sol", "name": "Olga", "role": "agent"],
                            at: lodge.now), as: "invitation \(count)")
                }
                return try await lodge.unread() ?? 0 > 0
            }
            try await lodge.tell("eve", 1, "role")
            let kinds = try await lodge.ask(.get, "notifications", as: "eve").rows.map {
                $0["kind"]
            }
            #expect(kinds == ["role"])
        }
    }

    @Test("are mailed no more by one click, of that kind alone, and not by looking")
    func refusing() async throws {
        try await Lodge.open { lodge in
            let target = "preferences/notifications"
            func mailed() async throws -> [String] {
                let wishes = try await lodge.ask(.get, target).json["kinds"]
                guard case .array(let kinds)? = wishes else { return [] }
                return kinds.filter { $0["isMailed"] == .bool(true) }
                    .compactMap { $0["kind"]?.string }
            }
            let before = try await mailed()
            #expect(before.contains("key") && before.contains("signIn"))
            let token = try lodge.tokens.make("ana", ["key", "signIn"])
            #expect(!token.contains("ana") && !token.contains("key"))
            for _ in 0..<3 {
                let look = try await lodge.click(.get, token)
                #expect(look.status == 303 && look.target == "/pages/unsubscribe/#\(token)")
            }
            #expect(try await mailed() == before)
            for _ in 0..<2 { #expect(try await lodge.click(.post, token).status == 200) }
            // What is about who may get in cannot be refused.
            #expect(try await mailed() == before.filter { $0 != "key" })
            // In pages it is told as before.
            try await lodge.tell("ana", 1, "key")
            #expect(try await lodge.unread() == 1)
            for wrong in [String(token.dropLast(2)), "k1.AAAA", "x", token + "A"] {
                #expect(try await lodge.click(.post, wrong).status == 404, "\(wrong)")
            }
        }
    }
}
