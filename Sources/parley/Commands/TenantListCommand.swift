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
        let list = try await console.tenants()
        guard !arguments.has("json") else {
            Terminal.say(json: try RecordCodec.encode(list))
            return 0
        }
        Terminal.say(lines(list))
        for problem in list.problems { Terminal.complain("\(problem.id): \(problem.problem)") }
        return list.problems.isEmpty ? 0 : 1
    }

    /// The tenants for people.
    static func lines(_ list: TenantList) -> [TerminalLine] {
        guard !list.tenants.isEmpty else {
            return list.problems.isEmpty
                ? ["no tenants yet; `parley tenant add` connects one"] : []
        }
        let rows = list.tenants.map { tenant in
            [
                tenant.id.rawValue, tenant.name,
                tenant.numbers.map { $0.display ?? $0.id.rawValue }.joined(separator: ", "),
                tenant.graphURL,
            ]
        }
        return TextTable.lines(rows, under: ["ID", "NAME", "NUMBERS", "GRAPH API"])
    }
}
