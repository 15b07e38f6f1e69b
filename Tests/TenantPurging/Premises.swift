import Blobs
import Conversation
import Cryptography
import EventLog
import Foundation
import Mail
import PassageIndex
import PipelineTesting
import PurgeRecords
import Records
import SQLite
import SQLiteEventLog
import Synchronization
import Telemetry
import TenantKeys
import TenantPurging
import Views

/// Something that a customer wrote.
struct Note: Payload {
    static let type = "test.note"
    static let topic = Topic("notes", kept: .messages)
    static let personal: [FieldPath] = ["text"]

    var tenant: TenantID
    var key: String
    var text: String
}

/// What is known of something, newest of each key.
struct Fact: Payload {
    static let type = "test.fact"
    static let topic = Topic("facts", kept: .newestOfKey)
    static let personal: [FieldPath] = ["text"]

    var tenant: TenantID
    var key: String
    var text: String
}

/// An installation without processes: a log with two tenants in it, and all else that they have.
final class Premises: Sendable {
    static let view = View(
        "notes", of: [Note.topic], reading: [Note.self],
        schema: "CREATE TABLE notes (tenant TEXT NOT NULL, text TEXT NOT NULL)"
    ) { record, rows throws(SQLiteError) in
        guard let note = record.payload as? Note else { return }
        try rows.change(
            "INSERT INTO notes VALUES (?, ?)", .text(note.tenant.rawValue), .text(note.text))
    }

    static let types = RecordTypes(
        [Note.self, Fact.self, TenantSettings.self] + KeyRecords.types + PurgeRecords.types)

    let folder: TemporaryFolder
    let clock = OffsetClock()
    let log: SQLiteEventLog
    let envelope = RecordEnvelope(Premises.types)
    let blobs: BlobFolder
    let mails: MailFolder
    let indexes: IndexFolder
    let ledger: LedgerFiles
    let epochs = Atomic<Int>(1)

    init() async throws {
        folder = try TemporaryFolder()
        let clock = clock
        log = try await SQLiteEventLog.open(
            path: folder.path + "/log.sqlite", clock: { clock.now })
        blobs = BlobFolder(folder.path + "/blobs")
        mails = MailFolder(folder.path + "/mails")
        indexes = IndexFolder(path: folder.path + "/index")
        ledger = LedgerFiles(keys: folder.path + "/keys", state: folder.path + "/state")
        try await log.createTopics(
            Self.types.topics.values.map { topic in
                TopicConfiguration(
                    name: topic.rawValue, partitions: topic.isCompacted ? 1 : 2,
                    cleanup: topic.isCompacted ? .compact : .delete(retention: nil))
            })
    }

    var now: Timestamp { Timestamp(milliseconds: clock.now) }

    func append(_ payloads: any Payload...) async throws {
        let appender = try await log.openAppender()
        for payload in payloads {
            let id = RecordID(UUID().uuidString)
            try await appender.append([
                try envelope.record(
                    payload,
                    headers: RecordHeaders(
                        id: id, type: type(of: payload).type, source: "test", time: now,
                        subject: payload.key, correlation: id, causation: id,
                        tenant: payload.tenant))
            ])
        }
        await appender.close()
    }

    /// The words of a tenant's customer.
    static func words(of tenant: TenantID, _ number: Int) -> String {
        "the \(number)th word of a customer of \(tenant)"
    }

    /// Puts two tenants in, each with a key, notes, facts and files.
    func fill() async throws {
        let begun = try ErasureLedger(of: "installation", at: now)
        try ledger.replace(with: begun)
        try await append(LedgerBegun(installation: "installation", at: now))
        for tenant in ["sun", "moon"] as [TenantID] {
            try await append(
                KeyRecord(
                    id: KeyID("key-of-\(tenant)"), tenant: tenant, from: now,
                    standing: .living(epoch: 1, wrapped: "wrapped")),
                FormerConversations(tenant: tenant, part: 0, conversations: ["a"]))
            for number in 0..<5 {
                try await append(
                    Note(
                        tenant: tenant, key: "\(tenant)-\(number % 2)",
                        text: Self.words(of: tenant, number)),
                    Fact(
                        tenant: tenant, key: "\(tenant)/\(number % 3)",
                        text: Self.words(of: tenant, number)))
                _ = try await blobs.put(
                    Array(Self.words(of: tenant, number).utf8), of: tenant)
                try await keepMail(Self.words(of: tenant, number), of: tenant)
                let file = try indexes.newFile(of: tenant, at: Int64(number))
                try Data(Self.words(of: tenant, number).utf8).write(to: URL(filePath: file))
            }
        }
    }

    private func keepMail(_ words: String, of tenant: TenantID) async throws {
        let mail = Mail(
            cause: words, from: try Mailbox(EmailAddress("parley@example.org"), name: "Parley"),
            to: try Mailbox(EmailAddress("ana@example.org"), name: "Ana"), subject: "News",
            language: "en", parts: [.paragraph(words)], date: now)
        _ = try await mails.transport(of: tenant).send(try mail.composed())
    }

    /// Runs what an installation's console runs, until the body is through.
    ///
    /// It is a process of its own, as it were: its appends fail from one on, if that is given.
    func process<Value: Sendable>(
        dyingAfter appends: Int = .max,
        _ body: @Sendable (PurgeService, StoredView) async throws -> Value
    ) async throws -> Value {
        let logger = Logger(service: "console", to: LogSinks.discard)
        let keeping = ViewKeeping(
            folder: folder.path + "/views", log: log, reading: envelope, metrics: Metrics(),
            logger: logger)
        let view = keeping.stored(Self.view)
        let keys = KeyTable()
        let appender = DyingAppender(try await log.openAppender(), after: appends)
        let service = service(view, keys, appender, logger)
        let table = TopicTable(
            [service.feed, Self.feed(of: keys)], in: log, reading: envelope, metrics: Metrics(),
            logger: logger)
        let work = Task {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await table.run() }
                group.addTask { try await view.run() }
                group.addTask {
                    try await table.waitUntilCaughtUp()
                    try await view.waitUntilCaughtUp()
                    await service.run()
                }
                try await group.waitForAll()
            }
        }
        let result: Result<Value, any Error>
        do {
            try await table.waitUntilCaughtUp()
            try await view.waitUntilCaughtUp()
            result = .success(try await body(service, view))
        } catch {
            result = .failure(error)
        }
        work.cancel()
        _ = await work.result
        return try result.get()
    }

    private static func feed(of keys: KeyTable) -> TopicTable.Feed {
        TopicTable.Feed([.keys]) { value, _, _ in
            guard case .payload(let payload) = value, let record = payload as? KeyRecord,
                case .destroyed = record.standing
            else { return }
            keys.destroy(record.id, of: record.tenant, at: record.from)
        }
    }

    private func service(
        _ view: StoredView, _ keys: KeyTable, _ appender: any EventLogAppender, _ logger: Logger
    ) -> PurgeService {
        var limits = PurgeLimits()
        limits.forgetting = .milliseconds(20)
        limits.look = .milliseconds(5)
        return PurgeService(
            PurgeWorkplace(
                log: log, appender: appender, envelope: envelope, stages: ["reader": ["notes"]],
                views: { [view] }, blobs: blobs,
                eraseMails: { [mails] in try await mails.erase($0) },
                indexes: .init(
                    erase: { [indexes] in try indexes.erase($0) },
                    hold: { [indexes] in indexes.holds($0) }), ledger: ledger,
                caches: folder.path + "/caches",
                destroyKeys: { [self] in try await destroyKeys(of: $0, appender) },
                nextEpoch: { [self] in epochs.wrappingAdd(1, ordering: .relaxed).newValue },
                knowledge: { keys.knowledge(of: $0) },
                whileTenantsRest: { try await $0() },
                outside: [.init(name: "Meta", note: "30 days")],
                now: { [clock] in Timestamp(milliseconds: clock.now) }),
            limits: limits, logger: logger)
    }

    private func destroyKeys(
        of tenant: TenantID, _ appender: any EventLogAppender
    ) async throws {
        let id = RecordID("destroyed-\(tenant)")
        for key in tenant == "sun" ? ["key-of-sun", "fresh"] as [KeyID] : [] {
            let record = KeyRecord(
                id: key, tenant: tenant, from: now, standing: .destroyed(at: now))
            try await appender.append([
                envelope.record(
                    record,
                    headers: RecordHeaders(
                        id: id, type: KeyRecord.type, source: "test", time: now,
                        subject: record.key, correlation: id, causation: id, tenant: tenant))
            ])
        }
    }

    /// Lets the stage read all that there is.
    func letStageRead() async throws {
        let session = try await log.openSession(
            Membership(group: "reader", topics: ["notes"], slot: "a"))
        var ends: [TopicPartition: Int64] = [:]
        for topic in try await log.describeTopics() where topic.name == "notes" {
            for (number, range) in topic.partitions.enumerated() {
                ends[TopicPartition("notes", Int32(number))] = range.high
            }
        }
        var assigned: Set<Int32> = []
        while assigned.count < 2 {
            assigned.formUnion(try await session.poll(atMost: 100, waiting: .zero).assigned)
        }
        try await session.commit(Commit(positions: ends))
        await session.close()
    }

    /// All bytes of all files but the ledger.
    func bytes() throws -> [UInt8] {
        var all: [UInt8] = []
        for place in [
            "log.sqlite", "log.sqlite-wal", "views", "blobs", "mails", "caches", "index",
        ] {
            let path = folder.path + "/" + place
            let names = (try? FileManager.default.subpathsOfDirectory(atPath: path)) ?? []
            for name in names {
                all += FileManager.default.contents(atPath: path + "/" + name) ?? Data()
            }
            all += FileManager.default.contents(atPath: path) ?? Data()
        }
        return all
    }

    /// Whether words of a tenant stand in any file.
    func holds(_ tenant: TenantID) throws -> Bool {
        let bytes = try Data(bytes())
        return (0..<5).contains { number in
            bytes.range(of: Data(Self.words(of: tenant, number).utf8)) != nil
        }
    }
}

/// Appends so often, then never more: as a process that is killed.
final class DyingAppender: EventLogAppender {
    private let appender: any EventLogAppender
    private let left: Mutex<Int>

    init(_ appender: any EventLogAppender, after appends: Int) {
        self.appender = appender
        left = Mutex(appends)
    }

    var backlog: Int { appender.backlog }

    func append(
        _ records: [Record],
        completion: @escaping @Sendable (Result<Void, EventLogError>) -> Void
    ) {
        let isAlive = left.withLock { left in
            left -= 1
            return left >= 0
        }
        guard isAlive else { return completion(.failure(.permanent(reason: "killed"))) }
        appender.append(records, completion: completion)
    }

    /// Whether it has died.
    var isDead: Bool { left.withLock { $0 < 0 } }

    func close() async { await appender.close() }
}
