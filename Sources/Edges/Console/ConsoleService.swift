import AccountAccess
package import Blobs
package import Conversation
package import Cryptography
package import Endpoints
package import EventLog
package import HTTPServer
import Live
import NetworkAddress
package import Records
package import Telemetry
package import TenantDirectory
package import TenantKeys
package import Views

/// The console: HTTP API, agents' WebSockets and the first page, over views of its own.
///
/// Everything that it changes goes through the log, and is visible in its views before the
/// caller is answered.
package final class ConsoleService: Sendable {
    /// Searches a tenant's passages.
    package typealias Search = @Sendable (Wanted) async throws -> FoundPassages

    /// What passages are wanted.
    package struct Wanted: Hashable, Sendable {
        /// The business.
        package var tenant: TenantID
        /// The question.
        package var question: String
        /// The most that are wanted.
        package var limit: Int
        /// Only of these documents; `nil` for all, as the message path looks.
        package var within: Set<DocumentID>?

        /// Describes what is wanted.
        package init(
            tenant: TenantID, question: String, limit: Int, within: Set<DocumentID>? = nil
        ) {
            self.tenant = tenant
            self.question = question
            self.limit = limit
            self.within = within
        }
    }

    private let tenantTable: TopicTable
    private let context: ConsoleContext
    private let access: ConsoleAccess
    private let logger: Logger
    private let tenants: TenantRoutes
    private let documents: DocumentRoutes
    private let webPages: WebPageRoutes
    private let handoffs: HandoffRoutes
    private let conversations: ConversationRoutes
    private let links: LinkRoutes
    private let media: MediaRoutes
    private let status: StatusRoutes
    private let pages: PageFiles
    private let further: [Endpoint]
    private let edge: ConsoleEdge
    private let live: LiveEndpoints?

    /// Prepares the console; it answers 503 until ``run()`` has read the log.
    ///
    /// It follows the topic `tenants` into `tenants` itself: nobody else needs to. `blobs`
    /// keeps documents' bytes; `apiKey` opens the whole API; `keeper` makes tenants' keys.
    package init(
        log: any EventLog, envelope: RecordEnvelope, views: ViewKeeping,
        tenants: TenantDirectory, keys: KeyRingStore, keeper: KeyKeeper? = nil,
        appender: any EventLogAppender,
        blobs: any BlobStore, apiKey: String,
        search: @escaping Search, options: ConsoleOptions = ConsoleOptions(), metrics: Metrics,
        logger: Logger, now: @escaping @Sendable () -> Timestamp
    ) {
        let access = ConsoleAccess(
            key: APIKey(apiKey), hosts: options.hosts, tenants: tenants,
            accounts: options.accounts, now: now)
        let context = ConsoleContext(
            tenants: tenants, views: views,
            records: ConsoleRecords(appender: appender, envelope: envelope, now: now),
            options: options)
        let table = TopicTable(
            [.init([.tenants]) { value, headers, _ in context.apply(tenant: value, headers) }],
            in: log, reading: envelope, metrics: metrics, logger: logger)
        tenantTable = table
        self.context = context
        access.follow { Self.isReady(table, context) }
        access.tell { entry throws(Problem) in try await context.append(audit: entry) }
        self.access = access
        self.logger = logger
        self.tenants = TenantRoutes(context: context, keys: keys, keeper: keeper)
        documents = DocumentRoutes(
            context: context, blobs: blobs, search: search)
        webPages = WebPageRoutes(
            context: context, documents: documents, crawl: options.crawl)
        handoffs = HandoffRoutes(context: context, access: access, metrics: metrics, logger: logger)
        conversations = ConversationRoutes(context: context)
        links = LinkRoutes(context: context)
        media = MediaRoutes(context: context, blobs: blobs)
        status = StatusRoutes(context: context, log: log)
        pages = options.pages
        further = options.endpoints
        edge = ConsoleEdge(
            gate: RateGate(options.limits), store: options.idempotency,
            address: { request in await Self.address(of: request, options) },
            logger: logger, now: now)
        live = options.live.map { LiveEndpoints($0, access, from: access.source) }
    }

    /// Where a request came from: by the installation's settings, where there are any.
    private static func address(
        of request: HTTPRequest, _ options: ConsoleOptions
    ) async -> IPAddress? {
        guard let accounts = options.accounts else {
            return options.proxies().client(of: request)?.address
        }
        do throws(Problem) {
            return try await accounts.client(of: request)?.address
        } catch {
            // While settings are read nobody's word about addresses counts.
            return TrustedProxies([]).client(of: request)?.address
        }
    }

    /// All endpoints, with their document.
    package var endpoints: EndpointList {
        EndpointList(
            "Parley", document: "/api/v1/openapi.json", problems: ConsoleAccess.problems,
            status.endpoints + tenants.endpoints + documents.endpoints + webPages.endpoints
                + handoffs.endpoints
                + conversations.endpoints + links.endpoints + media.endpoints
                + (live?.endpoints ?? []) + further)
    }

    /// What answers requests: the endpoints and the pages.
    package func router() -> Router {
        var router = Router(from: access.source) { [logger] error, _ in
            logger.error("a request failed for a reason of ours", [.error: .error(error)])
        }
        endpoints.add(to: &router, Authorizer(access), within: edge)
        pages.add(to: &router)
        return router
    }

    /// Whether tenants and views show all that stood in the log when they began to read.
    package var isReady: Bool { Self.isReady(tenantTable, context) }

    private static func isReady(_ tenants: TopicTable, _ context: ConsoleContext) -> Bool {
        tenants.isCaughtUp && context.documents.isCaughtUp && context.conversations.isCaughtUp
    }

    /// Waits until ``isReady``, or until the caller is cancelled.
    package func waitUntilReady() async throws {
        try await tenantTable.waitUntilCaughtUp()
        try await context.documents.waitUntilCaughtUp()
        try await context.conversations.waitUntilCaughtUp()
    }

    /// Follows the topics until cancelled.
    ///
    /// - Throws: `.permanent` if a topic is missing or the log is broken.
    package func run() async throws(EventLogError) {
        let (table, context, logger) = (tenantTable, context, logger)
        let failure = await withTaskGroup(of: EventLogError?.self) { group in
            group.addTask {
                do throws(EventLogError) { try await table.run() } catch { return error }
                return nil
            }
            for view in [context.documents, context.conversations] {
                group.addTask {
                    do throws(EventLogError) { try await view.run() } catch { return error }
                    return nil
                }
            }
            group.addTask {
                await context.forgetOldMessages()
                return nil
            }
            if let routing = context.options.routing {
                group.addTask {
                    await routing.compare(by: context.records)
                    return nil
                }
            }
            group.addTask {
                await context.hub.run()
                return nil
            }
            group.addTask {
                await context.placing.run(
                    context.conversations, context.records, logger: logger)
                return nil
            }
            // One that ends ends the others.
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
        if let failure { throw failure }
    }
}
