import Configuration
import Console
import Conversation
import DocumentView
import HTTPClient

/// Lists a tenant's documents.
enum KnowledgeListCommand: Command {
    static let specification = ArgumentSpecification(
        "parley knowledge list", summary: "Lists a tenant's documents and how far each has come.",
        options: [
            .option("label", "LABEL", "only those that are kept under this label"),
            .flag("json", "prints JSON"),
        ] + ConsoleClient.tenantOptions)

    static func run(_ arguments: Arguments) async throws -> Int32 {
        let console = try ConsoleClient(arguments)
        let documents = try await console.documents(
            of: try await console.tenant(arguments), labelled: arguments.value("label"))
        guard !arguments.has("json") else {
            Terminal.say(json: try RecordCodec.encode(DocumentList(documents: documents)))
            return 0
        }
        Terminal.say(lines(documents))
        return 0
    }

    /// How many passages there are, or how far they are; pages as long as there are no passages.
    private static func passages(of document: DocumentListing) -> String {
        guard let progress = document.progress else { return "\(document.passages)" }
        if let reading = progress.reading {
            return "page \(reading.pages)" + (reading.of.map { "/\($0)" } ?? "")
        }
        return "\(progress.done)/\(progress.passages)"
    }

    /// When a document counts, and how much, where that is not always and like any other.
    private static func terms(of document: DocumentListing) -> String {
        guard let terms = document.terms else { return "" }
        var words: [String] = []
        if let from = terms.validFrom { words.append("from \(from)") }
        if let until = terms.validUntil { words.append("until \(until)") }
        if let priority = terms.priority, priority != 0 { words.append("priority \(priority)") }
        words += terms.labels ?? []
        return words.isEmpty ? "" : " [" + words.joined(separator: ", ") + "]"
    }

    /// The documents for people.
    static func lines(_ documents: [DocumentListing]) -> [TerminalLine] {
        guard !documents.isEmpty else {
            return ["no documents yet; `parley knowledge add FILE…` puts some in"]
        }
        // What the installation lacks is the same for all: it is said once.
        let common = CommonNotes(documents)
        let rows = documents.map { document in
            [
                document.id.rawValue, document.outcome, passages(of: document),
                "\((document.size + 1023) / 1024) kB",
                document.name + terms(of: document)
                    + (common.own(document).map { ": \($0)" } ?? ""),
            ]
        }
        var lines = TextTable.lines(
            rows, under: ["ID", "OUTCOME", "PASSAGES", "SIZE", "NAME"])
        for (index, document) in documents.enumerated() where document.isFailed {
            lines[index + 1].style = .problem
        }
        return lines + common.lines
    }
}

/// What is to be said of documents that are fine but for what the installation lacks, such as an
/// embedding server: once for all of them.
struct CommonNotes {
    private var counts: [(note: String, count: Int)] = []

    /// Gathers the notes of documents.
    init(_ documents: [DocumentListing]) {
        for document in documents { add(document) }
    }

    /// Takes in a document's note.
    mutating func add(_ document: DocumentListing) {
        guard !document.isFailed, let note = document.problem else { return }
        if let index = counts.firstIndex(where: { $0.note == note }) {
            counts[index].count += 1
        } else {
            counts.append((note, 1))
        }
    }

    /// What stands beside a document: why it failed, or what no other has.
    func own(_ document: DocumentListing) -> String? {
        let count = counts.first { $0.note == document.problem }?.count ?? 0
        return document.isFailed || count < 2 ? document.problem : nil
    }

    /// What several have, a line each.
    var lines: [TerminalLine] {
        counts.filter { $0.count > 1 }.map { "\($0.count) documents: \($0.note)" }
    }
}
