/// Asks an installation of its own questions whose answers are known, and counts how often the
/// right document comes first: the documents are put in and the questions asked over the console's
/// API, as people do, so that nothing is measured but what they get.
struct RetrievalEvaluation: Sendable {
    let options: EvaluationOptions
    /// Whether all files are one business's.
    var isTogether = false
    /// A reranking server that is tried besides, and its model.
    var rerankURL: String?
    var rerankModel: String?
    /// Below this recall at 1 the evaluation fails.
    var floor = 0.0
    /// An earlier report to compare with.
    var before: RetrievalReport?

    private static let places = 10

    init(_ options: EvaluationOptions) { self.options = options }

    func run() async throws -> RetrievalReport {
        let sets = try options.sets()
        let (options, isTogether, before) = (options, isTogether, before)
        let empty = RetrievalReport(
            embeddings: options.embeddingURL ?? "none: words alone", floor: floor,
            variant: options.variant, seed: options.seed, isTogether: isTogether)
        var more: [String] = []
        if let rerankURL { more += ["--rerank-url", rerankURL] }
        if let rerankModel { more += ["--rerank-model", rerankModel] }
        let reranks = rerankURL != nil
        return try await EvaluatedInstallation.use(options, more: more) { installation in
            var report = empty
            if isTogether {
                try await installation.add(
                    "together",
                    sets.enumerated().flatMap { number, set in
                        set.documents.documents.map { Self.named($0, number) }
                    })
            }
            for (number, set) in sets.enumerated() {
                let tenant = isTogether ? "together" : "alone-\(number + 1)"
                let documents = set.documents.documents.map { Self.named($0, number) }
                if !isTogether { try await installation.add(tenant, documents) }
                let questions = options.questions(of: set)
                func ask() async throws -> [RetrievalFigures.Outcome] {
                    let found = try await installation.ask(questions, tenant, limit: Self.places)
                    return zip(questions, found).map { question, found in
                        RetrievalFigures.Outcome(
                            document: question.document,
                            place: found.documents.firstIndex(
                                of: documents[question.document].name
                            ).map { $0 + 1 })
                    }
                }
                report.add(set.file, try await ask(), before: before?.files)
                guard reranks else { continue }
                try await installation.rerank(tenant, isOn: true)
                report.addReranked(try await ask())
                try await installation.rerank(tenant, isOn: false)
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
        /// The same questions with a reranking server, and how much better that is.
        var reranked: RetrievalFigures?
        var rerankedChange: RetrievalFigures.Change?
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

    /// Adds what the last file's questions found with a reranking server.
    mutating func addReranked(_ outcomes: [RetrievalFigures.Outcome]) {
        guard let last = files.indices.last else { return }
        files[last].reranked = RetrievalFigures(outcomes)
        files[last].rerankedChange = RetrievalFigures.Change(
            from: files[last].outcomes, to: outcomes)
    }

    /// What a reranking server is worth, in words.
    private static func verdict(_ file: File) -> String? {
        guard let reranked = file.reranked, let change = file.rerankedChange else { return nil }
        let figures =
            "\(file.name), reranked: R@1 \(text(reranked.recallAt1)), MRR "
            + "\(text(reranked.meanReciprocalRank)), R@1 changed by \(text(change)): "
        if change.low > 0 {
            return figures + "it helps; parley tenant add ID --replace --rerank on uses it"
        }
        return figures
            + (change.high < 0
                ? "it harms; leave it off" : "it is not shown to help; leave it off")
    }

    var isSound: Bool { !files.isEmpty && files.allSatisfy { $0.figures.recallAt1 >= floor } }

    var lines: [String] {
        [
            "embeddings: \(embeddings); questions: \(variant.rawValue)"
                + (variant == .misspelt ? ", seed \(seed)" : "")
                + (isTogether ? "; all files in one index" : "")
        ]
            + files.flatMap { file in [line(file), Self.verdict(file)].compactMap(\.self) }
    }

    private func line(_ file: File) -> String {
        let figures = file.figures
        return "\(file.name): \(figures.questions) questions, R@1 "
            + "\(Self.text(figures.recallAt1)) "
            + "(95 %: \(Self.text(figures.low)) to \(Self.text(figures.high))), "
            + "R@3 \(Self.text(figures.recallAt3)), "
            + "MRR \(Self.text(figures.meanReciprocalRank))"
            + (file.change.map { ", R@1 changed by \(Self.text($0))" } ?? "")
            + (figures.recallAt1 < floor ? ", below \(Self.text(floor))" : "")
    }

    /// By how much something changed, and within which bounds.
    static func text(_ change: RetrievalFigures.Change) -> String {
        "\(signed(change.mean)) (\(signed(change.low)) to \(signed(change.high)))"
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
