package import Conversation
import Endpoints
package import JSON
package import PurgeRecords
package import TenantKeys

/// A purge as it is told: how far it has come, and in the end its receipt.
package struct PurgeReceipt: Hashable, Sendable, Codable {
    /// A step that was done.
    package struct Done: Hashable, Sendable, Codable {
        /// Which.
        package var step: TenantPurge.Step
        /// When.
        package var at: Timestamp
    }

    /// How many of something there are.
    package struct Count: Hashable, Sendable, Codable {
        /// Of what: a topic, a view, `files`, `bytes`.
        package var of: String
        /// How many.
        package var count: Int
    }

    /// Something that was looked for.
    package struct Check: Hashable, Sendable, Codable {
        /// What.
        package var name: String
        /// Whether it is so.
        package var isTrue: Bool
    }

    /// The purge.
    package var id: PurgeID
    /// The tenant.
    package var tenant: TenantID
    /// Whether all is done.
    package var isComplete: Bool
    /// What is done next.
    package var next: TenantPurge.Step?
    /// Why it is not done yet.
    package var waitingFor: String?
    /// What was done, in order.
    package var steps: [Done]
    /// Who asked for it.
    package var by: String?
    /// Why.
    package var reason: PurgeFacts.Reason?
    /// What there was: records by topic, rows by view, files and their bytes.
    package var counts: [Count]
    /// The offset below which each partition's records were counted.
    package var positions: [Count]
    /// The keys that were destroyed.
    package var keys: [KeyID]
    /// The entry's number in the ledger.
    package var ledgerEntry: Int?
    /// The table keys' epoch from which on the destroyed keys are nowhere.
    package var epoch: Int?
    /// Whether the records themselves were taken out of the log's files, too.
    package var removesRecords: Bool?
    /// Records that were never sealed and stay in the log's files until they expire, by topic.
    package var unsealed: [Count]
    /// When the last of those expires; `nil` where there are none, or where they never do.
    package var unsealedUntil: Timestamp?
    /// The files that were looked after.
    package var files: [String]
    /// What was looked for in the end.
    package var checks: [Check]
    /// Who else may have the words.
    package var outside: [PurgeFacts.OutsideParty]
    /// When the last copy of the keys that is known of is gone.
    package var finalAt: Timestamp?
    /// The SHA-256 of the receipt before, in hexadecimal.
    package var before: String?

    /// Tells of a purge.
    package init(_ purge: PurgeProgress, waitingFor: String? = nil) {
        let facts = purge.facts
        id = purge.purge
        tenant = purge.tenant
        isComplete = purge.isComplete
        next = purge.next
        self.waitingFor = purge.isComplete ? nil : waitingFor
        steps = TenantPurge.Step.allCases.compactMap { step in
            purge.steps[step].map { Done(step: step, at: $0) }
        }
        by = facts.by
        reason = facts.reason
        counts = Self.counts(facts.counts)
        positions = Self.list(facts.ends?.mapValues { Int($0) } ?? [:])
        keys = facts.keys ?? []
        ledgerEntry = facts.ledgerEntry
        epoch = facts.epoch
        removesRecords = facts.removesRecords
        unsealed = Self.list(facts.remainder?.records ?? [:])
        unsealedUntil = facts.remainder?.until
        files = facts.files ?? []
        checks = (facts.checks ?? [:]).sorted { $0.key < $1.key }
            .map { Check(name: $0.key, isTrue: $0.value) }
        outside = facts.outside ?? []
        finalAt = facts.finalAt
        before = facts.before
    }

    private static func counts(_ counts: PurgeFacts.Counts?) -> [Count] {
        guard let counts else { return [] }
        return list(counts.records)
            + counts.views.sorted { $0.key < $1.key }
            .map { Count(of: "view \($0.key)", count: $0.value) }
            + [
                Count(of: "files", count: counts.files),
                Count(of: "bytes", count: Int(counts.bytes)),
            ]
    }

    private static func list(_ counts: [String: Int]) -> [Count] {
        counts.sorted { $0.key < $1.key }.map { Count(of: $0.key, count: $0.value) }
    }
}

extension PurgeReceipt: Described {
    package static let schema = JSONSchema.object(
        [
            .required("id", .text("The purge, and its receipt.")),
            .required("tenant", .text("The business.")),
            .required("isComplete", .boolean("Whether all is done.")),
            .optional("next", .text("What is done next.")),
            .optional("waitingFor", .text("Why it is not done yet.")),
            .required("steps", .list(step, "What was done, in order.")),
            .optional("by", .text("Who asked for it.")),
            .optional("reason", .words(PurgeFacts.Reason.allCases.map(\.rawValue), "Why.")),
            .required("counts", .list(count, "What there was of the business.")),
            .required(
                "positions", .list(count, "Where each partition ended when that was counted.")),
            .required("keys", .list(.text(), "The keys that were destroyed.")),
            .optional("ledgerEntry", .count("The entry's number in the ledger of erasures.")),
            .optional("epoch", .count("The epoch of the table keys since then.")),
            .optional(
                "removesRecords", .boolean("Whether the records were taken out of the log, too.")),
            .required("unsealed", .list(count, "Records from before anything was sealed.")),
            .optional("unsealedUntil", .time("When the last of those expires.")),
            .required("files", .list(.text(), "The files that were looked after.")),
            .required("checks", .list(check, "What was looked for in the end.")),
            .required("outside", .list(party, "Who else may have the words.")),
            .optional("finalAt", .time("When the last copy of the keys is gone.")),
            .optional("before", .text("The SHA-256 of the receipt before.")),
        ], named: "PurgeReceipt")

    private static let step = JSONSchema.object([
        .required("step", .text("What was done.")), .required("at", .time("When.")),
    ])
    private static let count = JSONSchema.object([
        .required("of", .text("Of what.")), .required("count", .count("How many.")),
    ])
    private static let check = JSONSchema.object([
        .required("name", .text("What was looked for.")),
        .required("isTrue", .boolean("Whether it is so.")),
    ])
    private static let party = JSONSchema.object([
        .required("name", .text("Who.")), .required("note", .text("What they have.")),
    ])
}
