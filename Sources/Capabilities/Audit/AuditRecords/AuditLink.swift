package import Conversation

/// One link of a tenant's audit chain: it names an entry, and binds all that came before.
///
/// The hash is over the entry's value as the log keeps it, sealed: where the key of its words is
/// destroyed, the chain still holds.
package struct AuditLink: Payload {
    package static let type = "parley.audit.link"
    package static let topic = Topic.auditChain
    package static let personal: [FieldPath] = []

    /// The tenant whose chain it is.
    package var tenant: TenantID
    /// Its place in the chain, from 1.
    package var number: Int
    /// The entry's record.
    package var entry: RecordID
    /// SHA-256 of the entry's value as the log keeps it, in hexadecimal digits.
    package var content: String
    /// The hash of the link before; ``AuditLink/beginning`` for the first.
    package var previous: String
    /// The hash of this link, in hexadecimal digits.
    package var hash: String
    /// When it was made.
    package var at: Timestamp

    /// What the first link has before it.
    package static let beginning = String(repeating: "0", count: 64)

    /// The tenant.
    package var key: String { tenant.rawValue }

    /// Describes a link.
    package init(
        tenant: TenantID, number: Int, entry: RecordID, content: String, previous: String,
        hash: String, at: Timestamp
    ) {
        self.tenant = tenant
        self.number = number
        self.entry = entry
        self.content = content
        self.previous = previous
        self.hash = hash
        self.at = at
    }
}

/// How far a tenant's audit chain had come at a time: kept elsewhere too, it shows that the chain
/// was neither cut off nor written anew.
package struct AuditCheckpoint: Payload {
    package static let type = "parley.audit.checkpoint"
    package static let topic = Topic.auditChain
    package static let personal: [FieldPath] = []

    /// The tenant whose chain it is.
    package var tenant: TenantID
    /// How many links there were.
    package var count: Int
    /// The hash of the last of them.
    package var head: String
    /// When it was made.
    package var at: Timestamp

    /// The tenant.
    package var key: String { tenant.rawValue }

    /// Describes a checkpoint.
    package init(tenant: TenantID, count: Int, head: String, at: Timestamp) {
        self.tenant = tenant
        self.count = count
        self.head = head
        self.at = at
    }
}
