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
    /// An OpenAI-compatible embedding server; `nil` for words alone.
    var embeddingURL: String?
    var most = Int.max
    /// Below this recall at 1 the evaluation fails.
    var floor = 0.0

    private static let tenant = "evaluation"
    private static let places = 10
    private static let readers = 4
    /// How long all documents may take to be read.
    private static let patience = Duration.seconds(3_600)

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
        let folder = try ScratchFolder()
        let pipeline = try await RunningPipeline.start(
            log: nil, folder: folder, serving: .documents(embeddingURL: embeddingURL))
        var report = RetrievalReport(embeddings: embeddingURL ?? "none: words alone", floor: floor)
        try await pipeline.use {
            for (number, set) in sets.enumerated() {
                let tenant = "\(Self.tenant)-\(number + 1)"
                try await pipeline.addTenant(tenant, number: number)
                try await put(set.documents, tenant, pipeline)
                let questions = (asked.isEmpty ? set : asked[number]).sample(most)
                report.files.append(
                    .init(
                        name: documents[number],
                        figures: RetrievalFigures(try await ask(questions, tenant, pipeline, set))))
            }
        }
        return report
    }

    private func put(
        _ documents: [QuestionSet.Document], _ tenant: String, _ pipeline: RunningPipeline
    ) async throws {
        for document in documents {
            try await pipeline.post(
                "/api/v1/tenants/\(tenant)/documents?name=\(document.name)",
                Array(document.text.utf8))
        }
        let end = ContinuousClock.now + Self.patience
        while ContinuousClock.now < end {
            let indexed = try await pipeline.indexedDocuments(
                of: tenant, byMeaning: embeddingURL != nil)
            if indexed == documents.count { return }
            try await Task.sleep(for: .milliseconds(200))
        }
        throw RunningPipeline.Failure(description: "not all documents were read in an hour")
    }

    private func ask(
        _ questions: [QuestionSet.Question], _ tenant: String, _ pipeline: RunningPipeline,
        _ set: QuestionSet
    ) async throws -> [RetrievalFigures.Outcome] {
        try await withThrowingTaskGroup(of: [RetrievalFigures.Outcome].self) { group in
            for reader in 0..<Self.readers {
                group.addTask {
                    var outcomes: [RetrievalFigures.Outcome] = []
                    for index in stride(from: reader, to: questions.count, by: Self.readers) {
                        let question = questions[index]
                        let found = try await pipeline.search(
                            question.text, of: tenant, limit: Self.places)
                        let wanted = set.documents[question.document].name
                        outcomes.append(
                            .init(
                                document: question.document,
                                place: found.firstIndex(of: wanted).map { $0 + 1 }))
                    }
                    return outcomes
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }
}

/// What an evaluation of retrieval found.
struct RetrievalReport: BenchReport, Codable, Sendable {
    struct File: Codable, Sendable {
        var name: String
        var figures: RetrievalFigures
    }

    var embeddings: String
    var floor: Double
    var files: [File] = []

    var isSound: Bool { !files.isEmpty && files.allSatisfy { $0.figures.recallAt1 >= floor } }

    var lines: [String] {
        ["embeddings: \(embeddings)"]
            + files.map { file in
                let figures = file.figures
                return "\(file.name): \(figures.questions) questions, R@1 "
                    + "\(Self.text(figures.recallAt1)) "
                    + "(95 %: \(Self.text(figures.low)) to \(Self.text(figures.high))), "
                    + "R@3 \(Self.text(figures.recallAt3)), "
                    + "MRR \(Self.text(figures.meanReciprocalRank))"
                    + (figures.recallAt1 < floor ? ", below \(Self.text(floor))" : "")
            }
    }

    private static func text(_ share: Double) -> String {
        let thousandths = Int((share * 1_000).rounded())
        let digits = "\(thousandths % 1_000)"
        return "\(thousandths / 1_000)." + String(repeating: "0", count: 3 - digits.count) + digits
    }
}
