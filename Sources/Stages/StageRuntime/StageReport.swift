import Conversation
import EventLog
import Synchronization
import Telemetry

/// Tells what a stage does: metrics for machines, log lines for people.
final class StageReport: Sendable {
    private let logger: Logger
    private let finished: Counter
    private let ignored: Counter
    private let repeated: Counter
    private let dead: Counter
    private let outputs: Counter
    private let retries: Counter
    private let reopened: Counter
    private let inFlight: Gauge
    private let calls: Gauge
    private let latency: Histogram
    private let commitTime: Histogram
    private let callTime: Histogram
    private let missing: Gauge
    private let ready = Mutex(false)
    private let metrics: Metrics
    private let stage: String

    init(stage: String, metrics: Metrics, logger: Logger) {
        self.logger = logger
        self.metrics = metrics
        self.stage = stage
        func records(_ outcome: String) -> Counter {
            metrics.counter(
                "parley_stage_records_total", help: "Records and timers decided, by outcome.",
                labels: ["stage": stage, "outcome": outcome])
        }
        let labels = ["stage": stage]
        finished = records("finished")
        ignored = records("ignored")
        repeated = records("repeated")
        dead = records("dead")
        outputs = metrics.counter(
            "parley_stage_outputs_total", help: "Records written.", labels: labels)
        retries = metrics.counter(
            "parley_stage_retries_total", help: "Calls tried again.", labels: labels)
        reopened = metrics.counter(
            "parley_stage_reopened_total",
            help: "Sessions opened anew after a fence or an unknown "
                + "commit.", labels: labels)
        inFlight = metrics.gauge(
            "parley_stage_in_flight", help: "Records and timers in hand.", labels: labels)
        calls = metrics.gauge(
            "parley_stage_calls", help: "Calls to the world under way.", labels: labels)
        missing = metrics.gauge(
            "parley_stage_restoring_records",
            help: "Places of the changelog that are to be read before the stage is ready.",
            labels: labels)
        latency = metrics.histogram(
            "parley_stage_latency_seconds", help: "From a record's time to its decision.",
            labels: labels, buckets: Self.seconds)
        commitTime = metrics.histogram(
            "parley_stage_commit_seconds", help: "Time of a commit.", labels: labels,
            buckets: Self.seconds)
        callTime = metrics.histogram(
            "parley_stage_call_seconds", help: "Time of a call to the world.", labels: labels,
            buckets: Self.seconds)
    }

    private static let seconds = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
    ]

    var isReady: Bool { ready.withLock { $0 } }

    func joined() {
        ready.withLock { $0 = true }
        missing.set(0)
        logger.info("joined the group")
    }

    func restoring(_ progress: Restoration) {
        missing.set(Double(progress.total - progress.restored))
        guard progress.total > 0 else { return logger.info("waiting for the group") }
        logger.info(
            "restoring state from the changelog",
            [
                .count: .count(Int(progress.restored)), .total: .count(Int(progress.total)),
                .percent: .count(progress.percent),
            ])
    }

    func add(_ tally: Tally, inFlight hand: Int, calls running: Int) {
        if tally.finished > 0 { finished.increment(by: tally.finished) }
        if tally.ignored > 0 { ignored.increment(by: tally.ignored) }
        if tally.repeated > 0 { repeated.increment(by: tally.repeated) }
        if tally.outputs > 0 { outputs.increment(by: tally.outputs) }
        for event in tally.events {
            metrics.counter(
                "parley_stage_events_total", help: "What a stage met that is worth counting.",
                labels: ["stage": stage, "event": event]
            ).increment()
        }
        for wait in tally.latencies { latency.observe(.milliseconds(wait)) }
        inFlight.set(Double(hand))
        calls.set(Double(running))
        for letter in tally.dead {
            dead.increment()
            logger.error(
                "a record was set aside as a dead letter",
                [
                    .messageID: .identifier(letter.position), .reason: .reason(letter.reason),
                    .correlation: .identifier(letter.correlation?.rawValue ?? ""),
                    .tenant: .identifier(letter.tenant?.rawValue ?? ""),
                ])
        }
    }

    func committed(after wait: Duration) { commitTime.observe(wait) }

    func called(after wait: Duration, failure: CallFailure?, _ context: StageContext) {
        callTime.observe(wait)
        // What is tried again is reported by ``retrying(_:attempt:after:because:)``.
        guard case .permanent(let reason) = failure else { return }
        logger.warning(
            "a call failed for good",
            [
                .reason: .reason(reason), .conversation: .identifier(context.key),
                .correlation: .identifier(context.input.correlation),
                .tenant: .identifier(context.input.tenant),
            ])
    }

    func retrying(
        _ context: StageContext, attempt: Int, after wait: Duration, because reason: String
    ) {
        retries.increment()
        logger.warning(
            "a call failed and is tried again",
            [
                .reason: .reason(reason), .attempt: .count(attempt), .duration: .duration(wait),
                .conversation: .identifier(context.key),
                .correlation: .identifier(context.input.correlation),
                .tenant: .identifier(context.input.tenant),
            ])
    }

    func reopening(because error: EventLogError) {
        reopened.increment()
        ready.withLock { $0 = false }
        logger.warning(
            "the session is opened anew; work in hand is dropped and will be done again",
            [.error: .error(error)])
    }

    func logTrouble(_ error: EventLogError) {
        logger.warning("the log did not answer as wished", [.error: .error(error)])
    }
}
