import Conversation
import Dispatch
import EventLog
import Foundation
import Lifecycle
import TenantKeys

/// Measures webhooks a second: a server in a child process, and a load from this one.
struct IngestBench: Sendable {
    var log: String?
    var seconds = 10
    var connections = 64
    var baselineOnly = false
    /// The run that the topics are named for.
    private let topics = BenchLog.newRun()

    /// Requests a second that are prepared; a faster server ends the measurement early.
    private static let mostRate = 60_000
    private static let startLimit = Duration.seconds(20)
    private static let stopLimit = Duration.seconds(20)
    /// What caches and just-started threads need.
    private static let warmUpSeconds = 1

    func run() async throws -> IngestReport {
        let corpus = try WebhookCorpus(
            count: min(1_000_000, (seconds + Self.warmUpSeconds) * Self.mostRate))
        var report = IngestReport(connections: connections)
        report.bodyBytes = WebhookCorpus.body(0).utf8.count
        report.baseline = try await measure(
            corpus, seconds: baselineOnly ? seconds : max(1, seconds / 3), baseline: true
        ).load
        if baselineOnly { return report }
        let folder = try ScratchFolder()
        let target = try BenchLog(log, folder: folder.path)
        report.log = target.url
        let before = target.bytesOnDisk
        let (load, acknowledged) = try await measure(
            corpus, seconds: seconds, baseline: false, folder: folder)
        report.ingest = load
        let after = target.bytesOnDisk
        report.check = try await check(target, folder, acknowledged)
        if let found = report.check?.found, found > 0, after > before {
            report.diskBytesPerMessage = Double(after - before) / Double(found)
        }
        let opened = try await target.open(caches: folder.path + "/bare")
        report.appendsPerSecond = try await BareAppend(
            log: opened, seconds: max(1, seconds / 3),
            topic: BenchLog.topic(Topic.messagesInbound.rawValue, of: topics).name
        )
        .run(records: 1, producers: connections).recordsPerSecond
        await opened.close()
        return report
    }

    private func measure(
        _ corpus: WebhookCorpus, seconds: Int, baseline: Bool, folder: ScratchFolder? = nil
    ) async throws -> (load: IngestReport.Load, acknowledged: [Int]) {
        let folder = try folder ?? ScratchFolder()
        var arguments = ["bench", IngestServer.command, "--folder", folder.path]
        arguments += ["--topics", "\(topics)"]
        if let log { arguments += ["--log", log] }
        if baseline { arguments.append("--baseline") }
        let child = try await ChildProcess.start(
            ChildProgram(
                name: "ingester", path: "/proc/self/exe", arguments: arguments,
                environment: ProcessInfo.processInfo.environment))
        do {
            try await child.waitUntilReady(within: Self.startLimit)
            let port = try String(
                contentsOfFile: IngestServer.portFile(in: folder.path), encoding: .utf8)
            let generator = LoadGenerator(
                corpus: corpus, port: Int(port) ?? 0, connections: connections,
                warmUp: UInt64(Self.warmUpSeconds) * 1_000_000_000,
                measured: UInt64(seconds) * 1_000_000_000)
            let pid = child.pid ?? 0
            let before = (ProcessUsage.processorSeconds(of: pid), ProcessUsage.own)
            let result = try await onThread { try generator.run() }
            var load = IngestReport.Load(result)
            load.serverProcessorSeconds = ProcessUsage.processorSeconds(of: pid) - before.0
            load.generatorProcessorSeconds = ProcessUsage.own - before.1
            _ = await child.stop(within: Self.stopLimit)
            return (load, result.acknowledged)
        } catch {
            _ = await child.stop(within: Self.stopLimit)
            throw error
        }
    }

    /// Reads the log anew: every message that was answered 200 is in it exactly once.
    private func check(
        _ target: BenchLog, _ folder: ScratchFolder, _ acknowledged: [Int]
    ) async throws -> IngestReport.Check {
        let log = try await target.open(caches: folder.path + "/check")
        var counts: [Int: Int] = [:]
        let key = try IngestServer.key()
        var indices: [String: Int] = [:]
        for index in acknowledged {
            let wamid = WhatsAppMessageID(WebhookCorpus.messageID(index))
            indices[key.message(wamid).rawValue] = index
        }
        let topic = BenchLog.topic(Topic.messagesInbound.rawValue, of: topics).name
        try await TopicReading(of: [topic], in: log).run { records in
            for record in records {
                guard let id = record.record.header("ce_id"), let index = indices[id] else {
                    continue
                }
                counts[index, default: 0] += 1
            }
        }
        await log.close()
        return IngestReport.Check(
            acknowledged: acknowledged.count, found: counts.values.reduce(0, +),
            missing: acknowledged.count { counts[$0] == nil },
            repeated: counts.values.count { $0 > 1 })
    }
}

/// Runs blocking work on a thread of its own.
func onThread<Value: Sendable>(
    _ work: @escaping @Sendable () throws -> Value
) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue(label: "parley.bench").async {
            continuation.resume(with: Result { try work() })
        }
    }
}
