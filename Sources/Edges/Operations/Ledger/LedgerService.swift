import Conversation
package import EventLog
package import Records
package import Telemetry
package import TenantKeys

/// Keeps the ledger of the last days current and exports it for alerts.
///
/// `parley_unaccounted_messages` above zero wants a person; `parley_messages` counts by state.
package actor LedgerService {
    /// What is kept: long enough for a weekend, at a hundred bytes a message.
    package static let standardHorizon = Duration.seconds(3 * 86_400)
    private static let topics: [Topic] = [
        .messagesInbound, .questionsGrounded, .repliesProposed, .messagesOutbound,
        .messagesDelivery, .handoffEvents, .deadLetters, .decisions,
    ]
    /// Between two looks at the groups' positions: an alert need not be faster.
    package static let standardInterval = Duration.seconds(5)
    /// Records between two chances for others to use the processor.
    private static let batch = 1_000
    /// How long records gather between two reads.
    private static let gathering = Duration.milliseconds(100)

    private let log: any EventLog
    private let envelope: RecordEnvelope
    private let keys: KeyTable
    private let logger: Logger
    private let now: @Sendable () -> Int64
    private let horizon: Duration
    private let interval: Duration
    private let patience: LedgerFold.Patience
    private let gauges: [String: Gauge]
    private let unaccounted: Gauge
    private var fold = LedgerFold()
    private var applied: [TopicPartition: Int64] = [:]
    private var lastReport = LedgerReport()

    /// Prepares the service; nothing is read before ``run()``.
    package init(
        _ log: any EventLog, by envelope: RecordEnvelope, keys: KeyTable = KeyTable(),
        metrics: Metrics, logger: Logger,
        horizon: Duration = standardHorizon, interval: Duration = standardInterval,
        patience: LedgerFold.Patience = .init(),
        now: @escaping @Sendable () -> Int64
    ) {
        self.log = log
        self.envelope = envelope
        self.keys = keys
        self.logger = logger
        self.now = now
        self.horizon = horizon
        self.interval = interval
        self.patience = patience
        unaccounted = metrics.gauge(
            "parley_unaccounted_messages",
            help: "Messages of the last days that no topic accounts for: lost, or stuck.")
        var gauges: [String: Gauge] = [:]
        for name in MessageFate.names {
            gauges[name] = metrics.gauge(
                "parley_messages", help: "Messages of the last days, by what became of them.",
                labels: ["state": name])
        }
        self.gauges = gauges
    }

    /// The ledger as of the last look.
    package var report: LedgerReport { lastReport }

    /// Follows the topics until cancelled.
    ///
    /// - Throws: `.permanent` if the log is broken or a topic is missing.
    package func run() async throws(EventLogError) {
        while !Task.isCancelled {
            do throws(EventLogError) {
                try await follow()
            } catch {
                guard error.passes else { throw error }
                logger.warning("the ledger waits for the log", [.error: .error(error)])
                try? await Task.sleep(for: .seconds(1))  // cancelled: the loop ends
            }
        }
    }

    private func follow() async throws(EventLogError) {
        let reader = try await log.openReader(
            try await starts(), headers: LedgerFact.headers + envelope.headersToOpen)
        do throws(EventLogError) {
            while !Task.isCancelled {
                let positions = try await log.groupPositions()
                try await catchUp(reader)
                await judge(positions)
            }
        } catch {
            await reader.close()
            throw error
        }
        await reader.close()
    }

    private func starts() async throws(EventLogError) -> [TopicPartition: ReadStart] {
        var starts: [TopicPartition: ReadStart] = [:]
        let time = now() - horizon.milliseconds
        let described = try await log.describeTopics()
        for topic in Self.topics {
            guard described.contains(where: { $0.name == topic.rawValue }) else {
                throw .permanent(reason: "there is no topic \(topic.rawValue)")
            }
            for (number, offset) in try await log.offsets(of: topic.rawValue, at: time) {
                let partition = TopicPartition(topic.rawValue, number)
                starts[partition] = .offset(applied[partition] ?? offset)
            }
        }
        return starts
    }

    /// Reads all that is there, then goes on for an interval.
    private func catchUp(_ reader: any EventLogReader) async throws(EventLogError) {
        let deadline = ContinuousClock.now + interval
        while !Task.isCancelled {
            let rest = deadline - ContinuousClock.now
            let records = try await reader.poll(
                atMost: Self.batch, waiting: max(.milliseconds(1), rest))
            await envelope.prepare(for: records)
            for record in records {
                fold.apply(record, by: envelope)
                applied[record.partition] = record.offset + 1
            }
            // While there is a backlog it is not judged, or all of it would seem to be stuck.
            guard records.count < Self.batch else { continue }
            if rest <= .zero { return }
            // Nobody waits for it: many records at once cost less than each at once.
            try? await Task.sleep(for: min(rest, Self.gathering))  // cancelled: seen above
        }
    }

    /// Judges by positions that were taken before the records were read.
    private func judge(_ positions: [String: [TopicPartition: Int64]]) async {
        let time = now()
        fold.forget(
            before: time - horizon.milliseconds, positions: positions, now: time,
            patience: patience)
        let judgement = LedgerFold.Judgement(
            positions: positions, now: time, patience: patience, erased: keys.erasedMessages)
        var tally = LedgerTally(tenant: nil, limit: MessageLedger.standardLimit)
        tally.add(fold, judgement)
        let log = log
        let before = lastReport.unaccounted
        lastReport = await tally.finish { suspect in
            guard case .unaccounted = suspect.fate else { return ("", nil) }
            return (await MessageLedger.id(of: suspect, in: log), nil)
        }
        for (name, gauge) in gauges { gauge.set(Double(lastReport.states[name] ?? 0)) }
        unaccounted.set(Double(lastReport.unaccounted))
        guard lastReport.unaccounted > before else { return }
        for item in lastReport.items.prefix(10) where item.state == "unaccounted" {
            logger.error(
                "a message is unaccounted for",
                [
                    .correlation: .identifier(item.message), .tenant: .identifier(item.tenant),
                    .component: .identifier(item.waiting ?? "-"),
                ])
        }
    }
}
