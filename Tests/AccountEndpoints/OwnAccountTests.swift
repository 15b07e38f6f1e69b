import AccountAccess
import AccountRecords
import AuditRecords
import Conversation
import Cryptography
import Endpoints
import HTTPClient
import PipelineTesting
import Synchronization
import Testing

@Suite("One's own account", .timeLimit(.minutes(5)))
struct OwnAccountTests {
    @Test("a second factor is asked for, each code is good once, and a backup code helps")
    func factor() async throws {
        try await House.open { house in
            let cookies = try await house.setUp()
            let (secret, codes) = try await house.addFactor(cookies)
            #expect(codes.count == 10)
            func signIn(_ code: String?) async throws -> House.Answer {
                try await house.ask(
                    .post, "session", House.signIn(code: code), cookies: cookies)
            }
            let without = try await signIn(nil)
            #expect(without.status == 403 && without.isProblem("second_factor"))
            // The code that set it up is spent.
            let spent = try await signIn(try house.code(secret))
            #expect(spent.status == 403 && spent.isProblem("used_code"), "\(spent.text)")
            let wrong = try await signIn("000000")
            #expect(wrong.isProblem("wrong_code") || wrong.status == 201)
            let next = try house.code(secret, steps: 1)
            let results = try await withThrowingTaskGroup { group in
                for _ in 0..<2 { group.addTask { try await signIn(next).status } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(results.sorted() == [201, 403])
            #expect(try await signIn(codes[3]).status == 201)
            #expect(try await signIn(codes[3]).isProblem("used_code"))
        }
    }

    @Test("what is hard to take back asks for a proof, by the strongest factor that there is")
    func proof() async throws {
        try await House.open { house in
            var cookies = try await house.setUp()
            let (secret, _) = try await house.addFactor(cookies)
            house.clock.advance(by: .seconds(601))
            for (method, path, body) in [
                (HTTPClientRequest.Method.put, "me/password", #"{"password":"one more sentence"}"#),
                (.put, "me/address", #"{"email":"new@example.org"}"#),
                (.post, "me/factor/codes", nil),
                (.delete, "me/factor", nil),
            ] {
                let answer = try await house.ask(method, path, body, cookies: cookies)
                #expect(answer.status == 403 && answer.isProblem("unproven"), "\(path)")
            }
            let password = try await house.ask(
                .post, "session/proof", #"{"password":"\#(House.password)"}"#, cookies: cookies)
            #expect(password.isProblem("second_factor"))
            let proven = try await house.ask(
                .post, "session/proof", #"{"code":"\#(try house.code(secret))"}"#,
                cookies: cookies)
            #expect(proven.status == 201, "\(proven.text)")
            let former = cookies
            cookies.merge(proven.cookies) { $1 }
            #expect(former != cookies)
            // What was under way with the former token goes through, and then no more.
            #expect(try await house.ask(.get, "me", cookies: former).status == 200)
            let done = try await house.ask(
                .put, "me/password", #"{"password":"one more sentence"}"#, cookies: cookies)
            #expect(done.status == 204, "\(done.text)")
            house.clock.advance(by: .seconds(61))
            #expect(try await house.ask(.get, "me", cookies: former).status == 401)
            #expect(try await house.ask(.get, "me", cookies: cookies).status == 200)
        }
    }

    @Test("a session that ended is dead at once, here and for what is open")
    func ended() async throws {
        try await House.open { house in
            let one = try await house.setUp()
            let two = try await house.ask(.post, "session", House.signIn()).cookies
            struct List: Decodable {
                struct Row: Decodable {
                    var id: SessionID
                    var isCurrent: Bool
                }
                var sessions: [Row]
            }
            let list = try await house.ask(.get, "me/sessions", cookies: one).value(List.self)
            #expect(list.sessions.count == 2)
            let other = try #require(list.sessions.first { !$0.isCurrent })
            let looks = Looks()
            let account = try #require(
                try await house.access.person(again: other.id, from: nil)?.person.account)
            let seat = house.access.parts.watch.watch(account) { looks.count() }
            let ended = try await house.ask(
                .delete, "me/sessions/\(other.id)", cookies: one)
            #expect(ended.status == 204)
            #expect(looks.number > 0)
            #expect(try await house.access.person(again: other.id, from: nil) == nil)
            #expect(try await house.ask(.get, "me", cookies: two).status == 401)
            house.access.parts.watch.leave(seat)
            let three = try await house.ask(.post, "session", House.signIn()).cookies
            #expect(try await house.ask(.delete, "me/sessions", cookies: one).status == 204)
            #expect(try await house.ask(.get, "me", cookies: three).status == 401)
            #expect(try await house.ask(.get, "me", cookies: one).status == 200)
            let out = try await house.ask(.delete, "session", cookies: one)
            #expect(out.status == 204 && out.lines.contains { $0.contains("Max-Age=0") })
            #expect(try await house.ask(.get, "me", cookies: one).status == 401)
        }
    }

    @Test("a session that nobody uses ends, one that is used goes on, to its end at most")
    func limits() async throws {
        try await House.open { house in
            let cookies = try await house.setUp()
            for _ in 0..<14 {
                house.clock.advance(by: .seconds(50 * 60))
                let answer = try await house.ask(.get, "me", cookies: cookies)
                #expect(answer.status == 200)
            }
            house.clock.advance(by: .seconds(25 * 60))
            #expect(try await house.ask(.get, "me", cookies: cookies).status == 401)
            let idle = try await house.ask(.post, "session", House.signIn()).cookies
            // What a page asks by itself is no use.
            for _ in 0..<5 {
                house.clock.advance(by: .seconds(30 * 60))
                _ = try await house.ask(
                    .get, "me", cookies: idle,
                    headers: [.init(name: "Parley-Unattended", value: "1")])
            }
            #expect(try await house.ask(.get, "me", cookies: idle).status == 401)
        }
    }

    @Test("a reset link is used by its one POST, ends all sessions, and keeps the factor")
    func reset() async throws {
        try await House.open { house in
            let cookies = try await house.setUp()
            for email in ["ana@example.org", "nobody@example.org"] {
                let answer = try await house.ask(
                    .post, "resets/requests", #"{"email":"\#(email)"}"#)
                #expect(answer.status == 204 && answer.body.isEmpty)
            }
            let token = try await house.token(.reset)
            #expect(try await house.mails().filter { $0.kind == .reset }.count == 1)
            let short = try await house.ask(
                .post, "resets", #"{"token":"\#(token)","password":"short"}"#)
            #expect(short.status == 400)
            let new = "quite another sentence"
            let done = try await house.ask(
                .post, "resets", #"{"token":"\#(token)","password":"\#(new)"}"#)
            #expect(done.status == 204, "\(done.text)")
            let again = try await house.ask(
                .post, "resets", #"{"token":"\#(token)","password":"\#(new)"}"#)
            #expect(again.isProblem("bad_token"))
            #expect(try await house.ask(.get, "me", cookies: cookies).status == 401)
            #expect(try await house.ask(.post, "session", House.signIn()).status == 403)
            let signedIn = try await house.ask(
                .post, "session", House.signIn("ana@example.org", new))
            #expect(signedIn.status == 201)
        }
    }

    @Test("another address counts once both confirmed it, and the old one is told")
    func address() async throws {
        try await House.open { house in
            let cookies = try await house.setUp()
            let begun = try await house.ask(
                .put, "me/address", #"{"email":"new@example.org"}"#, cookies: cookies)
            #expect(begun.status == 200, "\(begun.text)")
            let (new, old) = (
                try await house.token(.addressConfirmation), try await house.token(.addressNotice)
            )
            let first = try await house.ask(
                .post, "addresses/confirmations", #"{"token":"\#(new)"}"#)
            #expect(first.text.contains(#""waitsForOld":true"#), "\(first.text)")
            #expect(try await house.ask(.post, "session", House.signIn()).status == 201)
            let second = try await house.ask(
                .post, "addresses/confirmations", #"{"token":"\#(old)"}"#)
            #expect(second.text.contains(#""isChanged":true"#), "\(second.text)")
            #expect(try await house.ask(.post, "session", House.signIn()).status == 403)
            let moved = try await house.ask(.post, "session", House.signIn("new@example.org"))
            #expect(moved.status == 201)
        }
    }

    @Test("the installation's key still opens everything, and is nobody's account")
    func breakGlass() async throws {
        try await House.open { house in
            let me = try await house.ask(.get, "me", bearer: House.key)
            #expect(me.text.contains(#""mayEverything":true"#))
            let sessions = try await house.ask(.get, "me/sessions", bearer: House.key)
            #expect(sessions.status == 403)
        }
    }
}

/// Counts how often something was looked at.
final class Looks: Sendable {
    private let state = Mutex(0)

    var number: Int { state.withLock { $0 } }

    func count() { state.withLock { $0 += 1 } }
}
