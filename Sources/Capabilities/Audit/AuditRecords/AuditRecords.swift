package import Conversation

/// The record types of the audit log.
package enum AuditRecords {
    /// All of them: the program joins this list with those of its other modules.
    package static let types: [any Payload.Type] = [AuditEntry.self]
}

extension Topic {
    /// Who did what.
    package static let audit = Topic("audit", kept: .never)
}
