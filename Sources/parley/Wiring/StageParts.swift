import Configuration
import Conversation
import EventLog
import HTTPServer
import KnowledgeSearch
import Lifecycle
import Records
import StageRuntime
import TenantKeys

/// What a stage's process runs, and how it tells that all of it is ready.
struct StageParts: Sendable {
    private(set) var services: [any Service] = []
    private(set) var drain: Duration
    private var conditions: [@Sendable () -> Bool] = []

    /// Builds the parts of one stage.
    init(_ name: StageName, _ context: ProcessContext, _ options: ProcessOptions) async throws {
        drain = context.settings.drain
        let feed = context.tenantKeys.feed
        // First of all: everything else waits for what it knows.
        services.append(ClosureService("keys") { try await feed.run() })
        conditions.append { feed.isCaughtUp }
        switch name {
        case .ingester:
            add([context.tenantFeed], context)
            conditions.append { context.knowsKeys }
            add(
                try await ingesterServer(
                    context, host: options.host, port: options.port ?? 0), "webhook")
        case .indexer:
            add([context.tenantFeed], context)
            add(indexerRunner(context), context)
        case .retrieval:
            let knowledge = context.knowledgeSearch()
            add([context.tenantFeed, knowledge.feed], context)
            add(retrievalRunner(context, over: knowledge), context)
        case .orchestrator:
            let knowledge = context.knowledgeSearch()
            add([context.tenantFeed, knowledge.feed], context)
            add(try orchestratorRunner(context, over: knowledge), context)
        case .handoff:
            add([context.tenantFeed], context)
            add(handoffRunner(context), context)
        case .sender:
            add([context.tenantFeed], context)
            add(senderRunner(context), context)
        case .console:
            // The console keeps the tenant directory itself, among its other tables.
            let knowledge = context.knowledgeSearch()
            add([knowledge.feed], context)
            try await addConsole(context, knowledge, options)
            addLedger(context)
        }
    }

    /// Whether everything is ready.
    var isReady: @Sendable () -> Bool {
        { [conditions] in conditions.allSatisfy { $0() } }
    }

    private mutating func add(_ feeds: [TopicTable.Feed], _ context: ProcessContext) {
        let table = TopicTable(
            feeds, in: context.log, reading: context.envelope, metrics: context.metrics,
            logger: context.logger)
        services.append(ClosureService("tables") { try await table.run() })
        conditions.append { table.isCaughtUp }
    }

    private mutating func add<S: Stage>(_ runner: StageRunner<S>, _ context: ProcessContext) {
        let lag = LagGauge(
            of: runner.name, reading: context.inputs, in: context.log, metrics: context.metrics,
            logger: context.logger)
        services.append(ClosureService("lag") { try await lag.run() })
        // Without its tables a stage would take what it does not know yet for what does not exist.
        let isSupplied = isReady
        services.append(
            SuppliedService(
                StageService(runner: runner), when: { isSupplied() && context.knowsKeys })
        )
        conditions.append { runner.isReady }
    }

    mutating func add(_ server: HTTPServer, _ name: String) {
        services.append(ServerService(name: name, server: server))
        conditions.append { server.port != nil }
    }

    mutating func add(_ service: any Service, readyWhen condition: @escaping @Sendable () -> Bool) {
        services.append(service)
        conditions.append(condition)
    }
}

/// A stage as a service that drains.
private struct StageService<S: Stage>: DrainingService {
    let runner: StageRunner<S>
    var name: String { "stage" }
    func run() async throws { try await runner.run() }
    func drain() async { await runner.drain() }
}

/// A server as a service that drains: requests under way are answered.
private struct ServerService: DrainingService {
    /// How long requests under way may take once the process stops.
    private static let grace = Duration.seconds(5)

    let name: String
    let server: HTTPServer

    func run() async throws {
        if server.port == nil { try server.start() }
        try await server.run()
    }

    func drain() async { await server.shutdown(within: Self.grace) }
}
