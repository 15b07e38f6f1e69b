import Conversation
import EventLog
import Foundation
import Records
import SQLiteEventLog
import StageRuntime
import Telemetry

/// Measures what it takes to know a message again: the bytes that a stage's state grows by for
/// each message that it handles.
struct RepeatsBench: Sendable {
    var log: String?
    var messages = 200_000

    private static let partitions: Int32 = 12
    /// Messages in one append.
    private static let batch = 1_000
    /// As long as the pipeline's stages remember.
    private static let remembered = Duration.seconds(8 * 86_400)

    func run() async throws -> RepeatsReport {
        let folder = try ScratchFolder()
        let caches = folder.path + "/caches"
        let target = try BenchLog(log, folder: folder.path)
        let log = try await target.open(caches: caches)
        try await log.createTopics([
            TopicConfiguration(
                name: Topic.messagesInbound.rawValue, partitions: Self.partitions,
                cleanup: .delete(retention: nil))
        ])
        try await fill(log)
        let before = try await Self.settledBytes(log, target)
        try await handle(log)
        let after = try await Self.settledBytes(log, target)
        var report = RepeatsReport(log: target.url, messages: messages)
        if target.file == nil {
            report.changelogBytes = try await changelogBytes(log)
        } else {
            report.fileBytes = Double(after - before) / Double(messages)
        }
        await log.close()
        if target.file == nil { report.fileBytes = Double(Self.size(caches)) / Double(messages) }
        return report
    }

    private func fill(_ log: any EventLog) async throws {
        let appender = try await log.openAppender()
        guard let story = try LedgerStory.templates().first else { return }
        for first in stride(from: 0, to: messages, by: Self.batch) {
            try await appender.append(
                (first..<min(messages, first + Self.batch)).map {
                    story.record($0, at: BenchLog.now())
                })
        }
        await appender.close()
    }

    /// Runs a stage that does nothing but remember, over all messages.
    private func handle(_ log: any EventLog) async throws {
        var settings = RunnerSettings()
        settings.recordsDecisions = false
        let runner = StageRunner(
            Remembering(),
            reading: [InputTopic(.messagesInbound, repeatsWithin: Self.remembered)],
            from: log, by: .conversation, slot: "\(Remembering.title)-0", settings: settings,
            metrics: Metrics(),
            logger: Logger(service: Remembering.title, to: LogSinks.discard),
            now: { Timestamp(milliseconds: BenchLog.now()) },
            perform: { call, _ in call })
        try await withThrowingTaskGroup { group in
            group.addTask { try await runner.run() }
            while try await handled(log) < messages { try await Task.sleep(for: .milliseconds(50)) }
            await runner.drain()
            try await group.waitForAll()
        }
    }

    private func handled(_ log: any EventLog) async throws -> Int {
        let positions = try await log.groupPositions()[Remembering.title] ?? [:]
        return Int(positions.values.reduce(0, +))
    }

    /// The size of the log's file once all is in it, 0 on Kafka.
    private static func settledBytes(_ log: any EventLog, _ target: BenchLog) async throws -> Int {
        guard let file = target.file, let log = log as? SQLiteEventLog else { return 0 }
        try await log.maintain()
        return try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int ?? 0
    }

    /// The bytes of all files in a folder.
    private static func size(_ folder: String) -> Int {
        let names = FileManager.default.subpaths(atPath: folder) ?? []
        return names.reduce(0) { sum, name in
            // Gone since it was listed is no bytes.
            let file = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
            guard file?[.type] as? FileAttributeType == .typeRegular else { return sum }
            return sum + (file?[.size] as? Int ?? 0)
        }
    }

    /// Keys, values and headers in the changelog for each message, before the broker compresses.
    private func changelogBytes(_ log: any EventLog) async throws -> Double {
        let topic = "\(Remembering.title).changelog"
        let reader = try await log.openReader(
            Dictionary(
                uniqueKeysWithValues: (0..<Self.partitions).map {
                    (TopicPartition(topic, $0), ReadStart.beginning)
                }))
        var bytes = 0
        var count = 0
        while count < messages {
            let records = try await reader.poll(atMost: 5_000, waiting: .seconds(10))
            guard !records.isEmpty else { break }
            for record in records.map(\.record) {
                count += 1
                bytes += record.key.count + (record.value?.count ?? 0)
                bytes += record.headers.reduce(0) { $0 + $1.name.utf8.count + $1.value.count }
            }
        }
        await reader.close()
        return Double(bytes) / Double(max(1, messages))
    }
}

/// A stage that does nothing with a record but remember that it came.
private struct Remembering: Stage {
    static let title = "bench-repeats"
    let name = Remembering.title
    let reads: [any Payload.Type] = [InboundMessage.self, EchoedMessage.self]

    func begin(
        _ input: StageInput, _ state: inout NoState, _ context: StageContext
    ) throws(Rejection) -> Plan<String> { .ignore(because: "it is only remembered") }

    func resume(
        _ answer: String, to call: String, _ state: inout NoState, _ context: StageContext
    ) throws(Rejection) -> Plan<String> { .ignore(because: "nothing was asked") }
}

/// What the measurement of repeats found, in bytes a message and stage.
struct RepeatsReport: BenchReport {
    var log: String
    var messages: Int
    /// What the log's file grew by, or on Kafka the size of the stage's local copy.
    var fileBytes = 0.0
    /// What stands in the changelog on Kafka, before the broker compresses and compacts.
    var changelogBytes: Double?

    /// The report for people.
    var lines: [String] {
        func text(_ bytes: Double) -> String { String(format: "%.1f", bytes) }
        let file = "\(text(fileBytes)) bytes a message and stage on disk (\(messages) messages)"
        guard let changelogBytes else { return [file] }
        return [file, "\(text(changelogBytes)) bytes in the changelog"]
    }
}
