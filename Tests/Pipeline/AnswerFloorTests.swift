import Foundation
import Lifecycle
import PipelineTesting
import Testing

/// How good answers have to stay, through the whole path from the webhook on: on a part of XQuAD,
/// without a model and without embeddings.
@Suite("Answers do not get worse")
struct AnswerFloorTests {
    /// What has to be reached: a question or so below what was measured (R@1 1.0, .968, .968; right
    /// .742, .613, .645; F1 .692, .710, .667), which is the same every time.
    private struct Floor {
        var language: String
        var recallAt1: Double
        var right: Double
        var refusalF1: Double
    }

    private static let floors = [
        Floor(language: "en", recallAt1: 0.96, right: 0.70, refusalF1: 0.66),
        Floor(language: "es", recallAt1: 0.93, right: 0.58, refusalF1: 0.68),
        Floor(language: "de", recallAt1: 0.93, right: 0.61, refusalF1: 0.63),
    ]

    @Test("questions find their paragraph, are answered by it, and go to a person without it")
    func floors() async throws {
        let folder = ParleyProgram.home + "/Tests/Pipeline/Fixtures/xquad/"
        let files = ["en", "es", "de"].map { folder + "xquad.\($0).json" }
        let done = try await ParleyProgram.run(
            ["eval", "answers"] + files + ["--leave-out", "3", "--most", "42", "--json"])
        try #require(done.exit == .code(0), "\(done.output)")
        let report = try JSON(Array(done.output.utf8))
        for floor in Self.floors {
            let figures = report["languages"][floor.language]["built-in"]
            func number(_ name: String) -> Double { Double(figures[name].int ?? 0) }
            let there = number("questions") - number("absent")
            #expect(there > 25, "\(floor.language): \(report["languages"])")
            let recall = number("foundFirst") / there
            let right = number("right") / there
            let precision = number("absentHandedOver") / number("handedOver")
            let refused = number("absentHandedOver") / number("absent")
            let harmonic = 2 * precision * refused / (precision + refused)
            #expect(recall >= floor.recallAt1, "\(floor.language): R@1 \(recall)")
            #expect(right >= floor.right, "\(floor.language): right \(right)")
            #expect(harmonic >= floor.refusalF1, "\(floor.language): F1 \(harmonic)")
        }
    }
}
