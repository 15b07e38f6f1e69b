package import OperationRecords

/// What a process's stages did between two readings of its metrics.
package struct StageMeasuring: Sendable {
    private let before: MetricsReading?
    private let after: MetricsReading
    /// Seconds between the two.
    private let seconds: Double

    /// Compares two readings; without an earlier one of the same process nothing has happened yet.
    package init(from before: MetricsReading?, to after: MetricsReading, seconds: Double) {
        self.before = before
        self.after = after
        self.seconds = max(seconds, 0.001)
    }

    /// What a stage did.
    package func figures(of stage: String) -> StageFigures {
        let labels = ["stage": stage]
        let outcomes = ["finished", "ignored", "dead"].map { outcome in
            growth("parley_stage_records_total", ["stage": stage, "outcome": outcome])
        }
        return StageFigures(
            stage: stage, perSecond: outcomes.reduce(0, +) / seconds, dead: Int(outcomes[2]),
            retries: Int(growth("parley_stage_retries_total", labels)),
            inFlight: now("parley_stage_in_flight", labels),
            calls: now("parley_stage_calls", labels),
            lag: after.sum("parley_stage_lag_records", labels).map { Int($0) },
            restoring: now("parley_stage_restoring_records", labels),
            latency: percentiles("parley_stage_latency_seconds", labels),
            call: percentiles("parley_stage_call_seconds", labels))
    }

    /// What the ingester did, which reads no topic: what it took of webhooks, and refused.
    package func ingester(named stage: String) -> StageFigures {
        StageFigures(
            stage: stage, perSecond: growth("parley_webhook_updates_total", [:]) / seconds,
            retries: Int(growth("parley_webhook_refused_total", [:])))
    }

    /// Processors that the process used, such as 0.5.
    package var processorShare: Double? {
        guard before?.sum("process_cpu_seconds_total") != nil else { return nil }
        return growth("process_cpu_seconds_total", [:]) / seconds
    }

    private func now(_ name: String, _ labels: [String: String]) -> Int {
        Int(after.sum(name, labels) ?? 0)
    }

    /// By how much a counter grew; one that is smaller than before is of another process, and
    /// began at zero.
    private func growth(_ name: String, _ labels: [String: String]) -> Double {
        guard let before else { return 0 }
        let (old, new) = (before.sum(name, labels) ?? 0, after.sum(name, labels) ?? 0)
        return new >= old ? new - old : new
    }

    /// Percentiles of what a histogram counted between the two readings.
    private func percentiles(_ name: String, _ labels: [String: String]) -> Percentiles? {
        guard let before else { return nil }
        let new = after.buckets(name, labels)
        let old = before.buckets(name, labels)
        let bounds = new.keys.sorted()
        let counts = bounds.map { (new[$0] ?? 0) - (old[$0] ?? 0) }
        // Counted down: it is another process.
        guard let total = counts.last, total > 0, !counts.contains(where: { $0 < 0 }) else {
            return nil
        }
        func at(_ part: Double) -> Double { Self.bound(bounds, counts, total * part) }
        return Percentiles(p50: at(0.5), p95: at(0.95), p99: at(0.99))
    }

    /// The value below which so many lie, as far as buckets tell: within one, they are taken to be
    /// spread evenly; above the last bound, it is that bound.
    private static func bound(_ bounds: [Double], _ counts: [Double], _ wanted: Double) -> Double {
        guard let index = counts.firstIndex(where: { $0 >= wanted }) else { return 0 }
        let upper = bounds[index]
        let lower = index > 0 ? bounds[index - 1] : 0
        guard upper.isFinite else { return lower }
        let below = index > 0 ? counts[index - 1] : 0
        let within = counts[index] - below
        return within > 0 ? lower + (upper - lower) * (wanted - below) / within : upper
    }
}
