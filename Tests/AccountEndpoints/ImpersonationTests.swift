import AccountAccess
import AccountCommands
import AccountRecords
import AuditRecords
import Conversation
import Cryptography
import Endpoints
import HTTPClient
import HTTPServer
import Permissions
import PipelineTesting
import Synchronization
import Testing

@Suite("Operators who act as somebody", .timeLimit(.minutes(5)))
struct ImpersonationTests {
    @Test("begin with the tenant's consent only, after a proof, with a reason, in a browser")
    func begin() async throws {
        try await House.open { house in
            var sol = try await Sol(house)
            #expect(try await sol.begin().isProblem("no_consent"))
            try await sol.consent()
            #expect(try await sol.begin(reason: "  ").status == 400)
            // Those who belong to the tenant may not, nor a key, nor a program's token.
            #expect(try await sol.begin(by: sol.ada).status == 403)
            let body = #"{"account":"\#(sol.ben.account)","reason":"r"}"#
            let key = try await house.ask(
                .post, "tenants/sol/impersonations", body,
                headers: house.page() + [
                    .init(name: "Authorization", value: "Bearer \(House.key)")
                ])
            #expect(key.status == 403, "\(key.text)")
            house.clock.advance(by: .seconds(601))
            #expect(try await sol.begin().isProblem("unproven"))
            let proven = try await house.ask(
                .post, "session/proof", #"{"password":"\#(House.password)"}"#,
                cookies: sol.olga.cookies)
            sol.olga.cookies.merge(proven.cookies) { $1 }
            let answer = try await sol.begin(key: "once")
            #expect(answer.status == 201, "\(answer.text)")
            let line = try #require(answer.lines.first)
            #expect(line.contains("-as=ply_acting_") && line.contains("HttpOnly"), "\(line)")
            #expect(line.contains("SameSite=Lax") && line.contains("Max-Age=3"), "\(line)")
            // Asked again, it is one act, and its token is not told again.
            let again = try await sol.begin(key: "once")
            #expect(again.status == 409 && again.cookies.isEmpty, "\(again.text)")
            let started = try await house.audit("impersonation.start")
            #expect(started.count == 1 && started[0].contains("reason=a ticket"), "\(started)")
            #expect(started[0].hasPrefix("sol operator/\(sol.olga.account):"), "\(started)")
            let stored = try await house.payloads(in: .organisationsEvents)
            let token = try #require(answer.cookies.first?.value)
            #expect(!"\(stored)".contains(token))
        }
    }

    @Test("are never somebody of another team, somebody who runs the installation, or themselves")
    func whom() async throws {
        try await House.open { house in
            let sol = try await Sol(house)
            try await sol.consent()
            let eve = try await house.guest("eve")
            #expect(try await sol.begin(as: eve.account).isProblem("not_member"))
            #expect(try await sol.begin(as: "nobody").isProblem("not_member"))
            let otto = try await house.guest("otto")
            try await house.admit(otto, "otto", into: "sol", as: .agent, by: sol.ada)
            let acting = try await sol.acting(as: otto.account)
            #expect(try await acting.ask(.get, "me").status == 200)
            try await sol.channel.ask(
                .appoint(otto.account, .operator), for: house.theKey())
            #expect(try await acting.isOver())
            #expect(try await sol.begin(as: otto.account).isProblem("runs_installation"))
            try await house.admit(sol.olga, "olga", into: "sol", as: .agent, by: sol.ada)
            #expect(try await sol.begin(as: sol.olga.account).status == 403)
        }
    }

    @Test("see what that person sees of the one tenant, and both names are on record")
    func acts() async throws {
        try await House.open { house in
            let sol = try await Sol(house)
            try await sol.consent()
            let acting = try await sol.acting()
            let me = try await acting.ask(.get, "me")
            #expect(me.status == 200 && me.text.contains("ben@example.org"), "\(me.text)")
            #expect(me.text.contains(#""impersonator":"\#(sol.olga.account)""#), "\(me.text)")
            #expect(me.text.contains(#""reason":"a ticket""#) && !me.text.contains("users:write"))
            // Looking is told once an hour, with both names; so is what is refused by its nature.
            for _ in 0..<2 {
                #expect(try await acting.ask(.get, "tenants/sol/documents").status == 200)
            }
            try await eventually("the look is told") {
                try await house.audit("operator.look").filter {
                    $0.contains("account/\(sol.ben.account) by Ana: ")
                }.count == 1
            }
            #expect(try await acting.ask(.get, "tenants").status == 403)
            #expect(try await acting.ask(.get, "tenants/luna/documents").status == 404)
            // Themselves, they are in the browser's other cookie all the time.
            let own = try await house.ask(.get, "me", cookies: sol.olga.cookies)
            #expect(own.text.contains("users:write"))
        }
    }

    @Test("make no keys, change no credentials, prove nothing, consent to nothing, act no further")
    func forbidden() async throws {
        try await House.open { house in
            let sol = try await Sol(house)
            try await sol.consent()
            let acting = try await sol.acting(as: sol.ada.account)
            for (method, path, body) in [
                (HTTPClientRequest.Method.put, "me/password", #"{"password":"one more sentence"}"#),
                (.put, "me/address", #"{"email":"new@example.org"}"#),
                (.put, "me/profile", #"{"name":"New"}"#), (.post, "me/factor", "{}"),
                (.post, "me/factor/codes", nil), (.delete, "me/factor", nil),
                (.delete, "me/sessions", nil), (.delete, "session", nil),
                (.post, "session/proof", #"{"password":"\#(House.password)"}"#),
                (
                    .post, "tenants/sol/impersonations",
                    #"{"account":"\#(sol.ben.account)","reason":"more"}"#
                ),
                (.delete, "tenants/sol/impersonations/\(acting.id)", nil),
                (.post, "tenants/sol/tickets", #"{"name":"Ada","id":"a"}"#),
            ] {
                let answer = try await acting.ask(method, path, body)
                #expect([403, 404].contains(answer.status), "\(path): \(answer.text)")
                #expect(!answer.isProblem("unproven"), "\(path)")
            }
            #expect(try await !acting.isOver())
            // By the command itself neither, past every edge.
            let actor = AuditActor(
                .account, sol.ada.account.rawValue, session: acting.id.rawValue,
                impersonator: sol.olga.account.rawValue)
            for action in [
                OrganisationCommand.Action.consent(until: nil), .delete,
                .key(.revoke("k")),
            ] {
                await #expect(throws: Problem.self) {
                    try await sol.channel.ask("sol", action, for: house.asker(actor))
                }
            }
        }
    }

    @Test("are over at once when the consent goes, the team ends it, or the time is over")
    func team() async throws {
        try await House.open { house in
            let sol = try await Sol(house)
            func ends(
                _ word: String, _ end: (Acting) async throws -> Void
            ) async throws {
                try await sol.consent()
                let acting = try await sol.acting()
                let looks = Mutex(0)
                let watch = house.access.parts.watch
                let seat = watch.watch(sol.ben.account) { looks.withLock { $0 += 1 } }
                let person = Principal.Person(
                    account: sol.ben.account, name: "ben", session: acting.id, access: Access(),
                    impersonator: sol.olga.account)
                #expect(try await house.access.person(again: person, from: nil) != nil)
                try await end(acting)
                #expect(try await acting.isOver(), "\(word)")
                #expect(try await house.access.person(again: person, from: nil) == nil, "\(word)")
                #expect(looks.withLock { $0 } > 0, "\(word)")
                watch.leave(seat)
                let write = try await acting.ask(.put, "me/profile", #"{"name":"New"}"#)
                #expect(write.isProblem("impersonation_ended"), "\(word)")
            }
            try await ends("consent") { _ in try await sol.consent(for: nil) }
            try await ends("team") { acting in
                let end = try await house.ask(
                    .delete, "tenants/sol/impersonations/\(acting.id)",
                    cookies: sol.ada.cookies, headers: house.page())
                #expect(end.status == 204, "\(end.text)")
            }
            try await ends("suspended") { _ in
                try await sol.channel.ask(
                    "sol", .suspend(reason: "unpaid"),
                    for: house.theKey())
            }
            try await sol.channel.ask(
                "sol", .resume, for: house.theKey())
            try await ends("removed") { _ in
                try await sol.channel.ask(
                    "sol", .remove(sol.ben.account), for: house.asker(sol.ada.actor))
            }
            let stops = try await house.audit("impersonation.stop")
            #expect(
                stops.map { String($0.split(separator: " ").last ?? "") } == [
                    "cause=consent", "operator=-", "cause=standing", "cause=member",
                ], "\(stops)")
        }
    }

    @Test("are over in another console's process, too, and two of one wish are one")
    func twoConsoles() async throws {
        try await House.open { house in
            let sol = try await Sol(house)
            try await sol.consent()
            try await house.withSecondConsole { second in
                let acting = try await sol.acting()
                let person = Principal.Person(
                    account: sol.ben.account, name: "ben", session: acting.id, access: Access(),
                    impersonator: sol.olga.account)
                try await eventually("the other knows it") {
                    try await second.person(again: person, from: nil) != nil
                }
                try await sol.consent(for: nil)
                try await eventually("the other knows its end") {
                    try await second.person(again: person, from: nil) == nil
                }
            }
            // Both processes give the same wish to the fold, under its one name.
            try await sol.consent()
            var asker = try house.asker(
                AuditActor(
                    .operator, sol.olga.account.rawValue, session: sol.olga.session.rawValue))
            asker.reference = "the same wish"
            let session = NewSession(
                id: "i9", tokenHash: "h9", expires: house.now + .seconds(600))
            let wish = OrganisationCommand.Action.impersonate(
                sol.ben.account, name: nil, session, reason: "a ticket")
            let (first, again) = (asker, asker)
            async let one = sol.channel.ask("sol", wish, for: first)
            async let two = sol.channel.ask("sol", wish, for: again)
            _ = try await (one, two)
            #expect(try await house.audit("impersonation.start").count == 2)
        }
    }

    @Test("are over when an hour is, which is told though nobody asks")
    func time() async throws {
        try await House.open { house in
            let sol = try await Sol(house)
            try await sol.consent()
            let acting = try await sol.acting()
            for _ in 0..<3 {
                house.clock.advance(by: .seconds(1_190))
                #expect(try await acting.ask(.get, "me").status == 200)
            }
            house.clock.advance(by: .seconds(30))
            #expect(try await acting.isOver())
            try await eventually("its end is told") {
                try await house.audit("impersonation.stop").contains {
                    $0 == "sol system: operator=- cause=time"
                }
            }
        }
    }

    @Test("are over with the operator's own session, role and account, and nobody else's")
    func own() async throws {
        try await House.open { house in
            var sol = try await Sol(house)
            try await sol.consent()
            let otto = try await house.guest("otto")
            try await sol.channel.ask(.appoint(otto.account, .operator), for: house.theKey())
            sol.olga = otto
            // The token opens nothing without the session that it belongs to.
            let first = try await sol.acting()
            let stolen = first.cookies.filter { $0.key.hasSuffix("-as") }
            let alone = try await house.ask(.get, "me", cookies: stolen)
            #expect(alone.status == 401)
            let again = try await house.ask(.post, "session", House.signIn("otto@example.org"))
            try #require(again.status == 201, "\(again.text)")
            let other = again.cookies
            let mixed = try await house.ask(.get, "me", cookies: other.merging(stolen) { $1 })
            #expect(mixed.isProblem("impersonation_ended"), "\(mixed.text)")
            let out = try await house.ask(.delete, "session", cookies: otto.cookies)
            #expect(out.status == 204)
            #expect(try await first.ask(.get, "me").status == 401)
            sol.olga = try await house.known(other)
            let second = try await sol.acting()
            try await sol.channel.ask(.dismiss(otto.account), for: house.theKey())
            #expect(try await second.isOver())
            try await sol.channel.ask(
                .appoint(otto.account, .operator), for: house.theKey())
            #expect(try await second.ask(.get, "me").status == 200)
            try await sol.channel.ask(otto.account, .disable, for: house.theKey())
            #expect(try await second.ask(.get, "me").status == 401)
        }
    }

    @Test("stop when they say so, and a page that believes otherwise does nothing")
    func stop() async throws {
        try await House.open { house in
            let sol = try await Sol(house)
            try await sol.consent()
            let acting = try await sol.acting()
            // A tab that was open before believes that it acts for its operator.
            let stale = try await acting.ask(
                .put, "me/profile", #"{"name":"New"}"#, says: .some(nil))
            #expect(stale.status == 409 && stale.isProblem("impersonates_elsewhere"))
            let other = try await acting.ask(.get, "me", says: "another")
            #expect(other.isProblem("impersonates_elsewhere"))
            // What cannot say it, such as a link, is answered.
            #expect(try await acting.ask(.get, "me", says: .some(nil)).status == 200)
            let foreign = try await house.ask(
                .delete, "impersonation", cookies: acting.cookies,
                headers: [.init(name: "Sec-Fetch-Site", value: "cross-site")])
            #expect(foreign.status == 403)
            let stopped = try await house.ask(.delete, "impersonation", cookies: acting.cookies)
            #expect(stopped.status == 204)
            #expect(
                stopped.lines.count == 1 && stopped.lines[0].contains("-as=;")
                    && stopped.lines[0].contains("Max-Age=0"), "\(stopped.lines)")
            // The same, said again, is said of nothing.
            #expect(
                try await house.ask(.delete, "impersonation", cookies: acting.cookies).status
                    == 204)
            #expect(try await acting.isOver())
            // The tab that believes that it still acts does nothing as the operator.
            let late = try await house.ask(
                .put, "me/profile", #"{"name":"New"}"#, cookies: sol.olga.cookies,
                headers: house.page() + [
                    .init(name: "Parley-Impersonation", value: acting.id.rawValue)
                ])
            #expect(late.isProblem("impersonation_ended"))
            let stops = try await house.audit("impersonation.stop")
            #expect(stops == ["sol operator/\(sol.olga.account): operator=-"])
            #expect(try await house.ask(.get, "me", cookies: sol.olga.cookies).status == 200)
        }
    }

    @Test("are listed to the team while they act, with name, reason and end")
    func listed() async throws {
        try await House.open { house in
            let sol = try await Sol(house)
            try await sol.consent()
            func list() async throws -> String {
                try await house.ask(
                    .get, "tenants/sol/impersonations", cookies: sol.ada.cookies
                ).text
            }
            #expect(try await list() == #"{"impersonations":[]}"#)
            let acting = try await sol.acting()
            let shown = try await list()
            for word in [#""operatorName":"Ana""#, #""name":"ben""#, #""reason":"a ticket""#] {
                #expect(shown.contains(word), "\(shown)")
            }
            #expect(!shown.contains("ply_acting") && !shown.contains("tokenHash"))
            // Whoever signs out acts as nobody, before it is told that they do not.
            let out = try await house.ask(.delete, "session", cookies: sol.olga.cookies)
            #expect(out.status == 204)
            #expect(try await list() == #"{"impersonations":[]}"#)
            #expect(try await acting.ask(.get, "me").status == 401)
        }
    }

    @Test("are let in by a tenant that asks for networks and second factors as they ask")
    func security() async throws {
        try await House.open { house in
            let sol = try await Sol(house)
            try await sol.consent()
            let acting = try await sol.acting()
            func secure(_ security: OrganisationPart.Security, _ version: Int) async throws {
                try await sol.channel.ask(
                    "sol", .change(.security(security), version: version),
                    for: house.asker(sol.ada.actor))
            }
            try await secure(.init(networks: ["192.0.2.0/24"]), 1)
            #expect(try await acting.isOver())
            #expect(try await sol.begin().isProblem("network"))
            try await secure(.init(secondFactorFrom: house.now), 2)
            #expect(try await acting.isOver())
            #expect(try await sol.begin().isProblem("second_factor_due"))
            try await secure(.init(), 3)
            #expect(try await acting.ask(.get, "me").status == 200)
        }
    }
}
