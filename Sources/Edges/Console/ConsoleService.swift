package import Blobs
package import Conversation
package import Cryptography
package import Endpoints
package import EventLog
package import HTTPServer
package import Records
package import Telemetry
package import TenantDirectory

/// The console: HTTP API, agents' WebSockets and the first page, over tables of its own.
///
/// Everything that it changes goes through the log, and is visible in its tables before the
/// caller is answered.
package final class ConsoleService: Sendable {
    /// Searches a tenant's passages: question, and the most that are wanted.
    package typealias Search = @Sendable (TenantID, String, Int) async throws -> [RankedPassage]

    private let table: TopicTable
    private let access: ConsoleAccess
    private let logger: Logger
    private let tenants: TenantRoutes
    private let documents: DocumentRoutes
    private let handoffs: HandoffRoutes
    private let status: StatusRoutes
    private let pages: PageFiles
    private let further: [Endpoint]

    /// Prepares the console; it answers 503 until ``run()`` has read the log.
    ///
    /// It follows the topic `tenants` into `tenants` itself: nobody else needs to. `blobs`
    /// keeps documents' bytes; `apiKey` opens the whole API.
    package init(
        log: any EventLog, envelope: RecordEnvelope, tenants: TenantDirectory, keys: KeyRingStore,
        appender: any EventLogAppender, blobs: any BlobStore, apiKey: String,
        search: @escaping Search, options: ConsoleOptions = ConsoleOptions(), metrics: Metrics,
        logger: Logger, now: @escaping @Sendable () -> Timestamp
    ) {
        let access = ConsoleAccess(
            key: APIKey(apiKey), hosts: options.hosts, tenants: tenants, now: now)
        let desk = ConsoleDesk(
            tenants: tenants,
            records: ConsoleRecords(appender: appender, envelope: envelope, now: now),
            options: options)
        let feeds = ConsoleDesk.topics.map { topic in
            TopicTable.Feed([topic]) { value, headers, _ in
                desk.apply(value, headers, in: topic)
            }
        }
        let table = TopicTable(
            feeds, in: log, reading: envelope, metrics: metrics, logger: logger)
        access.follow(table)
        self.table = table
        self.access = access
        self.logger = logger
        self.tenants = TenantRoutes(desk: desk, keys: keys)
        documents = DocumentRoutes(
            desk: desk, blobs: blobs, search: search)
        handoffs = HandoffRoutes(desk: desk, access: access, metrics: metrics, logger: logger)
        status = StatusRoutes(desk: desk, log: log)
        pages = options.pages
        further = options.endpoints
    }

    /// All endpoints, with their document.
    package var endpoints: EndpointList {
        EndpointList(
            "Parley", document: "/api/v1/openapi.json", problems: ConsoleAccess.problems,
            status.endpoints + tenants.endpoints + documents.endpoints + handoffs.endpoints
                + further)
    }

    /// What answers requests: the endpoints and the pages.
    package func router() -> Router {
        var router = Router(from: access.source) { [logger] error, _ in
            logger.error("a request failed for a reason of ours", [.error: .error(error)])
        }
        endpoints.add(to: &router, Authorizer(access))
        pages.add(to: &router)
        return router
    }

    /// Whether the tables hold all that stood in the log when they began to read.
    package var isReady: Bool { table.isCaughtUp }

    /// Waits until ``isReady``, or until the caller is cancelled.
    package func waitUntilReady() async throws { try await table.waitUntilCaughtUp() }

    /// Follows the topics until cancelled.
    ///
    /// - Throws: `.permanent` if a topic is missing or the log is broken.
    package func run() async throws(EventLogError) { try await table.run() }
}
