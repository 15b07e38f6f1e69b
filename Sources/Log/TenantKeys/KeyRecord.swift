package import Conversation

/// The topic of the keys that seal personal words.
extension Topic {
    /// Each key, wrapped, and what became of it; one partition, so that all readers see one order.
    package static let keys = Topic("keys", kept: .newestOfKey)
}

/// The record types of this module.
package enum KeyRecords {
    /// All of them.
    package static let types: [any Payload.Type] = [
        KeyRecord.self, FormerConversations.self, KeyHeartbeat.self,
    ]
}

/// A key that seals personal words, wrapped, or the mark that it was destroyed.
///
/// Compacted by key: what wrapped it before goes with the next compaction, and is noise before that
/// already, as the table key of its epoch is destroyed.
package struct KeyRecord: Payload {
    package static let type = "parley.key"
    package static let topic = Topic.keys
    package static let personal: [FieldPath] = []

    /// How a key stands.
    package enum Standing: Hashable, Sendable, Codable {
        /// It seals and opens; its 32 bytes are sealed under a table key.
        case living(epoch: Int, wrapped: String)
        /// It was destroyed: what it sealed is erased, and it is never made or restored again.
        case destroyed(at: Timestamp)
    }

    /// The key.
    package var id: KeyID
    /// The tenant whose words it seals.
    package var tenant: TenantID
    /// The person whose words it seals; `nil` for all of the tenant's.
    package var person: String?
    /// Records from this time on are sealed with it, until a newer key begins.
    package var from: Timestamp
    /// How it stands.
    package var standing: Standing

    /// Tenant and key.
    package var key: String { "\(tenant.rawValue)/\(id.rawValue)" }

    /// Describes a key.
    package init(
        id: KeyID, tenant: TenantID, person: String? = nil, from: Timestamp, standing: Standing
    ) {
        self.id = id
        self.tenant = tenant
        self.person = person
        self.from = from
        self.standing = standing
    }
}

/// Conversations of a tenant that began before ids were keyed: they go on under the names that they
/// have, as their states, claims and timers lie there.
///
/// Written before the tenant's first key, once; a tenant that began later has none.
package struct FormerConversations: Payload {
    package static let type = "parley.conversations.former"
    package static let topic = Topic.keys
    package static let personal: [FieldPath] = []

    /// The most of one record.
    package static let most = 4_000

    /// The tenant.
    package var tenant: TenantID
    /// Which part of the list this is, from 0.
    package var part: Int
    /// The conversations.
    package var conversations: [ConversationID]
    /// When ids began to be keyed: what WhatsApp sent before may have come in under its own name.
    package var began: Timestamp?

    /// Tenant and part.
    package var key: String { "\(tenant.rawValue)/former/\(part)" }

    /// Describes a part of the list.
    package init(
        tenant: TenantID, part: Int, conversations: [ConversationID], began: Timestamp? = nil
    ) {
        self.tenant = tenant
        self.part = part
        self.conversations = conversations
        self.began = began
    }
}

/// A sign of life in the topic: on Kafka what is old in a topic goes only when something new comes
/// to it (KIP-354).
///
/// The first one also says that the upgrade to keys is done: each tenant that had records by then
/// has a key.
package struct KeyHeartbeat: Payload {
    package static let type = "parley.keys.heartbeat"
    package static let topic = Topic.keys
    package static let personal: [FieldPath] = []

    /// When it was.
    package var at: Timestamp

    /// No tenant's: no tenant is called so.
    package var tenant: TenantID { "" }
    /// One for all.
    package var key: String { "heartbeat" }

    /// Describes a sign of life.
    package init(at: Timestamp) { self.at = at }
}
