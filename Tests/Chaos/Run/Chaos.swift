import Glibc

/// Runs Parley under faults and reports what a customer should never see.
@main
struct Chaos {
    static func main() async {
        _ = signal(SIGPIPE, SIG_IGN)
        do {
            let words = Array(CommandLine.arguments.dropFirst())
            guard !words.contains("--help"), !words.contains("-h") else {
                Journal.say(Options.usage)
                exit(0)
            }
            let run = try await Run(try Options(words))
            exit(try await run.run() ? 0 : 1)
        } catch {
            Journal.say("chaos: \(error)")
            exit(2)
        }
    }
}
