package import AccountRecords
package import Conversation
package import Cryptography
package import HTTPServer

/// Makes the tokens that links in mails hold, and opens them for whoever writes the mail.
///
/// A token is `SUBJECT.SECRET`: the subject, such as an account's id, says whom to ask about it,
/// and 256 random bits prove that the mail was read. Its hash is that of the whole.
package struct LinkTokens: Sendable {
    private static let context = "link token"

    private let ring: KeyRingStore

    /// Seals by the newest key of the ring.
    package init(_ ring: KeyRingStore) { self.ring = ring }

    /// Makes a token about a subject, for the link of a mail.
    package func make(about subject: String, until end: Timestamp) throws(Problem) -> OneTimeToken {
        do {
            let text = "\(subject).\(try RandomBytes.token())"
            let sealed = try ring.current.seal(text, context: Self.context)
            return OneTimeToken(
                hash: Self.hash(text), expires: end,
                sealed: Sealed(keyID: sealed.keyID, box: sealed.payload))
        } catch {
            throw Problem(.unexpectedSealing, "a link could not be made: \(error)")
        }
    }

    /// The token itself, to stand in a link.
    package func open(_ sealed: Sealed) throws(KeyRingError) -> String {
        try ring.current.open(
            SealedSecret(keyID: sealed.keyID, payload: sealed.box), context: Self.context)
    }

    /// What is kept of a token.
    package static func hash(_ text: String) -> String { SHA256.hex(text) }

    /// The subject of a token that somebody sent back; `nil` where it has not the form of one.
    package static func subject(of text: String) -> String? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...64).contains(parts[0].utf8.count),
            (20...100).contains(parts[1].utf8.count)
        else { return nil }
        return String(parts[0])
    }
}

extension Problem.Kind {
    /// No key of the ring seals.
    package static let unexpectedSealing = Self(500, "internal")
}
