import AccountSecrets
import Configuration
import Console
import Conversation
import EventLog
import HTTPClient
import HTTPServer
import Idempotency
import KnowledgeSearch
import Lifecycle
import LogURL
import OutboxEndpoints
import PassageIndex
import TenantKeys
import TenantPurging
import WebPages

extension StageParts {
    /// Adds the console: its views, and the server that answers once they are read.
    mutating func addConsole(
        _ process: ProcessContext, _ knowledge: KnowledgeSearch, _ options: ProcessOptions
    ) async throws {
        guard let key = ConsoleKey.read(options.data) else {
            throw ConfigurationError(
                options.data.consoleKeyFile,
                "the console's key is missing; `parley up` makes it on its first start")
        }
        var consoleOptions = ConsoleOptions()
        consoleOptions.allowsPrivateURLs = options.allowsPrivateURLs
        consoleOptions.hosts = [Addresses.authority(options.host)]
        do throws(PageFilesError) {
            consoleOptions.pages = try PageFiles(folder: options.pages)
        } catch {
            throw ConfigurationError(error.path, error.reason)
        }
        consoleOptions.naming = process.tenantKeys.table
        consoleOptions.channels = process.channels
        let fitting = TemplateFitting(
            views: process.views, tenants: process.tenants, channels: process.channels)
        consoleOptions.fitTemplate = { tenant, message in await fitting.fit(message, of: tenant) }
        consoleOptions.links = { Self.links(options) }
        consoleOptions.tryModel = try await process.modelTrying()
        let hub = try process.liveHub()
        consoleOptions.live = hub
        let removed = RemovedMails()
        add([LiveRooms.feed(of: hub, removed)], process)
        consoleOptions.idempotency = IdempotencyStore(
            path: "\(options.data.path)/idempotency.sqlite", slot: process.place.slot)
        let tools = try await addTools(process)
        consoleOptions.accounts = tools.access
        let resealing = SecretResealing(tools: tools, secrets: AccountSecrets(process.keys))
        consoleOptions.reseal = { try await resealing.run() }
        consoleOptions.endpoints += try await addNotifications(process)
        let held = HeldKeeper()
        let acts = try await process.log.openWholeAppender(as: "acts.\(process.place.slot)")
        consoleOptions.endpoints += try await addCapabilities(
            process, tools, options, acts: acts, removed, consoleOptions.seats, knowledge
        ) { held.keeper }
        consoleOptions.endpoints += try addOperations(process, options, hub, acts, knowledge)
        try await addRouting(process, acts: acts, to: &consoleOptions)
        let purging = try await process.purging(
            { held.keeper }, options, consoleOptions.tenantChanges, knowledge)
        consoleOptions.isBeingErased = { purging.isBeingErased($0) }
        let keeper = KeyKeeper(
            process.tenantKeys.feed, appender: try await process.log.openAppender(),
            isFenced: { purging.isBeingErased($0) }, always: [.installation],
            logger: process.logger,
            now: ProcessContext.now)
        held.hold(keeper)
        consoleOptions.endpoints += addPurging(process, keeper, purging)
        try await addOrganisationKeeper(process, keeper, purging, consoleOptions.tenantChanges)
        consoleOptions.crawl = process.crawl()
        let console = ConsoleService(
            log: process.log, envelope: process.envelope, views: process.views,
            tenants: process.tenants, keys: process.keys, keeper: keeper,
            appender: acts, blobs: process.blobs,
            apiKey: key,
            search: Self.search(knowledge), options: consoleOptions, metrics: process.metrics,
            logger: process.logger,
            now: ProcessContext.now)
        self.console = console
        let server = HTTPServer(
            configuration: .init(host: options.host, port: options.port ?? 0),
            router: console.router())
        add(ClosureService("key keeper") { try await keeper.run() }) { keeper.isReady }
        add(ClosureService("console") { try await console.run() }) { console.isReady }
        add(server, "console")
        try await addEmbeddingWatcher(process, knowledge)
    }

    /// What a question finds, as the message path finds it.
    private static func search(_ knowledge: KnowledgeSearch) -> ConsoleService.Search {
        { wanted in
            let found = try await knowledge.findings(
                wanted.tenant, wanted.question, limit: wanted.limit, within: wanted.within)
            return FoundPassages(
                passages: found.passages, answerability: found.answerability,
                search: found.signals?.kind.rawValue, signals: found.signals?.byName)
        }
    }

    /// Adds what sees another embedding model, where there is an embedding server.
    private mutating func addEmbeddingWatcher(
        _ process: ProcessContext, _ knowledge: KnowledgeSearch
    ) async throws {
        guard let embeddings = process.embeddings(timeout: .seconds(10)) else { return }
        let watcher = EmbeddingWatcher(
            embeddings: embeddings, knowledge: knowledge,
            appender: try await process.log.openAppender(), envelope: process.envelope,
            logger: process.logger,
            now: ProcessContext.now)
        add(ClosureService("embedding watcher") { await watcher.run() }) { true }
    }

    /// Where the rest of the installation can be reached, once all of it runs.
    private static func links(_ options: ProcessOptions) -> [ConsoleOptions.Link] {
        var links: [ConsoleOptions.Link] = []
        // Until `up` has started everything there is no run file, and nothing to link to.
        if let running = try? RunFile.read(from: options.data) {
            links.append(.init(name: "Webhook", url: running.webhook))
            if let simulator = running.simulator {
                links.append(.init(name: "WhatsApp simulator", url: simulator))
            }
        }
        if let port = options.telemetryPort {
            links.append(
                .init(
                    name: "Metrics of the console",
                    url: Addresses.url(Addresses.loopback, port) + "/metrics"))
        }
        return links
    }
}
