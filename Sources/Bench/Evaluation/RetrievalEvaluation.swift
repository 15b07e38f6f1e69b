import Configuration
import Foundation

/// Asks an installation of its own questions whose answers are known, and counts how often the
/// right document comes first: the documents are put in and the questions asked over the console's
/// API, as people do, so that nothing is measured but what they get.
struct RetrievalEvaluation: Sendable {
    var documents: [String]
    /// Files whose questions are asked instead, each the counterpart of a file of documents: the
    /// same paragraphs in another language.
    var questions: [String] = []
    /// Whether all files are one business's.
    var isTogether = false
    /// How the questions are asked.
    var variant = QuestionVariant.whole
    var seed: UInt64 = 1
    /// An OpenAI-compatible embedding server; `nil` for words alone.
    var embeddingURL: String?
    /// Where its vectors are kept; `nil` to ask it each time.
    var cache: String?
    var most = Int.max
    /// Below this recall at 1 the evaluation fails.
    var floor = 0.0
    /// An earlier report to compare with.
    var before: RetrievalReport?

    private static let places = 10

    func run() async throws -> RetrievalReport {
        guard questions.isEmpty || questions.count == documents.count else {
            throw ConfigurationError(
                "parley eval retrieval",
                "name as many files with --questions as files of documents: "
                    + "\(documents.count), not \(questions.count)")
        }
        let sets = try documents.map { try QuestionSet(file: $0) }
        let asked = try questions.map { try QuestionSet(file: $0) }
        for (set, other) in zip(sets, asked) where set.documents.count != other.documents.count {
            throw QuestionSet.Failure(
                description: "the files are no counterparts: \(set.documents.count) paragraphs "
                    + "and \(other.documents.count)")
        }
        return try await EvaluatedInstallation.use(embeddingURL, cache: cache) { installation in
            var report = RetrievalReport(
                embeddings: embeddingURL ?? "none: words alone", floor: floor, variant: variant,
                seed: seed, isTogether: isTogether)
            if isTogether {
                try await installation.add(
                    "together",
                    sets.enumerated().flatMap { number, set in
                        set.documents.map { Self.named($0, number) }
                    })
            }
            for (number, set) in sets.enumerated() {
                let tenant = isTogether ? "together" : "alone-\(number + 1)"
                if !isTogether {
                    try await installation.add(tenant, set.documents.map { Self.named($0, number) })
                }
                let source = asked.isEmpty ? set : asked[number]
                let questions = source.sample(
                    most, of: variant.of(source.questions, among: source.documents, seed: seed))
                let found = try await installation.ask(questions, tenant, limit: Self.places)
                let outcomes = zip(questions, found).map { question, found in
                    RetrievalFigures.Outcome(
                        document: question.document,
                        place: found.documents.firstIndex(
                            of: Self.named(set.documents[question.document], number).name
                        ).map { $0 + 1 })
                }
                report.add(documents[number], outcomes, before: before?.files)
            }
            return report
        }
    }

    /// A document with a name of its own beside those of other files.
    private static func named(
        _ document: QuestionSet.Document, _ file: Int
    ) -> QuestionSet.Document {
        var document = document
        document.name = "file-\(file + 1)-" + document.name
        return document
    }
}

/// What an evaluation of retrieval found.
struct RetrievalReport: BenchReport, Codable, Sendable {
    struct File: Codable, Sendable {
        var name: String
        var figures: RetrievalFigures
        /// What each question found: its document, and the place, in the order of the questions.
        var outcomes: [RetrievalFigures.Outcome]
        /// How much better it is than what it was compared with.
        var change: RetrievalFigures.Change?
    }

    var embeddings: String
    var floor: Double
    var variant: QuestionVariant
    var seed: UInt64
    var isTogether: Bool
    var files: [File] = []

    /// Adds a file's outcomes, beside those of the file in the same place before.
    mutating func add(
        _ name: String, _ outcomes: [RetrievalFigures.Outcome], before: [File]?
    ) {
        let other = before.flatMap { $0.indices.contains(files.count) ? $0[files.count] : nil }
        files.append(
            File(
                name: name, figures: RetrievalFigures(outcomes), outcomes: outcomes,
                change: other.flatMap { RetrievalFigures.Change(from: $0.outcomes, to: outcomes) }))
    }

    var isSound: Bool { !files.isEmpty && files.allSatisfy { $0.figures.recallAt1 >= floor } }

    var lines: [String] {
        [
            "embeddings: \(embeddings); questions: \(variant.rawValue)"
                + (variant == .misspelt ? ", seed \(seed)" : "")
                + (isTogether ? "; all files in one index" : "")
        ]
            + files.map { file in
                let figures = file.figures
                return "\(file.name): \(figures.questions) questions, R@1 "
                    + "\(Self.text(figures.recallAt1)) "
                    + "(95 %: \(Self.text(figures.low)) to \(Self.text(figures.high))), "
                    + "R@3 \(Self.text(figures.recallAt3)), "
                    + "MRR \(Self.text(figures.meanReciprocalRank))"
                    + (file.change.map { change in
                        ", R@1 changed by \(Self.signed(change.mean)) "
                            + "(\(Self.signed(change.low)) to \(Self.signed(change.high)))"
                    } ?? "")
                    + (figures.recallAt1 < floor ? ", below \(Self.text(floor))" : "")
            }
    }

    private static func signed(_ share: Double) -> String {
        (share < 0 ? "-" : "+") + text(abs(share))
    }

    static func text(_ share: Double) -> String {
        let thousandths = Int((share * 1_000).rounded())
        let digits = "\(thousandths % 1_000)"
        return "\(thousandths / 1_000)." + String(repeating: "0", count: 3 - digits.count) + digits
    }
}
