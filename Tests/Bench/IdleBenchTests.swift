import Glibc
import Testing

@testable import Bench

@Suite struct IdleBenchTests {
    @Test("a process's share is what it ran of the time between two looks")
    func shares() {
        var report = IdleReport(log: "x")
        #expect(!report.isSound)
        report.addUse(
            ["sender": 30_000_000, "new": 5, "up": 10_000_000],
            since: ["sender": 10_000_000, "gone": 5, "up": 10_000_000], within: 1_000_000_000)
        #expect(report.corePercent == ["sender": 2, "up": 0])
        #expect(report.totalPercent == 2)
        report.residentMegabytes = ["sender": 40, "new": 1, "up": 30]
        #expect(!report.isSound)
        report.residentMegabytes["new"] = nil
        #expect(report.isSound)
        #expect(report.lines.contains { $0.contains("sender: 2") && $0.contains("40") })
    }

    @Test("a process is seen to run and to have memory; one that is gone is not")
    func usage() {
        // The tests before this one have run for longer than that.
        #expect(ProcessUsage.runNanoseconds(of: getpid()) > 1_000_000)
        #expect(ProcessUsage.residentBytes(of: getpid()) > 1_000_000)
        #expect(ProcessUsage.children(of: getppid()).contains(getpid()))
        #expect(ProcessUsage.runNanoseconds(of: .max) == 0)
        #expect(ProcessUsage.residentBytes(of: .max) == 0)
    }
}
