/// A mail server that takes mail from us: where it is, and who we are to it.
package struct SMTPServer: Sendable, Hashable {
    /// How the connection is kept from others' eyes.
    package enum Security: String, Sendable, Hashable, Codable {
        /// TLS from the first byte on (port 465; RFC 8314, 3.3).
        case tls
        /// Plain at first, then TLS by STARTTLS, or nothing is sent (port 587; RFC 3207).
        case startTLS = "starttls"
        /// None, for a relay on this machine or in a network of one's own.
        case none
    }

    /// A name and password at the server.
    package struct Credentials: Sendable, Hashable {
        /// The name.
        package var user: String
        /// The password; never part of an error or a dialogue.
        package var password: String

        /// Takes both.
        package init(user: String, password: String) {
            self.user = user
            self.password = password
        }
    }

    /// Why settings cannot be used.
    package enum Flaw: String, Error, Sendable, CustomStringConvertible {
        /// The host is no name or address.
        case host
        /// The port is none.
        case port
        /// The name by which we greet is no host name.
        case greeting
        /// Name or password have a character that cannot be sent.
        case credentials
        /// The password would cross a network in the open.
        case openPassword = "open_password"

        /// One sentence for whoever set it.
        package var description: String {
            switch self {
            case .host: "the mail server's host is a name such as smtp.example.com, or an address"
            case .port: "the mail server's port is a number from 1 to 65535"
            case .greeting: "the name to greet with is a host name such as parley.example.com"
            case .credentials: "the mail server's user and password have no line breaks"
            case .openPassword:
                "a password is sent to a mail server only over TLS: choose tls or starttls"
            }
        }
    }

    /// A name or a numeric address.
    package let host: String
    /// The port.
    package let port: Int
    /// How the connection is kept from others' eyes.
    package let security: Security
    /// Whom we sign in as, if at all.
    package let credentials: Credentials?
    /// What we call ourselves in EHLO (RFC 5321, 4.1.1.1).
    package let greeting: String
    /// A file of certificates (PEM) to trust instead of the system's, for a server with its own.
    package let certificateFile: String?

    /// Checks all parts.
    package init(
        host: String, port: Int, security: Security, credentials: Credentials? = nil,
        greeting: String, certificateFile: String? = nil
    ) throws(Flaw) {
        guard Self.isHost(host) || Self.isIPv6(host) else { throw .host }
        guard (1...65535).contains(port) else { throw .port }
        guard Self.isHost(greeting) else { throw .greeting }
        if let credentials {
            let bytes = Array((credentials.user + credentials.password).utf8)
            guard !credentials.user.isEmpty, bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
                throw .credentials
            }
            let isHere = ["localhost", "127.0.0.1", "::1"].contains(host.lowercased())
            guard security != .none || isHere else { throw .openPassword }
        }
        self.host = host
        self.port = port
        self.security = security
        self.credentials = credentials
        self.greeting = greeting
        self.certificateFile = certificateFile
    }

    /// As curl takes it: the path is what we greet with (CURLOPT_URL(3)).
    var url: String {
        let scheme = security == .tls ? "smtps" : "smtp"
        let name = Self.isIPv6(host) ? "[\(host)]" : host
        return "\(scheme)://\(name):\(port)/\(greeting)"
    }

    private static func isHost(_ text: String) -> Bool {
        (1...253).contains(text.utf8.count) && !text.hasPrefix("-") && !text.hasPrefix(".")
            && text.utf8.allSatisfy { isLetterOrDigit($0) || $0 == 0x2D || $0 == 0x2E }
    }

    private static func isIPv6(_ text: String) -> Bool {
        text.contains(":") && text.utf8.count <= 45
            && text.utf8.allSatisfy { $0 == 0x3A || $0 == 0x2E || isHexDigit($0) }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte | 0x20)
    }
}
