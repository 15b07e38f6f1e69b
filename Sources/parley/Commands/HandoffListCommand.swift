import Configuration
import Console
import Conversation
import HTTPClient

/// Lists the conversations that wait for a person or have one.
enum HandoffListCommand: Command {
    static let specification = ArgumentSpecification(
        "parley handoff list",
        summary: "Lists the conversations that wait for a person or have one, and why.",
        options: [
            .option("tenant", "NAME", "of one tenant only (default: of all)"),
            .flag("json", "prints JSON"),
        ] + ConsoleClient.options)

    static func run(_ arguments: Arguments) async throws -> Int32 {
        let console = try ConsoleClient(arguments)
        let query = arguments.value("tenant").map { "?tenant=\(APIClient.escaped($0))" } ?? ""
        guard !arguments.has("json") else {
            let bytes = try await console.send(.get, "/api/handoffs" + query)
            Terminal.say(String(decoding: bytes, as: UTF8.self))
            return 0
        }
        let handoffs = try await console.call(
            .get, "/api/handoffs" + query, as: HandoffList.self
        ).handoffs
        if handoffs.isEmpty { Terminal.say("nobody waits for a person") }
        let now = SystemClock.now()
        let rows = handoffs.map { [$0.tenant.rawValue] + AgentDesk.columns($0, at: now) }
        for line in TextTable.lines(rows) { Terminal.say(line) }
        return 0
    }
}
