package import Conversation
package import Endpoints
import NumberLimits
import Records
import RoutingRecords
package import SQLite
package import ServiceLevelRecords
package import Views

/// How cases stand with their clocks, and what was measured of those before.
package enum ServiceLevelView {
    /// The room in which pages hear of changes.
    package static let room = "levels"

    /// The view.
    package static let view = View(
        "levels", of: [.serviceLevels, .routingSettings],
        reading: [ServiceLevelEvent.self, RoutingSetting.self],
        schema: schema + NumberLimits.schema, apply: apply)

    private static let schema = """
        CREATE TABLE cases (
            tenant TEXT NOT NULL, conversation TEXT NOT NULL, standing TEXT NOT NULL,
            due INTEGER, is_breached INTEGER NOT NULL, waiting_since INTEGER,
            unanswered_since INTEGER, quiet_since INTEGER NOT NULL, lost INTEGER NOT NULL,
            holder TEXT, holder_name TEXT, number TEXT, PRIMARY KEY (tenant, conversation)
        ) WITHOUT ROWID;
        CREATE INDEX cases_by_due ON cases (tenant, is_breached, due);
        CREATE TABLE results (
            tenant TEXT NOT NULL, ended INTEGER NOT NULL, conversation TEXT NOT NULL,
            epoch INTEGER NOT NULL, measure TEXT NOT NULL, result TEXT NOT NULL, number TEXT
        );
        CREATE INDEX results_by_end ON results (tenant, ended);
        """

    @Sendable private static func apply(
        _ record: DecodedRecord, _ rows: Rows
    ) throws(SQLiteError) {
        if let setting = record.payload as? RoutingSetting {
            _ = try NumberLimits.follow(setting, rows)
        }
        guard let event = record.payload as? ServiceLevelEvent else { return }
        let (tenant, conversation): (Value, Value) = (
            .text(event.tenant.rawValue), .text(event.conversation.rawValue)
        )
        let number = Value.text(orNull: event.number?.rawValue)
        if let standing = event.standing {
            try rows.change(
                "INSERT OR REPLACE INTO cases VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", tenant,
                conversation, .text(StoredJSON.text(standing) ?? "{}"), .moment(standing.due),
                .integer(standing.isBreached ? 1 : 0), .moment(standing.waitingSince),
                .moment(standing.unansweredSince), .moment(standing.quietSince),
                .integer(Int64(standing.lost)), standing.holder.map { .text($0.rawValue) } ?? .null,
                standing.holderName.map { .text($0) } ?? .null, number)
        } else {
            try rows.change(
                "DELETE FROM cases WHERE tenant = ? AND conversation = ?", tenant, conversation)
        }
        for result in event.results {
            try rows.change(
                "INSERT INTO results VALUES (?, ?, ?, ?, ?, ?, ?)", tenant,
                .moment(result.endedAt), conversation, .integer(Int64(event.epoch)),
                .text(result.measure.rawValue), .text(StoredJSON.text(result) ?? "{}"),
                number)
        }
        let circle = Circle(
            barred: try NumberLimits.barred(from: event.number, in: event.tenant, rows))
        rows.announce(ClocksChanged(event, heardBy: circle.isEverybody ? nil : .these(circle)))
    }
}

/// A case's clocks are other than before, or it is closed.
package struct ClocksChanged: ViewChange, Hashable {
    /// The business.
    package let tenant: TenantID
    /// The conversation.
    package let conversation: ConversationID
    /// How it stands; `nil` once it is closed.
    package let standing: CaseStanding?
    /// Who of the team may hear of it; `nil` for everybody.
    package let audience: Audience?

    init(_ event: ServiceLevelEvent, heardBy audience: Audience?) {
        self.audience = audience
        tenant = event.tenant
        conversation = event.conversation
        standing = event.standing
    }
}

extension Value {
    fileprivate static func moment(_ moment: Timestamp?) -> Value {
        moment.map { .integer($0.milliseconds) } ?? .null
    }
}

/// One tenant's cases.
package struct ServiceLevelRows {
    /// A case with its conversation.
    package typealias Case = (conversation: ConversationID, standing: CaseStanding)

    /// What is to be looked at, among all open cases.
    package struct Counts: Hashable, Sendable {
        /// In the queue.
        package var waiting = 0
        /// With somebody.
        package var held = 0
        /// Customers whose last word nobody answered.
        package var unanswered = 0
        /// Cases of which a promise was missed, while it is the business's turn.
        package var breached = 0
        /// Since when whoever waits longest is in the queue.
        package var longestWait: Timestamp?
        /// When the oldest message was written that nobody answered.
        package var oldestUnanswered: Timestamp?

        /// Nothing.
        package init() {}

        fileprivate init(_ row: Statement) {
            waiting = Int(row.int64(0))
            held = Int(row.int64(1))
            unanswered = Int(row.int64(2))
            breached = Int(row.int64(3))
            longestWait = row.moment(4)
            oldestUnanswered = row.moment(5)
        }
    }

    /// What somebody has.
    package struct Load: Hashable, Sendable {
        /// Who.
        package var agent: AgentID
        /// What they are called.
        package var name: String
        /// How many conversations.
        package var conversations: Int
        /// How many of these are late.
        package var breached: Int
        /// When the oldest message was written that they did not answer.
        package var oldestUnanswered: Timestamp?
    }

    private let rows: Rows
    private let scope: TenantScope
    private var tenant: Value { .text(scope.tenant.rawValue) }

    /// Looks at the cases of a tenant, as far as whoever looks may see the numbers.
    package init(_ rows: Rows, of scope: TenantScope) {
        self.rows = rows
        self.scope = scope
    }

    /// The condition of what whoever looks may see, and its values.
    private func visible() throws(SQLiteError) -> (sql: String, values: [Value]) {
        try NumberLimits.condition(for: scope.viewer, in: scope.tenant, on: "number", rows)
            ?? ("1", [])
    }

    /// What there is to be looked at.
    package func counts() throws(SQLiteError) -> Counts {
        let visible = try visible()
        return try rows.all(
            """
            SELECT count(waiting_since), count(holder), count(unanswered_since),
                coalesce(sum(is_breached), 0), min(waiting_since), min(unanswered_since)
            FROM cases WHERE tenant = ? AND \(visible.sql)
            """, with: [tenant] + visible.values
        ) { Counts($0) }.first ?? Counts()
    }

    /// How many promises run out until then and are not missed yet.
    package func due(until moment: Timestamp) throws(SQLiteError) -> Int {
        let visible = try visible()
        return try rows.number(
            """
            SELECT count(*) FROM cases
            WHERE tenant = ? AND is_breached = 0 AND due <= ? AND \(visible.sql)
            """, with: [tenant, .moment(moment)] + visible.values)
    }

    /// Those that are to be looked at first: what is late, what is due, what nobody answered.
    package func urgent(atMost limit: Int) throws(SQLiteError) -> [Case] {
        let visible = try visible()
        return try rows.all(
            """
            SELECT conversation, standing FROM cases WHERE tenant = ? AND \(visible.sql)
            ORDER BY is_breached DESC, due IS NULL, due, unanswered_since IS NULL,
                unanswered_since, conversation
            LIMIT \(limit)
            """, with: [tenant] + visible.values
        ) { row in
            StoredJSON.value(CaseStanding.self, row, 1).map { (ConversationID(row.text(0)), $0) }
        }.compactMap(\.self)
    }

    /// Those that stand still: messages that did not arrive, and customers whom whoever has them
    /// did not answer since that moment.
    package func stuck(quietSince moment: Timestamp, atMost limit: Int) throws(SQLiteError)
        -> [Case]
    {
        let visible = try visible()
        return try rows.all(
            """
            SELECT conversation, standing FROM cases
            WHERE tenant = ? AND (lost > 0
                OR (holder IS NOT NULL AND unanswered_since IS NOT NULL AND quiet_since <= ?))
                AND \(visible.sql)
            ORDER BY lost = 0, quiet_since, conversation LIMIT \(limit)
            """, with: [tenant, .moment(moment)] + visible.values
        ) { row in
            StoredJSON.value(CaseStanding.self, row, 1).map { (ConversationID(row.text(0)), $0) }
        }.compactMap(\.self)
    }

    /// Who has how many.
    package func loads() throws(SQLiteError) -> [Load] {
        let visible = try visible()
        return try rows.all(
            """
            SELECT holder, max(holder_name), count(*), sum(is_breached), min(unanswered_since)
            FROM cases WHERE tenant = ? AND holder IS NOT NULL AND \(visible.sql)
            GROUP BY holder ORDER BY 2, 1
            """, with: [tenant] + visible.values
        ) { row in
            Load(
                agent: AgentID(row.text(0)), name: row.text(1), conversations: Int(row.int64(2)),
                breached: Int(row.int64(3)), oldestUnanswered: row.moment(4))
        }
    }

    /// What was measured of what ended from a moment until before another.
    package func results(
        from: Timestamp, to: Timestamp, _ take: (ConversationID, ClockResult) -> Void
    ) throws(SQLiteError) {
        let visible = try visible()
        _ = try rows.all(
            """
            SELECT conversation, result FROM results
            WHERE tenant = ? AND ended >= ? AND ended < ? AND \(visible.sql)
            ORDER BY ended, rowid
            """, with: [tenant, .moment(from), .moment(to)] + visible.values
        ) { row in
            if let result = StoredJSON.value(ClockResult.self, row, 1) {
                take(ConversationID(row.text(0)), result)
            }
        }
    }
}

extension Statement {
    fileprivate func moment(_ column: Int32) -> Timestamp? {
        isNull(column) ? nil : Timestamp(milliseconds: int64(column))
    }
}
