package import Conversation
import EventLog
import HTTPServer
import TenantDirectory

/// The first page, and the numbers on it.
struct StatusRoutes: Sendable {
    let desk: ConsoleDesk
    let log: any EventLog

    /// Nothing from elsewhere, no inline script, no frame around the page.
    private static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        + "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    /// Adds the routes to a router.
    func add(to router: inout Router) {
        for (path, type, text) in [
            ("/", "text/html", FirstPage.html), ("/console.css", "text/css", FirstPage.style),
            ("/console.js", "text/javascript", FirstPage.script),
        ] {
            router.on(.get, path) { request, _ in
                try desk.access.checkSource(request)
                return Self.file(type, text)
            }
        }
        desk.add(.get, "/api/status", to: &router) { _, _ in try .value(try await status()) }
    }

    private static func file(_ type: String, _ text: String) -> HTTPResponse {
        HTTPResponse(
            status: 200,
            headers: [
                ("Content-Type", "\(type); charset=utf-8"), ("Cache-Control", "no-cache"),
                ("Content-Security-Policy", policy), ("X-Content-Type-Options", "nosniff"),
                ("Referrer-Policy", "no-referrer"),
            ],
            body: Array(text.utf8))
    }

    private func status() async throws -> ConsoleStatus {
        let tenants = desk.tenants.all.map { tenant in
            let id = tenant.settings.tenant
            let counts = desk.hub.view { $0.counts(of: id) }
            return ConsoleStatus.TenantCounts(
                id: id, name: tenant.settings.name, queued: counts.queued,
                claimed: counts.claimed, documents: desk.documents.listings(of: id).count)
        }
        return ConsoleStatus(
            tenants: tenants, agents: desk.hub.seatCount, stages: try await stages(),
            links: desk.options.links())
    }

    /// How far each consumer group is behind the topics that it has read from.
    private func stages() async throws -> [ConsoleStatus.Stage] {
        do throws(EventLogError) {
            var ends: [TopicPartition: Int64] = [:]
            for topic in try await log.describeTopics() {
                for (number, range) in topic.partitions.enumerated() {
                    ends[TopicPartition(topic.name, Int32(number))] = range.high
                }
            }
            return try await log.groupPositions().map { name, positions in
                let lag = positions.reduce(Int64(0)) { sum, position in
                    sum + max(0, (ends[position.key] ?? position.value) - position.value)
                }
                return ConsoleStatus.Stage(name: name, lag: lag)
            }.sorted { $0.name < $1.name }
        } catch {
            throw HTTPError(503, code: "log", message: error.description)
        }
    }
}

/// The numbers on the first page.
package struct ConsoleStatus: Hashable, Sendable, Codable {
    /// A tenant's numbers.
    package struct TenantCounts: Hashable, Sendable, Codable {
        /// The tenant.
        package var id: TenantID
        /// The business's name.
        package var name: String
        /// Handoffs that wait.
        package var queued: Int
        /// Handoffs that an agent has.
        package var claimed: Int
        /// Documents.
        package var documents: Int
    }

    /// A stage that has read something.
    package struct Stage: Hashable, Sendable, Codable {
        /// The consumer group's name.
        package var name: String
        /// Records that it has not read yet.
        package var lag: Int64
    }

    /// The tenants, by id.
    package var tenants: [TenantCounts]
    /// Agents' sockets that are open.
    package var agents: Int
    /// The stages, by name.
    package var stages: [Stage]
    /// Where to go on.
    package var links: [ConsoleOptions.Link]
}
