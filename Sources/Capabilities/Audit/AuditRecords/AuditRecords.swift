package import Conversation

/// The record types of the audit log.
package enum AuditRecords {
    /// All of them: the program joins this list with those of its other modules.
    package static let types: [any Payload.Type] = [
        AuditEntry.self, AuditLink.self, AuditCheckpoint.self,
    ]
}

extension Topic {
    /// Who did what.
    package static let audit = Topic("audit", kept: .never)
    /// The chain over it, by which is seen what was changed, taken out or cut off.
    package static let auditChain = Topic("audit.chain", kept: .never)
}
