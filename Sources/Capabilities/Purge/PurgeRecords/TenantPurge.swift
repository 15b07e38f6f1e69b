package import Conversation
package import TenantKeys

/// A step of a tenant's removal for good that was done, and what is to be told of it.
///
/// It holds no word of anybody's and no hash of one: it outlives all that was erased.
package struct TenantPurge: Payload {
    package static let type = "parley.tenant.purge"
    package static let topic = Topic.purges
    package static let personal: [FieldPath] = []

    /// What is done one after the other; each may be done again after a kill.
    package enum Step: String, Hashable, Sendable, Codable, CaseIterable {
        /// Somebody asked for it.
        case requested
        /// The tenant is disconnected: nothing comes in, no key is made.
        case fenced
        /// Every stage is past what stood in its topics then; what there is was counted.
        case drained
        /// Both copies of the ledger name the keys.
        case entered
        /// The log says that the keys are destroyed.
        case destroyed
        /// Every process has forgotten them, or opens nothing.
        case forgotten
        /// Views, documents' bytes and whatever else was made of the words is deleted.
        case removed
        /// What remains lies under a new table key, and the one before is gone.
        case rewrapped
        /// The files hold nothing any more of what was deleted.
        case settled
        /// It was looked for, and nothing was found.
        case verified
        /// The receipt is closed.
        case completed
    }

    /// The tenant.
    package var tenant: TenantID
    /// The purge, and its receipt.
    package var purge: PurgeID
    /// What was done.
    package var step: Step
    /// When.
    package var at: Timestamp
    /// What is to be told of it.
    package var facts: PurgeFacts

    /// Tenant and purge.
    package var key: String { "\(tenant.rawValue)/\(purge.rawValue)" }

    /// Describes a step.
    package init(
        tenant: TenantID, purge: PurgeID, step: Step, at: Timestamp, facts: PurgeFacts
    ) {
        self.tenant = tenant
        self.purge = purge
        self.step = step
        self.at = at
        self.facts = facts
    }
}

/// What a receipt tells: each step adds its own.
package struct PurgeFacts: Hashable, Sendable, Codable {
    /// Why somebody asked for it.
    package enum Reason: String, Hashable, Sendable, Codable, CaseIterable {
        /// The business asked for it.
        case request
        /// Its contract has ended.
        case contractEnded
        /// It was a trial.
        case trial
        /// An older copy of the data was put back, in which the tenant was not erased yet.
        case restored
        /// Another.
        case other
    }

    /// What there was of the tenant.
    package struct Counts: Hashable, Sendable, Codable {
        /// Records, by topic.
        package var records: [String: Int]
        /// Rows, by view.
        package var views: [String: Int]
        /// Documents' files.
        package var files: Int
        /// Their bytes together.
        package var bytes: Int64
        /// How many of the records have personal fields that were never sealed, or none at all.
        package var unsealed: Int?

        /// Describes what there was.
        package init(
            records: [String: Int], views: [String: Int], files: Int, bytes: Int64, unsealed: Int
        ) {
            self.unsealed = unsealed
            self.records = records
            self.views = views
            self.files = files
            self.bytes = bytes
        }
    }

    /// How long words from before they were sealed stay readable to whoever has the log's files.
    package struct Remainder: Hashable, Sendable, Codable {
        /// Records that were written before anything was sealed, by topic.
        package var records: [String: Int]
        /// When the last of them expires; `nil` where the topic keeps them for ever.
        package var until: Timestamp?

        /// Describes what is left.
        package init(records: [String: Int], until: Timestamp?) {
            self.records = records
            self.until = until
        }
    }

    /// Somebody else who may have the words still.
    package struct OutsideParty: Hashable, Sendable, Codable {
        /// Who.
        package var name: String
        /// What they have, until when, and who is to tell them.
        package var note: String

        /// Describes a party.
        package init(name: String, note: String) {
            self.name = name
            self.note = note
        }
    }

    /// Who asked for it: `key/1a2b3c4d`.
    package var by: String?
    /// Why.
    package var reason: Reason?
    /// Where the topics ended once the tenant was disconnected, by `topic-partition`.
    package var fence: [String: Int64]?
    /// Where they ended when what there was of the tenant was counted.
    package var ends: [String: Int64]?
    /// What there was.
    package var counts: Counts?
    /// The entry's number in the ledger.
    package var ledgerEntry: Int?
    /// The keys that were destroyed.
    package var keys: [KeyID]?
    /// Whether the records themselves were taken out of the log's files, too.
    package var removesRecords: Bool?
    /// What the log holds on of what was never sealed.
    package var remainder: Remainder?
    /// The table keys' epoch from which on the destroyed keys are nowhere.
    package var epoch: Int?
    /// The files that were looked after.
    package var files: [String]?
    /// What was looked for, and whether it was found to be gone.
    package var checks: [String: Bool]?
    /// Who else may have the words still.
    package var outside: [OutsideParty]?
    /// When the last copy that is known of is gone: that of the keys folder's own backup included.
    package var finalAt: Timestamp?
    /// The SHA-256 of the receipt before, in hexadecimal; empty for the first.
    package var before: String?

    /// Tells nothing yet.
    package init() {}

    /// Adds what a later step tells.
    package mutating func merge(_ other: PurgeFacts) {
        by = other.by ?? by
        reason = other.reason ?? reason
        fence = other.fence ?? fence
        ends = other.ends ?? ends
        counts = other.counts ?? counts
        ledgerEntry = other.ledgerEntry ?? ledgerEntry
        keys = other.keys ?? keys
        removesRecords = other.removesRecords ?? removesRecords
        remainder = other.remainder ?? remainder
        epoch = other.epoch ?? epoch
        files = other.files ?? files
        checks = other.checks ?? checks
        outside = other.outside ?? outside
        finalAt = other.finalAt ?? finalAt
        before = other.before ?? before
    }
}
