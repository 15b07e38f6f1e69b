package import Conversation
import RoutingRecords
package import SQLite
import Views

/// In which queue each conversation is, and who may see it there.
///
/// A tenant without queues shows everything to everybody. With queues, whoever does not supervise
/// sees what is in queues of their own, and what they have themselves.
extension ConversationView {
    static func follow(_ event: RoutingEvent, _ rows: Rows) throws(SQLiteError) {
        guard case .placed(let conversation, let queue) = event.change else { return }
        let all = ConversationRows(rows, of: event.tenant)
        let before = try all.audience(of: conversation)
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
        let now = try all.audience(of: conversation)
        if let now {
            // Whoever saw it where it was sees it no more.
            rows.announce(
                HandoffChanged(
                    tenant: event.tenant, change: .ended(conversation, by: nil),
                    audience: .allBut(now, of: before)))
        }
        rows.announce(
            HandoffChanged(
                tenant: event.tenant, change: .updated(try all.withLastSaid(handoff)),
                audience: now.map { .these($0) }))
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
        case .profileSaved, .refused: return
        }
        rows.announce(QueuesChanged(tenant: event.tenant))
    }
}

/// Which agents may hear of a change.
package enum Audience: Hashable, Sendable {
    /// These, and whoever supervises.
    case these(Set<AgentID>)
    /// Those who could see it before and are not among these; `nil` for everybody.
    case allBut(Set<AgentID>, of: Set<AgentID>?)

    /// Whether an agent hears of it; `nil` is who supervises.
    package func includes(_ agent: AgentID?) -> Bool {
        switch self {
        case .these(let those): agent.map { those.contains($0) } ?? true
        case .allBut(let those, let before):
            agent.map { !those.contains($0) && before?.contains($0) != false } ?? false
        }
    }
}

/// Who may see what is another now: whoever watches begins anew.
package struct QueuesChanged: ViewChange {
    /// The business.
    package let tenant: TenantID
}

extension ConversationRows {
    /// In which queue a conversation is.
    func queue(of conversation: ConversationID) throws(SQLiteError) -> RecordID? {
        try rows.first(
            "SELECT queue FROM places WHERE tenant = ? AND conversation = ?",
            .text(tenant.rawValue), .text(conversation.rawValue)
        ) { RecordID($0.text(0)) }
    }

    /// Who may see a conversation besides those who supervise; `nil` for everybody.
    func audience(of conversation: ConversationID) throws(SQLiteError) -> Set<AgentID>? {
        let hasQueues = try rows.first(
            "SELECT 1 FROM queues WHERE tenant = ? LIMIT 1", .text(tenant.rawValue)
        ) { _ in true }
        guard hasQueues == true else { return nil }
        let members = try rows.all(
            """
            SELECT teams.agent FROM places JOIN teams ON teams.tenant = places.tenant
                AND teams.queue = places.queue
            WHERE places.tenant = ?1 AND places.conversation = ?2
            UNION SELECT holder FROM conversations
            WHERE tenant = ?1 AND conversation = ?2 AND status <> 'bot' AND holder IS NOT NULL
            """, .text(tenant.rawValue), .text(conversation.rawValue)
        ) { AgentID($0.text(0)) }
        return Set(members)
    }

    /// Whether somebody may see a conversation; `nil` is who supervises.
    ///
    /// What the bot has is for everybody who may read.
    package func shows(
        _ conversation: ConversationID, to viewer: AgentID?
    ) throws(SQLiteError) -> Bool {
        guard let viewer, try handoff(of: conversation) != nil else { return true }
        return try audience(of: conversation)?.contains(viewer) ?? true
    }

    /// The condition of what somebody may see, and its values; `nil` is who supervises.
    static func condition(for viewer: AgentID?) -> (sql: String, values: [Value]) {
        guard let viewer else { return ("1", []) }
        return (
            """
            (status = 'bot' OR holder IS ?
                OR NOT EXISTS (SELECT 1 FROM queues WHERE queues.tenant = conversations.tenant)
                OR EXISTS (SELECT 1 FROM places JOIN teams ON teams.tenant = places.tenant
                    AND teams.queue = places.queue
                    WHERE places.tenant = conversations.tenant
                    AND places.conversation = conversations.conversation AND teams.agent = ?))
            """,
            [.text(viewer.rawValue), .text(viewer.rawValue)]
        )
    }
}
