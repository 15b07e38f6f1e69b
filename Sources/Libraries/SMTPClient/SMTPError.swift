/// Why a mail was not taken, or may not have been.
package struct SMTPError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What a sender does about it.
    package enum Kind: String, Sendable, Hashable, Codable {
        /// Nothing was taken; later it may be, perhaps after the settings were mended.
        case transient
        /// The server will not take this mail, now or later.
        case permanent
        /// The mail was handed over and no answer came: it may be sent on or not.
        case unknownOutcome = "unknown_outcome"
    }

    /// What went wrong.
    package enum Reason: String, Sendable, Hashable, Codable {
        /// The server's name has no address.
        case nameResolution = "name_resolution"
        /// Nobody answers there, or the connection broke off.
        case connection
        /// It took too long.
        case timeout
        /// TLS is not offered, could not be agreed on, or its certificate is not trusted.
        case tls
        /// The server does not take our name and password.
        case signIn = "sign_in"
        /// The server refused the mail, its sender or its recipient.
        case refused
        /// An address or the mail has a form that cannot be sent.
        case form
        /// Something else, which the detail names.
        case other
    }

    /// What a sender does about it.
    package let kind: Kind
    /// What went wrong.
    package let reason: Reason
    /// The server's words, or the library's.
    package let detail: String
    /// What was said until then.
    package let dialogue: SMTPDialogue

    /// One sentence for a log line; holds addresses only where the server names them.
    package var description: String {
        switch kind {
        case .transient: "the mail was not sent (\(reason.rawValue)): \(detail)"
        case .permanent: "the mail cannot be sent (\(reason.rawValue)): \(detail)"
        case .unknownOutcome:
            "it is unknown whether the mail was sent (\(reason.rawValue)): \(detail)"
        }
    }
}

/// A mail that a server has taken.
package struct SMTPAcceptance: Sendable, Hashable {
    /// The server's words, which often name the mail in its queue.
    package let reply: String
    /// All that was said.
    package let dialogue: SMTPDialogue
}
