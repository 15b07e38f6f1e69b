/// What we and a mail server said to each other, without the mail itself and without secrets: for
/// whoever sets the server up.
package struct SMTPDialogue: Sendable, Hashable {
    /// Who said a line.
    package enum Speaker: String, Sendable, Hashable, Codable {
        /// We.
        case client
        /// The mail server.
        case server
    }

    /// One line.
    package struct Line: Sendable, Hashable {
        /// Who said it.
        package var speaker: Speaker
        /// What was said; `…` stands for what is not shown.
        package var text: String
    }

    /// More than a sending of one mail has: a server that goes on is cut off.
    private static let mostLines = 200
    private static let longestLine = 1000

    /// The lines in order.
    package private(set) var lines: [Line] = []
    /// The first word of our last command, in upper case.
    private(set) var lastCommand = ""
    /// The code of the server's last whole reply.
    private(set) var lastReply: Int?
    /// The server's last line.
    private(set) var lastReplyText = ""
    private var isSigningIn = false
    private var isOver = false

    init() {}

    /// What we sent, some lines of commands.
    mutating func heard(fromClient bytes: some Sequence<UInt8>) {
        for line in Self.split(bytes) {
            guard !isSigningIn else {
                add(.client, "…")
                continue
            }
            let words = line.split(separator: " ", omittingEmptySubsequences: false)
            if words.first?.uppercased() == "QUIT" { isOver = true }
            guard !isOver else {
                add(.client, line)
                continue
            }
            lastCommand = words.first?.uppercased() ?? ""
            lastReply = nil
            if lastCommand == "AUTH" {
                isSigningIn = true
                // The mechanism is no secret; what follows it is.
                add(.client, words.prefix(2).joined(separator: " ") + (words.count > 2 ? " …" : ""))
            } else {
                add(.client, line)
            }
        }
    }

    /// What the server sent, some lines of replies (RFC 5321, 4.2).
    mutating func heard(fromServer bytes: some Sequence<UInt8>) {
        for line in Self.split(bytes) {
            add(.server, line)
            // What is said to our good-bye is about nothing.
            guard !isOver else { continue }
            lastReplyText = line
            // The last line of a reply has no hyphen behind its code.
            let code = line.prefix(3)
            guard code.utf8.count == 3, let number = Int(code), line.dropFirst(3).first != "-"
            else {
                continue
            }
            lastReply = number
            // 334 asks for the next part of a secret (RFC 4954, 4).
            if number != 334 { isSigningIn = false }
        }
    }

    /// The whole mail was sent, and its end: what the server says next is about it.
    mutating func endedMail() {
        lastCommand = "."
        lastReply = nil
    }

    private mutating func add(_ speaker: Speaker, _ text: String) {
        guard lines.count < Self.mostLines else { return }
        lines.append(Line(speaker: speaker, text: String(text.prefix(Self.longestLine))))
    }

    private static func split(_ bytes: some Sequence<UInt8>) -> [String] {
        bytes.split(separator: 0x0A).map { line in
            // What a terminal or a page would take for a command is left out.
            String(decoding: line.filter { $0 >= 0x20 && $0 != 0x7F }, as: UTF8.self)
        }
    }
}
