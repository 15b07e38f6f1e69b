package import Conversation
import ConversationView
import DocumentView
import Endpoints
import EventLog
import HTTPServer
package import JSON
import SQLite
import TenantDirectory

/// The numbers on the first page.
struct StatusRoutes: Sendable {
    let context: ConsoleContext
    let log: any EventLog

    /// The endpoints.
    var endpoints: [Endpoint] {
        [
            .installation(
                .at(
                    .get, "/api/v1/status", "status",
                    "Tells what waits in each business and how far each stage is behind."),
                may: .readStatus, .init(gives: Reply<ConsoleStatus>.self, problems: [.log])
            ) { Reply(try await status($0.scope)) }
        ]
    }

    private func status(_ scope: InstallationScope) async throws -> ConsoleStatus {
        let all = context.tenants.all
        let scopes = all.map { scope.scope(of: $0.settings.tenant) }
        let open = try await context.conversations.answer { rows throws(SQLiteError) in
            try scopes.map { scope throws(SQLiteError) in
                try ConversationRows(rows, of: scope).counts()
            }
        }
        let documents = try await context.documents.answer { rows throws(SQLiteError) in
            try scopes.map { scope throws(SQLiteError) in
                try DocumentRows(rows, of: scope).count()
            }
        }
        let tenants = all.indices.map { index in
            ConsoleStatus.TenantCounts(
                id: all[index].settings.tenant, name: all[index].settings.name,
                queued: open[index].queued, claimed: open[index].claimed,
                documents: documents[index],
                stops: context.stops(of: all[index].settings.tenant))
        }
        return ConsoleStatus(
            tenants: tenants, agents: context.hub.seatCount, stages: try await stages(),
            links: context.options.links())
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
            throw Problem(.log, error.description)
        }
    }
}

extension InstallationPermission {
    static let readStatus = Self("status:read")
}

extension Problem.Kind {
    static let log = Self(503, "log")
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
        /// What keeps it from sending over WhatsApp.
        package var stops: [ChannelStopListing]?
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

extension ConsoleStatus: Described {
    package static let schema = JSONSchema.object(
        [
            .required("tenants", .list(tenant, "The tenants, by id.")),
            .required("agents", .count("Agents' sockets that are open.")),
            .required("stages", .list(stage, "The stages, by name.")),
            .required("links", .list(link, "Where to go on.")),
        ], named: "Status")

    private static let tenant = JSONSchema.object([
        .required("id", .text("The tenant.")),
        .required("name", .text("The business's name.")),
        .required("queued", .count("Handoffs that wait.")),
        .required("claimed", .count("Handoffs that an agent has.")),
        .required("documents", .count("Documents.")),
        .optional(
            "stops",
            .list(ChannelStopListing.schema, "What keeps it from sending over WhatsApp.")),
    ])
    private static let stage = JSONSchema.object([
        .required("name", .text("The consumer group's name.")),
        .required("lag", .count("Records that it has not read yet.")),
    ])
    private static let link = JSONSchema.object([
        .required("name", .text("What it leads to.")),
        .required("url", .text("Where it leads.")),
    ])
}
