/// The figures of `parley bench pipeline`.
struct PipelineReport: BenchReport, Codable, Sendable {
    /// The turns of one load; a turn is a customer's message until its reply.
    struct Turns: Codable, Sendable {
        var turns: Int
        var seconds: Double
        var turnsPerSecond: Double
        var latency: Latencies
        /// Messages without a reply.
        var missing: Int
        /// Replies beyond the one to each message.
        var surplus: Int
        /// Webhooks that were not answered 200, by status; `0` stands for broken connections.
        var refused: [String: Int]

        init(_ outcome: TurnLoad.Outcome) {
            turns = outcome.account.begun
            seconds = outcome.seconds
            turnsPerSecond =
                outcome.seconds > 0 ? Double(outcome.answeredInTime) / outcome.seconds : 0
            latency = Latencies(outcome.account.nanoseconds)
            missing = outcome.account.missing
            surplus = outcome.account.surplus
            refused = Dictionary(
                uniqueKeysWithValues: outcome.refused.map { ("\($0.key)", $0.value) })
        }

        /// Whether each message was taken and got exactly one reply.
        var isSound: Bool { missing == 0 && surplus == 0 && refused.isEmpty && turns > 0 }

        fileprivate var exactness: String {
            isSound
                ? "each of \(turns) messages got exactly one reply"
                : "of \(turns) messages \(missing) without a reply, \(surplus) replies too many, "
                    + "refused webhooks \(refused)"
        }
    }

    var log: String
    var concurrency = 0
    var overhead: Turns?
    var throughput: Turns?
    /// What the processes used during the throughput's load, user and system.
    var processorSeconds: [String: Double] = [:]
    var embeddingCalls = 0
    /// Calls that mark a message as read.
    var graphMarks = 0
    /// Bytes of the SQLite file in use in the end, with all turns and what was there before them.
    var logBytes: Int?
    /// The turns in it.
    var logTurns = 0
    /// Graph calls a second straight to where the replies arrive.
    var directCallsPerSecond = 0.0

    init(log: String) {
        self.log = log
    }

    /// Whether nothing was lost, doubled or refused.
    var isSound: Bool {
        [overhead, throughput].allSatisfy { $0?.isSound ?? false }
    }

    /// Milliseconds of a process for each turn.
    func processorMilliseconds(of process: String) -> Double {
        guard let turns = throughput?.turns, turns > 0 else { return 0 }
        return (processorSeconds[process] ?? 0) * 1_000 / Double(turns)
    }

    /// What was used between two looks; a process that is gone by then is left out.
    static func difference(
        _ after: [String: Double], _ before: [String: Double]
    ) -> [String: Double] {
        Dictionary(
            uniqueKeysWithValues: after.map { ($0.key, max(0, $0.value - (before[$0.key] ?? 0))) })
    }

    /// The figures for people.
    var lines: [String] {
        var lines = ["log: \(log); from the webhook's POST to the Graph call of the reply"]
        if let overhead {
            lines.append("one at a time: \(overhead.latency.text); \(overhead.exactness)")
        }
        guard let throughput else { return lines }
        lines += [
            "\(concurrency) conversations at once: \(rounded(throughput.turnsPerSecond)) turns/s "
                + "over \(rounded(throughput.seconds)) s, "
                + "after \(PipelineBench.warmUpSeconds) s of warm-up",
            "  a turn: \(throughput.latency.text)",
            "  \(throughput.exactness)",
            "  calls: \(embeddingCalls) for embeddings, \(graphMarks) to mark as read",
        ]
        let busy = processorSeconds.sorted { $0.value > $1.value }.map { name, seconds in
            "\(name) \(rounded(seconds)) s (\(rounded(processorMilliseconds(of: name))) ms a turn)"
        }
        lines.append("  processor: \(busy.joined(separator: ", "))")
        if let logBytes, logTurns > 0 {
            lines.append(
                "  the log: \(rounded(Double(logBytes) / 1e6)) MB after \(logTurns) replies, "
                    + "\(rounded(Double(logBytes) / Double(logTurns) / 1e3)) kB each")
        }
        if directCallsPerSecond > 0, throughput.turnsPerSecond > 0 {
            lines += [
                "Graph calls without a pipeline: \(rounded(directCallsPerSecond)) calls/s",
                "direct/pipeline: \(rounded(directCallsPerSecond / throughput.turnsPerSecond))",
            ]
        }
        return lines
    }
}
