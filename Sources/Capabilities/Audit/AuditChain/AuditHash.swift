package import AuditRecords
package import Conversation
import Cryptography

/// The hashes of the audit chain.
package enum AuditHash {
    /// The hash of an entry's value as the log keeps it.
    package static func content(_ stored: [UInt8]) -> String { SHA256.hex(stored) }

    /// The hash of a link: over the one before, its number, its entry, and what that says.
    package static func link(
        of tenant: TenantID, number: Int, entry: RecordID, content: String, after previous: String
    ) -> String {
        // No part but the last holds a line's end, so that no two links have the same text.
        SHA256.hex("\(previous)\n\(content)\n\(number)\n\(tenant)\n\(entry)")
    }

    /// The link that comes after so many others.
    package static func next(
        _ entry: RecordID, stored: [UInt8], of tenant: TenantID, after count: Int, _ head: String,
        at now: Timestamp
    ) -> AuditLink {
        let content = content(stored)
        return AuditLink(
            tenant: tenant, number: count + 1, entry: entry, content: content, previous: head,
            hash: link(
                of: tenant, number: count + 1, entry: entry, content: content, after: head),
            at: now)
    }

    /// Whether a link's own hash is what its parts make.
    package static func holds(_ link: AuditLink) -> Bool {
        link.hash
            == self.link(
                of: link.tenant, number: link.number, entry: link.entry, content: link.content,
                after: link.previous)
    }
}
