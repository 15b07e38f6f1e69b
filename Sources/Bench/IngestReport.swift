/// The figures of `parley bench ingest`.
struct IngestReport: BenchReport, Codable, Sendable {
    /// One load on one server.
    struct Load: Codable, Sendable {
        var webhooks: Int
        var seconds: Double
        var webhooksPerSecond: Double
        var latency: Latencies
        /// Answers that were not 200, by status; `0` stands for broken connections.
        var failures: [String: Int]
        /// User and system, the warm-up included.
        var serverProcessorSeconds = 0.0
        var generatorProcessorSeconds = 0.0

        init(_ result: LoadResult) {
            webhooks = result.nanoseconds.count
            seconds = result.seconds
            webhooksPerSecond = result.rate
            latency = Latencies(result.nanoseconds)
            failures = Dictionary(
                uniqueKeysWithValues: result.failures.map { ("\($0.key)", $0.value) })
        }

        fileprivate func lines(_ name: String) -> [String] {
            let failed = failures.values.reduce(0, +)
            return [
                "\(name): \(rounded(webhooksPerSecond)) webhooks/s over \(rounded(seconds)) s",
                "  until the 200: \(latency.text)",
                "  errors: \(failed)\(failed > 0 ? " \(failures)" : "")",
                "  processor: server \(rounded(serverProcessorSeconds)) s, generator "
                    + "\(rounded(generatorProcessorSeconds)) s",
            ]
        }
    }

    /// What the log holds, read anew after the run.
    struct Check: Codable, Sendable {
        var acknowledged: Int
        var found: Int
        /// Answered 200 and not in the log.
        var missing: Int
        /// In the log more than once.
        var repeated: Int
    }

    var log = ""
    var connections: Int
    var bodyBytes = 0
    var baseline: Load?
    var ingest: Load?
    var check: Check?
    var diskBytesPerMessage: Double?
    /// Records a second of an append loop in memory of this process, without HTTP.
    var appendsPerSecond: Double?

    init(connections: Int) {
        self.connections = connections
    }

    /// Whether nothing failed and nothing was lost or doubled.
    var isSound: Bool {
        let loads = [baseline, ingest].compactMap(\.self)
        return loads.allSatisfy { $0.failures.isEmpty }
            && (check.map { $0.missing == 0 && $0.repeated == 0 } ?? true)
    }

    /// The figures for people.
    var lines: [String] {
        var lines = ["\(connections) connections, bodies of \(bodyBytes) bytes"]
        if let ingest { lines += ["log: \(log)"] + ingest.lines("ingest") }
        if let check {
            lines.append(
                "  in the log: \(check.found) of \(check.acknowledged) acknowledged; missing "
                    + "\(check.missing), repeated \(check.repeated)")
        }
        if let diskBytesPerMessage {
            lines.append("  on disk: \(rounded(diskBytesPerMessage)) bytes a message")
        }
        if let baseline { lines += baseline.lines("baseline (HTTP only)") }
        if let appendsPerSecond {
            lines.append("bare append loop (no HTTP): \(rounded(appendsPerSecond)) records/s")
        }
        if let ingest, let baseline, baseline.webhooksPerSecond > 0 {
            let ratio = ingest.webhooksPerSecond / baseline.webhooksPerSecond
            lines.append("ingest/baseline: \(rounded(ratio))")
        }
        return lines
    }
}
