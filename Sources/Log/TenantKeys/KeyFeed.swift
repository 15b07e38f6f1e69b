package import Conversation
package import Cryptography
package import EventLog
import Records
import Synchronization
package import Telemetry

/// Follows the topic of keys into a ``KeyTable``: opens each, and forgets those that are destroyed.
package final class KeyFeed: Sendable {
    /// The feed's bounds.
    package struct Settings: Sendable {
        /// How long after the topic was last read to its end keys still open: within this time all
        /// processes have forgotten a key that was destroyed.
        package var reliance = Duration.seconds(10)

        /// The standard bounds.
        package init() {}

        /// How often the topic's end is looked for.
        var interval: Duration { reliance / 4 }
    }

    struct Contents {
        /// The newest record of each key that lives, or of which it is not known.
        var records: [KeyID: KeyRecord] = [:]
        var destroyed: Set<KeyID> = []
        /// Those that the snapshot alone can open: the log's own record is of a table key that is
        /// gone.
        var borrowed: Set<KeyID> = []
        /// Those whose newest record cannot be opened, with why.
        var unresolved: [KeyID: KeyProblem] = [:]
        var reported: [KeyID: KeyProblem] = [:]
        var tableKeys: OpenTableKeys?
        /// When the last sign of life was.
        var heartbeat: Timestamp?
        /// The next offset to read.
        var position: Int64?
        var isCaughtUp = false
    }

    /// The wait before what the log refused for the moment is tried again.
    private static let retryWait = Duration.milliseconds(250)
    /// Records read at once.
    private static let run = 1_000
    /// How long one read that does not go on waits for what is not there yet.
    private static let patience = Duration.seconds(30)

    /// What is fed.
    package let table: KeyTable
    /// Where the table keys lie.
    package let folder: KeysFolder
    /// What opens them.
    package let ring: KeyRingStore
    let log: any EventLog
    private let settings: Settings
    private let follows: Bool
    private let logger: Logger
    let contents = Mutex(Contents())

    /// Prepares to feed; the table opens nothing before the topic was read: by ``run()``, or by
    /// ``readOnce()`` where the feed does not follow.
    package init(
        _ table: KeyTable, from log: any EventLog, keys folder: KeysFolder, ring: KeyRingStore,
        settings: Settings = Settings(), follows: Bool = true, logger: Logger
    ) {
        self.table = table
        self.log = log
        self.folder = folder
        self.ring = ring
        self.settings = settings
        self.follows = follows
        self.logger = logger
        table.rely(until: .now)
    }

    /// Whether all that stood in the topic when the feed began to read is known.
    package var isCaughtUp: Bool { contents.withLock(\.isCaughtUp) }

    /// Living keys that cannot be opened here, each with why and what to do.
    package var problems: [KeyID: KeyProblem] { contents.withLock(\.unresolved) }

    /// Whether the topic holds a living key.
    package var hasLivingKeys: Bool { contents.withLock { !$0.records.isEmpty } }

    /// The newest record of each living key.
    package var records: [KeyRecord] {
        contents.withLock { $0.records.values.sorted { $0.key < $1.key } }
    }

    /// When the last sign of life was written; `nil` before the first.
    package var heartbeat: Timestamp? { contents.withLock(\.heartbeat) }

    // MARK: Following

    /// Follows the topic until cancelled.
    ///
    /// - Throws: `.permanent` if the topic is missing or the log is broken.
    package func run() async throws(EventLogError) {
        while !Task.isCancelled {
            do throws(EventLogError) {
                try await read(untilCaughtUp: false)
            } catch {
                guard error.passes else { throw error }
                logger.warning("the keys wait for the log", [.error: .error(error)])
                try? await Task.sleep(for: Self.retryWait)  // cancelled: the loop ends
            }
        }
    }

    /// Reads the topic to its end as of now, for whoever looks once.
    ///
    /// A log without the topic has no keys. What is known may be relied on from then on.
    ///
    /// - Throws: What the log says.
    package func readOnce() async throws(EventLogError) {
        let topics = try await log.describeTopics()
        if topics.contains(where: { $0.name == Topic.keys.rawValue }) {
            try await read(untilCaughtUp: true)
        }
        contents.withLock { $0.isCaughtUp = true }
        table.rely(until: nil)
    }

    private func read(untilCaughtUp once: Bool) async throws(EventLogError) {
        let start = contents.withLock(\.position).map { ReadStart.offset($0) } ?? .beginning
        let reader = try await log.openReader([Self.partition: start])
        // A waiting poll does not see that the task is cancelled; closing the reader ends it.
        let result: Result<Void, EventLogError> = await withTaskCancellationHandler {
            do throws(EventLogError) {
                return .success(try await follow(reader, untilCaughtUp: once))
            } catch {
                return .failure(error)
            }
        } onCancel: {
            Task { await reader.close() }
        }
        await reader.close()
        if !Task.isCancelled { try result.get() }
    }

    private func follow(
        _ reader: any EventLogReader, untilCaughtUp once: Bool
    ) async throws(EventLogError) {
        let deadline = ContinuousClock.now + Self.patience
        var asked = ContinuousClock.now
        var end: Int64? = try await self.end()
        while !Task.isCancelled {
            let wait: Duration = end == nil ? settings.interval : .milliseconds(50)
            let records = try await reader.poll(atMost: Self.run, waiting: wait)
            for record in records { apply(record) }
            let position = await reader.positions[Self.partition] ?? 0
            contents.withLock { $0.position = position }
            if let target = end, position >= target {
                confirm(as: asked)
                if once { return }
                end = nil
            }
            if once, ContinuousClock.now > deadline {
                throw .transient(reason: "the topic keys could not be read to its end")
            }
            guard end == nil, ContinuousClock.now >= asked + settings.interval else { continue }
            // The moment before the question is what the answer is good for.
            asked = ContinuousClock.now
            end = try await self.end()
        }
    }

    /// All that was there at a moment is known.
    private func confirm(as moment: ContinuousClock.Instant) {
        resolve()
        contents.withLock { $0.isCaughtUp = true }
        table.rely(until: moment + settings.reliance)
    }

    static let partition = TopicPartition(Topic.keys.rawValue, 0)
    /// A time that no record has: what is asked for is the end.
    private static let farFuture: Int64 = 253_402_300_799_000

    /// The offset that the topic's next record will get.
    private func end() async throws(EventLogError) -> Int64 {
        try await log.offsets(of: Topic.keys.rawValue, at: Self.farFuture)[0] ?? 0
    }

    // MARK: Waiting

    /// Waits until keys are known here, or known to be destroyed, or the topic was read to its end
    /// as of now without them; until the caller is cancelled at most.
    package func awaitKnown(_ ids: Set<KeyID>) async {
        while !Task.isCancelled {
            if isKnown(ids) { return }
            do throws(EventLogError) {
                guard follows else { return try await readOnce() }
                let end = try await end()
                while !Task.isCancelled {
                    if isKnown(ids) { return }
                    let reached = contents.withLock { $0.position ?? 0 >= end }
                    if reached, table.isReliable { return }
                    try? await Task.sleep(for: .milliseconds(2))  // cancelled: the loop ends
                }
            } catch {
                try? await Task.sleep(for: Self.retryWait)  // cancelled: the loop ends
            }
        }
    }

    private func isKnown(_ ids: Set<KeyID>) -> Bool {
        ids.allSatisfy { table.isSettled($0) }
    }

    /// Waits until what the topic held at the call is known.
    package func awaitEnd() async throws(EventLogError) {
        let end = try await end()
        while !Task.isCancelled, contents.withLock({ $0.position ?? 0 < end }) {
            try? await Task.sleep(for: .milliseconds(2))  // cancelled: the loop ends
        }
    }

    // MARK: What records say

    private static let envelope = RecordEnvelope(RecordTypes(KeyRecords.types))

    private func apply(_ consumed: ConsumedRecord) {
        do throws(RecordError) {
            switch try Self.envelope.decode(consumed.record).value {
            case .payload(let record as KeyRecord): apply(record)
            case .payload(let former as FormerConversations): table.add(former)
            case .payload(let heartbeat as KeyHeartbeat):
                contents.withLock { $0.heartbeat = heartbeat.at }
            case .payload, .tombstone, .unknown, .erased: break
            }
        } catch {
            logger.error(
                "a record of the topic keys cannot be read",
                [.offset: .count(consumed.offset), .error: .error(error)])
        }
    }

    private func apply(_ record: KeyRecord) {
        if case .destroyed(let time) = record.standing {
            table.destroy(record.id, of: record.tenant, at: time)
            contents.withLock { contents in
                contents.destroyed.insert(record.id)
                contents.records[record.id] = nil
                contents.unresolved[record.id] = nil
            }
            return
        }
        let isDestroyed = contents.withLock { contents in
            if contents.destroyed.contains(record.id) { return true }
            contents.records[record.id] = record
            contents.borrowed.remove(record.id)
            return false
        }
        guard !isDestroyed else { return }
        do throws(KeyProblem) {
            try open(record)
            contents.withLock { $0.unresolved[record.id] = nil }
        } catch {
            // A later record of the key may be wrapped by a table key that is here.
            contents.withLock { $0.unresolved[record.id] = error }
        }
    }

    private func open(_ record: KeyRecord) throws(KeyProblem) {
        guard let keys = try tableKeys(for: record), let secret = try keys.secret(of: record)
        else { return }
        do throws(CryptographyError) {
            table.put(
                try TenantKey(
                    id: record.id, tenant: record.tenant, from: record.from, secret: secret))
        } catch {
            throw .ring(.cryptography(error))
        }
    }

    /// The table keys that are at hand, if they have the one of a record.
    private func tableKeys(for record: KeyRecord) throws(KeyProblem) -> OpenTableKeys? {
        guard case .living(let epoch, _) = record.standing else { return nil }
        if let keys = contents.withLock(\.tableKeys), keys.has(epoch) { return keys }
        // Before the end was read this may be what a later record replaces: the file is read for
        // the first of them, and again at the end.
        if contents.withLock({ $0.tableKeys != nil && !$0.isCaughtUp }) {
            throw .unknownEpoch(epoch, of: record.id)
        }
        return try reload()
    }

    /// Reads the table keys again, and the key ring where it lacks one of its.
    @discardableResult
    package func reload() throws(KeyProblem) -> OpenTableKeys {
        guard let file = try folder.tableKeys() else {
            throw .missing(path: folder.tableKeysFile)
        }
        do throws(KeyRingError) {
            let keys = try file.opened(by: ring)
            contents.withLock { $0.tableKeys = keys }
            return keys
        } catch {
            throw .ring(error)
        }
    }

    /// Tries those again that could not be opened, and says so loudly where that stays.
    private func resolve() {
        let unresolved = contents.withLock { contents in
            contents.unresolved.keys.compactMap { contents.records[$0] }
        }
        guard !unresolved.isEmpty else { return }
        // What reading the files says shows with each key.
        _ = try? reload()
        let snapshot = LivingKeys.read(folder)
        for record in unresolved {
            do throws(KeyProblem) {
                try openAgain(record, snapshot[record.id])
                contents.withLock { $0.unresolved[record.id] = nil }
            } catch {
                contents.withLock { $0.unresolved[record.id] = error }
            }
        }
        tell()
    }

    /// Opens a key from its record, else from the snapshot: the log may be an older copy.
    private func openAgain(_ record: KeyRecord, _ kept: KeyRecord?) throws(KeyProblem) {
        do throws(KeyProblem) {
            try open(record)
        } catch {
            guard let kept, kept.tenant == record.tenant, kept.from == record.from,
                (try? open(kept)) != nil  // why the log's own record does not open is told
            else { throw error }
            contents.withLock { contents in
                guard contents.records[record.id] == record else { return }
                contents.records[record.id] = kept
                contents.borrowed.insert(record.id)
            }
        }
    }

    private func tell() {
        let news = contents.withLock { contents in
            let news = contents.unresolved.filter { contents.reported[$0.key] != $0.value }
            contents.reported = contents.unresolved
            return news
        }
        for (id, problem) in news.sorted(by: { $0.key < $1.key }) {
            logger.error(
                "a key cannot be opened: its tenant's words cannot be read or written here",
                [.key: .identifier(id), .reason: .reason(problem.description)])
        }
    }
}

extension TableKeys {
    /// The keys themselves; the ring is read again where it lacks a key.
    func opened(by store: KeyRingStore) throws(KeyRingError) -> OpenTableKeys {
        do throws(KeyRingError) {
            return try opened(by: store.current)
        } catch {
            guard case .unknownKey = error, try store.reload() else { throw error }
            return try opened(by: store.current)
        }
    }
}
