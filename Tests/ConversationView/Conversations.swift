import Conversation
import ConversationView
import Endpoints
import Records
import SQLite
import Views

/// A view of conversations in memory, which records are given to one by one.
final class Conversations {
    let rows: Rows
    private var count: Int64 = 0

    init() throws { rows = try Rows(inMemory: ConversationView.view) }

    /// Applies a record and gives what agents hear of it.
    @discardableResult
    func apply(
        _ payload: any Payload, id: RecordID? = nil, in topic: Topic? = nil
    ) throws -> [HandoffChange] {
        count += 1
        return try apply(
            Story.Entry(
                payload: payload, id: id ?? RecordID("record-\(count)"),
                topic: topic ?? type(of: payload).topic), at: Int(count))
    }

    /// Applies a record that stands at an offset of its topic.
    @discardableResult
    func apply(_ entry: Story.Entry, at offset: Int) throws -> [HandoffChange] {
        let payload = entry.payload
        let id = entry.id
        try ConversationView.view.apply(
            DecodedRecord(
                value: .payload(payload),
                headers: RecordHeaders(
                    id: id, type: type(of: payload).type, source: "test",
                    time: Timestamp(seconds: 1), subject: payload.key, correlation: id,
                    causation: id, tenant: payload.tenant),
                position: RecordPosition(
                    topic: entry.topic.rawValue, partition: 0, offset: Int64(offset))), rows)
        return rows.takeAnnounced().compactMap { ($0 as? HandoffChanged)?.change }
    }

    func of(_ tenant: TenantID) throws -> ConversationRows {
        ConversationRows(rows, of: try tenantScope(tenant))
    }

    func handoffs(of tenant: TenantID) throws -> [Handoff] {
        try HandoffList.page(rows, of: [tenantScope(tenant)]).handoffs
    }
}

/// The scope of a tenant, as tests ask with it.
func tenantScope(_ tenant: TenantID) throws -> TenantScope {
    try Authorizer.scope(
        of: tenant, for: .key(Principal.KeyName("key/test")), needing: TenantPermission("test"))
}
