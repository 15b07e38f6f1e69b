package import Conversation
package import EventLog
import Synchronization
package import Telemetry

/// Follows topics from their beginning and applies every record to a store: a table that can be
/// thrown away and built again.
package final class TopicTable: Sendable {
    /// Applies a record; called in order within each partition, by one caller at a time.
    package typealias Apply = @Sendable (RecordValue, RecordHeaders, RecordPosition) async -> Void

    /// Which topics feed a store, and what it does with their records.
    package struct Feed: Sendable {
        /// From where on a store wants a topic's partitions that it has not read yet, given what
        /// the log holds of them; those that are not named it wants from their beginning.
        package typealias Start =
            @Sendable (any EventLog, [TopicPartition: PartitionRange])
            async throws(EventLogError) -> [TopicPartition: Int64]

        let topics: [Topic]
        let start: Start?
        let apply: Apply

        /// Describes a store's feed.
        package init(_ topics: [Topic], apply: @escaping Apply, start: Start? = nil) {
            self.topics = topics
            self.start = start
            self.apply = apply
        }
    }

    /// The wait before what the log refused for the moment is tried again.
    private static let retryWait = Duration.milliseconds(250)

    /// Records read and decoded at once: what is done once for all of them costs nothing then.
    private static let run = 1_000
    /// Runs that are decoded side by side, and applied before the next are.
    private static let runs = 4

    private let log: any EventLog
    private let envelope: RecordEnvelope
    private let topics: [String]
    private let metrics: Metrics
    private let logger: Logger
    private let apply: Apply
    private let feeds: [Feed]
    private let caughtUp = Mutex(false)
    /// The next offset to apply of each partition.
    private let applied = Mutex<[TopicPartition: Int64]>([:])

    /// Prepares to feed stores, each from topics of its own, with one reader for all: nothing
    /// happens before ``run()``.
    package init(
        _ feeds: [Feed], in log: any EventLog, reading envelope: RecordEnvelope, metrics: Metrics,
        logger: Logger
    ) {
        var stores: [String: Apply] = [:]
        for feed in feeds {
            for topic in feed.topics { stores[topic.rawValue] = feed.apply }
        }
        topics = stores.keys.sorted()
        self.feeds = feeds
        self.log = log
        self.envelope = envelope
        self.metrics = metrics
        self.logger = logger
        apply = { [stores] value, headers, position in
            await stores[position.topic]?(value, headers, position)
        }
    }

    /// Whether all that stood in the topics when the table began to read has been applied.
    package var isCaughtUp: Bool { caughtUp.withLock { $0 } }

    /// Waits until ``isCaughtUp``, or until the caller is cancelled.
    package func waitUntilCaughtUp() async throws {
        while !isCaughtUp { try await Task.sleep(for: .milliseconds(5)) }
    }

    /// Follows the topics until cancelled.
    ///
    /// - Throws: `.permanent` if a topic is missing or the log is broken.
    package func run() async throws(EventLogError) {
        while !Task.isCancelled {
            do throws(EventLogError) {
                try await follow()
            } catch {
                guard error.passes else { throw error }
                logger.warning("a table waits for the log", [.error: .error(error)])
                try? await Task.sleep(for: Self.retryWait)  // cancelled: the loop ends
            }
        }
    }

    private func follow() async throws(EventLogError) {
        let ranges = try await ranges()
        let ends = ranges.mapValues { $0.low == $0.high ? 0 : $0.high }
        var applied = applied.withLock { $0 }
        for feed in feeds {
            let names = Set(feed.topics.map(\.rawValue))
            let unread = ranges.filter { applied[$0.key] == nil && names.contains($0.key.topic) }
            guard let start = feed.start, !unread.isEmpty else { continue }
            applied.merge(try await start(log, unread)) { first, _ in first }
        }
        var starts: [TopicPartition: ReadStart] = [:]
        for partition in ends.keys {
            starts[partition] = applied[partition].map { .offset($0) } ?? .beginning
        }
        let gauges = gauges(of: ends.keys)
        let reader = try await log.openReader(starts)
        // A waiting poll does not see that the task is cancelled; closing the reader ends it.
        let result: Result<Void, EventLogError> = await withTaskCancellationHandler {
            do throws(EventLogError) {
                return .success(try await read(reader, to: ends, gauges))
            } catch {
                return .failure(error)
            }
        } onCancel: {
            Task { await reader.close() }
        }
        await reader.close()
        if !Task.isCancelled { try result.get() }
    }

    /// What polls brought, with the positions after them.
    private struct Polled: Sendable {
        var runs: [[ConsumedRecord]] = []
        var positions: [TopicPartition: Int64] = [:]
    }

    /// Reads and applies until cancelled; the next records are read while some are decoded, on all
    /// processors at once, and applied.
    private func read(
        _ reader: any EventLogReader, to ends: [TopicPartition: Int64],
        _ gauges: [TopicPartition: Gauge]
    ) async throws(EventLogError) {
        var polled = Polled()
        polled.positions = await reader.positions
        while !Task.isCancelled {
            async let coming = poll(reader)
            let positions = polled.positions
            let isEmpty = polled.runs.isEmpty
            var runs: [[ConsumedRecord]] = []
            swap(&runs, &polled.runs)  // not kept here as well: they are released once decoded
            await apply(envelope.decode(runs: consume runs, as: envelope.types))
            if !isEmpty {
                for (partition, next) in positions { gauges[partition]?.set(Double(next)) }
                applied.withLock { $0.merge(positions) { $1 } }
            }
            if !isCaughtUp, ends.allSatisfy({ positions[$0] ?? 0 >= $1 }) {
                caughtUp.withLock { $0 = true }
            }
            polled = try await coming.get()
        }
    }

    private func poll(_ reader: any EventLogReader) async -> Result<Polled, EventLogError> {
        var polled = Polled()
        do throws(EventLogError) {
            var wait: Duration = isCaughtUp ? .seconds(2) : .milliseconds(50)
            while polled.runs.count < Self.runs {
                let run = try await reader.poll(atMost: Self.run, waiting: wait)
                guard !run.isEmpty else { break }
                polled.runs.append(run)
                wait = .zero
            }
        } catch {
            return .failure(error)
        }
        polled.positions = await reader.positions
        return .success(polled)
    }

    private func gauges(of partitions: some Sequence<TopicPartition>) -> [TopicPartition: Gauge] {
        var gauges: [TopicPartition: Gauge] = [:]
        for partition in partitions {
            gauges[partition] = metrics.gauge(
                "parley_table_offset",
                help: "The next offset that the process's own table of a topic applies.",
                labels: ["topic": partition.topic, "partition": "\(partition.partition)"])
        }
        return gauges
    }

    private func ranges() async throws(EventLogError) -> [TopicPartition: PartitionRange] {
        var ranges: [TopicPartition: PartitionRange] = [:]
        for topic in try await log.describeTopics() where topics.contains(topic.name) {
            for (number, range) in topic.partitions.enumerated() {
                ranges[TopicPartition(topic.name, Int32(number))] = range
            }
        }
        let found = Set(ranges.keys.map(\.topic))
        if let missing = topics.first(where: { !found.contains($0) }) {
            throw .permanent(reason: "there is no topic \(missing)")
        }
        return ranges
    }

    private func apply(_ runs: [RecordEnvelope.Decoded]) async {
        for run in runs {
            for decoded in run {
                switch decoded {
                case .success(let record):
                    await apply(record.value, record.headers, record.position)
                case .failure(let broken):
                    logger.error(
                        "a table passed over a record that cannot be read",
                        [
                            .topic: .identifier(broken.position.topic),
                            .offset: .count(broken.position.offset), .error: .error(broken.error),
                        ])
                }
            }
        }
    }
}
