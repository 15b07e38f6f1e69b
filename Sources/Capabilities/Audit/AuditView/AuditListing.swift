package import AuditRecords
package import Conversation
import SQLite
import Views

/// An act as it is listed; in JSON as it stands.
package struct AuditListing: Hashable, Sendable, Codable {
    /// The record's id.
    package var id: RecordID
    /// When.
    package var at: Timestamp
    /// The tenant concerned.
    package var tenant: TenantID
    /// Who did it.
    package var actor: String
    /// What was done.
    package var action: String
    /// What it was done to.
    package var subject: String
    /// Who did it, with the name of that time.
    package var who: AuditActor?
    /// What it was done to, with the name of that time.
    package var target: AuditTarget?
    /// What is other than before.
    package var changes: [AuditChange]?
    /// Why it was refused; `nil` where it was done.
    package var refusal: String?
    /// Where the request came from.
    package var origin: AuditOrigin?
    /// Its place in the tenant's chain; `nil` in the moment before it has one.
    package var chain: AuditChainPlace?

    static let columns = "number, id, at, tenant, actor, action, subject, details"

    /// Reads the ``columns`` of a row.
    init(_ row: Statement) {
        id = RecordID(row.text(1))
        at = Timestamp(milliseconds: row.int64(2))
        tenant = TenantID(row.text(3))
        actor = row.text(4)
        action = row.text(5)
        subject = row.text(6)
        guard let details = StoredJSON.value(AuditDetails.self, row, 7) else { return }
        who = details.who
        target = details.target
        changes = details.changes
        refusal = details.refusal
        origin = details.origin
    }
}

/// What an entry says besides its columns.
struct AuditDetails: Codable {
    var who: AuditActor?
    var target: AuditTarget?
    var changes: [AuditChange]?
    var refusal: String?
    var origin: AuditOrigin?

    /// The details of an entry; `nil` for one without any.
    init?(_ entry: AuditEntry) {
        who = entry.who
        target = entry.target
        changes = entry.changes
        refusal = entry.refusal
        origin = entry.origin
        guard who != nil || target != nil || changes != nil || refusal != nil || origin != nil
        else { return nil }
    }
}

/// Where an entry stands in its tenant's chain.
package struct AuditChainPlace: Hashable, Sendable, Codable {
    /// The link's number, from 1.
    package var number: Int
    /// The link's hash.
    package var hash: String

    /// Names a place.
    package init(number: Int, hash: String) {
        self.number = number
        self.hash = hash
    }
}

/// How far the chain over a tenant's entries has come, or the chains of all tenants.
package struct AuditChainState: Hashable, Sendable, Codable {
    /// The last checkpoint.
    package struct Checkpoint: Hashable, Sendable, Codable {
        /// How many links there were.
        package var count: Int
        /// The hash of the last of them.
        package var head: String
        /// When.
        package var at: Timestamp

        /// Describes a checkpoint.
        package init(count: Int, head: String, at: Timestamp) {
            self.count = count
            self.head = head
            self.at = at
        }
    }

    /// How many entries there are.
    package var entries: Int
    /// How many of them have their link.
    package var links: Int
    /// The hash of the last link; of one tenant alone.
    package var head: String?
    /// The last checkpoint; of one tenant alone.
    package var checkpoint: Checkpoint?

    /// Describes how far it has come.
    package init(
        entries: Int, links: Int, head: String? = nil, checkpoint: Checkpoint? = nil
    ) {
        self.entries = entries
        self.links = links
        self.head = head
        self.checkpoint = checkpoint
    }
}

/// How many acts there are.
package struct AuditTally: Hashable, Sendable {
    /// How many; at most ``AuditRows/mostCounted`` where it is not exact.
    package var entries: Int
    /// Whether there are no more.
    package var isExact: Bool
}

/// How often a person did something on a day.
package struct AuditActivity: Hashable, Sendable, Codable {
    /// The day in UTC, such as `2026-11-29`.
    package var day: String
    /// What was done.
    package var action: String
    /// How often.
    package var count: Int

    /// Describes an activity.
    package init(day: String, action: String, count: Int) {
        self.day = day
        self.action = action
        self.count = count
    }
}
