import Configuration
import Conversation
import EventLog
import Foundation
import Records
import Synchronization
import Telemetry

/// Measures how soon a new machine has what it needs: a member's state, pieces that an earlier one
/// committed, restored into an empty folder; and a table of as many messages; beside both how fast
/// the log is read at all.
struct RestoreBench: Sendable {
    var log: String?
    var pieces = 1_000_000

    private static let batch = 2_000
    private static let valueBytes = 200
    private static let patience = Duration.seconds(300)

    private let input = BenchLog.topic("restore", of: BenchLog.newRun())

    func run() async throws -> RestoreReport {
        let folder = try ScratchFolder()
        let target = try BenchLog(log, folder: folder.path)
        var report = RestoreReport(log: target.url, pieces: pieces)
        let first = try await target.open(caches: folder.path + "/first")
        try await first.createTopics([input])
        let began = ProcessUsage.nanoseconds()
        let session = try await member(of: first)
        for start in stride(from: 0, to: pieces, by: Self.batch) {
            try await session.commit(
                Commit(state: (start..<min(pieces, start + Self.batch)).map(Self.piece)))
        }
        report.commitSeconds = Self.seconds(since: began)
        if target.file == nil { report.readSeconds = try await read(first) }
        await session.close()
        await first.close()

        let second = try await target.open(caches: folder.path + "/second")
        let opened = ProcessUsage.nanoseconds()
        let heir = try await member(of: second)
        report.restoreSeconds = Self.seconds(since: opened)
        let asked = Self.piece(pieces - 1).key
        report.isSound = try await heir.state([asked])[asked]?.count == Self.valueBytes
        await heir.close()
        try await readTable(second, &report)
        await second.close()
        return report
    }

    private static func piece(_ number: Int) -> StateChange {
        StateChange(
            StateKey(
                partition: Int32(number) % BenchLog.partitions, store: "bench",
                key: "conversation-\(number)"),
            value: [UInt8](repeating: 0x61, count: valueBytes))
    }

    /// A member that has its partitions with their state.
    private func member(of log: any EventLog) async throws -> any EventLogSession {
        let session = try await log.openSession(
            Membership(group: input.name, topics: [input.name], slot: "bench-0"))
        let deadline = ContinuousClock.now + Self.patience
        while try await session.poll(atMost: 1, waiting: .milliseconds(100)).assigned.isEmpty {
            guard ContinuousClock.now < deadline else {
                throw ConfigurationError(
                    "parley bench restore", "the log gave no partitions in \(Self.patience)")
            }
        }
        return session
    }

    /// Reads the changelog as any topic.
    private func read(_ log: any EventLog) async throws -> Double {
        let began = ProcessUsage.nanoseconds()
        let reader = try await log.openReader(
            Dictionary(
                uniqueKeysWithValues: (0..<BenchLog.partitions).map {
                    (TopicPartition("\(input.name).changelog", $0), ReadStart.beginning)
                }))
        var count = 0
        while count < pieces {
            let records = try await reader.poll(atMost: 2_000, waiting: .seconds(10))
            guard !records.isEmpty else { break }
            count += records.count
        }
        await reader.close()
        return Self.seconds(since: began)
    }

    /// Has a table read as many messages, decoded one by one, from a topic's beginning.
    private func readTable(_ log: any EventLog, _ report: inout RestoreReport) async throws {
        let topic = Topic.messagesInbound
        try await log.createTopics([
            TopicConfiguration(
                name: topic.rawValue, partitions: BenchLog.partitions,
                cleanup: .delete(retention: nil))
        ])
        let appender = try await log.openAppender()
        let story = try LedgerStory.templates()[0]
        for start in stride(from: 0, to: pieces, by: Self.batch) {
            try await appender.append(
                (start..<min(pieces, start + Self.batch)).map {
                    story.record($0, at: BenchLog.now())
                })
        }
        await appender.close()
        let read = ProcessUsage.nanoseconds()
        try await TopicReading(of: [topic.rawValue], in: log).run { _ in }
        report.messagesReadSeconds = Self.seconds(since: read)

        let count = Mutex(0)
        let feed = TopicTable.Feed([topic]) { _, _, _ in count.withLock { $0 += 1 } }
        let table = TopicTable(
            [feed], in: log, reading: .conversation, metrics: Metrics(),
            logger: Logger(service: "bench", to: LogSinks.discard))
        let began = ProcessUsage.nanoseconds()
        let following = Task { try await table.run() }
        try await table.waitUntilCaughtUp()
        report.tableSeconds = Self.seconds(since: began)
        following.cancel()
        _ = await following.result
        report.tableMessages = count.withLock { $0 }
        report.isSound = report.isSound && report.tableMessages >= pieces
    }

    private static func seconds(since start: UInt64) -> Double {
        Double(ProcessUsage.nanoseconds() - start) / 1e9
    }
}

/// What the measurement of a restoration found.
struct RestoreReport: BenchReport {
    var log: String
    var pieces: Int
    /// Until all of it was committed.
    var commitSeconds = 0.0
    /// Until the changelog was read without doing anything with it, on Kafka.
    var readSeconds: Double?
    /// From opening a session in an empty folder until it had its partitions and their state.
    var restoreSeconds = 0.0
    /// Whether the last piece was there, and the table had all messages.
    var isSound = false
    /// Until the messages were read without doing anything with them.
    var messagesReadSeconds = 0.0
    /// Until a table had applied all that stood in the topic.
    var tableSeconds = 0.0
    /// How many messages that were.
    var tableMessages = 0

    /// The figures for people.
    var lines: [String] {
        func line(_ what: String, _ seconds: Double, _ count: Int? = nil) -> String {
            let rate = Double(count ?? pieces) / max(seconds, 0.001)
            return "\(what): \(String(format: "%.2f", seconds)) s, \(Int(rate)) a second"
        }
        return ["log: \(log); \(pieces) pieces of state"]
            + [line("committed", commitSeconds)]
            + (readSeconds.map { [line("read, as any topic", $0)] } ?? [])
            + [
                line("restored on a new machine", restoreSeconds),
                line("messages read", messagesReadSeconds, tableMessages),
                line("messages read into a table", tableSeconds, tableMessages),
            ]
            + (isSound ? [] : ["the last piece, or a message, is missing"])
    }
}
