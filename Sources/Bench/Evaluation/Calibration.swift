import PassageIndex

/// Finds the coefficients and thresholds of one kind of search, and tells how good they are on
/// documents that they have not seen.
struct Calibration: Sendable {
    /// A question that was asked.
    struct Asked: Sendable {
        var signals: AnswerSignals
        /// Its document, by its place in the file: all its questions are seen or none is.
        var document: Int
        /// Whether its paragraph was there, and came first.
        var isThere: Bool
        var isFirst: Bool
        /// The files of the paragraphs and of the question.
        var group: String
    }

    /// How good probabilities are at telling that nothing answers.
    struct Figures: Sendable, Codable, Equatable {
        var questions = 0
        /// Of those found to have no answer, how many have none; of those that have none, how
        /// many are found; and the harmonic mean.
        var precision = 0.0
        var recall = 0.0
        var harmonic = 0.0
        /// Of what is answered though its paragraph is there, how often it is that paragraph.
        var right = 0.0
        /// How often one that has an answer is held more likely than one that has none.
        var areaUnderCurve = 0.0
        /// The mean distance of probability and share, over ten steps.
        var calibrationError = 0.0
        /// The share of those with an answer that are answered without asking.
        var sure = 0.0
    }

    private static let folds = 5
    /// Of what is answered without asking, so much shall be right.
    private static let surePrecision = 0.95

    /// The fit on all that was asked.
    let fit: AnswerCoefficients.Fit
    /// How good it is, fold by fold on the documents that were left out, by group.
    let figures: [(group: String, figures: Figures)]

    /// Fits; `nil` where there is too little of either kind.
    init?(_ asked: [Asked]) {
        guard let first = asked.first, asked.count(where: \.isFirst) > 20,
            asked.count(where: { !$0.isFirst }) > 20
        else { return nil }
        let whole = LogisticFit(asked.map(Self.example))
        var probabilities = Array(repeating: 0.0, count: asked.count)
        for fold in 0..<Self.folds {
            let seen = asked.filter { $0.document % Self.folds != fold }
            let fit = LogisticFit(seen.map(Self.example))
            for (place, one) in asked.enumerated() where one.document % Self.folds == fold {
                probabilities[place] = fit.probability(of: one.signals.values)
            }
        }
        // Of probabilities of questions that the fit had not seen, as those of customers are.
        let judged = Array(zip(asked, probabilities))
        let unsure = Self.bestThreshold(judged)
        let sure = max(unsure, Self.sureThreshold(judged))
        fit = AnswerCoefficients.Fit(
            names: first.signals.kind.names, weights: whole.weights.map(Self.rounded),
            bias: Self.rounded(whole.bias), unsureFrom: Self.rounded(unsure),
            answerFrom: Self.rounded(sure), questions: asked.count)
        figures = Dictionary(grouping: judged, by: \.0.group).sorted { $0.key < $1.key }
            .map { ($0.key, Figures($0.value, unsure: unsure, sure: sure)) }
    }

    private static func example(_ asked: Asked) -> LogisticFit.Example {
        .init(values: asked.signals.values, isTrue: asked.isFirst)
    }

    private static func rounded(_ value: Double) -> Double { (value * 100_000).rounded() / 100_000 }

    /// The probability below which the harmonic mean of precision and recall is best.
    private static func bestThreshold(_ judged: [(Asked, Double)]) -> Double {
        let steps = stride(from: 0.02, through: 0.98, by: 0.005)
        return steps.max { left, right in
            Figures(judged, unsure: left, sure: 1).harmonic
                < Figures(judged, unsure: right, sure: 1).harmonic
        } ?? 0.5
    }

    /// The least probability from which on enough are right.
    private static func sureThreshold(_ judged: [(Asked, Double)]) -> Double {
        var (right, all) = (0, 0)
        var threshold = 1.0
        for (asked, probability) in judged.sorted(by: { $0.1 > $1.1 }) {
            all += 1
            if asked.isFirst { right += 1 }
            if Double(right) >= surePrecision * Double(all) { threshold = probability }
        }
        return threshold
    }
}

extension Calibration.Figures {
    /// Counts what thresholds make of probabilities.
    init(_ judged: [(Calibration.Asked, Double)], unsure: Double, sure: Double) {
        questions = judged.count
        let declined = judged.filter { $0.1 < unsure }
        let absent = judged.count { !$0.0.isThere }
        let found = declined.count { !$0.0.isThere }
        precision = Self.share(found, of: declined.count)
        recall = Self.share(found, of: absent)
        harmonic = precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0
        let answered = judged.filter { $0.1 >= unsure && $0.0.isThere }
        right = Self.share(answered.count { $0.0.isFirst }, of: answered.count)
        let there = judged.filter(\.0.isThere)
        self.sure = Self.share(there.count { $0.1 >= sure }, of: there.count)
        areaUnderCurve = Self.area(judged)
        calibrationError = Self.error(judged)
    }

    private static func share(_ part: Int, of all: Int) -> Double {
        all > 0 ? Double(part) / Double(all) : 0
    }

    /// The area under the curve, by ranks; ties count half.
    private static func area(_ judged: [(Calibration.Asked, Double)]) -> Double {
        let sorted = judged.sorted { $0.1 < $1.1 }
        var (sum, start) = (0.0, 0)
        while start < sorted.count {
            var end = start
            while end < sorted.count, sorted[end].1 == sorted[start].1 { end += 1 }
            let rank = Double(start + end + 1) / 2
            sum += rank * Double(sorted[start..<end].count { $0.0.isThere })
            start = end
        }
        let there = Double(judged.count { $0.0.isThere })
        let absent = Double(judged.count) - there
        guard there > 0, absent > 0 else { return 0 }
        return (sum - there * (there + 1) / 2) / (there * absent)
    }

    private static func error(_ judged: [(Calibration.Asked, Double)]) -> Double {
        let steps = Dictionary(grouping: judged) { min(Int($0.1 * 10), 9) }
        return steps.values.reduce(0) { sum, step in
            let count = Double(step.count)
            let mean = step.reduce(0) { $0 + $1.1 } / count
            let share = Double(step.count { $0.0.isFirst }) / count
            return sum + abs(mean - share) * count / Double(max(judged.count, 1))
        }
    }
}
