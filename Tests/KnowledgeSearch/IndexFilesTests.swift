import Conversation
import Cryptography
import EventLog
import Foundation
import PassageIndex
import PipelineTesting
import Records
import Synchronization
import Telemetry
import Testing

@testable import KnowledgeSearch

/// The files that the processes of a machine share, from the log to what is found.
@Suite("Files of indexes", .timeLimit(.minutes(5)))
struct IndexFilesTests {
    private static let now = Timestamp(seconds: 1_800_000_000)

    /// An installation's log, folder and keys.
    private final class Machine: Sendable {
        let log = InMemoryEventLog { 0 }
        let folder: TemporaryFolder
        let envelope: RecordEnvelope
        let destroyed = Mutex<Set<TenantID>>([])
        let clock = Mutex(IndexFilesTests.now)
        let numbers = Mutex(0)

        init() async throws {
            folder = try TemporaryFolder()
            envelope = RecordEnvelope(
                RecordTypes([Passage.self, PassageWithdrawal.self, DocumentStanding.self]))
            try await log.createTopics([
                TopicConfiguration(
                    name: Topic.knowledgePassages.rawValue, partitions: 1, cleanup: .compact)
            ])
        }

        var files: IndexFolder { IndexFolder(path: folder.path + "/index") }

        func append(_ payloads: [any Payload]) async throws {
            let appender = try await log.openAppender()
            try await appender.append(
                payloads.map { payload in
                    let id = RecordID("r\(numbers.withLock { $0 += 1; return $0 })")
                    return try envelope.record(
                        payload,
                        headers: RecordHeaders(
                            id: id, type: type(of: payload).type, source: "test",
                            time: IndexFilesTests.now, subject: payload.key, correlation: id,
                            causation: id, tenant: payload.tenant))
                })
            await appender.close()
        }

        /// A process that holds passages.
        func process(_ log: InMemoryEventLog? = nil) throws -> Process {
            var settings = IndexFiles.Settings()
            settings.interval = .milliseconds(5)
            settings.quiet = .zero
            settings.fewChanges = 1
            let secret = SecretBytes(copying: Array(repeating: 7, count: 32))
            let key = try IndexKey(name: "k", secret: secret)
            let files = IndexFiles(files, settings: settings) { tenant in
                self.destroyed.withLock { $0.contains(tenant) } ? .destroyed : .key(key)
            } whenKeysAreKnown: {
            }
            let knowledge = KnowledgeSearch(
                embeddings: { _ in nil }, files: files,
                logger: Logger(service: "test", to: LogSinks.discard),
                now: { self.clock.withLock { $0 } })
            return Process(knowledge, log ?? self.log, envelope)
        }
    }

    /// A process that runs until it is stopped.
    private final class Process: Sendable {
        let knowledge: KnowledgeSearch
        private let table: TopicTable
        private let running: Task<Void, any Error>
        private let keeping = Mutex<Task<Void, Never>?>(nil)

        init(_ knowledge: KnowledgeSearch, _ log: any EventLog, _ envelope: RecordEnvelope) {
            self.knowledge = knowledge
            let table = TopicTable(
                [knowledge.feed], in: log, reading: envelope, metrics: Metrics(),
                logger: Logger(service: "test", to: LogSinks.discard))
            self.table = table
            running = Task { try await table.run() }
        }

        func catchUp() async throws { try await table.waitUntilCaughtUp() }

        func keep() { keeping.withLock { $0 = Task { await self.knowledge.keepFiles() } } }

        func stop() async {
            running.cancel()
            let keeping = keeping.withLock { $0 }
            keeping?.cancel()
            await keeping?.value
        }

        func found(_ question: String, _ tenant: TenantID = "shop") async throws -> [String] {
            try await knowledge.passages(tenant, question, limit: 10).map(\.id.rawValue)
        }
    }

    private static func passage(
        _ id: String, _ text: String, tenant: TenantID = "shop"
    ) -> Passage {
        Passage(
            id: PassageID(id), tenant: tenant, document: "d", documentName: "notes.md", ordinal: 0,
            headings: [], page: nil, sheet: nil, text: text, contentHash: id, vector: nil,
            model: nil)
    }

    private static func eventually(
        _ condition: () async throws -> Bool
    ) async throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            if try await condition() { return true }
            try await Task.sleep(for: .milliseconds(5))
        }
        return false
    }

    private static func changes(_ process: Process, _ tenant: TenantID = "shop") async -> Int {
        await process.knowledge.index(tenant).progress.changes
    }

    /// A machine with some passages in a file.
    private static func written(_ passages: [Passage]) async throws -> (Machine, Process) {
        let machine = try await Machine()
        try await machine.append(passages)
        let process = try machine.process()
        try await process.catchUp()
        process.keep()
        #expect(try await eventually { machine.files.manifest()?.isComplete == true })
        return (machine, process)
    }

    @Test("one process writes the file, another starts from it, and both find the same")
    func shared() async throws {
        let (machine, owner) = try await Self.written([
            Self.passage("a", "Bicycles for rent"), Self.passage("b", "Skates for rent"),
            Self.passage("x", "Bicycles", tenant: "rival"),
        ])
        let second = try machine.process()
        try await second.catchUp()
        // It read nothing of the log but what tells that it is this one.
        #expect(await second.knowledge.index("shop").progress.own == 0)
        #expect(await second.knowledge.index("shop").count == 2)
        #expect(try await second.found("bicycles") == ["a"])
        #expect(try await second.found("bicycles", "rival") == ["x"])
        // What comes afterwards is found by both, and by the second from the owner's next file.
        second.keep()
        try await machine.append([
            Self.passage("c", "Bicycles for sale"),
            PassageWithdrawal(passage: "a", tenant: "shop", at: Self.now),
        ])
        for process in [owner, second] {
            #expect(try await Self.eventually { try await process.found("bicycles") == ["c"] })
        }
        #expect(
            try await Self.eventually {
                await Self.changes(owner) + Self.changes(second) == 0
            })
        #expect(try await second.found("rent skates").first == "b")
        #expect(await second.knowledge.index("shop").progress.own == 0)
        // One file a tenant, and those before are gone.
        let folder = machine.files.path + "/shop"
        #expect(
            try await Self.eventually {
                try FileManager.default.contentsOfDirectory(atPath: folder).count == 1
            })
        await second.stop()
        // An owner that ends leaves its place to another.
        await owner.stop()
        let third = try machine.process()
        try await third.catchUp()
        third.keep()
        try await machine.append([Self.passage("d", "Tandems")])
        #expect(
            try await Self.eventually {
                let changes = await Self.changes(third)
                let found = try await third.found("tandems")
                return changes == 0 && found == ["d"]
            })
        await third.stop()
    }

    @Test(
        "a file or a list of files that is missing or damaged is made anew",
        arguments: ["no file", "file", "no list", "list", "cut list"])
    func damaged(_ what: String) async throws {
        let (machine, owner) = try await Self.written([
            Self.passage("a", "Bicycles"), Self.passage("x", "Skates", tenant: "rival"),
        ])
        await owner.stop()
        let list = machine.files.path + "/current"
        let entry = try #require(machine.files.manifest()?.entries.first { $0.tenant == "shop" })
        let file = try #require(machine.files.file(entry))
        var bytes = Array(try Data(contentsOf: URL(filePath: what.contains("list") ? list : file)))
        bytes[bytes.count / 2] ^= 1
        switch what {
        case "no file": try FileManager.default.removeItem(atPath: file)
        case "file": try Data(bytes).write(to: URL(filePath: file), options: .atomic)
        case "no list": try FileManager.default.removeItem(atPath: list)
        case "list": try Data(bytes).write(to: URL(filePath: list), options: .atomic)
        default:
            try Data(bytes.prefix(20)).write(to: URL(filePath: list), options: .atomic)
        }
        let process = try machine.process()
        try await process.catchUp()
        #expect(try await process.found("bicycles") == ["a"])
        #expect(try await process.found("skates", "rival") == ["x"])
        process.keep()
        #expect(
            try await Self.eventually {
                guard
                    let entry = machine.files.manifest()?.entries.first(where: {
                        $0.tenant == "shop"
                    }), let path = machine.files.file(entry), entry.file != "", path != file
                else { return false }
                return FileManager.default.fileExists(atPath: path)
            })
        #expect(try await process.found("bicycles") == ["a"])
        await process.stop()
    }

    @Test("files of another log, or named long ago, are not used")
    func untrusted() async throws {
        let (machine, owner) = try await Self.written([Self.passage("a", "Bicycles")])
        await owner.stop()
        // A log with as many records, but others.
        let other = try await Machine()
        other.numbers.withLock { $0 = 100 }
        try await other.append([Self.passage("b", "Skates")])
        let process = try machine.process(other.log)
        try await process.catchUp()
        #expect(try await process.found("bicycles").isEmpty)
        #expect(try await process.found("skates") == ["b"])
        await process.stop()
        // One that ends before.
        let empty = try await Machine()
        let nothing = try machine.process(empty.log)
        try await nothing.catchUp()
        #expect(try await nothing.found("bicycles").isEmpty)
        await nothing.stop()
        machine.clock.withLock { $0 = Self.now + .seconds(13 * 3_600) }
        let late = try machine.process()
        try await late.catchUp()
        #expect(await late.knowledge.index("shop").progress.own == 1)
        await late.stop()
    }

    @Test("nothing of a tenant whose key was destroyed stays, in memory or on the disk")
    func erased() async throws {
        let (machine, owner) = try await Self.written([
            Self.passage("a", "Bicycles"), Self.passage("x", "Skates", tenant: "rival"),
        ])
        let second = try machine.process()
        try await second.catchUp()
        second.keep()
        #expect(machine.files.holds("shop"))
        machine.destroyed.withLock { _ = $0.insert("shop") }
        #expect(
            try await Self.eventually {
                let one = try await owner.found("bicycles")
                let other = try await second.found("bicycles")
                return one.isEmpty && other.isEmpty && !machine.files.holds("shop")
            })
        #expect(await !owner.knowledge.holdsFiles(of: "shop"))
        #expect(try await owner.found("skates", "rival") == ["x"])
        await second.stop()
        await owner.stop()
    }

    @Test("a document that is removed leaves the file, and a tenant without any leaves none")
    func removed() async throws {
        let (machine, owner) = try await Self.written([Self.passage("a", "Bicycles")])
        #expect(machine.files.holds("shop"))
        try await machine.append([PassageWithdrawal(passage: "a", tenant: "shop", at: Self.now)])
        #expect(try await Self.eventually { !machine.files.holds("shop") })
        #expect(machine.files.manifest()?.entries.isEmpty == true)
        #expect(try await owner.found("bicycles").isEmpty)
        // And it comes again.
        try await machine.append([Self.passage("a", "Bicycles")])
        #expect(try await Self.eventually { machine.files.manifest()?.entries.count == 1 })
        #expect(try await owner.found("bicycles") == ["a"])
        await owner.stop()
    }

    @Test("changes are written once they rest, are many, are old, or take something away")
    func due() {
        let settings = IndexFiles.Settings()
        func isDue(
            _ changes: Int, rows: Int = 10_000, removals: Int = 0, first: Int, last: Int
        ) -> Bool {
            var progress = PassageIndex.Progress()
            progress.generation = "g"
            progress.rows = rows
            progress.changes = changes
            progress.removals = removals
            return settings.isDue(
                progress, first: .seconds(first), last: .seconds(last))
        }
        #expect(!isDue(0, first: 1_000, last: 1_000))
        #expect(!isDue(199, first: 10, last: 10))
        #expect(isDue(200, first: 10, last: 10))
        #expect(!isDue(200, first: 10, last: 1))
        #expect(isDue(1, first: 600, last: 3))
        #expect(isDue(1, removals: 1, first: 30, last: 3))
        #expect(isDue(5_000, first: 1, last: 0))
        #expect(!isDue(5_000, rows: 100_000, first: 1, last: 0))
    }
}
