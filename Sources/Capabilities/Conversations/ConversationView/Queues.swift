package import Conversation
import Endpoints
import NumberLimits
import RoutingRecords
package import SQLite
import Views

/// In which queue each conversation is, and who may see it there.
///
/// A tenant without queues shows everything to everybody. With queues, whoever does not supervise
/// sees what is in queues of their own, and what they have themselves. Whoever is limited to
/// business numbers sees nothing that was written to others, supervising or not.
extension ConversationView {
    static func follow(_ event: RoutingEvent, _ rows: Rows) throws(SQLiteError) {
        guard case .placed(let conversation, let queue) = event.change else { return }
        let all = ConversationRows(rows, of: event.tenant)
        let before = try all.circle(of: conversation)
        let (tenant, id) = (Value.text(event.tenant.rawValue), Value.text(conversation.rawValue))
        if let queue {
            try rows.change(
                "INSERT INTO places VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET queue = ?3",
                tenant, id, .text(queue.rawValue))
        } else {
            try rows.change(
                "DELETE FROM places WHERE tenant = ? AND conversation = ?", tenant, id)
        }
        guard let handoff = try openHandoff(conversation, of: event.tenant, rows) else { return }
        let now = try all.circle(of: conversation)
        if now.members != nil {
            // Whoever saw it where it was sees it no more.
            rows.announce(
                HandoffChanged(
                    tenant: event.tenant, change: .ended(conversation, by: nil),
                    audience: .allBut(now, of: before)))
        }
        rows.announce(
            HandoffChanged(
                tenant: event.tenant, change: .updated(try all.withLastSaid(handoff)),
                audience: now.isEverybody ? nil : .these(now)))
    }

    static func follow(_ event: RoutingSetting, _ rows: Rows) throws(SQLiteError) {
        let tenant = Value.text(event.tenant.rawValue)
        switch event.change {
        case .queueSaved(let queue):
            let id = Value.text(queue.id.rawValue)
            let before = try rows.all(
                "SELECT agent FROM teams WHERE tenant = ? AND queue = ?", tenant, id
            ) { $0.text(0) }
            let isKnown = try rows.first(
                "SELECT 1 FROM queues WHERE tenant = ? AND queue = ?", tenant, id
            ) { _ in true }
            let members = Set(queue.members.map(\.rawValue))
            guard isKnown != true || Set(before) != members else { return }
            try rows.change("INSERT INTO queues VALUES (?, ?) ON CONFLICT DO NOTHING", tenant, id)
            try rows.change("DELETE FROM teams WHERE tenant = ? AND queue = ?", tenant, id)
            for member in members {
                try rows.change("INSERT INTO teams VALUES (?, ?, ?)", tenant, id, .text(member))
            }
        case .queueRemoved(let queue):
            let id = Value.text(queue.rawValue)
            try rows.change("DELETE FROM queues WHERE tenant = ? AND queue = ?", tenant, id)
            try rows.change("DELETE FROM teams WHERE tenant = ? AND queue = ?", tenant, id)
        case .profileSaved: guard try NumberLimits.follow(event, rows) else { return }
        case .refused: return
        }
        rows.announce(QueuesChanged(tenant: event.tenant))
    }
}

/// Who may see what is another now: whoever watches begins anew.
package struct QueuesChanged: ViewChange {
    /// The business.
    package let tenant: TenantID
}

extension ConversationRows {
    /// What gives a conversation's number in SQL.
    private static let number = "coalesce(number, wrote_to)"

    /// In which queue a conversation is.
    func queue(of conversation: ConversationID) throws(SQLiteError) -> RecordID? {
        try rows.first(
            "SELECT queue FROM places WHERE tenant = ? AND conversation = ?",
            .text(tenant.rawValue), .text(conversation.rawValue)
        ) { RecordID($0.text(0)) }
    }

    /// Who may see a conversation.
    func circle(of conversation: ConversationID) throws(SQLiteError) -> Circle {
        let values: [Value] = [.text(tenant.rawValue), .text(conversation.rawValue)]
        let number =
            try rows.first(
                """
                SELECT \(Self.number) FROM conversations WHERE tenant = ? AND conversation = ?
                """, values[0], values[1]
            ) { $0.isNull(0) ? nil : BusinessNumberID($0.text(0)) } ?? nil
        let barred = try NumberLimits.barred(from: number, in: tenant, rows)
        let hasQueues = try rows.first(
            "SELECT 1 FROM queues WHERE tenant = ? LIMIT 1", values[0]
        ) { _ in true }
        guard hasQueues == true else { return Circle(barred: barred) }
        let members = try rows.all(
            """
            SELECT teams.agent FROM places JOIN teams ON teams.tenant = places.tenant
                AND teams.queue = places.queue
            WHERE places.tenant = ?1 AND places.conversation = ?2
            UNION SELECT holder FROM conversations
            WHERE tenant = ?1 AND conversation = ?2 AND status <> 'bot' AND holder IS NOT NULL
            """, values[0], values[1]
        ) { AgentID($0.text(0)) }
        return Circle(members: Set(members), barred: barred)
    }

    /// Whether whoever looks may see a conversation, of which nothing need be known.
    ///
    /// What the bot has is for everybody who may read and see the number.
    package func shows(_ conversation: ConversationID) throws(SQLiteError) -> Bool {
        guard viewer != nil else { return true }
        let visible = try visible()
        let found = try rows.all(
            "SELECT \(visible.sql) FROM conversations WHERE tenant = ? AND conversation = ?",
            with: visible.values + [.text(tenant.rawValue), .text(conversation.rawValue)]
        ) { $0.int64(0) != 0 }
        if let isShown = found.first { return isShown }
        // Nobody knows to which number it belongs.
        return try NumberLimits.numbers(of: viewer, in: tenant, rows) == nil
    }

    /// Whether an agent may see a conversation's number, where no role lets them see all.
    package func showsNumber(
        of conversation: ConversationID, to agent: AgentID
    ) throws(SQLiteError) -> Bool {
        try !circle(of: conversation).barred.contains(agent)
    }

    /// The condition of what whoever looks may see, and its values.
    func visible() throws(SQLiteError) -> (sql: String, values: [Value]) {
        guard let viewer else { return ("1", []) }
        var parts = ["1"]
        var values: [Value] = []
        if !viewer.supervises {
            parts.append(
                """
                (status = 'bot' OR holder IS ?
                    OR NOT EXISTS (SELECT 1 FROM queues
                        WHERE queues.tenant = conversations.tenant)
                    OR EXISTS (SELECT 1 FROM places JOIN teams ON teams.tenant = places.tenant
                        AND teams.queue = places.queue
                        WHERE places.tenant = conversations.tenant
                        AND places.conversation = conversations.conversation AND teams.agent = ?))
                """)
            values += [.text(viewer.agent.rawValue), .text(viewer.agent.rawValue)]
        }
        if let limit = try limit() {
            parts.append(limit.sql)
            values += limit.values
        }
        return (parts.joined(separator: " AND "), values)
    }

    /// The condition of the numbers that whoever looks may see; `nil` where they see all.
    func limit() throws(SQLiteError) -> (sql: String, values: [Value])? {
        try NumberLimits.condition(for: viewer, in: tenant, on: Self.number, rows)
    }
}
