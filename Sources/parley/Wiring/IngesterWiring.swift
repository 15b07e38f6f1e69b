import Conversation
import EventLog
import HTTPServer
import Ingester

/// Wires the webhook to the log: an HTTP server that is ready once it knows the tenants.
func ingesterServer(
    _ process: ProcessContext, knowing book: IdentityBook,
    when isReady: @escaping @Sendable () -> Bool, host: String, port: Int
) async throws(EventLogError) -> HTTPServer {
    // Where nothing has been said yet, nothing is said without a sighting; where something has, the
    // sightings tell.
    let described = try await process.log.describeTopics()
    let inbound = described.first { $0.name == Topic.messagesInbound.rawValue }
    if let inbound, inbound.partitions.allSatisfy({ $0.high == 0 }) { book.noteNothingSaid() }
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
