/// What an evaluation of answers found.
struct AnswersReport: BenchReport, Codable, Sendable {
    /// What came of a file's questions.
    struct File: Codable, Sendable {
        var name: String
        /// `built-in`, or a model's name.
        var answerer: String
        var figures: AnswerFigures
        var outcomes: [AnswerOutcome]
        /// How much more often the outcome is right than in what it was compared with.
        var change: RetrievalFigures.Change?
    }

    /// What is to be said of a model.
    struct Verdict: Codable, Sendable {
        var model: String
        /// Whether it is surely worse than the built-in answerer.
        var isWeak: Bool
        /// Questions that the documents answer; those answered right by the model by itself, by the
        /// built-in answerer, and by both in turn, as an installation runs them.
        var questions: Int
        var right: Int
        var rightBuiltIn: Int
        var rightTogether: Int
        /// How much more often the model is right by itself, and how much more often customers read
        /// something wrong: paired question by question, drawn document by document.
        var change: RetrievalFigures.Change
        var wrongChange: RetrievalFigures.Change
    }

    var embeddings: String
    var variant: QuestionVariant
    var seed: UInt64
    var leftOut: Int?
    var floor: Double
    var refusalFloor: Double
    var files: [File] = []
    /// All files together, by language and answerer.
    var languages: [String: [String: AnswerFigures]] = [:]
    var verdict: Verdict?
    /// What it is compared with; no part of the report.
    var before: [File]? = nil

    private enum CodingKeys: String, CodingKey {
        case embeddings, variant, seed, leftOut, floor, refusalFloor, files, languages, verdict
    }

    static let builtIn = "built-in"

    /// Adds a file's outcomes, beside those that the same answerer had before.
    mutating func add(_ name: String, _ answerer: String, _ outcomes: [AnswerOutcome]) {
        let same = files.count { $0.answerer == answerer }
        let others = (before ?? []).filter { $0.answerer == answerer }
        let change = others.indices.contains(same) ? others[same].outcomes.map(\.place) : nil
        files.append(
            File(
                name: name, answerer: answerer, figures: AnswerFigures(outcomes),
                outcomes: outcomes,
                change: change.flatMap {
                    RetrievalFigures.Change(from: $0, to: outcomes.map(\.place))
                }))
        let all = Dictionary(grouping: files, by: \.answerer).mapValues {
            Dictionary(grouping: $0.flatMap(\.outcomes), by: \.language)
        }
        for (answerer, languages) in all {
            for (language, outcomes) in languages {
                self.languages[language, default: [:]][answerer] = AnswerFigures(outcomes)
            }
        }
    }

    /// Says how a model compares with the built-in answerer; nothing where there is none.
    mutating func judge(_ model: String?) {
        guard let model else { return }
        let own = all(of: model)
        let quoted = all(of: Self.builtIn)
        func compared(
            _ before: (AnswerOutcome) -> Bool, _ after: (AnswerOutcome) -> Bool
        ) -> RetrievalFigures.Change? {
            RetrievalFigures.Change(
                from: quoted.map { .init(document: $0.document, place: before($0) ? 1 : nil) },
                to: own.map { .init(document: $0.document, place: after($0) ? 1 : nil) })
        }
        let isRight = { (outcome: AnswerOutcome) in outcome.kind == .right }
        let isWrong = { (outcome: AnswerOutcome) in outcome.kind == .wrong }
        guard let change = compared(isRight, { isRight($0) && $0.isOwn }),
            let wrongChange = compared(isWrong, isWrong)
        else { return }
        verdict = Verdict(
            model: model, isWeak: change.high < 0 || wrongChange.low > 0,
            questions: own.count(where: \.isAnswerable),
            right: own.count { isRight($0) && $0.isOwn },
            rightBuiltIn: quoted.count(where: isRight),
            rightTogether: own.count(where: isRight), change: change, wrongChange: wrongChange)
    }

    /// The outcomes of an answerer, in which each file's documents are others.
    private func all(of answerer: String) -> [AnswerOutcome] {
        var first = 0
        return files.filter { $0.answerer == answerer }.flatMap { file in
            defer { first += (file.outcomes.map(\.document).max() ?? 0) + 1 }
            return file.outcomes.map { outcome in
                var outcome = outcome
                outcome.document += first
                return outcome
            }
        }
    }

    var isSound: Bool {
        !files.isEmpty && verdict?.isWeak != true && files.allSatisfy(reachesFloors)
    }

    private func reachesFloors(_ file: File) -> Bool {
        file.answerer != Self.builtIn
            || file.figures.share >= floor && (file.figures.refusalF1 ?? 1) >= refusalFloor
    }
}

// MARK: - For people

extension AnswersReport {
    var lines: [String] {
        var lines = [
            "embeddings: \(embeddings); questions: \(variant.rawValue)"
                + (variant == .misspelt ? ", seed \(seed)" : "")
                + (leftOut.map { "; every \($0). paragraph is left out" } ?? ""), "",
        ]
        lines += Self.table(
            [["file", "answerer"] + Self.heads]
                + files.map { [$0.name, $0.answerer] + Self.cells($0.figures) })
        lines.append("")
        lines += Self.table(
            [["language", "answerer"] + Self.heads]
                + languages.sorted { $0.key < $1.key }.flatMap { language, answerers in
                    answerers.sorted { $0.key < $1.key }.map {
                        [language, $0.key] + Self.cells($0.value)
                    }
                })
        for file in files {
            if let change = file.change {
                lines.append(
                    "\(file.name), \(file.answerer): outcomes right changed by "
                        + RetrievalReport.text(change))
            }
            if !reachesFloors(file) {
                lines.append(
                    "\(file.name): below the floor of \(RetrievalReport.text(floor)) right, or "
                        + "F1 \(RetrievalReport.text(refusalFloor))")
            }
        }
        if let verdict { lines += ["", verdict.words] }
        return lines
    }

    private static let heads = [
        "questions", "R@1", "right", "wrong", "person", "silent", "quoted instead", "held back",
        "as it should be", "95 %", "nothing answers", "person got it", "F1",
    ]

    private static func cells(_ figures: AnswerFigures) -> [String] {
        [
            "\(figures.questions)", RetrievalReport.text(figures.recallAt1), "\(figures.right)",
            "\(figures.wrong)",
            "\(figures.handedOver)", "\(figures.silent)", "\(figures.quotedInstead)",
            "\(figures.heldBack)", RetrievalReport.text(figures.share),
            "\(RetrievalReport.text(figures.low)) to \(RetrievalReport.text(figures.high))",
            "\(figures.absent)", "\(figures.absentHandedOver)",
            figures.refusalF1.map(RetrievalReport.text) ?? "-",
        ]
    }

    /// Columns side by side, words to the left and figures to the right.
    static func table(_ rows: [[String]]) -> [String] {
        let widths = (rows.first ?? []).indices.map { column in
            rows.map { $0[column].count }.max() ?? 0
        }
        return rows.map { row in
            row.enumerated().map { column, cell in
                let gap = String(repeating: " ", count: widths[column] - cell.count)
                return column < 2 ? cell + gap : gap + cell
            }.joined(separator: "  ")
        }
    }
}

extension AnswersReport.Verdict {
    /// What it means, and what to do.
    var words: String {
        let figures =
            "of \(questions) questions that the documents answer it answers \(right) right by "
            + "itself, the built-in answerer \(rightBuiltIn) (\(RetrievalReport.text(change))); "
            + "one after the other, as an installation runs them, they answer \(rightTogether)"
        if isWeak {
            return "\(model) is weak: \(figures). Customers are better served without it: leave "
                + "it out, or take a better model."
        }
        return change.low > 0
            ? "\(model) is better than the built-in answerer: \(figures)."
            : "\(model) is not shown to be weaker or better than the built-in answerer: "
                + "\(figures). More questions tell more."
    }
}
