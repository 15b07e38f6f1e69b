import Configuration
import Console
import Conversation
import DocumentView
import HTTPClient

/// Takes documents out.
enum KnowledgeRemoveCommand: Command {
    static let specification = ArgumentSpecification(
        "parley knowledge remove", words: "ID…",
        summary: "Takes documents out, by id or file name; they are no longer found or cited.",
        options: [
            .option("wait", "SECONDS", "how long to wait until each is gone (default: 30)")
        ] + ConsoleClient.tenantOptions)

    static func run(_ arguments: Arguments) async throws -> Int32 {
        guard !arguments.words.isEmpty else {
            throw ConfigurationError("parley knowledge remove", "name at least one document")
        }
        let wait = try arguments.integer("wait", in: 0...300) ?? 30
        let console = try ConsoleClient(arguments)
        let tenant = try await console.tenant(arguments)
        let documents = try await console.documents(of: tenant)
        var isWhole = true
        for word in arguments.words {
            let found = documents.first { $0.id.rawValue == word || $0.name == word }
            do {
                let removed = try await console.call(
                    .delete,
                    ConsoleClient.path(
                        "tenants", tenant, "documents", found?.id.rawValue ?? word)
                        + "?wait=\(wait)",
                    wait: wait, as: RemovedDocument.self)
                Terminal.say("\(removed.name): \(removed.outcome) (\(removed.id))")
                isWhole = isWhole && (removed.outcome == "removed" || wait == 0)
            } catch let refusal as APIClient.Refusal {
                Terminal.complain("\(word): \(refusal)")
                isWhole = false
            }
        }
        return isWhole ? 0 : 1
    }
}
