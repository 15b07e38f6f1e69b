import FoundationEssentials
import Glibc
import HTTPClient
import Lifecycle
import PipelineTesting
import Testing

/// Mails from a page's act to a mail server that is not ours, and back: what it takes, refuses,
/// puts off, or dies over.
@Suite(
    .installation("--no-simulator"), .serialized,
    .enabled(if: MailServer.isAvailable, "Tests/run installs aiosmtpd"), .timeLimit(.minutes(10)))
struct MailJourneyTests {
    private let installation: RunningInstallation

    init() throws { installation = try #require(RunningInstallation.shared) }

    private struct Settings: Encodable {
        let host: String?
        let port: Int
        let transport = "plain"
        let sender = "parley@parley.example.com"
    }

    /// Says where the mail server is, as the page does.
    private func set(_ host: String?, _ port: Int) async throws {
        let path = "/api/v1/installation/mail"
        let version = try await installation.console.call(.get, path)["version"].int ?? 0
        let answer = try await installation.console.send(
            .put, path, try jsonBytes(Settings(host: host, port: port)),
            headers: [("If-Match", "\"\(version)\"")])
        try #require(answer.status == 200, "\(answer.body)")
    }

    private static func recipient(_ kind: String) -> String {
        "\(kind)-\(UUID().uuidString.prefix(8).lowercased())@example.com"
    }

    @discardableResult
    private func invite(
        _ email: String, to tenant: String, by api: LocalAPI? = nil
    ) async throws -> LocalAPI.Answer {
        try await (api ?? installation.console).send(
            .post, "/api/v1/tenants/\(tenant)/invitations",
            try jsonBytes(["email": email, "role": "agent", "language": "es"]))
    }

    @Test("an invitation arrives, with its head and both bodies, and nobody's text becomes a line")
    func arrives() async throws {
        let server = try await MailServer.running()
        try await set("127.0.0.1", server.plain)
        // A name that is too wild is refused where it is typed; this one is not.
        try await installation.found("wild", named: "Sol =?utf-8?B?RXZpbA==?= \"Bcc: a@b.c\" <x>")
        let email = Self.recipient("taken")
        #expect(try await invite(email, to: "wild").status == 201)
        let mail = try await server.mail(for: email)
        #expect(mail.defects.isEmpty && mail.sender == "parley@parley.example.com")
        #expect(mail.recipients == [email])
        #expect(mail.headers["To"]?.contains(email) == true)
        #expect(mail.headers["From"]?.contains("<parley@parley.example.com>") == true)
        #expect(mail.headers["Content-Language"] == "es")
        #expect(mail.headers["Auto-Submitted"] == "auto-generated")
        #expect(mail.headers["Message-ID"]?.hasSuffix("@parley.example.com>") == true)
        #expect(mail.headers["Content-Type"]?.hasPrefix("multipart/alternative") == true)
        #expect(Set(mail.names).count == mail.names.count, "\(mail.names)")
        for name in ["Bcc", "Cc", "Reply-To"] { #expect(!mail.names.contains(name)) }
        let link = installation.console.base + "/pages/invitation/#"
        #expect(mail.text?.contains(link) == true && mail.html?.contains(link) == true)
        #expect(mail.text?.contains("te invita a") == true)
        #expect(mail.html?.contains("<x>") == false)
        let other = Self.recipient("taken")
        for hostile in [
            "\(other)\r\nRCPT TO:<\(other)>", "a@example.com>\r\nDATA",
            "a@example.com\nBcc: \(other)",
            "\"a\\r\nb\"@example.com", "a@example.com, \(other)", "<\(other)> a@example.com",
            "a@exam\u{0}ple.com", "a\u{2028}b@example.com",
        ] {
            let answer = try await invite(hostile, to: "wild")
            #expect((400..<500).contains(answer.status), "\(hostile): \(answer)")
        }
        for (number, hostile) in ["Sol\r\nBcc: \(other)", "Sol\u{2028}Bcc: \(other)", "Sol\u{0}"]
            .enumerated()
        {
            // A name may be refused, or taken without what it should not have.
            do {
                try await installation.found("hostile-\(number)", named: hostile)
            } catch is LocalAPI.Refused { continue }
            let guest = Self.recipient("taken")
            #expect(try await invite(guest, to: "hostile-\(number)").status == 201)
            let received = try await server.mail(for: guest)
            #expect(received.names == mail.names && received.defects.isEmpty)
        }
        // What comes last arrives, and nothing came for whom nobody wrote to.
        let last = Self.recipient("taken")
        try await invite(last, to: "wild")
        _ = try await server.mail(for: last)
        #expect(server.asked(for: other) == 0)
    }

    @Test("a server that is away, or puts off, is asked again, and each mail comes once")
    func patience() async throws {
        let server = try await MailServer.running()
        try await installation.found("slow")
        try await set("127.0.0.1", 1)
        let (late, grey) = (Self.recipient("taken"), Self.recipient("grey"))
        try await invite(late, to: "slow")
        try await eventually("it was tried") {
            try await installation.metrics("platform").contains {
                $0.key.contains("call_seconds_count") && $0.key.contains("mailer") && $0.value > 0
            }
        }
        #expect(server.asked(for: late) == 0)
        try await set("127.0.0.1", server.plain)
        try await invite(grey, to: "slow")
        _ = try await server.mail(for: late)
        _ = try await server.mail(for: grey)
        #expect(server.asked(for: grey) == 2)
        #expect(server.count(for: late) == 1 && server.count(for: grey) == 1)
    }

    @Test("a mail that is refused for good is set aside, and operators and whoever asked are told")
    func refused() async throws {
        let server = try await MailServer.running()
        try await set("127.0.0.1", server.plain)
        let olga = try await Person.owner(of: installation)
        try await installation.found("bad", owner: nil)
        try await set(nil, 25)
        let marta = try await Person.member(
            "marta@example.org", "admin", of: "bad", in: installation)
        try await set("127.0.0.1", server.plain)
        let email = Self.recipient("unknown")
        #expect(try await invite(email, to: "bad", by: marta.api).status == 201)
        for person in [olga, marta] {
            let told = try await eventually("\(person.email) is told") {
                try await person.notifications().first { $0["kind"].string == "mailFailed" }
            }
            #expect(told["values"]["address"].string == email, "\(told)")
        }
        try await eventually("it is a dead letter") {
            try await ParleyProgram.run(
                "dead-letters", "list", "--data", installation.data
            ).output.contains("mailer")
        }
        #expect(server.count(for: email) == 0 && server.asked(for: email) == 1)
    }

    private struct Security: Encodable {
        let needsSecondFactor = false
        let trustedProxies: [String] = []
        let baseURL: String?
    }

    /// Says what links in mails begin with.
    private func set(base: String?) async throws {
        let path = "/api/v1/installation/security"
        let version = try await installation.console.call(.get, path)["version"].int ?? 0
        let answer = try await installation.console.send(
            .put, path, try jsonBytes(Security(baseURL: base)),
            headers: [("If-Match", "\"\(version)\"")])
        try #require(answer.status == 200, "\(answer.body)")
    }

    private struct Key: Encodable {
        let name: String
        let permissions = ["documents:read"]
    }

    @Test("a mail that one can do without brings the link that ends its kind by one click")
    func oneClick() async throws {
        let server = try await MailServer.running()
        try await set(nil, 25)
        try await installation.found("click")
        let person = try await Person.member(
            Self.recipient("taken"), "admin", of: "click", in: installation)
        try await set("127.0.0.1", server.plain)
        try await set(base: "https://parley.example")
        let keys = "/api/v1/tenants/click/keys"
        try await installation.console.call(.post, keys, try jsonBytes(Key(name: "First")))
        let mail = try await server.mail(for: person.email)
        #expect(mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click")
        let link = try #require(mail.headers["List-Unsubscribe"])
        let path = link.dropFirst("<https://parley.example".count).dropLast()
        try #require(path.hasPrefix("/api/v1/unsubscriptions/"), "\(link)")
        func isMailed() async throws -> Bool? {
            let wishes = try await person.api.call(
                .get, "/api/v1/me/preferences/notifications")["kinds"].elements
            return wishes.first { $0["kind"].string == "key" }?["isMailed"].isTrue
        }
        #expect(try await isMailed() == true)
        // As a mail program sends it: no cookie, no key, and no page of ours that it comes from.
        let stranger = LocalAPI(base: installation.console.base)
        let answer = try await stranger.send(
            .post, String(path), Array("List-Unsubscribe=One-Click".utf8),
            headers: [("Content-Type", "application/x-www-form-urlencoded")])
        #expect(answer.status == 200, "\(answer)")
        #expect(try await isMailed() == false)
        try await set(base: nil)
    }

    @Test("a line that dies after all was said, or a mailer that is killed, makes one mail")
    func deaths() async throws {
        let server = try await MailServer.running()
        try await set("127.0.0.1", server.plain)
        try await installation.found("dying")
        let lost = Self.recipient("lost")
        try await invite(lost, to: "dying")
        _ = try await server.mail(for: lost)
        for kind in ["early", "held"] {
            let email = Self.recipient(kind)
            try await invite(email, to: "dying")
            // Before the server has the mail, or when it has it and has not said so.
            try await eventually("the mail is under way") {
                kind == "early" ? server.asked(for: email) == 1 : server.count(for: email) == 1
            }
            let child = try #require(installation.child("platform"))
            #expect(kill(child.pid, SIGKILL) == 0)
            try await eventually("it is sent again") {
                server.asked(for: email) == 2 && server.count(for: email) >= 1
            }
            let after = Self.recipient("taken")
            try await eventually("the process works again") {
                try await invite(after, to: "dying").status == 201
            }
            _ = try await server.mail(for: after)
            let mails = server.all(for: email)
            // Whoever has it twice has the same one: no server can be asked whether it has it.
            #expect(Set(mails.compactMap { $0.headers["Message-ID"] }).count == 1)
            #expect(mails.count == (kind == "early" ? 1 : 2))
            #expect(server.asked(for: email) == 2)
        }
        #expect(server.asked(for: lost) == 1 && server.count(for: lost) == 1)
    }
}
