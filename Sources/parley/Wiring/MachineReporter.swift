import Configuration
import Conversation
import Cryptography
import EventLog
import FoundationEssentials
import Glibc
import HTTPClient
import Lifecycle
import OperationRecords
import OperationReporting
import Records
import Synchronization

/// Tells the log how this machine and its processes are: every few seconds while something happens,
/// seldom else, and at once where a process begins or ends.
///
/// Where the log takes nothing, the report stands in a file of the data folder, so that the console
/// of this machine still knows.
final class MachineReporter: DrainingService {
    /// How often the processes are asked.
    private static let pause = Duration.seconds(5)
    /// The longest that nothing is told.
    private static let longestPause = Duration.seconds(15)
    /// Whether something has changed is looked at so often.
    private static let step = Duration.milliseconds(500)
    /// How long a process may take to tell of itself.
    private static let patience = Duration.seconds(2)

    /// Businesses may bring servers of their own: no more of them are told of.
    private static let mostModels = 20

    let name = "machine reports"
    private let board: ProcessBoard
    private let identity: MachineIdentity
    private let file: String
    private let appender: any EventLogAppender
    private let envelope: RecordEnvelope
    private let http: HTTPClient
    private let isDraining = Mutex(false)
    private let clock = ContinuousClock()

    init(
        _ board: ProcessBoard, of identity: MachineIdentity, file: String,
        appender: any EventLogAppender, envelope: RecordEnvelope
    ) throws {
        self.board = board
        self.identity = identity
        self.file = file
        self.appender = appender
        self.envelope = envelope
        http = try HTTPClient()
    }

    /// Where a report stands that the log did not take.
    static func file(in data: DataFolder) -> String { "\(data.path)/machine.json" }

    /// The report that the log did not take, if there is one.
    static func kept(in data: DataFolder) -> MachineReport? {
        guard let bytes = FileManager.default.contents(atPath: file(in: data)) else { return nil }
        // A file that was cut short tells nothing.
        return try? RecordCodec.decode(MachineReport.self, from: Array(bytes))
    }

    func drain() async { isDraining.withLock { $0 = true } }

    func run() async throws {
        var readings: [String: Reading] = [:]
        var told: (report: MachineReport, at: ContinuousClock.Instant)?
        while !isDraining.withLock({ $0 }), !Task.isCancelled {
            let begun = clock.now
            let changes = board.changes
            let report = await report(&readings)
            if let told, told.report.isAsQuiet(as: report),
                begun - told.at < Self.longestPause
            {
                // Nothing that anybody would miss.
            } else {
                await tell(report)
                told = (report, begun)
            }
            while clock.now - begun < Self.pause, board.changes == changes,
                !isDraining.withLock({ $0 })
            {
                try await Task.sleep(for: Self.step)
            }
        }
        var last = identity.report(at: ProcessContext.now())
        last.isStopping = true
        last.processes = board.entries.map(\.report)
        await tell(last)
        // What it holds is in the log now, or of no use to anybody.
        try? FileManager.default.removeItem(atPath: file)
    }

    private func tell(_ report: MachineReport) async {
        do {
            let id = RecordID.derived(
                from: RecordID(report.machine), by: "report/\(report.at.milliseconds)")
            let record = try envelope.record(
                report,
                headers: RecordHeaders(
                    id: id, type: MachineReport.type, source: "supervisor", time: report.at,
                    subject: report.machine, correlation: id, causation: id,
                    tenant: .installation))
            try await appender.append([record])
            if FileManager.default.fileExists(atPath: file) {
                try FileManager.default.removeItem(atPath: file)
            }
        } catch {
            // Where the disk is full, too, nothing is known but that nothing is told.
            if let bytes = try? RecordCodec.encode(report) {
                try? Data(bytes).write(to: URL(filePath: file), options: .atomic)
            }
        }
    }

    // MARK: Asking the processes

    /// What a process told, and when.
    private struct Reading: Sendable {
        var pid: Int?
        var metrics: MetricsReading
        var at: ContinuousClock.Instant
    }

    /// What a process says when it is asked.
    private struct Answer: Sendable {
        var metrics: MetricsReading
        var isReady: Bool
    }

    private func report(_ readings: inout [String: Reading]) async -> MachineReport {
        let entries = board.entries
        let answers = await answers(of: entries)
        var report = identity.report(at: ProcessContext.now())
        report.everySeconds = Int(Self.longestPause.components.seconds)
        report.processes = entries.map { entry in
            let name = entry.report.name
            var process = entry.report
            guard let answer = answers[name] else {
                if process.state == .ready, entry.plan.telemetryPort != nil {
                    process.state = .silent
                }
                readings[name] = nil
                return process
            }
            if process.state == .ready, !answer.isReady { process.state = .unready }
            let before = readings[name].flatMap { $0.pid == process.pid ? $0 : nil }
            readings[name] = Reading(pid: process.pid, metrics: answer.metrics, at: clock.now)
            measure(&process, entry.plan, answer.metrics, since: before)
            return process
        }
        return report
    }

    private func measure(
        _ process: inout ProcessReport, _ plan: PlannedProgram, _ metrics: MetricsReading,
        since before: Reading?
    ) {
        let passed = before.map { (clock.now - $0.at).seconds } ?? 0
        let measuring = StageMeasuring(from: before?.metrics, to: metrics, seconds: passed)
        process.memory = metrics.sum("process_resident_memory_bytes").map { Int($0) }
        process.processorShare = measuring.processorShare
        process.unaccounted = metrics.sum("parley_unaccounted_messages").map { Int($0) }
        let models = Array(metrics.models.prefix(Self.mostModels))
        process.models = models.isEmpty ? nil : models
        process.stages = plan.stages.map { stage in
            stage == StageName.ingester.rawValue
                ? measuring.ingester(named: stage) : measuring.figures(of: stage)
        }.filter { !$0.isIdle }
    }

    private func answers(of entries: [ProcessBoard.Entry]) async -> [String: Answer] {
        await withTaskGroup(of: (String, Answer?).self) { group in
            for entry in entries {
                guard let port = entry.plan.telemetryPort,
                    entry.report.state == .ready || entry.report.state == .starting
                else { continue }
                group.addTask { (entry.report.name, await self.answer(at: port)) }
            }
            var answers: [String: Answer] = [:]
            for await (name, answer) in group { answers[name] = answer }
            return answers
        }
    }

    private func answer(at port: Int) async -> Answer? {
        let base = Addresses.url(Addresses.loopback, port)
        do {
            let metrics = try await http.send(request(base + "/metrics"))
            let ready = try await http.send(request(base + "/ready"))
            guard metrics.status == 200 else { return nil }
            return Answer(
                metrics: MetricsReading(String(decoding: metrics.body, as: UTF8.self)),
                isReady: ready.status == 200)
        } catch {
            // It answers nothing: that is what is told of it.
            return nil
        }
    }

    private func request(_ url: String) -> HTTPClientRequest {
        var request = HTTPClientRequest(.get, url)
        request.timeout = Self.patience
        return request
    }
}

/// Which machine this is, and how it is.
struct MachineIdentity: Sendable {
    let machine: String
    let host: String
    let folder: String
    let startedAt: Timestamp

    /// This machine, with an installation in a data folder.
    init(folder: String, startedAt: Timestamp) {
        var bytes = [CChar](repeating: 0, count: 256)
        _ = unsafe gethostname(&bytes, bytes.count - 1)
        let name = String(
            decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        host = name.isEmpty ? "localhost" : name
        let path = URL(filePath: folder).standardizedFileURL.path
        // Two installations on one machine are two, wherever they are.
        machine = String(SHA256.hex("\(host)\u{1f}\(path)").prefix(16))
        self.folder = folder
        self.startedAt = startedAt
    }

    /// How the machine is, without its processes.
    func report(at now: Timestamp) -> MachineReport {
        var report = MachineReport(
            machine: machine, host: host, startedAt: startedAt, at: now, everySeconds: 15,
            processors: max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        report.load = Self.words(of: "/proc/loadavg").first.flatMap { Double($0) }
        let memory = Self.words(of: "/proc/meminfo")
        report.memoryTotal = Self.kilobytes("MemTotal:", in: memory)
        report.memoryFree = Self.kilobytes("MemAvailable:", in: memory)
        var disk = statvfs()
        if unsafe statvfs(folder, &disk) == 0 {
            report.diskFree = Int(disk.f_bavail) * Int(disk.f_frsize)
            report.diskTotal = Int(disk.f_blocks) * Int(disk.f_frsize)
        }
        return report
    }

    private static func words(of file: String) -> [Substring] {
        // Without /proc it is left out; there is nothing to tell anyone.
        guard let data = try? Data(contentsOf: URL(filePath: file)) else { return [] }
        return String(decoding: data, as: UTF8.self).split(whereSeparator: \.isWhitespace)
    }

    private static func kilobytes(_ name: String, in words: [Substring]) -> Int? {
        guard let index = words.firstIndex(where: { $0 == name }), index + 1 < words.count else {
            return nil
        }
        return Int(words[index + 1]).map { $0 * 1_024 }
    }
}

extension MachineReport {
    /// Whether nothing happened between two reports: memory, load and the like aside.
    fileprivate func isAsQuiet(as other: MachineReport) -> Bool {
        processes.count == other.processes.count
            && zip(processes, other.processes).allSatisfy { one, other in
                one.name == other.name && one.state == other.state && one.pid == other.pid
                    && one.stages == other.stages && one.unaccounted == other.unaccounted
                    && one.models == other.models
            }
    }
}

extension Duration {
    fileprivate var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
