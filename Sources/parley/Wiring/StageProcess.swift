import Configuration
import Conversation
import Cryptography
import EventLog
import FoundationEssentials
import HTTPClient
import HTTPServer
import LanguageModel
import Lifecycle
import LogURL
import Records
import StageRuntime
import Synchronization
import Telemetry
import TenantDirectory
import TenantKeys
import Views

/// One process of the pipeline: it opens what its stages need, says when all are ready, and stops
/// gracefully.
struct StageProcess: Sendable {
    private let process: PipelineFile.Process
    private let pipeline: PipelineFile
    private let options: ProcessOptions

    init(_ process: PipelineFile.Process, of pipeline: PipelineFile, _ options: ProcessOptions) {
        self.process = process
        self.pipeline = pipeline
        self.options = options
    }

    private var slot: String { options.slot ?? "\(process.name)-0" }

    /// Runs until a termination signal, or until something fails for good; answers the exit code.
    func run() async throws -> Int32 {
        let signals = TerminationSignals()
        let supervisor = ParentWatch(environment: ProcessInfo.processInfo.environment)
        let logger = Logger(service: options.slot ?? process.name)
        let (context, places) = try await context(logger)
        let parts = try await StageParts(places, context, options)
        var services: [any Service] = parts.services
        if let port = options.telemetryPort {
            let endpoint = try TelemetryEndpoint(
                port: port, metrics: context.metrics, isReady: parts.isReady)
            services.insert(ClosureService("telemetry") { try await endpoint.run() }, at: 0)
        }
        if let supervisor { services.append(announcement(of: parts, to: supervisor)) }
        let group = ServiceGroup(services, drainLimit: parts.drain, signals: signals) { event in
            Self.log(event, logger)
        }
        let result = await group.run()
        await context.log.close()
        logger.flush()
        return result.exitCode
    }

    /// Tells the supervisor as soon as the stage is ready, then stays for the group's sake.
    private func announcement(of parts: StageParts, to supervisor: ParentWatch) -> ClosureService {
        ClosureService("announcement") {
            while !parts.isReady() { try await Task.sleep(for: .milliseconds(5)) }
            supervisor.reportReady()
            while true { try await Task.sleep(for: .seconds(3_600)) }
        }
    }

    private static func log(_ event: ServiceGroup.Event, _ logger: Logger) {
        switch event {
        case .stopping(let cause):
            logger.info("stopping", [.reason: .reason("\(cause)")])
        case .ended(let service, let error):
            if let error, !(error is CancellationError) {
                logger.error(
                    "a service failed",
                    [.component: .identifier(service), .error: .error(error)])
            }
        case .overdue(let services):
            logger.warning(
                "the drain limit is over",
                [.component: .identifier(services.joined(separator: ", "))])
        }
    }

    /// The places of the process's stages; one that has its process to itself has its slot, too.
    private func places(
        _ types: RecordTypes, _ logger: Logger
    ) throws -> [(name: StageName, place: StagePlace)] {
        try process.stages.compactMap(StageName.init).map { name in
            let stage = pipeline.stages[name.rawValue]
            let settings = try StageSettings(of: name, stage, options)
            try settings.remember(of: name, in: options.data)
            let slot = process.stages.count == 1 ? slot : "\(slot).\(name)"
            return (
                name,
                StagePlace(
                    slot: slot, attempts: Attempts.open(slot, options, logger),
                    inputs: stage?.inputTopics(among: types) ?? [],
                    settings: stage?.runnerSettings ?? RunnerSettings(),
                    designs: StageDesigns(
                        settings: settings, chatModel: options.model,
                        chatModelSeesImages: options.modelSeesImages),
                    replicas: options.replicas
                        ?? (process.stages.count == 1
                            ? stage?.replicas ?? 1 : process.replicas))
            )
        }
    }

    /// What the process has at hand, and its stages, each with its place.
    func context(
        _ logger: Logger
    ) async throws -> (ProcessContext, [(name: StageName, place: StagePlace)]) {
        try options.data.create()
        let keys = try SecretKeys.open(options.data)
        let log = try await openLog(logger)
        try await LedgerGate(log, options.keys).check()
        let tenantKeys = ProcessKeys(
            of: log, in: options.keys, ring: keys, follows: true, logger)
        let envelope = try tenantKeys.envelope()
        let environment = ProcessInfo.processInfo.environment
        let http = try HTTPClient()
        let metrics = Metrics()
        let places = try places(envelope.types, logger)
        guard let first = places.first else {
            throw ConfigurationError(options.pipeline, "\(process.name) has no stage")
        }
        let context = ProcessContext(
            log: log, envelope: envelope, tenants: TenantDirectory(keys: keys), keys: keys,
            tenantKeys: tenantKeys, http: http,
            models: ProcessContext.Models(
                embeddingURL: options.embeddingURL, embeddingModel: options.embeddingModel,
                chatURL: options.modelURL, chatModel: options.model,
                chatKey: environment["PARLEY_MODEL_KEY"],
                transcription: options.transcriptionURL.map {
                    .init(
                        url: $0, model: options.transcriptionModel,
                        key: environment["PARLEY_TRANSCRIPTION_KEY"])
                },
                rerank: options.rerankURL.map {
                    .init(
                        url: $0, model: options.rerankModel,
                        key: environment["PARLEY_RERANK_KEY"])
                }, tokensPerDay: options.tokensPerDay),
            modelHealth: ModelHealth(
                now: SystemClock.now, tell: ModelReport(metrics, logger).hear),
            metrics: metrics, logger: logger,
            addressRule: options.allowsPrivateURLs ? .any : .publicOnly(),
            blobs: try options.openBlobs(over: http, environment),
            views: ViewKeeping(
                folder: options.data.views, log: log, reading: envelope, metrics: metrics,
                logger: logger),
            scratchFolder: options.data.caches,
            place: first.place)
        return (context, places)
    }

    /// A broker may come up later than we do: that is waited for.
    private func openLog(_ logger: Logger) async throws -> any EventLog {
        let url = try LogURL(options.log)
        while true {
            do throws(EventLogError) {
                return try await url.open(
                    maintains: false, caches: options.data.caches,
                    clock: SystemClock.milliseconds, logger: logger)
            } catch {
                guard error.passes else { throw error }
                logger.warning("the log is not there yet", [.error: .error(error)])
                try await Task.sleep(for: .seconds(1))
            }
        }
    }
}
