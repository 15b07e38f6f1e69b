import Conversation
import EventLog
import HTTPServer
import Ingester

/// Wires the webhook to the log: an HTTP server that is ready once it knows the tenants.
func ingesterServer(
    _ process: ProcessContext, knowing book: IdentityBook,
    when isReady: @escaping @Sendable () -> Bool, host: String, port: Int
) async throws(EventLogError) -> HTTPServer {
    let appender = try await process.log.openAppender()
    let route = WebhookRoute(
        tenants: process.tenants, keys: process.tenantKeys.table, appender: appender,
        envelope: process.envelope, knowing: book, when: isReady,
        largestRecord: process.log.largestRecord, metrics: process.metrics, logger: process.logger,
        now: ProcessContext.now)
    var router = Router()
    route.add(to: &router)
    return HTTPServer(configuration: .init(host: host, port: port), router: router)
}
