import AccountRecords
import Conversation
import Mail
import Testing

@testable import MailWriting

@Suite("Writing mails")
struct MailWriterTests {
    private func write(
        _ kind: MailRequest.Kind, name: String? = "Ana", language: String? = "en",
        values: [String: String] = [:], token: String? = "s.secret"
    ) throws -> ComposedMail {
        let request = MailRequest(
            tenant: .installation, kind: kind, about: "a1", to: "ana@example.org", name: name,
            language: language, values: values, at: Timestamp(seconds: 1_800_000_000))
        let sender = Mailbox(try EmailAddress("parley@example.org"), name: "Parley")
        return try MailWriter(base: "https://parley.example.org/", sender: sender)
            .mail(request, token: token, cause: "m1").composed()
    }

    private static let kinds: [MailRequest.Kind] = [
        .verification, .reset, .welcome, .addressConfirmation, .addressNotice, .addressChanged,
        .passwordChanged, .factorChanged, .invitation,
    ]

    @Test("each kind has its words in both languages, and its link", arguments: kinds)
    func words(kind: MailRequest.Kind) throws {
        let english = try write(kind)
        let spanish = try write(kind, language: "es-MX")
        #expect(english.subject != spanish.subject)
        #expect(english.text.contains("Hello Ana,") && spanish.text.contains("Hola, Ana:"))
        #expect(spanish.source.contains("Content-Language: es"))
        for mail in [english, spanish] {
            let link = kind.page.map { "https://parley.example.org\($0)#s.secret" }
            #expect(link.map { mail.text.contains($0) } ?? !mail.text.contains("s.secret"))
        }
        // Whoever speaks another language gets English.
        #expect(try write(kind, language: "fi").subject == english.subject)
    }

    @Test("names cannot add a recipient, a header or a link")
    func injection() throws {
        let nasty = "Ana\r\nBcc: all@example.net\u{2028}\u{0}"
        let mail = try write(
            .invitation, name: nasty,
            values: [
                "organisation": "Sol\r\nX-Evil: 1 https://evil.example 5551234567",
                "inviter": "Eve www.evil.example", "role": "agent",
            ])
        let header = mail.source.split(separator: "\r\n\r\n")[0]
        #expect(!header.contains("\r\nBcc:") && !header.contains("\r\nX-Evil:"))
        #expect(!mail.text.contains("evil.example") && !mail.text.contains("5551234567"))
        #expect(mail.recipient.text == "ana@example.org")
        let request = MailRequest(
            tenant: .installation, kind: .reset, about: "a1",
            to: "ana@example.org\r\nRCPT TO:<all@example.net>", at: Timestamp(seconds: 1))
        let sender = Mailbox(try EmailAddress("parley@example.org"))
        #expect(throws: EmailAddress.Flaw.self) {
            try MailWriter(base: "https://p.example", sender: sender)
                .mail(request, token: nil, cause: "m1")
        }
    }

    @Test("one click ends mails that can be refused, by https alone, and no others")
    func refusal() throws {
        let request = MailRequest(
            tenant: .installation, kind: .notification, about: "a1", to: "ana@example.org",
            values: ["subject": "A key was made", "text": "– A key was made"],
            refusable: ["key"], at: Timestamp(seconds: 1_800_000_000))
        let sender = Mailbox(try EmailAddress("parley@example.org"))
        for (base, isOffered) in [("https://p.example", true), ("http://127.0.0.1:8081", false)] {
            let source = try MailWriter(base: base, sender: sender)
                .mail(request, token: nil, refusal: "k1.abc_-", cause: "m1").composed().source
            let url = "List-Unsubscribe: <\(base)/api/v1/unsubscriptions/k1.abc_->\r\n"
            let post = "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
            #expect(source.contains(url + post) == isOffered)
            #expect(source.contains("List-Unsubscribe") == isOffered)
        }
        #expect(try !write(.reset).source.contains("List-Unsubscribe"))
    }

    @Test("the same request makes the same Message-ID, another one another")
    func identity() throws {
        #expect(try write(.reset).id == write(.reset).id)
    }
}
