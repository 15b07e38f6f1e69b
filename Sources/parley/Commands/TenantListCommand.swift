import Configuration
import Console
import Conversation
import HTTPClient

/// Lists the installation's tenants.
enum TenantListCommand: Command {
    static let specification = ArgumentSpecification(
        "parley tenant list", summary: "Lists the businesses that are connected.",
        options: [.flag("json", "prints JSON")] + ConsoleClient.options)

    static func run(_ arguments: Arguments) async throws -> Int32 {
        let console = try ConsoleClient(arguments)
        guard !arguments.has("json") else {
            let bytes = try await console.send(.get, "/api/tenants")
            Terminal.say(String(decoding: bytes, as: UTF8.self))
            return 0
        }
        let list = try await console.call(.get, "/api/tenants", as: TenantList.self)
        if list.tenants.isEmpty, list.problems.isEmpty {
            Terminal.say("no tenants yet; `parley tenant add` connects one")
        }
        let rows = list.tenants.map { tenant in
            [
                tenant.id.rawValue, tenant.name,
                tenant.numbers.map { $0.display ?? $0.id.rawValue }.joined(separator: ", "),
                tenant.graphURL,
            ]
        }
        for line in TextTable.lines(rows) { Terminal.say(line) }
        for problem in list.problems { Terminal.complain("\(problem.id): \(problem.problem)") }
        return list.problems.isEmpty ? 0 : 1
    }
}
