package import Conversation

/// An address with the name of whoever it belongs to.
package struct Mailbox: Sendable, Hashable, Codable {
    /// The name, if any.
    package var name: String?
    /// The address.
    package var address: EmailAddress

    /// Takes both.
    package init(_ address: EmailAddress, name: String? = nil) {
        self.address = address
        self.name = name
    }
}

/// Why a mail cannot be composed: one of its parts could change more than what it is for.
package enum MailFlaw: Error, Hashable, CustomStringConvertible {
    /// A field of the header has a line break or another control character.
    case control(field: String)
    /// A field of the header is longer than a header is.
    case tooLong(field: String, most: Int)
    /// A link is no absolute http or https URL in ASCII.
    case link(String)
    /// Unsubscribing takes an https URL (RFC 8058, 3.1).
    case unsubscribe(String)

    /// One sentence for a log line.
    package var description: String {
        switch self {
        case .control(let field): "the mail's \(field) has a line break or control character"
        case .tooLong(let field, let most): "the mail's \(field) has more than \(most) bytes"
        case .link: "a link in the mail is no absolute URL of printable ASCII"
        case .unsubscribe: "the mail's address to unsubscribe at is no https URL"
        }
    }
}
