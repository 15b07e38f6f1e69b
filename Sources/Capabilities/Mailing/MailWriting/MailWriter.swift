package import AccountRecords
import AccountRules
package import Conversation
package import Mail

/// Writes the mails that decisions want sent: a pure function of the request, its token and the
/// installation's address.
package struct MailWriter: Sendable {
    /// What links begin with, without a slash at the end.
    private let base: String
    private let sender: Mailbox

    /// Writes as `sender`, with links that begin with `base`.
    package init(base: String, sender: Mailbox) {
        self.base = base.hasSuffix("/") ? String(base.dropLast()) : base
        self.sender = sender
    }

    /// Where one click ends mails of a kind (RFC 8058), which has to be by https; `token` says
    /// whose and which.
    private func unsubscribeURL(_ token: String) -> String? {
        base.hasPrefix("https://") ? "\(base)/api/v1/unsubscriptions/\(token)" : nil
    }

    /// The mail of a request; `token` is what its link holds, `refusal` what says of whom and which
    /// mails it is one that can be refused.
    ///
    /// - Throws: `EmailAddress.Flaw` if it is to go to what is no address.
    package func mail(
        _ request: MailRequest, token: String?, refusal: String? = nil, cause: RecordID
    ) throws(EmailAddress.Flaw) -> Mail {
        let words = MailWords(request)
        var parts: [Mail.Part] = [.paragraph(words.greeting)]
        parts += words.text.map { .paragraph($0) }
        if let label = words.link, let page = request.kind.page, let token {
            parts.append(.link(label, url: "\(base)\(page)#\(token)"))
        }
        parts.append(.note(words.note))
        // What people call themselves may hold what no header may.
        let name = request.name.flatMap { try? DisplayName($0) }
        var mail = Mail(
            cause: cause.rawValue, from: sender,
            to: Mailbox(try EmailAddress(request.to), name: name?.inMail),
            subject: words.subject, language: words.language.rawValue, parts: parts,
            date: request.at)
        mail.unsubscribeURL = refusal.flatMap(unsubscribeURL)
        return mail
    }
}
