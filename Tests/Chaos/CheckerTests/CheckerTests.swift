import ChaosChecker
import Testing

@Suite("Checker")
struct CheckerTests {
    @Test("an empty history without a ledger is unaccounted")
    func empty() {
        let report = Checker.check(History(promises: [:]))
        #expect(report.count(.unaccounted) == 1)
    }
}
