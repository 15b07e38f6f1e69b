import Conversation
import Foundation
import PipelineTesting
import SMTPClient
import Testing

@testable import Mail

extension MailServer.Running {
    /// Takes mail for this process's tests.
    fileprivate func server(
        _ port: Int, greeting: String = "parley.example.com"
    ) throws -> SMTPServer {
        try SMTPServer(host: "127.0.0.1", port: port, security: .none, greeting: greeting)
    }
}

@Suite("Mails through a server", .enabled(if: MailServer.isAvailable), .timeLimit(.minutes(5)))
struct SendingTests {
    private static let credentials = SMTPServer.Credentials(user: "parley", password: "pä55 word")

    /// A recipient of a test's own; its beginning says what the server does.
    private static func recipient(_ kind: String) -> String {
        "\(kind)-\(UUID().uuidString.lowercased())@example.com"
    }

    private static func compose(
        _ recipient: String, _ change: (inout Mail) -> Void = { _ in }
    ) throws -> ComposedMail {
        var mail = try ComposingTests.mail(to: recipient)
        change(&mail)
        return try mail.composed()
    }

    private static func failure(
        _ server: SMTPServer, _ mail: ComposedMail
    ) async throws -> MailError {
        struct WasTaken: Error {}
        do throws(MailError) {
            _ = try await SMTPTransport(server).send(mail)
        } catch {
            return error
        }
        throw WasTaken()
    }

    @Test("what was composed is what another program reads, letter for letter")
    func whole() async throws {
        let running = try await MailServer.running()
        let recipient = Self.recipient("taken")
        let words =
            "¿Qué tal? 你好 🚲\n\n.\n..two\n.hidden\nFrom here = there  \n\ttab\t\n"
            + String(repeating: "long ", count: 400)
        let subject = String(repeating: "Ünïcödé 🚲 subject ", count: 9).trimmingCharacters(
            in: .whitespaces)
        let mail = try Self.compose(recipient) { mail in
            mail.subject = subject
            mail.recipient.name = "Ana \"la\" Niña, de Sol"
            mail.sender.name = "Parley \\ \"x\" <y@z.example>"
            mail.parts = [
                .paragraph(words), .link("Open", url: "https://example.com/x?a=1&b=2#c"),
                .code("ABCD-EFGH"), .note("Because."),
            ]
            mail.unsubscribeURL = "https://example.com/u"
        }
        let receipt = try await SMTPTransport(running.server(running.plain)).send(mail)
        #expect(receipt.reply == "250 2.0.0 queued as 4711")
        let received = try await running.mail(for: recipient)
        #expect(received.defects == [])
        #expect(received.sender == "no-reply@parley.example.com")
        #expect(received.greeting == "parley.example.com")
        #expect(received.headers["Subject"] == subject)
        #expect(received.headers["Message-ID"] == "<\(mail.id)>")
        #expect(received.headers["Auto-Submitted"] == "auto-generated")
        #expect(received.headers["To"]?.contains("Niña") == true)
        #expect(received.headers["To"]?.hasSuffix("<\(recipient)>") == true)
        #expect(received.headers["From"]?.hasSuffix("<no-reply@parley.example.com>") == true)
        #expect(received.text?.replacing("\r\n", with: "\n") == mail.text)
        #expect(mail.text.contains(words))
        #expect(received.html?.contains("你好") == true)
        #expect(received.source == mail.source)
    }

    @Test("a mail goes over STARTTLS and over TLS, signed in, to a server that proves who it is")
    func encrypted() async throws {
        let running = try await MailServer.running()
        for (port, security) in [
            (running.startTLS, SMTPServer.Security.startTLS), (running.tls, .tls),
        ] {
            let recipient = Self.recipient("taken")
            let server = try SMTPServer(
                host: "localhost", port: port, security: security, credentials: Self.credentials,
                greeting: "parley.example.com", certificateFile: running.certificate)
            let receipt = try await SMTPTransport(server).send(try Self.compose(recipient))
            _ = try await running.mail(for: recipient)
            let dialogue = receipt.dialogue.joined(separator: "\n")
            #expect(dialogue.contains("C: AUTH "))
            #expect(dialogue.contains("C: RCPT TO:<\(recipient)>"))
            #expect(dialogue.contains("S: 235 "))
            #expect(dialogue.contains("S: 250 2.0.0 queued as 4711"))
            // Neither the password, nor a form of it.
            for secret in [
                "pä55", Data("\0parley\0pä55 word".utf8).base64EncodedString(),
                Data("pä55 word".utf8).base64EncodedString(),
            ] { #expect(!dialogue.contains(secret)) }
            #expect(!dialogue.contains("Hello Ana"))
        }
    }

    @Test("a wrong password is not the mail's fault, and is told with what was said")
    func wrongPassword() async throws {
        let running = try await MailServer.running()
        let server = try SMTPServer(
            host: "localhost", port: running.startTLS, security: .startTLS,
            credentials: .init(user: "parley", password: "wrong horse"), greeting: "parley.test",
            certificateFile: running.certificate)
        let recipient = Self.recipient("taken")
        let error = try await Self.failure(server, try Self.compose(recipient))
        #expect(error.kind == .transient)
        #expect(error.reason == "sign_in")
        #expect(error.description.contains("535"))
        #expect(error.dialogue.contains { $0.hasPrefix("S: 535") })
        #expect(!error.dialogue.joined().contains(Data("wrong horse".utf8).base64EncodedString()))
        #expect(running.count(for: recipient) == 0)
    }

    @Test("without TLS that can be trusted, nothing is sent")
    func untrusted() async throws {
        let running = try await MailServer.running()
        let recipient = Self.recipient("taken")
        let mail = try Self.compose(recipient)
        // The certificate is nobody's whom the system trusts.
        for (port, security) in [
            (running.startTLS, SMTPServer.Security.startTLS), (running.tls, .tls),
        ] {
            let server = try SMTPServer(
                host: "localhost", port: port, security: security, credentials: Self.credentials,
                greeting: "parley.test")
            let error = try await Self.failure(server, mail)
            #expect(error.kind == .transient)
            #expect(error.reason == "tls")
            #expect(!error.dialogue.contains { $0.contains("AUTH ") && $0.hasPrefix("C") })
        }
        // STARTTLS is asked for and not offered.
        let plain = try SMTPServer(
            host: "127.0.0.1", port: running.plain, security: .startTLS, greeting: "parley.test")
        let error = try await Self.failure(plain, mail)
        #expect(error.reason == "tls")
        #expect(running.count(for: recipient) == 0)
    }

    @Test(
        "a refusal is for now or for ever, as the server says",
        arguments: [
            ("busy", MailError.Kind.transient, "451"), ("unknown", .permanent, "550"),
            ("later", .transient, "452"), ("spam", .permanent, "554"),
        ])
    func refused(_ name: String, _ kind: MailError.Kind, _ code: String) async throws {
        let running = try await MailServer.running()
        let recipient = Self.recipient(name)
        let error = try await Self.failure(
            running.server(running.plain), try Self.compose(recipient))
        #expect(error.kind == kind)
        #expect(error.reason == "refused")
        #expect(error.description.contains(code))
        #expect(running.count(for: recipient) == 0)
    }

    @Test("a server that wants us to sign in first says nothing against the mail")
    func signInFirst() async throws {
        let running = try await MailServer.running()
        let server = try SMTPServer(
            host: "localhost", port: running.tls, security: .tls, greeting: "parley.test",
            certificateFile: running.certificate)
        let error = try await Self.failure(server, try Self.compose(Self.recipient("taken")))
        #expect(error.kind == .transient)
        #expect(error.reason == "sign_in")
    }

    @Test("a connection that is lost after the mail's end leaves its fate unknown")
    func lost() async throws {
        let running = try await MailServer.running()
        let recipient = Self.recipient("lost")
        let error = try await Self.failure(
            running.server(running.plain), try Self.compose(recipient))
        #expect(error.kind == .unknownOutcome)
        // It did take it.
        _ = try await running.mail(for: recipient)
    }

    @Test("where nobody answers, or the name is nobody's, the mail can go later")
    func unreachable() async throws {
        let mail = try Self.compose(Self.recipient("taken"))
        let closed = try SMTPServer(
            host: "127.0.0.1", port: 1, security: .none, greeting: "parley.test")
        #expect(try await Self.failure(closed, mail).reason == "connection")
        let nobody = try SMTPServer(
            host: "nobody.invalid", port: 25, security: .none, greeting: "parley.test")
        let error = try await Self.failure(nobody, mail)
        #expect(error.kind == .transient)
        #expect(error.reason == "name_resolution")
    }

    @Test("an address or a line that would become a command is not sent")
    func injection() async throws {
        let running = try await MailServer.running()
        let client = SMTPClient(try running.server(running.plain))
        let recipient = Self.recipient("taken")
        for (sender, other, mail) in [
            ("a@example.com", "b@example.com>\r\nRCPT TO:<\(recipient)", "x\r\n"),
            ("a@example.com>\r\nRCPT TO:<\(recipient)", "b@example.com", "x\r\n"),
            ("a@example.com", "b@example.com", "x\n.\r\nMAIL FROM:<a@example.com>\r\n"),
            ("a@example.com", "b@example.com", "x\r.\r"), ("a@example.com", "ñ@example.com", ""),
        ] {
            let error = await #expect(throws: SMTPError.self) {
                try await client.send(Array(mail.utf8), from: sender, to: other)
            }
            #expect(error?.reason == .form)
            #expect(error?.kind == .permanent)
        }
        #expect(running.count(for: recipient) == 0)
    }
}

@Suite("Settings of a mail server")
struct SMTPServerTests {
    @Test(
        "what would lead elsewhere, or show a password, is refused",
        arguments: [
            ("", 25, "a.test", SMTPServer.Flaw.host), ("a b", 25, "a.test", .host),
            ("user@host", 25, "a.test", .host), ("host/path", 25, "a.test", .host),
            ("host\r\n", 25, "a.test", .host), ("host", 0, "a.test", .port),
            ("host", 65536, "a.test", .port), ("host", 25, "", .greeting),
            ("host", 25, "a\r\nMAIL", .greeting), ("host", 25, "a/b", .greeting),
        ])
    func flaws(_ host: String, _ port: Int, _ greeting: String, _ flaw: SMTPServer.Flaw) {
        #expect(throws: flaw) {
            try SMTPServer(host: host, port: port, security: .tls, greeting: greeting)
        }
        #expect(!flaw.description.isEmpty)
    }

    @Test("a password crosses no network without TLS, and has no line breaks")
    func passwords() throws {
        let credentials = SMTPServer.Credentials(user: "a", password: "b")
        #expect(throws: SMTPServer.Flaw.openPassword) {
            try SMTPServer(
                host: "mail.test", port: 25, security: .none, credentials: credentials,
                greeting: "a.test")
        }
        _ = try SMTPServer(
            host: "127.0.0.1", port: 25, security: .none, credentials: credentials,
            greeting: "a.test")
        for bad in ["b\r\nc", "b\0"] {
            #expect(throws: SMTPServer.Flaw.credentials) {
                try SMTPServer(
                    host: "mail.test", port: 465, security: .tls,
                    credentials: .init(user: "a", password: bad), greeting: "a.test")
            }
        }
    }
}
