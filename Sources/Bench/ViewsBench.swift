import AnalyticsView
import Conversation
import ConversationView
import EventLog
import Foundation
import Records
import SQLite
import Telemetry
import Views

/// Measures how soon a view of many conversations, and that of figures, is built from the log, and
/// how soon it is there after a restart.
struct ViewsBench: Sendable {
    var log: String?
    var messages = 200_000

    /// Messages in one append.
    private static let batch = 400

    func run() async throws -> ViewsReport {
        let folder = try ScratchFolder()
        let target = try BenchLog(log, folder: folder.path)
        let log = try await target.open(caches: folder.path + "/caches")
        try await log.createTopics(
            Set(ConversationView.view.topics + AnalyticsView.view.topics).map {
                TopicConfiguration(
                    name: $0.rawValue, partitions: BenchLog.partitions,
                    cleanup: .delete(retention: nil))
            })
        var report = ViewsReport(log: target.url, messages: messages)
        report.records = try await fill(log)
        let read = ProcessUsage.nanoseconds()
        try await TopicReading(of: ConversationView.view.topics.map(\.rawValue), in: log)
            .run { _ in }
        report.readSeconds = Self.seconds(since: read)

        let views = folder.path + "/views"
        (report.buildSeconds, report.buildProcessorSeconds, report.applied) =
            try await Self.follow(ConversationView.view, log, views)
        (report.restartSeconds, _, _) = try await Self.follow(ConversationView.view, log, views)
        report.conversations = try await Self.conversations(log, views)
        report.bytes = try FileManager.default.contentsOfDirectory(atPath: views).reduce(0) {
            let file = try FileManager.default.attributesOfItem(atPath: "\(views)/\($1)")
            return $0 + (file[.size] as? Int ?? 0)
        }
        let figures = folder.path + "/figures"
        (report.figuresSeconds, report.figuresProcessorSeconds, _) =
            try await Self.follow(AnalyticsView.view, log, figures)
        report.counted = try await Self.number(
            AnalyticsView.view, log, figures,
            "SELECT coalesce(sum(count), 0) FROM counts WHERE what = 'in'")
        await log.close()
        return report
    }

    /// Follows the topics until the view has caught up; answers the time that took, of the clock
    /// and of the processor, and the number of records that it applied.
    private static func follow(
        _ view: View, _ log: any EventLog, _ folder: String
    ) async throws -> (Double, Double, Int) {
        let metrics = Metrics()
        let view = stored(view, log, folder, metrics)
        let began = ProcessUsage.nanoseconds()
        let used = ProcessUsage.own
        let following = Task { try await view.run() }
        try await view.waitUntilCaughtUp()
        let times = (seconds(since: began), ProcessUsage.own - used)
        following.cancel()
        _ = await following.result
        let applied = metrics.counter(
            "parley_view_records_total", help: "", labels: ["view": view.view.name])
        return (times.0, times.1, applied.value)
    }

    private static func conversations(
        _ log: any EventLog, _ folder: String
    ) async throws -> Int {
        try await number(
            ConversationView.view, log, folder, "SELECT count(*) FROM conversations")
    }

    private static func number(
        _ view: View, _ log: any EventLog, _ folder: String, _ sql: String
    ) async throws -> Int {
        let view = stored(view, log, folder, Metrics())
        return try await view.read { rows throws(SQLiteError) in
            try rows.number(sql, with: [])
        }
    }

    private static func stored(
        _ view: View, _ log: any EventLog, _ folder: String, _ metrics: Metrics
    ) -> StoredView {
        ViewKeeping(
            folder: folder, log: log, reading: .conversation, metrics: metrics,
            logger: Logger(service: "bench", to: LogSinks.discard)
        ).stored(view)
    }

    private func fill(_ log: any EventLog) async throws -> Int {
        let appender = try await log.openAppender()
        let story = try LedgerStory.answered()
        var count = 0
        for first in stride(from: 0, to: messages, by: Self.batch) {
            var records: [Record] = []
            for number in first..<min(messages, first + Self.batch) {
                records += story.map { $0.record(Self.scattered(number), at: BenchLog.now()) }
            }
            count += records.count
            try await appender.append(records)
        }
        await appender.close()
        return count
    }

    /// Another number for each: customers do not write in the order of their ids.
    private static func scattered(_ number: Int) -> Int {
        number &* 2_654_435_761 % 10_000_000_000
    }

    private static func seconds(since start: UInt64) -> Double {
        Double(ProcessUsage.nanoseconds() - start) / 1e9
    }
}

/// What the measurement of a view found.
struct ViewsReport: BenchReport {
    var log: String
    var messages: Int
    var records = 0
    /// Until the topics were read without doing anything with the records.
    var readSeconds = 0.0
    /// Until the view had applied all of them.
    var buildSeconds = 0.0
    /// Processor seconds that this took, on all processors together.
    var buildProcessorSeconds = 0.0
    /// Records that it applied.
    var applied = 0
    /// Until the view had caught up once more.
    var restartSeconds = 0.0
    /// Until the view of figures had counted all of them.
    var figuresSeconds = 0.0
    /// Processor seconds that this took.
    var figuresProcessorSeconds = 0.0
    /// Messages of customers that it counts.
    var counted = 0
    /// Conversations in it.
    var conversations = 0
    /// The size of its files.
    var bytes = 0

    var isSound: Bool {
        applied == records && conversations == messages && counted == messages
    }

    /// The figures for people.
    var lines: [String] {
        func format(_ seconds: Double) -> String { String(format: "%.2f", seconds) }
        func line(_ what: String, _ seconds: Double) -> String {
            "\(what): \(format(seconds)) s, \(Int(Double(records) / max(seconds, 0.001))) a second"
        }
        return [
            "log: \(log); \(messages) answered messages, each of a customer of its own, in "
                + "\(records) records",
            line("records read", readSeconds),
            line("view of conversations built", buildSeconds)
                + " (\(format(buildProcessorSeconds)) s of processor)",
            line("view of figures built", figuresSeconds)
                + " (\(format(figuresProcessorSeconds)) s of processor)",
            "after a restart: \(format(restartSeconds)) s",
            "\(bytes / max(messages, 1)) bytes a message",
        ] + (isSound ? [] : ["conversations, records or messages are missing"])
    }
}
