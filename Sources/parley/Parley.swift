import Bench
import Configuration
import Glibc
import Lifecycle

/// The one program: it finds the command and runs it.
@main
struct Parley {
    /// The program's version; a release raises it.
    static let version = "0.1.0"

    static func main() async {
        // A reader that goes away (`parley … | head`) ends a write, not the process.
        _ = signal(SIGPIPE, SIG_IGN)
        // A file that may not grow any more is a full disk: it fails the write, not the process.
        _ = signal(SIGXFSZ, SIG_IGN)
        // All that we write, and our children, holds people's words: it is the owner's alone.
        _ = umask(0o077)
        // A crash leaves neither keys nor words behind.
        MemoryDumps.forbid()
        exit(Terminal.exitCode(after: await run(Array(CommandLine.arguments.dropFirst()))))
    }

    private static func run(_ line: [String]) async -> Int32 {
        do {
            switch CommandLineReading.read(line) {
            case .show(let lines):
                Terminal.say(lines)
                return 0
            case .unknown(let lines):
                for line in lines { Terminal.complain(line) }
                return 2
            case .run(let command, let rest):
                return try await command.run(Arguments(rest, command.specification))
            case .bench(let rest): return try await runBench(rest)
            case .complete(let words):
                Terminal.say(ShellCompletion.candidates(for: words).map(\.line))
                return 0
            }
        } catch {
            Terminal.complain(error)
            return error is ConfigurationError ? 2 : 1
        }
    }
}

/// A command of the program.
protocol Command: SendableMetatype {
    /// What the command accepts.
    static var specification: ArgumentSpecification { get }
    /// Runs the command; answers the process's exit code.
    static func run(_ arguments: Arguments) async throws -> Int32
}
