import Configuration
import Console
import DocumentText
import DocumentView
import FoundationEssentials
import HTTPClient

/// Puts documents in and waits until they can be found.
enum KnowledgeAddCommand: Command {
    static let specification = ArgumentSpecification(
        "parley knowledge add", words: "FILE…",
        summary: "Puts documents in: PDF, DOCX, XLSX, HTML, Markdown, CSV, text, pictures of text.",
        options: [
            .option("wait", "SECONDS", "how long to wait for each to be read (default: 120)"),
            .option(
                "name", "NAME",
                "what to call one FILE (default: its own name); a document of that name is replaced"
            ),
        ] + KnowledgeTerms.options + ConsoleClient.tenantOptions)

    /// What the console takes; a larger file need not travel to be refused.
    private static let mostBytes = ExtractionLimits.mostFileBytes

    static func run(_ arguments: Arguments) async throws -> Int32 {
        guard !arguments.words.isEmpty else {
            throw ConfigurationError("parley knowledge add", "name at least one file")
        }
        let files = try named(arguments.words, as: arguments.value("name"))
        let wait = try arguments.integer("wait", in: 0...300) ?? 120
        let terms = try KnowledgeTerms.query(arguments)
        let console = try ConsoleClient(arguments)
        let tenant = try await console.tenant(arguments)
        var isWhole = true
        // What the installation lacks is said once, with the first document that it concerns.
        var said: Set<String> = []
        for (file, name) in files {
            let (line, note, isDone) = await add(
                file, as: name, on: terms, to: tenant, waiting: wait, console)
            isDone ? Terminal.say(line) : Terminal.complain(line)
            if let note, said.insert(note).inserted { Terminal.say("note: \(note)") }
            isWhole = isWhole && isDone
        }
        return isWhole ? 0 : 1
    }

    /// The files with the names that their documents get, before anything is sent.
    ///
    /// - Throws: ``ConfigurationError`` if two would be one document, which is known by its name.
    static func named(
        _ files: [String], as name: String?
    ) throws -> [(file: String, name: String)] {
        if let name {
            guard files.count == 1 else {
                throw ConfigurationError("--name", "it names one file, not \(files.count)")
            }
            return [(files[0], name)]
        }
        var seen: [String: String] = [:]
        return try files.map { file in
            let name = URL(filePath: file).lastPathComponent
            if let other = seen.updateValue(file, forKey: name) {
                throw ConfigurationError(
                    "parley knowledge add",
                    "\(other) and \(file) are both named \(name), and a document is known by its "
                        + "name: the second would replace the first. Nothing was added; add one of "
                        + "them by itself, with --name")
            }
            return (file, name)
        }
    }

    private static func add(
        _ file: String, as name: String, on terms: String, to tenant: String, waiting wait: Int,
        _ console: ConsoleClient
    ) async -> (line: TerminalLine, note: String?, isDone: Bool) {
        do {
            guard let data = FileManager.default.contents(atPath: file) else {
                return ("\(file): there is no such file, or it cannot be read", nil, false)
            }
            guard data.count <= mostBytes else {
                return ("\(file): a document is at most 32 MB; split it into parts", nil, false)
            }
            let query = "?name=\(APIClient.escaped(name))&wait=\(wait)" + terms
            let bytes = [UInt8](data)
            let listing =
                PartedUpload.isWorthIt(bytes.count)
                ? try await PartedUpload(bytes, as: name, to: tenant, console)
                    .send(query, waiting: wait)
                : try await console.call(
                    .post, ConsoleClient.path("tenants", tenant, "documents") + query, body: bytes,
                    wait: wait, as: DocumentListing.self)
            return sentence(listing, waiting: wait)
        } catch {
            return ("\(file): \(error)", nil, false)
        }
    }

    /// What became of a document, for people.
    static func sentence(
        _ listing: DocumentListing, waiting wait: Int
    ) -> (line: TerminalLine, note: String?, isDone: Bool) {
        guard listing.isSettled else {
            let progress = listing.progress.map {
                " (\($0.done) of \($0.passages) passages so far)"
            }
            return (
                "\(listing.name): stored as \(listing.id), but not read within \(wait) s"
                    + "\(progress ?? ""); `parley knowledge list` shows when it is", nil, wait == 0
            )
        }
        let problem = listing.problem.map { ": \($0)" } ?? ""
        guard !listing.isFailed else { return ("\(listing.name): failed\(problem)", nil, false) }
        var passages = listing.passages == 1 ? "1 passage" : "\(listing.passages) passages"
        if let pages = listing.pages, pages > 1 { passages += " of \(pages) pages" }
        if let version = listing.version, version > 1 { passages += ", version \(version)" }
        let replacement = listing.replaces == nil ? "" : ", in place of the earlier \(listing.name)"
        let line: TerminalLine =
            "\(listing.name): \(listing.outcome), \(passages) (\(listing.id))\(replacement)"
        return (line, listing.problem, true)
    }
}
