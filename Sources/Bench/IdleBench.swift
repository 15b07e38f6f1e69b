/// Measures what an installation costs while nobody writes: `parley up` with the demo business and
/// the simulator, every stage a process of its own, and no model.
struct IdleBench: Sendable {
    var log: String?
    var seconds = 20

    /// After the start, until nothing that belongs to it goes on any more.
    private static let settling = Duration.seconds(15)

    func run() async throws -> IdleReport {
        let folder = try ScratchFolder()
        var report = IdleReport(log: log ?? "sqlite, in a temporary folder")
        // The first start reads the demo business's documents, and every later one finds them.
        let first = try await RunningPipeline.start(log: log, folder: folder, outsidePort: nil)
        report.firstStartSeconds = first.startSeconds
        await first.stop()
        let pipeline = try await RunningPipeline.start(log: log, folder: folder, outsidePort: nil)
        report.startSeconds = pipeline.startSeconds
        try await pipeline.use {
            try await Task.sleep(for: Self.settling)
            let before = (pipeline.runNanoseconds(), ProcessUsage.nanoseconds())
            try await Task.sleep(for: .seconds(seconds))
            let after = (pipeline.runNanoseconds(), ProcessUsage.nanoseconds())
            report.addUse(after.0, since: before.0, within: after.1 - before.1)
            report.residentMegabytes = pipeline.residentMegabytes()
        }
        return report
    }
}

/// The figures of `parley bench idle`.
struct IdleReport: BenchReport, Codable, Sendable {
    /// The log.
    var log: String
    /// From the first start until it was ready, with the demo business's documents read.
    var firstStartSeconds = 0.0
    /// From the second start until it was ready.
    var startSeconds = 0.0
    /// Percent of one core that each process took, by name.
    var corePercent: [String: Double] = [:]
    /// Memory that each process has in RAM, in units of 1,000,000 bytes, by name.
    var residentMegabytes: [String: Double] = [:]

    init(log: String) {
        self.log = log
    }

    /// Takes what processes ran between two looks, as a share of the time between them; one that
    /// was not there at both is left out.
    mutating func addUse(
        _ after: [String: UInt64], since before: [String: UInt64], within nanoseconds: UInt64
    ) {
        for (name, time) in after {
            guard let earlier = before[name], time >= earlier, nanoseconds > 0 else { continue }
            corePercent[name] = Double(time - earlier) / Double(nanoseconds) * 100
        }
    }

    /// Percent of one core that all processes took together.
    var totalPercent: Double { corePercent.values.reduce(0, +) }

    /// Whether every process was there all the time.
    var isSound: Bool {
        !corePercent.isEmpty && Set(corePercent.keys) == Set(residentMegabytes.keys)
    }

    /// The figures for people.
    var lines: [String] {
        var lines = [
            "log: \(log); the demo business and the simulator, no model",
            "ready after \(rounded(firstStartSeconds)) s with an empty data folder, "
                + "after \(rounded(startSeconds)) s again",
            "all processes: \(rounded(totalPercent)) % of one core",
        ]
        for (name, share) in corePercent.sorted(by: { ($0.value, $0.key) > ($1.value, $1.key) }) {
            let memory = residentMegabytes[name].map { "\(rounded($0)) MB" } ?? "gone"
            lines.append("  \(name): \(rounded(share)) %, \(memory)")
        }
        return lines
    }
}
