import Configuration
import Lifecycle

/// Runs a whole installation on this machine.
enum UpCommand: Command {
    static let specification = ArgumentSpecification(
        "parley up",
        summary: "Runs the whole pipeline on this machine and restarts what dies.",
        options: ProcessOptions.options.filter {
            !["port", "telemetry-port", "slot", "replicas"].contains($0.name)
        } + [
            .option("port-base", "N", "every port counts up from N (default: 8700)"),
            .flag("no-local-models", "starts no local embedding server"),
            .flag("no-simulator", "starts without the WhatsApp simulator and the demo business"),
            .flag("verbose", "shows what the processes log, instead of files in the data folder"),
        ])

    static func run(_ arguments: Arguments) async throws -> Int32 {
        let options = try ProcessOptions(arguments)
        let base = try arguments.integer("port-base", in: 1_024...65_000) ?? 8_700
        let installation = Installation(
            options, addresses: Addresses(host: options.host, base: base),
            localModels: !arguments.has("no-local-models"),
            simulator: !arguments.has("no-simulator"), verbose: arguments.has("verbose"))
        return try await installation.run()
    }
}
