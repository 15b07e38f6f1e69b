package import Conversation

/// The record types of purges.
package enum PurgeRecords {
    /// All of them: the program joins this list with those of its other modules.
    package static let types: [any Payload.Type] = [TenantPurge.self, LedgerBegun.self]
}

extension Topic {
    /// What was erased for good, step by step, and the receipts; one partition.
    package static let purges = Topic("purges", kept: .never)
}

/// The ledger of erasures has begun, outside of the log: from now on nothing starts without it.
package struct LedgerBegun: Payload {
    package static let type = "parley.ledger.begun"
    package static let topic = Topic.purges
    package static let personal: [FieldPath] = []

    /// The installation: 128 random bits, as hexadecimal digits.
    package var installation: String
    /// When.
    package var at: Timestamp

    /// No tenant's; none can be called so.
    package var tenant: TenantID { "*" }
    /// One for all.
    package var key: String { "ledger" }

    /// Describes a beginning.
    package init(installation: String, at: Timestamp) {
        self.installation = installation
        self.at = at
    }
}
