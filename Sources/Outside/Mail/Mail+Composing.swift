import Conversation
import Cryptography

extension Mail {
    /// Bytes of a name or subject; more is a mistake, and would not be shown.
    private static let longestField = 400
    private static let longestURL = 900

    /// Gives the mail its form (RFC 5322, RFC 2045 to 2047), in ASCII.
    ///
    /// Bodies are quoted-printable: curl announces no 8-bit bodies (`BODY=8BITMIME`), and a server
    /// may not take them.
    package func composed() throws(MailFlaw) -> ComposedMail {
        for case .link(_, let url) in parts where !Self.isURL(url, schemes: ["https", "http"]) {
            throw .link(url)
        }
        let hash = SHA256.hex("parley mail \(cause) \(recipient.address.text)").prefix(32)
        let id = "\(hash)@\(sender.address.domain)"
        // What begins with "=_" does not occur in quoted-printable text (RFC 2045, 6.7).
        let boundary = "=_\(hash)"
        let text = MailText.text(of: parts)
        var lines = [
            "Date: \(MailDate.text(date))",
            "From: \(try Self.field("sender", sender))",
            "To: \(try Self.field("recipient", recipient))",
            "Message-ID: <\(id)>",
            "Subject: \(try Self.field("subject", subject, after: "Subject: "))",
            // So that absence notices are not sent back (RFC 3834, 5).
            "Auto-Submitted: auto-generated",
        ]
        if let url = unsubscribeURL {
            guard Self.isURL(url, schemes: ["https"]) else { throw .unsubscribe(url) }
            lines += [
                "List-Unsubscribe: <\(url)>", "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
            ]
        }
        lines += [
            "MIME-Version: 1.0",
            "Content-Type: multipart/alternative;\r\n boundary=\"\(boundary)\"",
            "Content-Language: \(language.filter { $0.isASCII && ($0.isLetter || $0 == "-") })",
            "",
        ]
        lines += Self.part(boundary, "text/plain", text)
        lines += Self.part(boundary, "text/html", MailText.html(of: self))
        lines += ["--\(boundary)--", ""]
        return ComposedMail(
            id: id, sender: sender.address, recipient: recipient.address, subject: subject,
            text: text, date: date, source: lines.joined(separator: "\r\n"))
    }

    private static func part(_ boundary: String, _ type: String, _ text: String) -> [String] {
        [
            "--\(boundary)", "Content-Type: \(type); charset=utf-8",
            "Content-Transfer-Encoding: quoted-printable", "", QuotedPrintable.encode(text),
        ]
    }

    private static func field(_ name: String, _ mailbox: Mailbox) throws(MailFlaw) -> String {
        guard let person = mailbox.name, !person.isEmpty else { return mailbox.address.text }
        try check(name, person)
        return "\(HeaderText.phrase(person))\r\n <\(mailbox.address.text)>"
    }

    private static func field(
        _ name: String, _ text: String, after start: String
    ) throws(MailFlaw) -> String {
        try check(name, text)
        return HeaderText.unstructured(text, after: start)
    }

    /// Line breaks, also those of Unicode, and all other controls.
    private static func check(_ field: String, _ text: String) throws(MailFlaw) {
        guard text.utf8.count <= longestField else {
            throw .tooLong(field: field, most: longestField)
        }
        let isClean = text.unicodeScalars.allSatisfy {
            switch $0.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: false
            default: true
            }
        }
        guard isClean else { throw .control(field: field) }
    }

    /// Whether it is an absolute URL of printable ASCII that can stand in brackets and attributes.
    private static func isURL(_ text: String, schemes: [String]) -> Bool {
        guard text.utf8.count <= longestURL,
            let scheme = schemes.first(where: { text.hasPrefix("\($0)://") })
        else { return false }
        let forbidden = Set("\"'<>\\^`{|}".utf8)
        return text.utf8.count > scheme.utf8.count + 3
            && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !forbidden.contains($0) }
    }
}
