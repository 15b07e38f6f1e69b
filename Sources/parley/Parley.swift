import Bench
import Configuration
import Glibc

/// The one program: it finds the command and runs it.
@main
struct Parley {
    /// The commands by the words that name them.
    static let commands: [(name: String, command: any Command.Type)] = [
        ("up", UpCommand.self),
        ("stage", StageCommand.self),
        ("knowledge add", KnowledgeAddCommand.self),
        ("knowledge list", KnowledgeListCommand.self),
        ("knowledge remove", KnowledgeRemoveCommand.self),
        ("knowledge search", KnowledgeSearchCommand.self),
        ("tenant add", TenantAddCommand.self),
        ("tenant list", TenantListCommand.self),
        ("tenant show", TenantShowCommand.self),
        ("tenant remove", TenantRemoveCommand.self),
        ("handoff list", HandoffListCommand.self),
        ("agent", AgentCommand.self),
        ("topics", TopicsCommand.self),
        ("lag", LagCommand.self),
        ("tail", TailCommand.self),
        ("trace", TraceCommand.self),
        ("ledger", LedgerCommand.self),
        ("replay", ReplayCommand.self),
        ("dead-letters list", DeadLettersListCommand.self),
        ("dead-letters show", DeadLettersShowCommand.self),
        ("dead-letters redrive", DeadLettersRedriveCommand.self),
        ("dead-letters discard", DeadLettersDiscardCommand.self),
        ("simulate message", SimulateMessageCommand.self),
        ("simulate business", SimulateBusinessCommand.self),
        ("simulate fault", SimulateFaultCommand.self),
        ("simulate serve", SimulateServeCommand.self),
    ]

    static func main() async {
        // A reader that goes away (`parley … | head`) ends a write, not the process.
        _ = signal(SIGPIPE, SIG_IGN)
        // A file that may not grow any more is a full disk: it fails the write, not the process.
        _ = signal(SIGXFSZ, SIG_IGN)
        exit(await run(Array(CommandLine.arguments.dropFirst())))
    }

    private static func run(_ line: [String]) async -> Int32 {
        if line.first == "bench" { return await bench(Array(line.dropFirst())) }
        let found = commands.first {
            line.starts(with: $0.name.split(separator: " ").map(String.init))
        }
        guard let found else { return help(line) }
        let words = found.name.split(separator: " ").count
        let rest = Array(line.dropFirst(words))
        if rest.contains("--help") || rest.contains("-h") {
            Terminal.say(found.command.specification.usage)
            return 0
        }
        do {
            let arguments = try Arguments(rest, found.command.specification)
            return try await found.command.run(arguments)
        } catch {
            Terminal.complain("parley: \(error)")
            return error is ConfigurationError ? 2 : 1
        }
    }

    /// Measurements read their own command lines: each has options of its own.
    private static func bench(_ line: [String]) async -> Int32 {
        do {
            return try await runBench(line)
        } catch {
            Terminal.complain("parley: \(error)")
            return error is ConfigurationError ? 2 : 1
        }
    }

    private static func help(_ line: [String]) -> Int32 {
        var lines = ["usage: parley COMMAND [options]", "", "commands:"]
        let width = commands.map(\.name.count).max() ?? 0
        for (name, command) in commands {
            let gap = String(repeating: " ", count: width - name.count + 2)
            lines.append("  \(name)\(gap)\(command.specification.summary)")
        }
        lines.append("  bench\(String(repeating: " ", count: max(2, width - 3)))\(benchSummary)")
        lines.append("\n`parley COMMAND --help` tells more.")
        let text = lines.joined(separator: "\n")
        if line.isEmpty || ["help", "--help", "-h"].contains(line[0]) {
            Terminal.say(text)
            return 0
        }
        let group = commands.filter { $0.name.hasPrefix(line[0] + " ") }.map(\.name)
        let hint = group.isEmpty ? "" : "; there are: \(group.joined(separator: ", "))"
        Terminal.complain(
            "parley: there is no command '\(line.joined(separator: " "))'\(hint)\n\(text)")
        return 2
    }
}

/// A command of the program.
protocol Command: SendableMetatype {
    /// What the command accepts.
    static var specification: ArgumentSpecification { get }
    /// Runs the command; answers the process's exit code.
    static func run(_ arguments: Arguments) async throws -> Int32
}
