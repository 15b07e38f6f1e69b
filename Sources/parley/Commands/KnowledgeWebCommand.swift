import Configuration
import Console
import Conversation
import DocumentView
import HTTPClient
import JSON
import SiteRecords

/// Puts in pages of the web.
enum KnowledgeWebCommand: Command {
    static let specification = ArgumentSpecification(
        "parley knowledge web", words: "URL",
        summary: "Fetches a web page, or a site's pages, and puts them in as documents.",
        options: [
            .option("depth", "N", "how many links to follow within the site (default: 0)"),
            .option("pages", "N", "how many pages at most (default: 20)"),
            .option(
                "every", "HOURS", "to fetch them anew after so many hours, again and again"),
        ] + ConsoleClient.tenantOptions)

    /// A crawl rests between two pages.
    private static let patience = 300

    static func run(_ arguments: Arguments) async throws -> Int32 {
        guard arguments.words.count == 1 else {
            throw ConfigurationError("parley knowledge web", "name one page, such as https://…")
        }
        var body: [String: JSONValue] = ["url": .string(arguments.words[0])]
        if let depth = try arguments.integer("depth", in: 0...5) { body["depth"] = .integer(depth) }
        if let pages = try arguments.integer("pages", in: 1...100) {
            body["pages"] = .integer(pages)
        }
        if let hours = try arguments.integer("every", in: 1...720) {
            body["everyHours"] = .integer(hours)
        }
        let console = try ConsoleClient(arguments)
        let fetched = try await console.call(
            .post, ConsoleClient.path("tenants", try await console.tenant(arguments), "webpages"),
            body: try RecordCodec.encode(JSONValue.object(body)), wait: patience,
            as: FetchedPages.self)
        for document in fetched.documents {
            Terminal.say("\(document.name): \(document.outcome) (\(document.id))")
        }
        for missed in fetched.missed { Terminal.complain("\(missed.url): \(missed.because)") }
        if fetched.isCut {
            Terminal.say("there are more pages; --pages says how many are wanted at most")
        }
        return 0
    }
}
