import Configuration
import Console
import Conversation
import Endpoints
import EventLog
import KnowledgeSearch
import Lifecycle
import Mail
import OrganisationKeeping
import PurgeRecords
import Records
import Synchronization
import TenantDirectory
import TenantKeys
import TenantPurging
import Views

/// The keeper of keys, which asks who is being erased, for those who erase.
final class HeldKeeper: Sendable {
    private let held = Mutex<KeyKeeper?>(nil)

    /// The keeper, once there is one.
    var keeper: KeyKeeper? { held.withLock { $0 } }

    /// Takes the keeper.
    func hold(_ keeper: KeyKeeper) { held.withLock { $0 = keeper } }
}

extension StageParts {
    /// Adds what removes tenants for good, and answers what it can be asked.
    mutating func addPurging(
        _ process: ProcessContext, _ keeper: KeyKeeper, _ service: PurgeService
    ) -> [Endpoint] {
        let table = TopicTable(
            [service.feed], in: process.log, reading: process.envelope, metrics: process.metrics,
            logger: process.logger)
        add(ClosureService("purges") { try await table.run() }) { table.isCaughtUp }
        // It looks at what everything else has read.
        let isSupplied = isReady
        add(
            ClosureService("purging") {
                while !(isSupplied() && keeper.isReady
                    && process.views.all.allSatisfy(\.isCaughtUp))
                {
                    try await Task.sleep(for: .milliseconds(20))
                }
                await service.run()
            }
        ) { true }
        return PurgeEndpoints(service) { [tenants = process.tenants] tenant in
            tenants.tenant(tenant) != nil || tenants.problems[tenant] != nil
        }.endpoints
    }
}

extension StageParts {
    /// Adds what brings organisations and the businesses that are connected together.
    mutating func addOrganisationKeeper(
        _ process: ProcessContext, _ keys: KeyKeeper, _ purging: PurgeService,
        _ turnstile: Turnstile
    ) async throws {
        let table = process.tenantKeys.table
        let keeper = OrganisationKeeper(
            .init(
                appender: try await process.log.openAppender(), envelope: process.envelope,
                ensureKey: { tenant in
                    try await keys.ensureKey(of: tenant)
                    return try table.namingKey(of: tenant).id
                },
                whileTenantsRest: { body in try await turnstile.pass(body) },
                settings: { [tenants = process.tenants] in tenants.tenant($0)?.settings },
                isBeingErased: { purging.isBeingErased($0) },
                erasedAt: { purging.book.newest(of: $0)?.steps[.destroyed] },
                purge: { [tenants = process.tenants] tenant in
                    _ = try await purging.request(
                        tenant, isConnected: tenants.tenant(tenant) != nil, by: "system",
                        because: .contractEnded)
                }, now: ProcessContext.now), logger: process.logger)
        let feed = TopicTable(
            [keeper.feed], in: process.log, reading: process.envelope, metrics: process.metrics,
            logger: process.logger)
        add(ClosureService("organisations") { try await feed.run() }) { true }
        let isSupplied = isReady
        add(
            ClosureService("organisation keeper") {
                while !(isSupplied() && keys.isReady && feed.isCaughtUp) {
                    try await Task.sleep(for: .milliseconds(20))
                }
                await keeper.run()
            }
        ) { true }
    }
}

extension ProcessContext {
    /// What removes tenants for good.
    func purging(
        _ keeper: @escaping @Sendable () -> KeyKeeper?, _ options: ProcessOptions,
        _ turnstile: Turnstile, _ knowledge: KnowledgeSearch
    ) async throws -> PurgeService {
        let pipeline = try PipelineFile.read(options.pipeline)
        let stages = pipeline.stages.mapValues { Set($0.inputs.map(\.topic)) }
            .filter { !$0.value.isEmpty }
        let mails = MailFolder(options.data.mails)
        let place = PurgeWorkplace(
            log: log, appender: try await log.openAppender(), envelope: envelope, stages: stages,
            views: { views.all }, blobs: blobs, eraseMails: { try await mails.erase($0) },
            indexes: .init(
                erase: { try await knowledge.erase($0) },
                hold: { await knowledge.holdsFiles(of: $0) }),
            ledger: try LedgerGate.files(options.keys), caches: options.data.caches,
            destroyKeys: { tenant in _ = try await keeper()?.destroyKeys(of: tenant) },
            nextEpoch: { try await keeper()?.turnEpoch().epoch ?? 0 },
            knowledge: { [table = tenantKeys.table] in table.knowledge(of: $0) },
            whileTenantsRest: { body in try await turnstile.pass(body) },
            outside: Self.outside, now: Self.now)
        return PurgeService(place, logger: logger)
    }

    /// Who may have words of customers besides us: the receipt names them, and whoever removes a
    /// business tells them.
    private static let outside: [PurgeFacts.OutsideParty] = [
        .init(
            name: "WhatsApp (Meta)",
            note: "keeps messages for up to 30 days, and what stands on phones stays there"),
        .init(
            name: "the chat model's provider",
            note: "may keep requests for some time, by its own terms; ask it, if one is used"),
        .init(
            name: "the business's own model, tools and exports",
            note: "are the business's own: it decides"),
        .init(
            name: "copies of the data folder, the keys folder and the broker",
            note: "open nothing of it without a keys folder from before; destroy those"),
    ]
}
