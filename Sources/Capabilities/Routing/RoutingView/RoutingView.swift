package import Conversation
package import Endpoints
import Records
package import RoutingRecords
package import SQLite
package import Views

/// Each tenant's queues and agents, and what is offered to whom.
package enum RoutingView {
    /// The view.
    package static let view = View(
        "routing", of: [.routingSettings, .routingEvents],
        reading: [RoutingSetting.self, RoutingEvent.self], schema: schema, apply: apply)

    /// How long an answer is kept for a client that asks again, in milliseconds: as long as the
    /// stage knows a command that is repeated.
    private static let answersKept: Int64 = 24 * 60 * 60 * 1_000

    private static let schema = """
        CREATE TABLE queues (
            tenant TEXT NOT NULL, id TEXT NOT NULL, priority INTEGER NOT NULL,
            name TEXT NOT NULL, queue TEXT NOT NULL, PRIMARY KEY (tenant, id)
        ) WITHOUT ROWID;
        CREATE TABLE profiles (
            tenant TEXT NOT NULL, agent TEXT NOT NULL, profile TEXT NOT NULL,
            PRIMARY KEY (tenant, agent)
        ) WITHOUT ROWID;
        CREATE TABLE agents (
            tenant TEXT NOT NULL, agent TEXT NOT NULL, standing TEXT NOT NULL,
            is_reachable INTEGER NOT NULL, PRIMARY KEY (tenant, agent)
        ) WITHOUT ROWID;
        CREATE TABLE offers (
            tenant TEXT NOT NULL, id TEXT NOT NULL, agent TEXT NOT NULL, offer TEXT NOT NULL,
            PRIMARY KEY (tenant, id)
        ) WITHOUT ROWID;
        CREATE INDEX offers_by_agent ON offers (tenant, agent);
        CREATE TABLE answers (
            tenant TEXT NOT NULL, reference TEXT NOT NULL, at INTEGER NOT NULL,
            event TEXT NOT NULL, PRIMARY KEY (tenant, reference)
        ) WITHOUT ROWID;
        CREATE INDEX answers_by_time ON answers (at);
        """

    @Sendable private static func apply(
        _ record: DecodedRecord, _ rows: Rows
    ) throws(SQLiteError) {
        switch record.payload {
        case let event as RoutingSetting:
            try follow(event, .text(event.tenant.rawValue), rows)
            if let answer = Answered(event, to: event.reference) { rows.announce(answer) }
        case let event as RoutingEvent:
            try follow(event, .text(event.tenant.rawValue), rows)
            rows.announce(RoutingChanged(event: event))
            guard let answer = Answered(event, to: event.reference) else { return }
            try rows.change("DELETE FROM answers WHERE at < ?", .integer(oldest(event)))
            try rows.change(
                "INSERT INTO answers VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                .text(event.tenant.rawValue), .text(answer.reference),
                .integer(event.at.milliseconds), .text(StoredJSON.text(event) ?? "{}"))
            rows.announce(answer)
        default: break
        }
    }

    private static func oldest(_ event: RoutingEvent) -> Int64 {
        event.at.milliseconds - answersKept
    }

    private static func follow(
        _ event: RoutingSetting, _ tenant: Value, _ rows: Rows
    ) throws(SQLiteError) {
        switch event.change {
        case .queueSaved(let queue):
            try rows.change(
                """
                INSERT INTO queues VALUES (?1, ?2, ?3, ?4, ?5)
                ON CONFLICT DO UPDATE SET priority = ?3, name = ?4, queue = ?5
                """, tenant, .text(queue.id.rawValue), .integer(Int64(queue.priority)),
                .text(queue.name), .text(StoredJSON.text(queue) ?? "{}"))
        case .queueRemoved(let id):
            try rows.change(
                "DELETE FROM queues WHERE tenant = ? AND id = ?", tenant, .text(id.rawValue))
        case .profileSaved(let profile):
            try rows.change(
                "INSERT INTO profiles VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET profile = ?3",
                tenant, .text(profile.agent.rawValue), .text(StoredJSON.text(profile) ?? "{}"))
        case .refused: break
        }
    }

    private static func follow(
        _ event: RoutingEvent, _ tenant: Value, _ rows: Rows
    ) throws(SQLiteError) {
        switch event.change {
        case .offered(let offer):
            try rows.change(
                "INSERT INTO offers VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", tenant,
                .text(offer.id.rawValue), .text(offer.agent.rawValue),
                .text(StoredJSON.text(offer) ?? "{}"))
        case .offerEnded(let offer, _):
            try rows.change(
                "DELETE FROM offers WHERE tenant = ? AND id = ?", tenant, .text(offer.id.rawValue))
        case .agent(let standing):
            try rows.change(
                """
                INSERT INTO agents VALUES (?1, ?2, ?3, ?4)
                ON CONFLICT DO UPDATE SET standing = ?3, is_reachable = ?4
                """, tenant, .text(standing.agent.rawValue),
                .text(StoredJSON.text(standing) ?? "{}"), .integer(standing.isReachable ? 1 : 0))
        case .placed, .alerted, .done, .refused: break
        }
    }
}

/// Something happened that agents' sockets may tell of.
package struct RoutingChanged: ViewChange {
    /// What happened.
    package let event: RoutingEvent
}

/// One tenant's routing.
package struct RoutingRows {
    private let rows: Rows
    private let tenant: Value

    /// Looks at the routing of a tenant.
    package init(_ rows: Rows, of scope: TenantScope) {
        self.rows = rows
        tenant = .text(scope.tenant.rawValue)
    }

    /// The queues in the order in which they are served.
    package func queues() throws(SQLiteError) -> [RoutingQueue] {
        try rows.all(
            "SELECT queue FROM queues WHERE tenant = ? ORDER BY priority, name, id", tenant
        ) { StoredJSON.value(RoutingQueue.self, $0, 0) }.compactMap(\.self)
    }

    /// What agents can do, as far as it was said.
    package func profiles() throws(SQLiteError) -> [AgentProfile] {
        try rows.all(
            "SELECT profile FROM profiles WHERE tenant = ? ORDER BY agent", tenant
        ) { StoredJSON.value(AgentProfile.self, $0, 0) }.compactMap(\.self)
    }

    /// How agents stand who were ever here.
    package func agents() throws(SQLiteError) -> [AgentStanding] {
        try rows.all(
            "SELECT standing FROM agents WHERE tenant = ? ORDER BY agent", tenant
        ) { StoredJSON.value(AgentStanding.self, $0, 0) }.compactMap(\.self)
    }

    /// How an agent stands; `nil` for one who was never here.
    package func agent(_ agent: AgentID) throws(SQLiteError) -> AgentStanding? {
        try rows.first(
            "SELECT standing FROM agents WHERE tenant = ? AND agent = ?", tenant,
            .text(agent.rawValue)
        ) { StoredJSON.value(AgentStanding.self, $0, 0) } ?? nil
    }

    /// What is offered to an agent now.
    package func offers(to agent: AgentID) throws(SQLiteError) -> [RoutingOffer] {
        try rows.all(
            "SELECT offer FROM offers WHERE tenant = ? AND agent = ? ORDER BY id", tenant,
            .text(agent.rawValue)
        ) { StoredJSON.value(RoutingOffer.self, $0, 0) }.compactMap(\.self)
    }

    /// What became of a command that was given before.
    package func answer(to reference: String) throws(SQLiteError) -> RoutingEvent? {
        try rows.first(
            "SELECT event FROM answers WHERE tenant = ? AND reference = ?", tenant,
            .text(reference)
        ) { StoredJSON.value(RoutingEvent.self, $0, 0) } ?? nil
    }
}

extension RoutingView {
    /// The agents of all tenants who count as there.
    package static func reachable(
        _ rows: Rows
    ) throws(SQLiteError) -> [(tenant: TenantID, agent: AgentID)] {
        try rows.all("SELECT tenant, agent FROM agents WHERE is_reachable = 1") {
            (TenantID($0.text(0)), AgentID($0.text(1)))
        }
    }
}
