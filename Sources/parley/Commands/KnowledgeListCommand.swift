import Configuration
import Console
import Conversation
import HTTPClient

/// Lists a tenant's documents.
enum KnowledgeListCommand: Command {
    static let specification = ArgumentSpecification(
        "parley knowledge list", summary: "Lists a tenant's documents and how far each has come.",
        options: [.flag("json", "prints JSON")] + ConsoleClient.tenantOptions)

    static func run(_ arguments: Arguments) async throws -> Int32 {
        let console = try ConsoleClient(arguments)
        let path = ConsoleClient.path("tenants", try await console.tenant(arguments), "documents")
        guard !arguments.has("json") else {
            Terminal.say(String(decoding: try await console.send(.get, path), as: UTF8.self))
            return 0
        }
        let documents = try await console.call(.get, path, as: DocumentList.self).documents
        guard !documents.isEmpty else {
            Terminal.say("no documents yet; `parley knowledge add FILE…` puts some in")
            return 0
        }
        let rows = documents.map { document in
            [
                document.id.rawValue, document.outcome, "\(document.passages) passages",
                "\((document.size + 1023) / 1024) kB",
                document.name + (document.problem.map { ": \($0)" } ?? ""),
            ]
        }
        for line in TextTable.lines(rows) { Terminal.say(line) }
        return 0
    }
}
