import Configuration
import Console
import Glibc
import HTTPClient

/// Disconnects a business.
enum TenantRemoveCommand: Command {
    static let specification = ArgumentSpecification(
        "parley tenant remove", words: "ID",
        summary: "Disconnects a business: its webhooks are not taken any more, nothing is sent.",
        options: [.flag("yes", "does it without asking")] + ConsoleClient.options)

    static func run(_ arguments: Arguments) async throws -> Int32 {
        guard arguments.words.count == 1 else {
            throw ConfigurationError("parley tenant remove", "name one tenant")
        }
        let id = arguments.words[0]
        let console = try ConsoleClient(arguments)
        // Asked for what is there only, and with the name, so that a slip is seen.
        let tenant = try await console.call(
            .get, ConsoleClient.path("tenants", id), as: TenantListing.self)
        guard
            try Consent.isGiven(
                arguments, specification.command,
                "Disconnect \(tenant.id) (\(tenant.name))? Its customers will not be answered.")
        else {
            Terminal.complain("nothing was done")
            return 1
        }
        _ = try await console.send(.delete, ConsoleClient.path("tenants", id))
        Terminal.say(report(of: id, demo: DemoBusiness.tenant))
        return 0
    }

    /// What to say when it is done; `demo` is the tenant that `parley up` connects by itself.
    static func report(of id: String, demo: String?) -> [TerminalLine] {
        let again: TerminalLine =
            "it is the demo business: the next `parley up` connects it again, unless you add "
            + "--no-simulator"
        let rest: TerminalLine =
            "what its customers wrote stays; `parley tenant purge \(id)` removes it for good"
        return ["\(id) is disconnected", rest] + (id == demo ? [again] : [])
    }
}

/// A person's yes to what cannot be undone.
enum Consent {
    /// Whether it is given: by `--yes`, or by an answer at the terminal.
    ///
    /// - Throws: `ConfigurationError` where nobody can be asked.
    static func isGiven(
        _ arguments: Arguments, _ command: String, _ question: TerminalLine
    ) throws(ConfigurationError) -> Bool {
        if arguments.has("yes") { return true }
        guard isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else {
            throw ConfigurationError(
                command, "nobody is at a terminal to be asked; add --yes to do it")
        }
        Terminal.ask("\(question) [y/N]")
        return isYes(readLine())
    }

    /// Whether it is given: by `--yes`, or by a word that is typed at the terminal, which is asked
    /// for what cannot be taken back.
    ///
    /// - Throws: `ConfigurationError` where nobody can be asked.
    static func isGiven(
        _ arguments: Arguments, _ command: String, _ warning: TerminalLine, typing word: String
    ) throws(ConfigurationError) -> Bool {
        if arguments.has("yes") { return true }
        guard isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else {
            throw ConfigurationError(
                command, "nobody is at a terminal to be asked; add --yes to do it")
        }
        Terminal.complain(warning)
        Terminal.ask("Type \(word) to do it:")
        return readLine()?.trimmingPrefix { $0.isWhitespace }
            .prefix { !$0.isWhitespace } == word[...]
    }

    /// Whether an answer means yes; nothing else does.
    static func isYes(_ answer: String?) -> Bool {
        ["y", "yes"].contains((answer ?? "").lowercased().filter { !$0.isWhitespace })
    }
}
