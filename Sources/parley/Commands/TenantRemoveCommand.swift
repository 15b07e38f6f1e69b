import Configuration
import Console
import HTTPClient

/// Disconnects a business.
enum TenantRemoveCommand: Command {
    static let specification = ArgumentSpecification(
        "parley tenant remove", words: "ID",
        summary: "Disconnects a business: its webhooks are not taken any more, nothing is sent.",
        options: ConsoleClient.options)

    static func run(_ arguments: Arguments) async throws -> Int32 {
        guard arguments.words.count == 1 else {
            throw ConfigurationError("parley tenant remove", "name one tenant")
        }
        let console = try ConsoleClient(arguments)
        _ = try await console.send(.delete, ConsoleClient.path("tenants", arguments.words[0]))
        Terminal.say("\(arguments.words[0]) is disconnected")
        return 0
    }
}
