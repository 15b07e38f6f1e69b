import Conversation
package import SMTPClient

/// Why a mail was not handed on, or may not have been.
package struct MailError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What a sender does about it.
    package enum Kind: String, Sendable, Hashable, Codable {
        /// Nothing was taken; later it may be.
        case transient
        /// This mail will not be taken, now or later.
        case permanent
        /// It may be sent on or not; sending it again may make two of it.
        case unknownOutcome = "unknown_outcome"
    }

    /// What a sender does about it.
    package let kind: Kind
    /// A stable word for the reason, such as `sign_in` or `tls`.
    package let reason: String
    /// One sentence.
    package let description: String
    /// What was said to the server and by it, without secrets; lines begin with `C: ` or `S: `.
    package let dialogue: [String]
}

/// A mail that was taken.
package struct MailReceipt: Sendable, Hashable {
    /// What whoever took it said.
    package let reply: String
    /// What was said to the server and by it, without secrets; lines begin with `C: ` or `S: `.
    package let dialogue: [String]
}

/// Where mails go.
package protocol MailTransport: Sendable {
    /// Hands one mail on.
    func send(_ mail: ComposedMail) async throws(MailError) -> MailReceipt
}

/// Mails through a server.
package struct SMTPTransport: MailTransport {
    private let client: SMTPClient

    /// Hands mails to this server.
    package init(_ server: SMTPServer) {
        client = SMTPClient(server)
    }

    /// Hands one mail to the server.
    package func send(_ mail: ComposedMail) async throws(MailError) -> MailReceipt {
        do throws(SMTPError) {
            let accepted = try await client.send(
                Array(mail.source.utf8), from: mail.sender.text, to: mail.recipient.text)
            return MailReceipt(
                reply: accepted.reply, dialogue: Self.lines(of: accepted.dialogue))
        } catch {
            throw MailError(
                kind: Self.kind(error.kind), reason: error.reason.rawValue,
                description: error.description, dialogue: Self.lines(of: error.dialogue))
        }
    }

    private static func kind(_ kind: SMTPError.Kind) -> MailError.Kind {
        switch kind {
        case .transient: .transient
        case .permanent: .permanent
        case .unknownOutcome: .unknownOutcome
        }
    }

    private static func lines(of dialogue: SMTPDialogue) -> [String] {
        dialogue.lines.map { "\($0.speaker == .client ? "C" : "S"): \($0.text)" }
    }
}
