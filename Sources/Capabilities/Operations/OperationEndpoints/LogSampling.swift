package import Conversation
package import EventLog
package import OperationReporting
import Operations

/// What the log told the last time that it was asked.
package struct LogSample: Sendable {
    /// When it was asked; `nil` if it never answered.
    package var at: Timestamp?
    /// How far each group is behind.
    package var lags: [String: PipelineSight.Lag] = [:]
    /// Records that each topic got, each second; empty until it was asked twice.
    package var rates: [String: Double] = [:]
    /// Why it does not answer now; `nil` where it does.
    package var problem: String?
}

/// Asks the log how far everything is: once for all who look, and never for longer than they wait.
package actor LogSampling {
    /// What is no older than this is told again.
    private static let freshness = Duration.milliseconds(1_500)
    /// Two looks that are further apart tell no rate of now.
    private static let longestGap = Duration.seconds(60)

    private let log: any EventLog
    private let limit: Duration
    private let now: @Sendable () -> Timestamp
    private let clock = ContinuousClock()
    private var sample = LogSample()
    private var askedAt: ContinuousClock.Instant?
    private var ends: (at: ContinuousClock.Instant, highs: [String: Int64])?
    private var asking: Task<Void, Never>?
    private var beganAsking: ContinuousClock.Instant?

    /// Asks a log, and waits for it no longer than a limit.
    package init(
        _ log: any EventLog, limit: Duration = .seconds(3),
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.log = log
        self.limit = limit
        self.now = now
    }

    /// How everything is now, or was when the log answered last, and then why it does not.
    package func look() async -> LogSample {
        if let askedAt, clock.now - askedAt < Self.freshness { return sample }
        if asking == nil {
            beganAsking = clock.now
            asking = Task { await self.ask() }
        }
        let deadline = clock.now + limit
        while asking != nil, clock.now < deadline, !Task.isCancelled {
            // Cancelled: the loop ends.
            try? await Task.sleep(for: .milliseconds(10))
        }
        if asking != nil, let beganAsking {
            let waited = (clock.now - beganAsking).components.seconds
            sample.problem = "the log has not answered for \(max(1, waited)) s"
        }
        return sample
    }

    private func ask() async {
        do throws(EventLogError) {
            let topics = try await log.describeTopics()
            let at = clock.now
            let report = try await LagReport(of: log, at: now().milliseconds)
            sample.lags = Self.lags(report)
            measure(topics, at)
            sample.at = now()
            sample.problem = nil
        } catch {
            sample.problem = error.description
        }
        askedAt = clock.now
        asking = nil
    }

    private func measure(_ topics: [TopicDescription], _ at: ContinuousClock.Instant) {
        let highs = Dictionary(
            uniqueKeysWithValues: topics.map { topic in
                (topic.name, topic.partitions.reduce(Int64(0)) { $0 + $1.high })
            })
        sample.rates = [:]
        if let ends, at - ends.at < Self.longestGap {
            let passed = at - ends.at
            let seconds =
                Double(passed.components.seconds) + Double(passed.components.attoseconds) / 1e18
            for (topic, high) in highs {
                let grown = max(0, high - (ends.highs[topic] ?? high))
                sample.rates[topic] = Double(grown) / max(seconds, 0.001)
            }
        }
        ends = (at, highs)
    }

    private static func lags(_ report: LagReport) -> [String: PipelineSight.Lag] {
        var lags: [String: PipelineSight.Lag] = [:]
        for row in report.rows {
            var lag = lags[row.group] ?? PipelineSight.Lag(records: 0, oldestSeconds: nil)
            lag.records += Int(row.lag)
            if let age = row.lagSeconds { lag.oldestSeconds = max(age, lag.oldestSeconds ?? 0) }
            lags[row.group] = lag
        }
        return lags
    }
}
