import Configuration
import Console
import Conversation
import DocumentView
import FoundationEssentials
import HTTPClient
import JSON
import Operations

/// The options that say when a document counts, how much, and how people keep it.
enum KnowledgeTerms {
    static let options: [ArgumentSpecification.Option] = [
        .option("from", "DATE", "found from then on: 2026-12-24, or with a time and a zone"),
        .option("until", "DATE", "found until then"),
        .option("priority", "N", "how much it counts beside others: -3 to 3"),
        .option("label", "WORD", "what people keep it under", repeats: true),
    ]

    /// What was said, as the console takes it.
    ///
    /// - Throws: ``ConfigurationError`` if a date is none.
    static func values(_ arguments: Arguments) throws -> [(name: String, value: JSONValue)] {
        var values: [(String, JSONValue)] = []
        for (option, name) in [("from", "validFrom"), ("until", "validUntil")] {
            guard let text = arguments.value(option) else { continue }
            guard let moment = MomentText.parse(text, now: SystemClock.now().milliseconds) else {
                throw ConfigurationError(
                    "--\(option)", "'\(text)' is no date: write 2026-12-24 or 2026-12-24T18:00:00Z")
            }
            values.append((name, .integer(Int(moment))))
        }
        if let priority = try arguments.integer("priority", in: -3...3) {
            values.append(("priority", .integer(priority)))
        }
        let labels = arguments.all("label")
        if !labels.isEmpty { values.append(("labels", .array(labels.map { .string($0) }))) }
        return values
    }

    /// The same, for a query.
    static func query(_ arguments: Arguments) throws -> String {
        try values(arguments).map { name, value in
            switch value {
            case .integer(let number): "&\(name)=\(number)"
            case .array(let words):
                "&\(name)="
                    + APIClient.escaped(words.compactMap(\.string).joined(separator: ","))
            default: ""
            }
        }.joined()
    }
}

/// Puts in a question with its answer.
enum KnowledgeAnswerCommand: Command {
    static let specification = ArgumentSpecification(
        "parley knowledge answer", words: "QUESTION ANSWER",
        summary: "Puts in a question with its answer, which wins over what documents say.",
        options: [
            .option("also", "QUESTION", "another way to ask it", repeats: true),
            .option("wait", "SECONDS", "how long to wait until it is found (default: 30)"),
        ] + KnowledgeTerms.options + ConsoleClient.tenantOptions)

    static func run(_ arguments: Arguments) async throws -> Int32 {
        guard arguments.words.count == 2 else {
            throw ConfigurationError(
                "parley knowledge answer", "write the question and the answer, each in quotes")
        }
        let wait = try arguments.integer("wait", in: 0...300) ?? 30
        var body: [String: JSONValue] = [
            "question": .string(arguments.words[0]), "answer": .string(arguments.words[1]),
        ]
        let others = arguments.all("also")
        if !others.isEmpty { body["others"] = .array(others.map { .string($0) }) }
        let terms = try KnowledgeTerms.values(arguments)
        if !terms.isEmpty {
            body["terms"] = .object(Dictionary(terms.map { ($0.name, $0.value) }) { $1 })
        }
        let console = try ConsoleClient(arguments)
        let listing = try await console.call(
            .post,
            ConsoleClient.path("tenants", try await console.tenant(arguments), "answers")
                + "?wait=\(wait)",
            body: try RecordCodec.encode(JSONValue.object(body)), wait: wait,
            as: DocumentListing.self)
        let (line, note, isDone) = KnowledgeAddCommand.sentence(listing, waiting: wait)
        isDone ? Terminal.say(line) : Terminal.complain(line)
        if let note { Terminal.say("note: \(note)") }
        return isDone ? 0 : 1
    }
}

/// Says when documents count.
enum KnowledgeTermsCommand: Command {
    static let specification = ArgumentSpecification(
        "parley knowledge terms", words: "ID…",
        summary: "Says when documents are found, how much they count and how people keep them; "
            + "without options they count always, and like any other.",
        options: KnowledgeTerms.options + ConsoleClient.tenantOptions)

    static func run(_ arguments: Arguments) async throws -> Int32 {
        guard !arguments.words.isEmpty else {
            throw ConfigurationError("parley knowledge terms", "name at least one document")
        }
        let terms = try KnowledgeTerms.values(arguments)
        let body = JSONValue.object(Dictionary(terms.map { ($0.name, $0.value) }) { $1 })
        let console = try ConsoleClient(arguments)
        let tenant = try await console.tenant(arguments)
        let documents = try await console.documents(of: tenant)
        var isWhole = true
        for word in arguments.words {
            let found = documents.first { $0.id.rawValue == word || $0.name == word }
            do {
                let listing = try await console.call(
                    .put,
                    ConsoleClient.path(
                        "tenants", tenant, "documents", found?.id.rawValue ?? word, "terms"),
                    body: try RecordCodec.encode(body), as: DocumentListing.self)
                Terminal.say("\(listing.name): changed (\(listing.id))")
            } catch let refusal as APIClient.Refusal {
                Terminal.complain("\(word): \(refusal)")
                isWhole = false
            }
        }
        return isWhole ? 0 : 1
    }
}
