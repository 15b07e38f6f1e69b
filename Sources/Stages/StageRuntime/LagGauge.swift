import Conversation
package import EventLog
package import Telemetry

/// Tells how many records of its inputs a group has not read yet, whoever of its members reads
/// them.
package struct LagGauge: Sendable {
    /// Often enough for an alert, seldom enough to cost nothing.
    private static let interval = Duration.seconds(5)

    private let log: any EventLog
    private let group: String
    private let topics: Set<String>
    private let lag: [String: Gauge]
    private let logger: Logger

    /// Prepares the gauges of a group's input topics.
    package init(
        of group: String, reading inputs: [InputTopic], in log: any EventLog, metrics: Metrics,
        logger: Logger
    ) {
        self.log = log
        self.group = group
        self.logger = logger
        let names = inputs.map(\.topic.rawValue)
        topics = Set(names)
        lag = Dictionary(
            uniqueKeysWithValues: names.map { topic in
                let gauge = metrics.gauge(
                    "parley_stage_lag_records",
                    help: "Records that the group has not read yet, at most (offsets have gaps).",
                    labels: ["stage": group, "topic": topic])
                return (topic, gauge)
            })
    }

    /// Measures until cancelled.
    package func run() async throws {
        while true {
            do throws(EventLogError) {
                try await measure()
            } catch {
                logger.warning("the lag cannot be measured", [.error: .error(error)])
            }
            try await Task.sleep(for: Self.interval)
        }
    }

    private func measure() async throws(EventLogError) {
        for (topic, records) in try await log.lag(of: group, in: topics) {
            lag[topic]?.set(Double(records))
        }
    }
}
