package import Blobs
package import Conversation
package import EventLog
package import PurgeRecords
package import Records
package import TenantKeys
package import Views

/// Where words of a tenant's customers may be, and what takes them away: what an installation has
/// besides its log.
package struct PurgeWorkplace: Sendable {
    /// The log.
    package var log: any EventLog
    /// Writes what is done.
    package var appender: any EventLogAppender
    /// Makes and reads records.
    package var envelope: RecordEnvelope
    /// What each stage reads: group and topics.
    package var stages: [String: Set<String>]
    /// The views of this process.
    package var views: @Sendable () -> [StoredView]
    /// Documents' bytes.
    package var blobs: any BlobStore
    /// Removes the mails of a tenant that were kept as files; done again, it does no harm.
    package var eraseMails: @Sendable (TenantID) async throws -> Void
    /// The files of passages' indexes of this machine; other machines remove theirs once they read
    /// that the keys are destroyed.
    package var indexes: Indexes
    /// The copies of the ledger.
    package var ledger: LedgerFiles
    /// The folder of the stages' own files: copies of what the log keeps.
    package var caches: String
    /// Destroys all keys of a tenant in the log, and sees to it that nobody writes one of them
    /// anew; done again, it does no harm.
    package var destroyKeys: @Sendable (TenantID) async throws -> Void
    /// Makes a new table key, wraps with it what is left, drops the one before, and says its
    /// number; done again, it does no harm.
    package var nextEpoch: @Sendable () async throws -> Int
    /// What is known of a key in this process.
    package var knowledge: @Sendable (KeyID) -> KeyTable.Knowledge
    /// Runs a body while no tenant is connected, changed or disconnected.
    package var whileTenantsRest: @Sendable (() async throws -> Void) async throws -> Void
    /// Who else may have the words, for the receipt.
    package var outside: [PurgeFacts.OutsideParty]
    /// Wall-clock time.
    package var now: @Sendable () -> Timestamp

    /// The files of indexes.
    package struct Indexes: Sendable {
        /// Removes a tenant's; done again, it does no harm.
        package var erase: @Sendable (TenantID) async throws -> Void
        /// Whether there are some of a tenant's.
        package var hold: @Sendable (TenantID) async -> Bool

        /// Describes what is done with them.
        package init(
            erase: @escaping @Sendable (TenantID) async throws -> Void,
            hold: @escaping @Sendable (TenantID) async -> Bool
        ) {
            self.erase = erase
            self.hold = hold
        }

        /// Where there are none.
        package static let none = Indexes(erase: { _ in }, hold: { _ in false })
    }

    /// Puts a workplace together.
    package init(
        log: any EventLog, appender: any EventLogAppender, envelope: RecordEnvelope,
        stages: [String: Set<String>], views: @escaping @Sendable () -> [StoredView],
        blobs: any BlobStore, eraseMails: @escaping @Sendable (TenantID) async throws -> Void,
        indexes: Indexes = .none,
        ledger: LedgerFiles, caches: String,
        destroyKeys: @escaping @Sendable (TenantID) async throws -> Void,
        nextEpoch: @escaping @Sendable () async throws -> Int,
        knowledge: @escaping @Sendable (KeyID) -> KeyTable.Knowledge,
        whileTenantsRest: @escaping @Sendable (() async throws -> Void) async throws -> Void,
        outside: [PurgeFacts.OutsideParty], now: @escaping @Sendable () -> Timestamp
    ) {
        self.log = log
        self.appender = appender
        self.envelope = envelope
        self.stages = stages
        self.views = views
        self.blobs = blobs
        self.eraseMails = eraseMails
        self.indexes = indexes
        self.ledger = ledger
        self.caches = caches
        self.destroyKeys = destroyKeys
        self.nextEpoch = nextEpoch
        self.knowledge = knowledge
        self.whileTenantsRest = whileTenantsRest
        self.outside = outside
        self.now = now
    }
}

/// Times of a purge.
package struct PurgeLimits: Sendable {
    /// How long after its keys were destroyed no process opens anything with them any more: one
    /// that cannot tell that it has read the topic `keys` to its end opens nothing.
    package var forgetting = Duration.seconds(12)
    /// How long a file may be held by a reader before the purge waits and tries again.
    package var settling = Duration.seconds(5)
    /// How often what is waited for is looked at.
    package var look = Duration.milliseconds(500)
    /// How long a copy of the keys folder may be kept: the honest date of the final erasure.
    package var keyCopies = Duration.seconds(7 * 86_400)

    /// The standard ones.
    package init() {}
}

/// Why a step cannot be done yet; it is tried again.
package struct PurgeWaits: Error, Hashable, Sendable, CustomStringConvertible {
    /// A sentence for people.
    package let description: String

    /// Says what is waited for.
    package init(_ description: String) { self.description = description }
}
