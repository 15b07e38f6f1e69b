package import Conversation

/// A mail to one person, before it has its form.
///
/// Text and HTML are both made of the same parts, so neither can say what the other does not, and
/// no part is ever taken for markup.
package struct Mail: Sendable, Hashable {
    /// A part of what it says.
    package enum Part: Sendable, Hashable {
        /// A paragraph.
        case paragraph(String)
        /// Something to click on: its label, and an absolute http or https URL.
        case link(String, url: String)
        /// A code to copy or type.
        case code(String)
        /// What stands small at the end: why one gets this mail.
        case note(String)
    }

    /// What the mail comes of, such as a record's id: the same cause makes the same Message-ID, so
    /// that sending again after a crash is seen as the same mail by whoever looks for that.
    package var cause: String
    /// From whom.
    package var sender: Mailbox
    /// To whom.
    package var recipient: Mailbox
    /// The subject.
    package var subject: String
    /// The language of the text (BCP 47), such as `es`.
    package var language: String
    /// Whether that language is written from right to left.
    package var isRightToLeft = false
    /// What it says.
    package var parts: [Part]
    /// Where one click ends mails of this kind (RFC 8058), an https URL; nil for mails that cannot
    /// be refused, such as those about security.
    package var unsubscribeURL: String?
    /// When it was written.
    package var date: Timestamp

    /// Takes what a mail always has.
    package init(
        cause: String, from sender: Mailbox, to recipient: Mailbox, subject: String,
        language: String, parts: [Part], date: Timestamp
    ) {
        self.cause = cause
        self.sender = sender
        self.recipient = recipient
        self.subject = subject
        self.language = language
        self.parts = parts
        self.date = date
    }
}

/// A mail as it goes over the wire.
package struct ComposedMail: Sendable, Hashable, Codable {
    /// The Message-ID, without its brackets.
    package let id: String
    /// The sender's address.
    package let sender: EmailAddress
    /// The recipient's address.
    package let recipient: EmailAddress
    /// The subject, to list it by.
    package let subject: String
    /// The text part, to show it.
    package let text: String
    /// When it was written.
    package let date: Timestamp
    /// Header and body in ASCII, lines ended by CRLF.
    package let source: String
}
