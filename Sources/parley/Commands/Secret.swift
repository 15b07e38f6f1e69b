import Configuration
import FoundationEssentials
import Glibc

/// Secrets come from files or from a person, never from the command line: others can read that.
enum Secret {
    /// Characters of a secret; a longer file is something else.
    private static let mostCharacters = 4_096

    /// The secret in a file, without the blanks around it.
    static func read(_ file: String) throws(ConfigurationError) -> String {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw ConfigurationError(file, "the secret cannot be read")
        }
        let secret = trimmed(String(decoding: data.prefix(mostCharacters * 4), as: UTF8.self))
        guard !secret.isEmpty, secret.count <= mostCharacters else {
            throw ConfigurationError(file, "the file holds no secret, or far too much")
        }
        return secret
    }

    /// Asks the person at the terminal, without showing what is typed.
    static func ask(_ name: String) throws(ConfigurationError) -> String {
        try ask(name, for: "parley tenant add", "--\(name)-file")
    }

    /// Asks the person at the terminal for what a command's option would give.
    static func ask(
        _ name: String, for command: String, _ option: String
    ) throws(ConfigurationError) -> String {
        var shown = termios()
        guard isatty(STDIN_FILENO) == 1, unsafe tcgetattr(STDIN_FILENO, &shown) == 0 else {
            throw ConfigurationError(command, "\(option) is missing")
        }
        var hidden = shown
        hidden.c_lflag &= ~tcflag_t(ECHO)
        _ = unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden)
        defer { _ = unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown) }
        Terminal.ask("\(name) (not shown):")
        let secret = trimmed(readLine() ?? "")
        // The line break that was typed is not shown either.
        Terminal.complain("")
        guard !secret.isEmpty else { throw ConfigurationError(name, "nothing was typed") }
        return secret
    }

    private static func trimmed(_ text: String) -> String {
        String(text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
