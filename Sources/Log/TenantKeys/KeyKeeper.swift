package import Conversation
import Cryptography
package import EventLog
import Records
import Synchronization
package import Telemetry

/// Makes tenants' keys, wraps them anew when the table key changes, and keeps a snapshot of them;
/// one an installation, though two at once do no harm.
///
/// Whatever it does can be killed between any two steps: its next start goes on.
package final class KeyKeeper: Sendable {
    /// How often a sign of life is written: as seldom as compaction of the topic may be late.
    private static let heartbeatEvery = Duration.seconds(3_600)
    /// How often it looks whether something is to be done.
    private static let round = Duration.seconds(30)
    /// The wait before what the log refused for the moment is tried again.
    private static let retryWait = Duration.milliseconds(500)
    /// Records appended at once.
    static let batch = 500

    let feed: KeyFeed
    let appender: any EventLogAppender
    private let isFenced: @Sendable (TenantID) -> Bool
    private let always: [TenantID]
    let logger: Logger
    let now: @Sendable () -> Timestamp
    private let ready = Mutex(false)
    private let givenUp = Mutex(false)

    /// Prepares to keep the keys that a feed knows, which runs in the same process; a tenant that
    /// is being erased, `isFenced`, gets none; those that are to have one `always` get it at the
    /// start, settings or not.
    package init(
        _ feed: KeyFeed, appender: any EventLogAppender,
        isFenced: @escaping @Sendable (TenantID) -> Bool = { _ in false },
        always: [TenantID] = [], logger: Logger,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.feed = feed
        self.appender = appender
        self.isFenced = isFenced
        self.always = always
        self.logger = logger
        self.now = now
    }

    /// Whether every tenant that there was at the start has a key.
    package var isReady: Bool { ready.withLock { $0 } }

    /// Whether it has ended by itself, as nothing can be made or opened.
    var hasGivenUp: Bool { givenUp.withLock { $0 } }

    /// Makes what is missing, goes on with what was interrupted, and gives signs of life until
    /// cancelled.
    ///
    /// - Throws: ``KeyProblem`` if nothing can be made or opened here.
    package func run() async throws(KeyProblem) {
        while !feed.isCaughtUp {
            if Task.isCancelled { return }
            try? await Task.sleep(for: .milliseconds(5))  // cancelled: the loop ends
        }
        while !Task.isCancelled {
            do throws(KeyProblem) {
                try await catchUp()
                ready.withLock { $0 = true }
                try? await Task.sleep(for: Self.round)  // cancelled: the loop ends
            } catch {
                guard case .log = error else {
                    givenUp.withLock { $0 = true }
                    throw error
                }
                logger.warning("the keeper of keys waits for the log", [.error: .error(error)])
                try? await Task.sleep(for: Self.retryWait)  // cancelled: the loop ends
            }
        }
    }

    /// What each round sees to; mostly nothing.
    private func catchUp() async throws(KeyProblem) {
        if !isReady {
            try await openTableKeys()
            try await upgrade()
            for tenant in try await always + tenants() where lacksKey(tenant) {
                try await makeKey(for: tenant)
            }
        }
        let last = feed.heartbeat ?? Timestamp(milliseconds: 0)
        if now().since(last) >= Self.heartbeatEvery {
            try await append([KeyHeartbeat(at: now())])
        }
    }

    /// Whether a tenant never had a key; one whose key cannot be opened, which the feed tells of,
    /// is no reason to leave the others without.
    private func lacksKey(_ tenant: TenantID) -> Bool {
        !feed.table.isErased(tenant) && feed.problem(of: tenant) == nil && !isFenced(tenant)
    }

    // MARK: A tenant's key

    /// How long others are given to read a key that was made just now.
    private static let spread = Duration.milliseconds(250)

    /// Sees to it that a tenant has a key, durable and known here and most likely to all others,
    /// before anything of its is written.
    ///
    /// - Throws: ``KeyProblem``; `.erased` of one that is being erased.
    package func ensureKey(of tenant: TenantID) async throws(KeyProblem) {
        if feed.table.hasKey(tenant) { return }
        try await makeKey(for: tenant)
        try? await Task.sleep(for: Self.spread)  // cancelled: whoever waits looks itself
    }

    private func makeKey(
        for tenant: TenantID, after former: [FormerConversations] = []
    ) async throws(KeyProblem) {
        guard !feed.table.hasKey(tenant) else { return }
        let made = try await feed.folder.exclusively { () async throws(KeyProblem) -> KeyID? in
            try await self.readToEnd()
            guard !self.feed.table.hasKey(tenant) else { return nil }
            guard !self.isFenced(tenant) else { throw .erased(tenant) }
            // One that cannot be opened is not replaced: what it sealed would be lost.
            if let problem = self.feed.problem(of: tenant) { throw problem }
            let record = try self.freshKey(of: tenant)
            try await self.append(former + [record])
            return record.id
        }
        guard let made else { return }
        await feed.awaitKnown([made])
        logger.info("a tenant has a key", [.tenant: .identifier(tenant), .key: .identifier(made)])
        try await keepSnapshot()
    }

    private func freshKey(of tenant: TenantID) throws(KeyProblem) -> KeyRecord {
        let (id, secret): (KeyID, [UInt8])
        do throws(CryptographyError) {
            id = KeyID(Hex.encode(try RandomBytes.make(count: 8)))
            secret = try RandomBytes.make(count: AuthenticatedEncryption.keyLength)
        } catch {
            throw .ring(.cryptography(error))
        }
        return KeyRecord(
            id: id, tenant: tenant, from: Timestamp(milliseconds: 0),
            standing: try feed.reload().wrapped(secret, id: id, of: tenant))
    }

    /// The tenants whose settings stand in the log.
    private func tenants() async throws(KeyProblem) -> [TenantID] {
        var found: Set<TenantID> = []
        do throws(EventLogError) {
            try await TopicReading.read([Topic.tenants.rawValue], in: feed.log) { records in
                for record in records.map(\.record) {
                    let tenant = TenantID(String(decoding: record.key, as: UTF8.self))
                    if record.value == nil { found.remove(tenant) } else { found.insert(tenant) }
                }
            }
        } catch {
            throw .log(reason: error.description)
        }
        return found.sorted()
    }

    // MARK: The upgrade

    /// Gives a key to each tenant that had records before there were keys, with the list of its
    /// conversations; once an installation.
    private func upgrade() async throws(KeyProblem) {
        guard feed.heartbeat == nil else { return }
        var found: [TenantID: Set<ConversationID>] = [:]
        do throws(EventLogError) {
            let topics = Self.conversationTopics.union([Topic.documents.rawValue])
            try await TopicReading.read(topics, in: feed.log) { records in
                for consumed in records {
                    guard let name = consumed.record.header(HeaderName.tenant) else { continue }
                    let tenant = TenantID(name)
                    if Self.conversationTopics.contains(consumed.partition.topic) {
                        let key = String(decoding: consumed.record.key, as: UTF8.self)
                        found[tenant, default: []].insert(ConversationID(key))
                    } else {
                        found[tenant] = found[tenant] ?? []
                    }
                }
            }
        } catch {
            throw .log(reason: error.description)
        }
        for (tenant, conversations) in found.sorted(by: { $0.key < $1.key })
        where lacksKey(tenant) {
            try await makeKey(for: tenant, after: former(tenant, conversations.sorted()))
        }
        try await append([KeyHeartbeat(at: now())])
        try await readToEnd()
    }

    /// The topics whose records have a conversation as their key.
    private static let conversationTopics = Set(
        [Topic.messagesInbound, .questionsGrounded, .repliesProposed, .messagesOutbound]
            .map(\.rawValue))

    private func former(
        _ tenant: TenantID, _ conversations: [ConversationID]
    ) -> [FormerConversations] {
        let began = now()
        return stride(from: 0, to: conversations.count, by: FormerConversations.most).enumerated()
            .map { part, start in
                let end = min(start + FormerConversations.most, conversations.count)
                return FormerConversations(
                    tenant: tenant, part: part, conversations: Array(conversations[start..<end]),
                    began: began)
            }
    }

    // MARK: Writing

    /// Appends records and waits until they are durable.
    func append(_ payloads: [any Payload]) async throws(KeyProblem) {
        guard !payloads.isEmpty else { return }
        var records: [Record] = []
        do {
            for payload in payloads {
                let id = RecordID(Hex.encode(try RandomBytes.make(count: 16)))
                records.append(
                    try Self.envelope.record(
                        payload,
                        headers: RecordHeaders(
                            id: id, type: type(of: payload).type, source: "keys", time: now(),
                            subject: payload.key, correlation: id, causation: id,
                            tenant: payload.tenant)))
            }
        } catch {
            throw .log(reason: "a record of keys cannot be made: \(error)")
        }
        do throws(EventLogError) {
            try await appender.append(records)
        } catch {
            throw .log(reason: "the log did not take a record of keys: \(error.description)")
        }
    }

    private static let envelope = RecordEnvelope(RecordTypes(KeyRecords.types))

    /// Waits until the feed knows what the topic holds now.
    func readToEnd() async throws(KeyProblem) {
        do throws(EventLogError) {
            try await feed.awaitEnd()
        } catch {
            throw .log(reason: error.description)
        }
    }
}
