package import Conversation
package import Endpoints
import JSON
import Synchronization

/// The open sockets of agents, for what stands beside the console: who is here, and a way to tell
/// them something.
package final class AgentSeats: Sendable {
    private let hub = Mutex<AgentHub?>(nil)

    /// Nobody is here before the console is.
    package init() {}

    /// The console's hub, which stands from now on.
    func open(_ hub: AgentHub) { self.hub.withLock { $0 = hub } }

    /// The agents of a tenant whose sockets are open, by their ids.
    package func agents(of tenant: TenantID) -> [AgentID: String] {
        hub.withLock(\.self)?.agents(of: tenant) ?? [:]
    }

    /// Tells those of a tenant's agents who may know it how a conversation's clocks stand.
    package func tell(_ news: ClockNews, of tenant: TenantID, heardBy audience: Audience?) {
        hub.withLock(\.self)?.tell(
            .clockChanged(news), of: tenant,
            heardBy: audience.map { AgentFeed.Hearers.those($0) } ?? .everybody)
    }
}

/// How the clocks of a conversation stand; none, once its case is closed.
package struct ClockNews: Hashable, Sendable, Codable {
    /// One clock.
    package struct Face: Hashable, Sendable, Codable {
        /// What it measures.
        package var clock: ServiceLevels.Promise
        /// Since when.
        package var startedAt: Timestamp
        /// Whether it runs; else it is the customer's turn.
        package var isRunning: Bool
        /// When the promise runs out, if something is promised.
        package var due: Timestamp?
        /// How late it is: `fine`, `warned` or `breached`.
        package var level: String

        /// Describes a clock.
        package init(
            clock: ServiceLevels.Promise, startedAt: Timestamp, isRunning: Bool, due: Timestamp?,
            level: String
        ) {
            self.clock = clock
            self.startedAt = startedAt
            self.isRunning = isRunning
            self.due = due
            self.level = level
        }
    }

    /// The conversation.
    package var conversation: ConversationID
    /// Its clocks.
    package var clocks: [Face]

    /// Describes how they stand.
    package init(conversation: ConversationID, clocks: [Face]) {
        self.conversation = conversation
        self.clocks = clocks
    }

    static let faces = JSONSchema.list(
        .object(
            [
                .required(
                    "clock",
                    .words(ServiceLevels.Promise.allCases.map(\.rawValue), "What it measures.")),
                .required("startedAt", .time("Since when.")),
                .required("isRunning", .boolean("Whether it runs.")),
                .optional("due", .time("When the promise runs out.")),
                .required("level", .words(["fine", "warned", "breached"], "How late it is.")),
            ]), "Its clocks; none, once its case is closed.")
}
