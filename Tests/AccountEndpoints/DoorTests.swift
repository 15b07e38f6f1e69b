import AccountEndpoints
import AccountRecords
import AuditRecords
import Conversation
import Cryptography
import EventLog
import HTTPClient
import PipelineTesting
import Testing

@Suite("Set-up and signing in", .timeLimit(.minutes(5)))
struct DoorTests {
    @Test("the link makes the owner once, and is no link any more after that")
    func setUp() async throws {
        try await House.open { house in
            let token = try await house.offerLink()
            let wrong = try await house.ask(.post, "setup/link", #"{"token":"guessed-it"}"#)
            #expect(wrong.status == 422)
            let door = try await house.ask(.get, "door")
            #expect(door.text.contains(#""isSetUp":false"#))
            let short = try await house.ask(
                .post, "setup",
                #"{"token":"\#(token)","name":"Ana","email":"a@b.org","password":"short"}"#)
            #expect(short.status == 400 && short.text.contains("too_short"))
            let made = try await house.ask(.post, "setup", House.setUp(token))
            #expect(made.status == 201, "\(made.text)")
            let me = try await house.ask(.get, "me", cookies: made.cookies)
            #expect(me.text.contains("users:write") && me.text.contains("ana@example.org"))
            for path in ["setup", "setup/link"] {
                let body = path == "setup" ? House.setUp(token) : #"{"token":"\#(token)"}"#
                let again = try await house.ask(.post, path, body)
                #expect(again.status == 404 && again.isProblem("set_up"))
            }
        }
    }

    @Test("where the policy asks for a second factor, the owner may nothing before it is there")
    func factorDue() async throws {
        try await House.open { house in
            try await house.change(.security(.init(needsSecondFactor: true)))
            let cookies = try await house.setUp()
            for path in ["users", "installation/security"] {
                let due = try await house.ask(.get, path, cookies: cookies)
                #expect(due.status == 403 && due.isProblem("second_factor_due"), "\(due.text)")
            }
            let wish = try await house.ask(
                .post, "users", #"{"name":"Eva","address":"eva@example.org"}"#, cookies: cookies)
            #expect(wish.isProblem("second_factor_due"), "\(wish.text)")
            let me = try await house.ask(.get, "me", cookies: cookies)
            #expect(me.text.contains(#""needsFactor":true"#), "\(me.text)")
            _ = try await house.addFactor(cookies)
            for path in ["users", "installation/security"] {
                let answer = try await house.ask(.get, path, cookies: cookies)
                #expect(answer.status == 200, "\(answer.text)")
            }
            let gone = try await house.ask(.delete, "me/factor", cookies: cookies)
            #expect(gone.status == 409 && gone.isProblem("factor_required"), "\(gone.text)")
        }
    }

    @Test("two set-ups at once make one owner")
    func race() async throws {
        try await House.open { house in
            let token = try await house.offerLink()
            let statuses = try await withThrowingTaskGroup { group in
                for name in ["ana", "ben"] {
                    group.addTask {
                        try await house.ask(
                            .post, "setup", House.setUp(token, "\(name)@example.org")
                        ).status
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.filter { $0 == 201 }.count == 1, "\(statuses)")
            let made = try await house.payloads(in: .accountsEvents).compactMap {
                ($0 as? AccountEvent)?.change == .created ? ($0 as? AccountEvent)?.account : nil
            }
            #expect(Set(made).count == 1)
        }
    }

    @Test("whoever knows address and password comes in, and nobody else is told why not")
    func signIn() async throws {
        try await House.open { house in
            _ = try await house.setUp()
            let right = try await house.ask(.post, "session", House.signIn("ANA@example.org "))
            #expect(right.status == 201, "\(right.text)")
            let wrong = try await house.ask(
                .post, "session", House.signIn("ana@example.org", "another long sentence"))
            let nobody = try await house.ask(.post, "session", House.signIn("ben@example.org"))
            let none = try await house.ask(.post, "session", House.signIn("no address"))
            #expect(wrong.status == 403 && wrong.isProblem("wrong_credentials"))
            #expect(nobody.text == wrong.text && none.text == wrong.text)
            #expect(nobody.status == wrong.status && none.status == wrong.status)
        }
    }

    @Test("the cookie is for the browser alone, and the token stands nowhere else")
    func cookie() async throws {
        try await House.open { house in
            let cookies = try await house.setUp()
            let answer = try await house.ask(.post, "session", House.signIn())
            let line = try #require(answer.lines.first { $0.hasPrefix("parley-\(house.port)=") })
            #expect(line.contains("HttpOnly") && line.contains("SameSite=Lax"))
            #expect(line.contains("Path=/") && !line.contains("Secure"))
            let token = try #require(answer.cookies["parley-\(house.port)"])
            #expect(!answer.text.contains(token))
            // Over https it is one that no other host can set.
            let secure = try await house.ask(
                .post, "session", House.signIn(),
                headers: [.init(name: "Origin", value: "https://127.0.0.1:\(house.port)")])
            let other = try #require(secure.lines.first { $0.hasPrefix("__Host-parley=") })
            #expect(other.contains("; Secure"))
            #expect(try await house.ask(.get, "me", cookies: cookies).status == 200)
        }
    }

    @Test("secrets stand in no topic: neither passwords, nor tokens, nor codes")
    func secrets() async throws {
        try await House.open { house in
            let link = try await house.offerLink()
            let made = try await house.ask(.post, "setup", House.setUp(link))
            let token = try #require(made.cookies["parley-\(house.port)"])
            let offer = try await house.ask(.post, "me/factor", cookies: made.cookies)
                .value(Offer.self)
            let codes = try await house.confirm(offer, made.cookies)
            _ = try await house.ask(.post, "resets/requests", #"{"email":"ana@example.org"}"#)
            let reset = try await house.token(.reset)
            let secrets = [House.password, link, token, offer.secret, reset] + codes
            for topic in RecordTypesOfHouse.topics {
                for record in try await house.records(in: topic) {
                    let text = String(decoding: record.value ?? [], as: UTF8.self)
                    for secret in secrets {
                        #expect(!text.contains(secret), "\(topic) has \(secret)")
                    }
                }
            }
        }
    }

    @Test("whoever guesses is slowed down, and a browser that was in before is not")
    func throttled() async throws {
        try await House.open { house in
            let cookies = try await house.setUp()
            let known = try await house.ask(.post, "session", House.signIn()).cookies
            var statuses: [Int] = []
            for _ in 0..<12 {
                statuses.append(
                    try await house.ask(
                        .post, "session", House.signIn("ana@example.org", "guess and guess again")
                    ).status)
            }
            #expect(statuses.contains(429) && statuses.first == 403)
            let stranger = try await house.ask(.post, "session", House.signIn())
            #expect(stranger.status == 429)
            let owner = try await house.ask(.post, "session", House.signIn(), cookies: known)
            #expect(owner.status == 201, "\(owner.text)")
            _ = cookies
        }
    }

    @Test(
        "a browser is known again by a cookie, from the set-up on, and the log has its hash alone")
    func knownBrowser() async throws {
        try await House.open { house in
            var known = try await house.setUp().filter { $0.key.hasPrefix("seen-") }
            try #require(known.count == 1)
            let again = try await house.ask(.post, "session", House.signIn(), cookies: known)
            #expect(!again.lines.contains { $0.hasPrefix("seen-") })
            let other = try await house.ask(.post, "session", House.signIn())
            // What somebody made up, or another person's, is no browser that we know.
            let name = try #require(known.keys.first)
            known[name] = known[name].map { "x\($0)" }
            let forged = try await house.ask(.post, "session", House.signIn(), cookies: known)
            #expect(other.lines.contains { $0.hasPrefix("\(name)=") })
            #expect(forged.lines.contains { $0.hasPrefix("\(name)=") })
            let browsers = try await house.payloads(in: .accountsEvents).compactMap {
                payload -> String? in
                guard let event = payload as? AccountEvent,
                    case .signedIn(let session) = event.change
                else { return nil }
                return session.browser
            }
            #expect(browsers.count == 4)
            #expect(browsers.first == browsers.dropFirst().first)
            #expect(Set(browsers).count == 3 && browsers.allSatisfy { $0.count == 64 })
        }
    }

    @Test("other sites' pages change nothing, sign nobody in, and no other host is served")
    func foreign() async throws {
        try await House.open { house in
            let cookies = try await house.setUp()
            let origin = "http://127.0.0.1:\(house.port)"
            for headers: [HTTPClientHeaders.Field] in [
                [.init(name: "Origin", value: "https://evil.example")],
                [.init(name: "Sec-Fetch-Site", value: "cross-site")],
                [
                    .init(name: "Sec-Fetch-Site", value: "same-site"),
                    .init(name: "Origin", value: origin),
                ],
                [],
            ] {
                for (method, path, body) in [
                    (HTTPClientRequest.Method.put, "me/profile", #"{"name":"Evil"}"#),
                    (.post, "session", House.signIn()),
                ] {
                    let answer = try await house.ask(
                        method, path, body, cookies: cookies, headers: headers)
                    #expect(answer.status == 403 && answer.isProblem("origin"), "\(answer.text)")
                }
            }
            // Looking is safe, wherever the link stands.
            let look = try await house.ask(
                .get, "me", cookies: cookies,
                headers: [.init(name: "Sec-Fetch-Site", value: "cross-site")])
            #expect(look.status == 200)
            let host = try await house.ask(
                .post, "resets/requests", #"{"email":"ana@example.org"}"#,
                headers: [.init(name: "Host", value: "evil.example")])
            #expect(host.status == 421)
        }
    }

    @Test("a program gets a token instead of a cookie, and no page does")
    func program() async throws {
        try await House.open { house in
            _ = try await house.setUp()
            let body = House.signIn().dropLast() + #","kind":"cli"}"#
            let page = try await house.ask(.post, "session", String(body))
            #expect(page.status == 403 && page.isProblem("origin"))
            let answer = try await house.ask(.post, "session", String(body), headers: [])
            #expect(answer.status == 201 && answer.cookies.isEmpty, "\(answer.text)")
            let token = try #require(try answer.value(SignInAnswer.self).token)
            let me = try await house.ask(.get, "me", bearer: token)
            #expect(me.status == 200)
            #expect(try await house.ask(.delete, "session", bearer: token).status == 204)
            #expect(try await house.ask(.get, "me", bearer: token).status == 401)
        }
    }
}

/// What an offered factor's answer holds.
struct Offer: Decodable {
    var factor: FactorID
    var secret: String
    var uri: String
}

extension House {
    /// The code that a phone shows now.
    func code(_ secret: String, steps: Int64 = 0) throws -> String {
        let bytes = try #require(Base32.decode(secret))
        let step = OneTimePassword.step(at: now.milliseconds / 1000) + steps
        return try OneTimePassword(secret: bytes).code(ofStep: step)
    }

    /// Begins with an offered factor; the backup codes.
    func confirm(_ offer: Offer, _ cookies: [String: String]) async throws -> [String] {
        struct Codes: Decodable { var codes: [String] }
        let answer = try await ask(
            .put, "me/factor",
            #"{"factor":"\#(offer.factor)","code":"\#(try code(offer.secret))"}"#,
            cookies: cookies)
        try #require(answer.status == 200, "\(answer.text)")
        return try answer.value(Codes.self).codes
    }

    /// Sets a second factor up; its secret and the backup codes.
    func addFactor(_ cookies: [String: String]) async throws -> (secret: String, codes: [String]) {
        let answer = try await ask(.post, "me/factor", cookies: cookies)
        try #require(answer.status == 201, "\(answer.text)")
        let offer = try answer.value(Offer.self)
        return (offer.secret, try await confirm(offer, cookies))
    }
}

/// The topics in which something of accounts stands.
enum RecordTypesOfHouse {
    static let topics = Array(Set(AccountRecords.types.map { $0.topic } + [Topic.audit]))
}
