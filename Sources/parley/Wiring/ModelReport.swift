import Conversation
import LanguageModel
import Telemetry

/// Tells operators how the model servers do: in the metrics each call, in the log what changes.
struct ModelReport: Sendable {
    private let metrics: Metrics
    private let logger: Logger

    init(_ metrics: Metrics, _ logger: Logger) {
        self.metrics = metrics
        self.logger = logger
    }

    /// Hears of a call of a model server.
    func hear(_ call: ModelHealth.Observation) {
        let labels = ["kind": call.kind, "server": call.server]
        metrics.counter(
            "parley_model_calls_total", help: "Calls of model servers, by what came of them.",
            labels: labels.merging(["outcome": call.outcome]) { $1 }
        ).increment()
        metrics.gauge(
            "parley_model_available",
            help: "Whether a model server is asked: 0 after it failed several times in a row.",
            labels: labels
        ).set(call.isAvailable ? 1 : 0)
        if let failure = call.failure, failure != "cancelled" {
            metrics.gauge(
                "parley_model_last_failure_seconds",
                help: "When a call of a model server last failed so, in seconds since 1970.",
                labels: labels.merging(["reason": failure]) { $1 }
            ).set(Double(ProcessContext.now().milliseconds / 1_000))
        }
        if call.outcome != "not_asked" {
            metrics.histogram(
                "parley_model_call_seconds", help: "How long model servers take.", labels: labels
            ).observe(.milliseconds(call.milliseconds))
        }
        guard call.isChange else { return }
        let server = LogValue.reason("\(call.kind) server \(call.server)")
        if call.isAvailable {
            logger.info("a model server answers again", [.reason: server])
        } else {
            logger.error(
                "a model server fails and is left alone for a while", [.reason: server])
        }
    }
}
