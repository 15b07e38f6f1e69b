import Blobs
import Configuration
import Conversation
import Cryptography
import EventLog
import Foundation
import HTTPClient
import KnowledgeSearch
import LanguageModel
import PassageIndex
import Records
import StageRuntime
import Telemetry
import TenantDirectory
import TenantKeys
import Views

/// What one stage of a process has for itself.
struct StagePlace: Sendable {
    /// Stable over restarts and unique among the stage's replicas.
    let slot: String
    /// What this slot was at when the process before it ended; `nil` where that is not kept.
    let attempts: AttemptJournal?
    /// The stage's inputs and bounds, from the pipeline file.
    let inputs: [InputTopic]
    let settings: RunnerSettings
    /// What makes the stage.
    let designs: StageDesigns
    /// How many processes share the stage's work.
    let replicas: Int
}

/// What a process of the pipeline has at hand: opened once, passed to the wiring of each stage.
struct ProcessContext: Sendable {
    /// The addresses of the models; `nil` where there is none.
    struct Models: Sendable {
        /// The embedding server's base URL.
        var embeddingURL: String?
        /// The embedding model's name, as passages remember it.
        var embeddingModel: String
        /// The chat server's base URL.
        var chatURL: String?
        /// The chat model's name.
        var chatModel: String?
        /// The chat server's key.
        var chatKey: String?
        /// The server that writes down what is said in sounds.
        var transcription: PurposeServer?
        /// The server that puts passages in another order.
        var rerank: PurposeServer?
        /// The most tokens of a tenant and day; `nil` for as many as there are.
        var tokensPerDay: Int?

        /// A server for one purpose with its model.
        struct PurposeServer: Sendable {
            var url: String
            var model: String
            var key: String?
        }
    }

    let log: any EventLog
    let envelope: RecordEnvelope
    let tenants: TenantDirectory
    /// What keeps tenants from sending.
    let channels = ChannelTable()
    /// What models cost each tenant today.
    let tokens = TokenTable()
    let keys: KeyRingStore
    let tenantKeys: ProcessKeys
    let http: HTTPClient
    let models: Models
    /// How the model servers do.
    let modelHealth: ModelHealth
    let metrics: Metrics
    let logger: Logger
    /// Where tenants' URLs may lead.
    let addressRule: AddressRule
    /// Documents' bytes.
    let blobs: any BlobStore
    /// Keeps the views of this process.
    let views: ViewKeeping
    /// The folder in which children work that read documents.
    let scratchFolder: String
    /// The stage that is wired; each of a process has a place of its own.
    var place: StagePlace

    /// What makes the stage.
    var designs: StageDesigns { place.designs }

    /// The same, for another stage of the process.
    func at(_ place: StagePlace) -> ProcessContext {
        var context = self
        context.place = place
        return context
    }

    /// Wall-clock time, the only place where a process reads it.
    static func now() -> Timestamp { SystemClock.now() }

    /// A runner of a stage over this process's log.
    func runner<S: Stage>(
        _ stage: S, perform: @escaping StageRunner<S>.Perform
    ) -> StageRunner<S> {
        StageRunner(
            stage, reading: place.inputs, from: log, by: envelope, slot: place.slot,
            settings: place.settings, attempts: place.attempts, metrics: metrics, logger: logger,
            tenants: { [tenants, channels] in
                var settings = tenants.tenant($0)?.settings
                let now = Self.now()
                settings?.stops = channels.stops(of: $0).filter { $0.isCertain(at: now) }
                return settings
            }, now: Self.now, perform: perform)
    }

    /// Whether the keys of all tenants that this process knows are known, or known to be destroyed.
    var knowsKeys: Bool {
        guard tenantKeys.feed.isCaughtUp else { return false }
        let table = tenantKeys.table
        return (tenants.all.map(\.settings.tenant) + tenants.problems.keys).allSatisfy {
            // One whose key cannot be opened keeps nobody else waiting.
            table.hasKey($0) || table.isErased($0) || tenantKeys.feed.problem(of: $0) != nil
        }
    }

    /// The embedding server, if there is one.
    func embeddings(timeout: Duration) -> Embeddings? {
        models.embeddingURL.map { url in
            var configuration = Embeddings.Configuration(model: models.embeddingModel)
            configuration.timeout = timeout
            return Embeddings(
                LanguageModelEndpoint(baseURL: url), configuration, over: http,
                watchedBy: modelHealth)
        }
    }

    /// The passages of all tenants, none at first, and the search over them.
    func knowledgeSearch(in folder: DataFolder) -> KnowledgeSearch {
        KnowledgeSearch(
            embeddings: embeddings(timeout:), coefficients: answerCoefficients(),
            files: indexFiles(in: folder), reranking: reranking,
            logger: logger, now: Self.now)
    }

    /// The files of the indexes, which the processes of this machine share.
    private func indexFiles(in folder: DataFolder) -> IndexFiles {
        let (keys, feed) = (tenantKeys.table, tenantKeys.feed)
        let known = IndexKeys(keys)
        return IndexFiles(IndexFolder(path: folder.indexes)) { tenant in
            known.knowledge(of: tenant)
        } whenKeysAreKnown: {
            while !feed.isCaughtUp, !Task.isCancelled {
                // Cancelled: the loop ends.
                try? await Task.sleep(for: .milliseconds(10))
            }
        }
    }

    /// What puts passages in another order for those tenants that want it, if there is a server.
    private var reranking: KnowledgeSearch.Reranking? {
        models.rerank.map { server in
            KnowledgeSearch.Reranking(
                Reranker(
                    LanguageModelEndpoint(baseURL: server.url, key: server.key),
                    model: server.model, timeout: Self.rerankTime, over: http,
                    watchedBy: modelHealth)
            ) { [tenants] in tenants.tenant($0)?.settings.reranks == true }
        }
    }

    /// A customer waits for no better order longer than this.
    private static let rerankTime = Duration.milliseconds(800)

    /// What tells how likely a passage answers; without, nobody can tell.
    private func answerCoefficients() -> AnswerCoefficients? {
        let home = ProcessOptions.home(ProcessInfo.processInfo.environment)
        do {
            return try AnswerCoefficients(file: home + "/Pipelines/answerability.json")
        } catch {
            logger.warning("no probabilities of answers", [.error: .error(error)])
            return nil
        }
    }

    /// What keeps the table of those that cannot send.
    var channelFeed: TopicTable.Feed {
        TopicTable.Feed([.channels]) { [channels] value, _, _ in
            switch value {
            case .payload(let state as ChannelState): channels.put(state)
            case .tombstone(let key): channels.remove(TenantID(key))
            case .payload, .unknown, .erased: return
            }
        }
    }

    /// What keeps the tenant directory.
    var tenantFeed: TopicTable.Feed {
        TopicTable.Feed([.tenants]) { [tenants, logger] value, headers, _ in
            switch value {
            case .payload(let settings as TenantSettings): tenants.put(settings)
            case .tombstone(let key): tenants.remove(TenantID(key))
            case .payload, .unknown, .erased: return
            }
            if let problem = tenants.problems[headers.tenant] {
                logger.error(
                    "a tenant cannot be used",
                    [
                        .tenant: .identifier(headers.tenant),
                        .reason: .reason(problem),
                    ])
            }
        }
    }
}
