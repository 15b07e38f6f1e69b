import Configuration
import Foundation

/// What the evaluations of answers, of retrieval and of fits are told alike: files, and how
/// embeddings are made.
struct EvaluationOptions: Sendable {
    /// Files in SQuAD's form.
    var files: [String]
    /// Files whose questions are asked instead, each the counterpart of one of ``files``.
    var questions: [String]
    /// An OpenAI-compatible embedding server; `nil` for words alone.
    var embeddingURL: String?
    /// Where its vectors are kept; `nil` to ask it each time.
    var cache: String?
    /// Questions of each file, spread over it.
    var most: Int
    /// How they are asked.
    var variant: QuestionVariant
    /// For what is misspelt.
    var seed: UInt64

    static let embedding: [ArgumentSpecification.Option] = [
        .option("embedding-url", "URL", "an embedding server (default: words alone)"),
        .option("embedding-cache", "DIR", "keeps its vectors, for the next evaluation"),
    ]

    static let asking: [ArgumentSpecification.Option] = [
        .option(
            "questions", "FILE",
            "asks this file's questions instead: the same paragraphs in "
                + "another language, one for each FILE (may repeat)", repeats: true),
        .option(
            "variant", "NAME",
            "whole (default), misspelt (two of five longer words) or keywords (the three rarest)"),
        .option("seed", "N", "for what is misspelt (default: 1)"),
        .option("most", "N", "questions of each file, spread over it (default: all)"),
    ]

    /// Reads them; options that a command does not have are as if they were not given.
    ///
    /// - Throws: `ConfigurationError` with every slip that was found first.
    init(_ command: String, _ arguments: Arguments) throws(ConfigurationError) {
        guard !arguments.words.isEmpty else {
            throw ConfigurationError(command, "name a file in SQuAD's form")
        }
        files = arguments.words
        questions = arguments.all("questions")
        guard questions.isEmpty || questions.count == files.count else {
            throw ConfigurationError(
                command,
                "name as many files with --questions as files of documents: "
                    + "\(files.count), not \(questions.count)")
        }
        embeddingURL = arguments.value("embedding-url")
        cache = arguments.value("embedding-cache")
        most = try arguments.integer("most", in: 1...1_000_000) ?? Int.max
        seed = UInt64(try arguments.integer("seed", in: 0...Int.max) ?? 1)
        variant = .whole
        guard let name = arguments.value("variant") else { return }
        guard let wanted = QuestionVariant(rawValue: name) else {
            throw ConfigurationError(
                command,
                "--variant is '\(name)', but should be one of "
                    + QuestionVariant.allCases.map(\.rawValue).joined(separator: ", "))
        }
        variant = wanted
    }

    /// A share that is wanted, 0 to 1.
    ///
    /// - Throws: `ConfigurationError` for another number, or none.
    static func share(
        _ name: String, _ command: String, _ arguments: Arguments
    ) throws(ConfigurationError) -> Double? {
        guard let text = arguments.value(name) else { return nil }
        guard let share = Double(text), (0...1).contains(share) else {
            throw ConfigurationError(command, "--\(name) is '\(text)', but should be 0 to 1")
        }
        return share
    }

    /// An earlier report.
    ///
    /// - Throws: `ConfigurationError` if the file holds none.
    static func earlier<Report: Decodable>(
        _ type: Report.Type, _ command: String, _ arguments: Arguments
    ) throws(ConfigurationError) -> Report? {
        guard let path = arguments.value("compare") else { return nil }
        do {
            let bytes = try Data(contentsOf: URL(filePath: path))
            return try JSONDecoder().decode(Report.self, from: bytes)
        } catch {
            throw ConfigurationError(command, "--compare \(path) is no report: \(error)")
        }
    }

    /// The documents and the questions about them, file by file.
    ///
    /// - Throws: `QuestionSet.Failure` for a file of another form, or no counterpart.
    func sets() throws -> [Asked] {
        var sets: [Asked] = []
        for (number, file) in files.enumerated() {
            let documents = try QuestionSet(file: file)
            guard !questions.isEmpty else {
                sets.append(Asked(file: file, documents: documents, asker: documents))
                continue
            }
            let asker = try QuestionSet(file: questions[number])
            guard asker.documents.count == documents.documents.count else {
                throw QuestionSet.Failure(
                    description: "the files are no counterparts: \(documents.documents.count) "
                        + "paragraphs and \(asker.documents.count)")
            }
            sets.append(Asked(file: file, documents: documents, asker: asker))
        }
        return sets
    }

    /// A file's documents, and whose questions are asked about them.
    struct Asked: Sendable {
        var file: String
        var documents: QuestionSet
        var asker: QuestionSet
    }

    /// The questions that are asked about a file.
    func questions(of set: Asked) -> [QuestionSet.Question] {
        set.asker.sample(
            most, of: variant.of(set.asker.questions, among: set.asker.documents, seed: seed))
    }
}
