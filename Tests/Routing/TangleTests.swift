import Conversation
import FoundationEssentials
import Testing

@Suite("Whatever agents, customers, routing and clocks do in any order")
struct TangleTests {
    /// `PARLEY_INTERLEAVINGS=N` runs so many steps.
    private static let steps =
        ProcessInfo.processInfo.environment["PARLEY_INTERLEAVINGS"].flatMap { Int($0) } ?? 24_000
    private static let stepsOfOne = 150

    @Test("each conversation has one owner, whom routing knows, sums are right, and all can end")
    func tangles() async throws {
        var accepted = 0
        var echoes = 0
        var outcomes: [SuggestionEnd.Outcome: Int] = [:]
        for seed in 0..<UInt64(Self.steps / Self.stepsOfOne) {
            await Task.yield()
            var tangle = try Tangle(seed: seed)
            for _ in 0..<Self.stepsOfOne where tangle.problems.isEmpty { try tangle.step() }
            if tangle.problems.isEmpty { try tangle.end() }
            accepted += tangle.accepted
            echoes += tangle.echoes
            outcomes.merge(tangle.outcomes, uniquingKeysWith: +)
            guard tangle.problems.isEmpty else {
                Issue.record("seed \(seed), step \(tangle.count): \(tangle.problems)")
                return
            }
        }
        // It is about something.
        #expect(accepted > Self.steps / 300)
        #expect(echoes > Self.steps / 30)
        for outcome in SuggestionEnd.Outcome.allCases {
            #expect(outcomes[outcome] ?? 0 > Self.steps / 10_000, "\(outcome)")
        }
    }
}
