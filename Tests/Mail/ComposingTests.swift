import Conversation
import Foundation
import Testing

@testable import Mail

@Suite("Composing mails")
struct ComposingTests {
    static func mail(
        to recipient: String = "ana@example.com", name: String? = "Ana", subject: String = "Hello",
        parts: [Mail.Part] = [.paragraph("Hello Ana,")]
    ) throws -> Mail {
        Mail(
            cause: "record-1",
            from: Mailbox(try EmailAddress("no-reply@parley.example.com"), name: "Parley"),
            to: Mailbox(try EmailAddress(recipient), name: name), subject: subject, language: "en",
            parts: parts, date: Timestamp(milliseconds: 1_796_000_123_456))
    }

    private static func header(_ name: String, of source: String) -> String? {
        source.split(separator: "\r\n\r\n", maxSplits: 1).first?
            .replacing("\r\n ", with: " ").split(separator: "\r\n")
            .first { $0.hasPrefix("\(name): ") }.map { String($0.dropFirst(name.count + 2)) }
    }

    @Test("a mail is ASCII with CRLF alone, no line above 78 but an address to unsubscribe at")
    func lines() throws {
        var mail = try Self.mail(
            subject: String(repeating: "¿Qué? ", count: 30),
            parts: [
                .paragraph(String(repeating: "palabra año ", count: 100)),
                .link("Öffnen", url: "https://example.com/" + String(repeating: "a", count: 300)),
            ])
        mail.unsubscribeURL = "https://example.com/" + String(repeating: "u", count: 300)
        let source = try mail.composed().source
        #expect(source.utf8.allSatisfy { $0 == 0x0D || $0 == 0x0A || (0x20...0x7E).contains($0) })
        #expect(source.utf8.count { $0 == 0x0D } == source.utf8.count { $0 == 0x0A })
        for line in source.split(separator: "\r\n") where !line.hasPrefix("List-Unsubscribe: ") {
            #expect(line.utf8.count <= 78, "\(line)")
            #expect(!line.contains("\n") && !line.contains("\r"))
        }
    }

    @Test("the same cause and recipient make the same Message-ID, others another")
    func messageID() throws {
        let mail = try Self.mail()
        var other = mail
        other.cause = "record-2"
        let id = try mail.composed().id
        #expect(id.wholeMatch(of: /[0-9a-f]{32}@parley\.example\.com/) != nil)
        #expect(try Self.mail(subject: "Other").composed().id == id)
        #expect(try other.composed().id != id)
        #expect(try Self.mail(to: "eva@example.com").composed().id != id)
        #expect(Self.header("Message-ID", of: try mail.composed().source) == "<\(id)>")
    }

    @Test("the date is that of the mail, on its day of the week")
    func date() throws {
        let source = try Self.mail().composed().source
        #expect(Self.header("Date", of: source) == "Mon, 30 Nov 2026 00:55:23 +0000")
        #expect(MailDate.text(Timestamp(milliseconds: 0)) == "Thu, 01 Jan 1970 00:00:00 +0000")
        #expect(
            MailDate.text(Timestamp(seconds: 951_782_400)) == "Tue, 29 Feb 2000 00:00:00 +0000")
    }

    @Test(
        "what would break out of a header field is refused, not mended",
        arguments: ["a\r\nBcc: x@example.com", "a\nb", "a\rb", "a\0b", "a\u{2028}b", "a\u{85}b"])
    func injection(_ text: String) throws {
        #expect(throws: MailFlaw.control(field: "subject")) {
            try Self.mail(subject: text).composed()
        }
        #expect(throws: MailFlaw.control(field: "recipient")) {
            try Self.mail(name: text).composed()
        }
        var mail = try Self.mail()
        mail.sender.name = text
        #expect(throws: MailFlaw.control(field: "sender")) { try mail.composed() }
    }

    @Test("a field longer than any is refused")
    func long() throws {
        #expect(throws: MailFlaw.tooLong(field: "subject", most: 400)) {
            try Self.mail(subject: String(repeating: "a", count: 401)).composed()
        }
    }

    @Test(
        "a link leads to an absolute URL of the web and nowhere else",
        arguments: [
            "javascript:alert(1)", "//example.com", "example.com", "https://", "https://a b",
            "https://a\"onclick=x", "https://a\r\nX: y", "data:text/html,x", "https://exämple.com",
            "https://a>", "HTTPS://example.com",
        ])
    func links(_ url: String) throws {
        #expect(throws: MailFlaw.link(url)) {
            try Self.mail(parts: [.link("x", url: url)]).composed()
        }
        var mail = try Self.mail()
        mail.unsubscribeURL = url
        #expect(throws: MailFlaw.unsubscribe(url)) { try mail.composed() }
        mail.unsubscribeURL = "http://example.com/u"
        #expect(throws: MailFlaw.unsubscribe("http://example.com/u")) { try mail.composed() }
    }

    @Test("one click ends mails of a kind, where it may be ended")
    func unsubscribe() throws {
        var mail = try Self.mail()
        #expect(Self.header("List-Unsubscribe", of: try mail.composed().source) == nil)
        mail.unsubscribeURL = "https://example.com/u/abc"
        let source = try mail.composed().source
        #expect(Self.header("List-Unsubscribe", of: source) == "<https://example.com/u/abc>")
        #expect(
            Self.header("List-Unsubscribe-Post", of: source) == "List-Unsubscribe=One-Click")
    }

    @Test("HTML is made of the text and takes none of it for markup")
    func html() throws {
        let mail = try Self.mail(
            subject: "</title><script>",
            parts: [
                .paragraph("<img src=x onerror=alert(1)> & \"more\"\nline"),
                .link("<b>", url: "https://example.com/?a=1&b=2"), .code("<i>'"), .note("</div>"),
            ])
        let html = MailText.html(of: mail)
        for forbidden in ["<script", "<img", "<b>", "<i>"] { #expect(!html.contains(forbidden)) }
        #expect(html.contains("&lt;img src=x onerror=alert(1)&gt; &amp; &quot;more&quot;<br>line"))
        #expect(html.contains("href=\"https://example.com/?a=1&amp;b=2\""))
        #expect(html.components(separatedBy: "</div>").count == 2)
    }

    @Test(
        "text is quoted as RFC 2045 says",
        arguments: [
            ("a=b", "a=3Db"), ("ñ", "=C3=B1"), ("a \nb\t\n", "a=20\r\nb=09\r\n"),
            (".", "=2E"), ("a.\r\n..b", "a.\r\n=2E.b"), ("\u{7F}\u{1}", "=7F=01"),
            (
                String(repeating: "x", count: 77),
                String(repeating: "x", count: 75) + "=\r\nxx"
            ),
            (
                String(repeating: "x", count: 74) + "=",
                String(repeating: "x", count: 74) + "=\r\n=3D"
            ),
        ])
    func quoted(_ text: String, _ encoded: String) {
        #expect(QuotedPrintable.encode(text) == encoded)
    }
}
