import AuditChecking
import Configuration
import Console
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
    /// The console, where it is one of the parts.
    var console: ConsoleService?
    private var conditions: [@Sendable () -> Bool] = []
    /// Whether the tables that the stages look into are read; it does not wait for other stages.
    private var tablesAreRead: @Sendable () -> Bool = { true }

    /// Builds the parts of a process: those of its stages, each at its place.
    init(
        _ places: [(name: StageName, place: StagePlace)], _ context: ProcessContext,
        _ options: ProcessOptions
    ) async throws {
        drain = places.map(\.place.settings.drain).max() ?? .zero
        let feed = context.tenantKeys.feed
        // First of all: everything else waits for what it knows.
        services.append(ClosureService("keys") { try await feed.run() })
        conditions.append { feed.isCaughtUp }
        let names = Set(places.map(\.name))
        var feeds: [TopicTable.Feed] = []
        if !names.isDisjoint(with: [.sender, .orchestrator, .console]) {
            feeds.append(context.channelFeed)
        }
        if !names.isDisjoint(with: [.orchestrator, .console]) { feeds.append(context.tokenFeed) }
        // The console keeps the tenant directory itself, among its other tables.
        if names != [.console] { feeds.append(context.tenantFeed) }
        let mailing = Mailing(context, options.data)
        if names.contains(.mailer) { feeds.append(mailing.feed) }
        var uploads: MediaUploads?
        if names.contains(.sender) {
            let known = try await MediaUploads(context)
            feeds.append(known.feed)
            uploads = known
        }
        let knowledge = context.knowledgeSearch(in: options.data)
        if !names.isDisjoint(with: [.retrieval, .orchestrator, .console]) {
            feeds.append(knowledge.feed)
            services.append(ClosureService("indexes") { await knowledge.keepFiles() })
        }
        let book = IdentityBook()
        if !names.isDisjoint(with: [.ingester, .identity]) { feeds.append(book.feed) }
        add(feeds, context)
        for (name, place) in places {
            let context = context.at(place)
            if name == .mailer {
                add(mailing.runner(context), context)
            } else if name == .sender, let uploads {
                add(senderRunner(context, over: uploads), context)
            } else if name == .identity {
                add(identityRunner(context, over: book), context)
            } else if name == .ingester {
                conditions.append { context.knowsKeys }
                add(
                    try await ingesterServer(
                        context, knowing: book, when: tablesAreRead, host: options.host,
                        port: options.port ?? 0), "webhook")
            } else {
                try await add(name, context, knowledge, options)
            }
        }
    }

    private mutating func add(
        _ name: StageName, _ context: ProcessContext, _ knowledge: KnowledgeSearch,
        _ options: ProcessOptions
    ) async throws {
        switch name {
        case .indexer: add(try await indexerRunner(context), context)
        case .retrieval: add(retrievalRunner(context, over: knowledge), context)
        case .media: add(mediaRunner(context), context)
        case .sites: add(siteRunner(context), context)
        case .orchestrator: add(try await orchestratorRunner(context, over: knowledge), context)
        case .handoff: add(handoffRunner(context), context)
        case .accounts: addPlatform(context.designs.accounts(), context)
        case .addresses: addPlatform(context.designs.addresses(), context)
        case .organisations: addPlatform(context.designs.organisations(), context)
        case .installation: addPlatform(context.designs.installation(), context)
        case .audit:
            addPlatform(context.designs.audit(), context)
            let copies = CheckpointCopies(path: options.keys.checkpoints)
            add(
                ClosureService("checkpoints") {
                    await copies.follow(context.log, logger: context.logger)
                }
            ) { true }
        // They have their tables, and are added with them.
        case .mailer, .sender, .ingester, .identity: break
        case .channels: addPlatform(context.designs.channels(), context)
        case .desk: addPlatform(context.designs.desk(), context)
        case .serviceLevels: addPlatform(context.designs.serviceLevels(), context)
        case .customers: addPlatform(context.designs.customers(), context)
        case .cases: addPlatform(context.designs.cases(), context)
        case .arrivals: addPlatform(context.designs.arrivals(), context)
        case .routing: addPlatform(context.designs.routing(), context)
        case .waiting: addPlatform(context.designs.waiting(), context)
        case .announcements: addPlatform(context.designs.announcements(), context)
        case .operators: addPlatform(context.designs.operators(), context)
        case .notifications: addPlatform(context.designs.notifications(), context)
        case .console:
            try await addConsole(context, knowledge, options)
            addLedger(context)
        }
    }

    /// Adds a stage of accounts and the like: they ask nothing of the world, and seal under the
    /// installation's key.
    private mutating func addPlatform<S: Stage>(
        _ stage: S, _ context: ProcessContext
    ) where S.Call == Never, S.Answer == Never {
        let keys = context.tenantKeys.table
        add(context.runner(stage, perform: NoCalls.perform), context) {
            keys.hasKey(.installation)
        }
    }

    /// Whether everything is ready.
    var isReady: @Sendable () -> Bool {
        { [conditions] in conditions.allSatisfy { $0() } }
    }

    mutating func add(_ feeds: [TopicTable.Feed], _ context: ProcessContext) {
        guard !feeds.isEmpty else { return }
        let table = TopicTable(
            feeds, in: context.log, reading: context.envelope, metrics: context.metrics,
            logger: context.logger)
        services.append(ClosureService("tables") { try await table.run() })
        conditions.append { table.isCaughtUp }
        tablesAreRead = isReady
    }

    private mutating func add<S: Stage>(
        _ runner: StageRunner<S>, _ context: ProcessContext,
        when isFurnished: @escaping @Sendable () -> Bool = { true }
    ) {
        let lag = LagGauge(
            of: runner.name, reading: context.place.inputs, in: context.log,
            metrics: context.metrics,
            logger: context.logger)
        services.append(ClosureService("lag of \(runner.name)") { try await lag.run() })
        // Without its tables a stage would take what it does not know yet for what does not exist.
        let isSupplied = tablesAreRead
        services.append(
            SuppliedService(
                StageService(runner: runner),
                when: { isSupplied() && context.knowsKeys && isFurnished() })
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

/// The edge of stages that ask nothing of the world: no call can ever come.
enum NoCalls {
    @Sendable static func perform(
        _ call: Never, _ context: StageContext
    ) async throws(CallFailure) -> Never {}
}

/// A stage as a service that drains.
private struct StageService<S: Stage>: DrainingService {
    let runner: StageRunner<S>
    var name: String { "stage \(runner.name)" }
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
