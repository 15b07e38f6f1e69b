import Foundation
import PassageIndex

/// Fits what tells how likely a passage answers, on questions whose paragraph is there and on the
/// same where it is not.
///
/// Each file makes two businesses, one with its even and one with its odd paragraphs; every
/// question is asked of both, so that to one of them the paragraph is missing while those beside it
/// in the article are there. Files of the same paragraphs in several languages are asked each
/// other's questions, too. Businesses with one to five paragraphs stand for those that have few.
struct FitEvaluation: Sendable {
    let options: EvaluationOptions
    var model = "multilingual-e5-small"
    var name = "fit"
    var version = 1
    /// Businesses with few paragraphs, of each file.
    var small = 20

    private static let paragraphsOfSmall = 6

    init(_ options: EvaluationOptions) { self.options = options }

    func run() async throws -> FitReport {
        let sets = try options.sets().map(\.documents)
        let embeddingURL = options.embeddingURL
        var asked = try await EvaluatedInstallation.use(options) {
            try await ask(sets, $0, acrossFiles: embeddingURL != nil)
        }
        if embeddingURL != nil {
            var words = options
            words.embeddingURL = nil
            asked += try await EvaluatedInstallation.use(words) {
                try await ask(sets, $0, acrossFiles: false)
            }
        }
        var report = FitReport(
            coefficients: AnswerCoefficients(
                name: name, version: version, model: embeddingURL.map { _ in model }, fits: [:]))
        let kinds = Dictionary(grouping: asked, by: \.signals.kind)
        for (kind, asked) in kinds.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            guard let calibration = Calibration(asked) else { continue }
            report.coefficients.fits[kind.rawValue] = calibration.fit
            report.groups += calibration.figures.map {
                FitReport.Group(kind: kind, name: $0.group, figures: $0.figures)
            }
        }
        return report
    }

    private func ask(
        _ sets: [QuestionSet], _ installation: EvaluatedInstallation, acrossFiles: Bool
    ) async throws -> [Calibration.Asked] {
        var asked: [Calibration.Asked] = []
        for (number, set) in sets.enumerated() {
            // Others only where they ask about the same paragraphs.
            let askers = sets.indices.filter { other in
                other == number
                    || acrossFiles && sets[other].documents.count == set.documents.count
            }
            for part in parts(of: set) {
                let tenant = "fit-\(number + 1)-\(part.name)"
                try await installation.add(tenant, part.documents.map { set.documents[$0] })
                for asker in askers {
                    let questions = sets[asker].questions.filter {
                        part.asked.contains($0.document)
                    }
                    let found = try await installation.ask(questions, tenant, limit: 1)
                    let group = "\(label(asker)) in \(label(number))"
                    asked += zip(questions, found).compactMap { question, found in
                        found.signals.map { signals in
                            let isThere = part.documents.contains(question.document)
                            let wanted = set.documents[question.document].name
                            return Calibration.Asked(
                                signals: signals, document: question.document, isThere: isThere,
                                isFirst: isThere && found.documents.first == wanted, group: group)
                        }
                    }
                }
            }
        }
        return asked
    }

    /// A business: the paragraphs that it has, and those whose questions it is asked.
    private struct Part {
        var name: String
        var documents: Set<Int>
        var asked: Set<Int>
    }

    private func parts(of set: QuestionSet) -> [Part] {
        let all = set.documents.indices
        let halves = (0..<2).map { half in
            Part(
                name: "half-\(half + 1)", documents: Set(all.filter { $0 % 2 == half }),
                asked: Set(all))
        }
        let starts = stride(from: 0, to: all.count, by: Self.paragraphsOfSmall).prefix(small)
        return halves
            + starts.enumerated().map { number, start in
                let asked = start..<min(start + Self.paragraphsOfSmall, all.count)
                return Part(
                    name: "few-\(number + 1)",
                    documents: Set(asked.prefix(1 + number % (Self.paragraphsOfSmall - 1))),
                    asked: Set(asked))
            }
    }

    private func label(_ file: Int) -> String {
        URL(filePath: options.files[file]).deletingPathExtension().lastPathComponent
    }
}

/// What a fit found.
struct FitReport: BenchReport, Codable, Sendable {
    /// How good it is for one kind of search, on documents that the fit has not seen.
    struct Group: Codable, Sendable {
        var kind: AnswerSignals.Kind
        var name: String
        var figures: Calibration.Figures
    }

    var coefficients: AnswerCoefficients
    var groups: [Group] = []

    var isSound: Bool { !coefficients.fits.isEmpty }

    var lines: [String] {
        groups.map { group in
            let figures = group.figures
            return "\(group.kind.rawValue), \(group.name): \(figures.questions) questions, "
                + "not in the documents: precision \(RetrievalReport.text(figures.precision)), "
                + "recall \(RetrievalReport.text(figures.recall)), "
                + "F1 \(RetrievalReport.text(figures.harmonic)); of what is answered, the right "
                + "paragraph \(RetrievalReport.text(figures.right)); AUROC "
                + "\(RetrievalReport.text(figures.areaUnderCurve)), ECE "
                + "\(RetrievalReport.text(figures.calibrationError)), answered without asking "
                + RetrievalReport.text(figures.sure)
        }
    }

    /// The coefficients as their file has them.
    var file: Data {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
            return try encoder.encode(coefficients) + Data("\n".utf8)
        }
    }
}
