package import Conversation
package import TenantKeys

/// A purge as far as it has come.
package struct PurgeProgress: Hashable, Sendable {
    /// The tenant.
    package let tenant: TenantID
    /// The purge.
    package let purge: PurgeID
    /// When each step was done.
    package private(set) var steps: [TenantPurge.Step: Timestamp] = [:]
    /// What there is to tell.
    package private(set) var facts = PurgeFacts()

    /// Nothing was done yet.
    package init(tenant: TenantID, purge: PurgeID) {
        self.tenant = tenant
        self.purge = purge
    }

    /// Follows a step; one that was written twice counts once, as it was written first.
    package mutating func follow(_ record: TenantPurge) {
        guard steps[record.step] == nil else { return }
        steps[record.step] = record.at
        facts.merge(record.facts)
    }

    /// What is to be done next: the first step that was not done; `nil` if all were.
    package var next: TenantPurge.Step? {
        TenantPurge.Step.allCases.first { steps[$0] == nil }
    }

    /// Whether the receipt is closed.
    package var isComplete: Bool { next == nil }
}

/// All purges that a log tells of.
package struct PurgeBook: Hashable, Sendable {
    /// The installation, once its ledger has begun.
    package private(set) var installation: String?
    private var purges: [PurgeID: PurgeProgress] = [:]
    /// In the order in which they were asked for.
    private var order: [PurgeID] = []
    /// Those that were completed, in the order of their receipts.
    private var receipts: [PurgeID] = []

    /// Knows of none.
    package init() {}

    /// Follows a record.
    package mutating func follow(_ payload: any Payload) {
        switch payload {
        case let begun as LedgerBegun: installation = installation ?? begun.installation
        case let step as TenantPurge:
            if purges[step.purge] == nil { order.append(step.purge) }
            purges[
                step.purge, default: PurgeProgress(tenant: step.tenant, purge: step.purge)
            ].follow(step)
            if step.step == .completed, !receipts.contains(step.purge) {
                receipts.append(step.purge)
            }
        default: break
        }
    }

    /// All of them, oldest first.
    package var all: [PurgeProgress] { order.compactMap { purges[$0] } }

    /// One of them.
    package subscript(_ purge: PurgeID) -> PurgeProgress? { purges[purge] }

    /// The newest of a tenant.
    package func newest(of tenant: TenantID) -> PurgeProgress? {
        all.last { $0.tenant == tenant }
    }

    /// Those that are under way, oldest first.
    package var open: [PurgeProgress] { all.filter { !$0.isComplete } }

    /// Whether a tenant is being erased: nothing of it may come into being meanwhile.
    package func isBeingErased(_ tenant: TenantID) -> Bool {
        open.contains { $0.tenant == tenant }
    }

    /// The newest receipt.
    package var newestReceipt: PurgeProgress? { receipts.last.flatMap { purges[$0] } }

    /// What the log says, for whoever compares it with the ledger.
    package func logged(destroyed: Set<KeyID>) -> LoggedErasures {
        LoggedErasures(
            installation: installation,
            purges: Dictionary(all.map { ($0.purge, $0.facts.ledgerEntry) }) { $1 },
            destroyed: destroyed)
    }
}
