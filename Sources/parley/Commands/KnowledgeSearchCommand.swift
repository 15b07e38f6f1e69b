import Configuration
import Console
import Conversation
import HTTPClient

/// Asks a tenant's documents a question, as the bot would.
enum KnowledgeSearchCommand: Command {
    static let specification = ArgumentSpecification(
        "parley knowledge search", words: "QUESTION",
        summary: "Finds the passages that fit a question, with score, document and page.",
        options: [
            .option("limit", "N", "how many passages (default: 5)"),
            .option("label", "LABEL", "only in documents that are kept under this label"),
            .flag("json", "prints JSON"),
        ] + ConsoleClient.tenantOptions)

    static func run(_ arguments: Arguments) async throws -> Int32 {
        let question = arguments.words.joined(separator: " ")
        guard !question.isEmpty else {
            throw ConfigurationError("parley knowledge search", "ask a question")
        }
        let limit = try arguments.integer("limit", in: 1...50) ?? 5
        let console = try ConsoleClient(arguments)
        let label = arguments.value("label").map { "&label=\(APIClient.escaped($0))" } ?? ""
        let path =
            ConsoleClient.path("tenants", try await console.tenant(arguments), "search")
            + "?q=\(APIClient.escaped(question))&limit=\(limit)" + label
        guard !arguments.has("json") else {
            Terminal.say(json: try await console.send(.get, path))
            return 0
        }
        Terminal.say(
            lines(try await console.call(.get, path, as: FoundPassages.self).passages))
        return 0
    }

    /// The passages for people.
    static func lines(_ passages: [RankedPassage]) -> [TerminalLine] {
        guard !passages.isEmpty else { return ["nothing was found"] }
        return passages.enumerated().flatMap { index, passage -> [TerminalLine] in
            let title: TerminalLine =
                "\(index + 1). \(source(of: passage))  score \(rounded(passage.score))"
            // Indented, so that a passage's lines are none of ours.
            let others = (passage.others ?? []).map { place -> TerminalLine in
                "   also in \(source(place.documentName, place.page, place.sheet))"
            }
            return [title.styled(.heading)]
                + passage.text.split(whereSeparator: \.isNewline).map { "   \($0)" } + others
        }
    }

    private static func source(of passage: RankedPassage) -> String {
        var parts = [source(passage.documentName, passage.page, passage.sheet)]
        if !passage.headings.isEmpty { parts.append(passage.headings.joined(separator: " > ")) }
        return parts.joined(separator: ", ")
    }

    private static func source(_ name: String, _ page: Int?, _ sheet: String?) -> String {
        var parts = [name]
        if let page { parts.append("page \(page)") }
        if let sheet { parts.append("sheet \(sheet)") }
        return parts.joined(separator: ", ")
    }

    private static func rounded(_ score: Double) -> String {
        let parts = (score * 10_000).rounded()
        return "\(parts / 10_000)"
    }
}
