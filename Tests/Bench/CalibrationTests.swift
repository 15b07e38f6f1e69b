import PassageIndex
import Testing

@testable import Bench

@Suite("Fitting how likely a passage answers")
struct CalibrationTests {
    private static func asked(_ count: Int) -> [Calibration.Asked] {
        (0..<count).map { number in
            let isThere = number % 2 == 0
            // What is there stands higher, but for every tenth.
            let share = (isThere == (number % 20 < 18) ? 0.7 : 0.3) + Double(number % 7) * 0.02
            return Calibration.Asked(
                signals: AnswerSignals(.fewWords, [.sentenceShare: share]), document: number,
                isThere: isThere, isFirst: isThere, group: "g")
        }
    }

    @Test("a fit finds which way a signal speaks, and how likely that makes it")
    func logistic() {
        var random = SeededRandom(3)
        let examples = (0..<4_000).map { _ -> LogisticFit.Example in
            let value = random.share() * 8 - 4
            let isTrue = random.share() < 1 / (1 + exponential(-(1.5 * value - 1)))
            return .init(values: [value, 7], isTrue: isTrue)
        }
        let fit = LogisticFit(examples)
        #expect(abs(fit.weights[0] - 1.5) < 0.15)
        #expect(abs(fit.probability(of: [2.0 / 3, 7]) - 0.5) < 0.05)
        #expect(LogisticFit([]).probability(of: []) == 0.5)
    }

    /// e to a power, by its series: the tests import no library of C.
    private func exponential(_ power: Double) -> Double {
        let small = power / 64
        var (term, sum) = (1.0, 1.0)
        for step in 1...12 {
            term *= small / Double(step)
            sum += term
        }
        return (0..<6).reduce(sum) { value, _ in value * value }
    }

    @Test("examples that nothing tells apart without a fault still end in numbers")
    func separable() {
        let fit = LogisticFit((0..<50).map { .init(values: [Double($0)], isTrue: $0 >= 25) })
        #expect(fit.weights[0].isFinite && fit.weights[0] > 0)
        #expect(fit.probability(of: [49]) > 0.9 && fit.probability(of: [0]) < 0.1)
    }

    @Test("figures are of documents that the fit has not seen, and the thresholds are in order")
    func calibration() throws {
        let calibration = try #require(Calibration(Self.asked(400)))
        let figures = try #require(calibration.figures.first).figures
        #expect(figures.questions == 400)
        #expect(figures.harmonic > 0.8 && figures.areaUnderCurve > 0.8)
        #expect(figures.calibrationError < 0.2)
        #expect(calibration.fit.unsureFrom <= calibration.fit.answerFrom)
        #expect(calibration.fit.names == AnswerSignals.Kind.fewWords.names)
        #expect(Calibration([]) == nil && Calibration(Self.asked(20)) == nil)
    }
}
