import Configuration
import Conversation
import Cryptography
import EventLog
import Foundation
import HTTPServer
import Ingester
import Lifecycle
import Records
import Telemetry
import TenantDirectory
import TenantKeys

/// The server that is measured, in a process of its own: the real webhook over the real log.
enum IngestServer {
    /// The word that starts it; for `parley bench ingest` only.
    static let command = "ingest-server"
    /// The file in the folder that tells the port.
    static func portFile(in folder: String) -> String { folder + "/port" }
    static func run(_ line: [String]) async throws -> Int32 {
        let arguments = try Arguments(
            line,
            ArgumentSpecification(
                "parley bench \(command)", summary: "The measured server of `parley bench ingest`.",
                options: [
                    .option("log", "URL", "the log"), .option("folder", "PATH", "the run's folder"),
                    .option("topics", "N", "the run that the topics are named for"),
                    .flag("baseline", "answers 200 and does nothing else"),
                ]))
        guard let folder = arguments.value("folder"),
            let parent = ParentWatch(environment: ProcessInfo.processInfo.environment)
        else { throw ConfigurationError("parley bench \(command)", "is started by bench ingest") }
        var router = Router()
        var log: (any EventLog)?
        if arguments.has("baseline") {
            router.onRaw(.post, "/webhook") { _, _, writer in
                writer.respond(HTTPResponse(status: 200))
            }
        } else {
            let opened = try await BenchLog(arguments.value("log"), folder: folder)
                .open(caches: folder)
            let run = try arguments.integer("topics", in: 0...Int.max) ?? 0
            try await route(over: opened, run: run).add(to: &router)
            log = opened
        }
        let server = HTTPServer(configuration: .init(), router: router)
        let port = try server.start()
        try Data("\(port)".utf8).write(to: URL(filePath: portFile(in: folder)))
        parent.reportReady()
        // Until the measurement ends this process; what is acknowledged is on disk.
        try await server.run()
        await log?.close()
        return 0
    }

    /// The webhook's route over a log, with one tenant.
    static func route(over log: any EventLog, run: Int) async throws -> WebhookRoute {
        var names: [String: String] = [:]
        for topic in [
            Topic.messagesInbound, .messagesHistory, .messagesStatus, .messagesUnplaced,
            .accountsUpdates, .handoffCommands,
        ] {
            let own = BenchLog.topic(topic.rawValue, of: run)
            try await log.createTopics([own])
            names[topic.rawValue] = own.name
        }
        let appender = RenamingAppender(appender: try await log.openAppender(), names: names)
        return WebhookRoute(
            tenants: try directory(), keys: try keys(), appender: appender,
            envelope: .conversation,
            metrics: Metrics(),
            logger: Logger(service: "bench"),
            now: { Timestamp(milliseconds: BenchLog.now()) })
    }

    /// The tenant's key, the same in each process of a measurement.
    static func key() throws -> TenantKey {
        try TenantKey(
            id: "0123456789abcdef", tenant: tenant, from: Timestamp(milliseconds: 0),
            secret: [UInt8](repeating: 2, count: 32))
    }

    private static func keys() throws -> KeyTable {
        let keys = KeyTable()
        keys.put(try key())
        return keys
    }

    static let tenant = TenantID("bench")

    private static func directory() throws -> TenantDirectory {
        let key = Cryptography.Base64.encode([UInt8](repeating: 1, count: 32))
        let ring = try KeyRing(text: "bench \(key)", source: "bench")
        let secrets = TenantSecrets(keyRing: ring, tenant: tenant)
        let directory = TenantDirectory(keyRing: ring)
        directory.put(
            TenantSettings(
                tenant: tenant, name: "Bench", account: WebhookCorpus.account,
                numbers: [.init(id: BusinessNumberID(WebhookCorpus.number))],
                appSecret: try secrets.seal(WebhookCorpus.secret, .appSecret),
                verifyToken: try secrets.seal("verify", .verifyToken),
                accessToken: try secrets.seal("access", .accessToken),
                graphURL: TenantSettings.metaGraphURL,
                graphVersion: TenantSettings.currentGraphVersion,
                updatedAt: Timestamp(milliseconds: 0)))
        return directory
    }
}

/// Appends to a measurement's own topics what is meant for the pipeline's.
private struct RenamingAppender: EventLogAppender {
    let appender: any EventLogAppender
    let names: [String: String]

    var backlog: Int { appender.backlog }

    func append(
        _ records: [Record], completion: @escaping @Sendable (Result<Void, EventLogError>) -> Void
    ) {
        let own = records.map { record in
            var record = record
            record.topic = names[record.topic] ?? record.topic
            return record
        }
        appender.append(own, completion: completion)
    }

    func close() async { await appender.close() }
}
