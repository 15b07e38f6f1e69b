import AuditRecords
import Conversation
import EventLog
import Foundation
import PipelineTesting
import Records
import SQLiteEventLog
import StageRuntime
import Synchronization
import Telemetry
import Testing

@testable import Operations

/// Seals by turning the bytes around, behind a mark: whoever passes by the one place where words
/// are sealed and opened is found out, by reading what has no mark, or by leaving words readable.
struct TurningSeal: Sealing {
    private static let mark: UInt8 = 0x7e

    func sealed(
        _ value: [UInt8], of tenant: TenantID, at position: SealingContext
    ) throws(RecordError) -> [UInt8] {
        guard value.first != Self.mark else {
            throw RecordError(type: "\(position)", problem: "it is sealed already")
        }
        return [Self.mark] + value.reversed()
    }

    func prepare(for values: [[UInt8]]) async {}

    func opened(_ bytes: [UInt8], at position: SealingContext) throws(RecordError) -> [UInt8] {
        guard bytes.first == Self.mark else {
            throw RecordError(type: "\(position)", problem: "it was never sealed")
        }
        return bytes.dropFirst().reversed()
    }
}

@Suite("Sealing")
struct SealingTests {
    private static let word = "elderflower"
    private static let envelope = RecordEnvelope(.program, sealing: TurningSeal())

    /// Runs a test over a SQLite log in which everything is sealed, and the planted word nowhere
    /// is to be read afterwards.
    private func withSealedLog(_ body: (any EventLog) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        let log = try await SQLiteEventLog.open(
            path: folder.path + "/log.db", clock: { Past.now().milliseconds })
        try await log.createTopics(pipelineTopics)
        try await body(log)
        try expectUnreadable(in: folder.path)
        await log.close()
        try expectUnreadable(in: folder.path)
    }

    /// No file of a folder holds the word; the topics, states, timers and decisions of a log on
    /// SQLite all stand in its files.
    private func expectUnreadable(in folder: String) throws {
        let turned = String(Self.word.reversed())
        var isFound = false
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            let data = FileManager.default.contents(atPath: folder + "/" + name) ?? Data()
            #expect(data.range(of: Data(Self.word.utf8)) == nil, "\(name) tells the word")
            if data.range(of: Data(turned.utf8)) != nil { isFound = true }
        }
        #expect(isFound, "nothing was looked at")
    }

    /// What a stage may be asked, with the word in it: calls, intents, timers, bursts.
    private func fill(_ past: Past) async throws {
        try await past.send("plain \(Self.word)")
        try await past.send("ask \(Self.word)")
        try await past.send("reject \(Self.word)", to: "c")
        try await past.send("idle \(Self.word)", to: "b")
        try await past.send("intend \(Self.word)", to: "b")
        try await past.send("burst \(Self.word)", to: "d")
        try await past.send("long 2 \(Self.word)", to: "e")
        try await past.send("keep \(Self.word)", to: "f")
        // Seven that end at once or are asked, the intent's and two interim records, the timer.
        try await past.work(until: 11)
    }

    @Test("no word stands in the log as it was written, and the stage goes on with all it knows")
    func stage() async throws {
        try await withSealedLog { log in
            let past = Past(log, by: Self.envelope)
            try await fill(past)
            var entries: [AuditEntry] = []
            try await RecordTail(log, topic: "audit").read(from: .beginning, follow: false) {
                if case .payload(let entry as AuditEntry)? = try? Self.envelope.decode($0.record)
                    .value
                {
                    entries.append(entry)
                }
                return true
            }
            #expect(entries.contains { $0.action.contains("burst \(Self.word)") })
            // A process that begins anew finds its state.
            try await past.send("burst again", to: "a")
            try await past.work(until: 13)
            let report = try await past.replay()
            #expect(report.first == nil, "\(report.text)")
            #expect(report.exitCode == 0, "\(report.text)")
            #expect(report.outputs > 6)
        }
    }

    @Test("a difference is shown in words, if they are wanted, and state is rebuilt as stored")
    func replayed() async throws {
        try await withSealedLog { log in
            let past = Past(log, by: Self.envelope)
            try await fill(past)
            let differs = try await past.replay(PastStage(twist: " twist"), content: true)
            #expect(differs.text.contains(Self.word), "\(differs.text)")
            let rebuilt = try await StateRebuild(
                PastStage(), reading: Past.inputs, in: log, by: Self.envelope
            ).run(writing: false, at: Past.now().milliseconds)
            #expect(rebuilt.same > 4)
            #expect(rebuilt.different + rebuilt.missing + rebuilt.extra + rebuilt.doubtful == 0)
        }
    }

    @Test("an entry of state is sealed by itself, and so is the list of their names")
    func entries() async throws {
        try await withSealedLog { log in
            let past = Past(log, by: Self.envelope)
            try await past.send("keep \(Self.word)", to: "f")
            try await past.send("keep more", to: "f")
            try await past.work(until: 2)
            let session = try await log.openSession(
                Membership(group: "past", topics: [Topic.handoffCommands.rawValue], slot: "look"))
            let partition = Partitioner.partition(of: Array("f".utf8), count: 4)
            var held: Set<Int32> = []
            while !held.contains(partition) {
                held.formUnion(
                    try await session.poll(atMost: 1, waiting: .milliseconds(50)).assigned)
            }
            for (store, key, json) in [
                ("entry", "f/0", "\"keep \(Self.word)\""), ("entries", "f", #"["0","1"]"#),
            ] {
                let position = StateKey(partition: partition, store: store, key: key)
                let bytes = try #require(try await session.state([position])[position])
                #expect(String(decoding: bytes, as: UTF8.self) == "~" + String(json.reversed()))
            }
            await session.close()
        }
    }

    @Test("a dead letter is shown, redriven as it was, and handled again")
    func deadLetters() async throws {
        try await withSealedLog { log in
            let past = Past(log, by: Self.envelope)
            try await past.send("reject \(Self.word)")
            try await past.work(until: 1)
            let actions = DeadLetterActions(log, by: Self.envelope)
            let letter = try #require(try await actions.list().first)
            let text = DeadLetterText(Self.envelope)
            #expect(text.details(letter, content: true).contains(Self.word))
            #expect(!text.details(letter, content: false).contains(Self.word))
            #expect(
                String(decoding: try text.json([letter], content: true), as: UTF8.self)
                    .contains(Self.word))
            _ = try await actions.apply(
                .redrive, to: DeadLetterFilter(), by: "ana", at: Past.now())
            #expect(try await actions.list(DeadLetterFilter(isOpen: true)).isEmpty)
            try await past.work(until: 2)
            #expect(try await actions.list(DeadLetterFilter(isOpen: true)).count == 1)
        }
    }

    @Test("people who look see what was said, and the ledger accounts for it")
    func lookedAt() async throws {
        try await withSealedLog { log in
            var story = Story("c1", at: Past.now().milliseconds)
            story.envelope = Self.envelope
            try await append(
                [
                    try story.inbound("w1", .text(Self.word)),
                    try story.reply("r", to: ["w1"], cause: "q"),
                    try story.delivery("d", of: "o", to: "w1", .accepted("out"), cause: "o"),
                ], to: log)
            let ledger = try await MessageLedger(log, by: Self.envelope)
                .report(at: Past.now().milliseconds)
            #expect(ledger.states == ["answered": 1])
            let trace = try await MessageTrace(log, by: Self.envelope)
                .story(of: "w1", content: true, at: Past.now().milliseconds)
            let tree = try RecordCodec.encode(try #require(trace))
            #expect(String(decoding: tree, as: UTF8.self).contains(Self.word))
            let lines = Mutex<[String]>([])
            try await RecordTail(log, topic: "messages.inbound").read(
                from: .beginning, follow: false
            ) { record in
                let line = RecordLine(Self.envelope)
                // A line that cannot be written is missing below.
                let json = (try? line.json(record, content: true)) ?? ""
                lines.withLock { $0 += [line.text(record, content: true), json] }
                return true
            }
            #expect(lines.withLock { $0.count { $0.contains(Self.word) } } == 2)
        }
    }

    @Test("a table is fed with what was sealed, and who lacks the seal reads nothing")
    func table() async throws {
        try await withSealedLog { log in
            var story = Story("c1", at: Past.now().milliseconds)
            story.envelope = Self.envelope
            let record = try story.inbound("w1", .text(Self.word))
            try await append([record], to: log)
            let seen = Seen()
            let feed = TopicTable.Feed([.messagesInbound]) { value, _, _ in
                if case .payload(let message as InboundMessage) = value {
                    seen.add(message.content.words ?? "")
                }
            }
            let table = TopicTable(
                [feed], in: log, reading: Self.envelope, metrics: Metrics(),
                logger: Logger(service: "table", to: LogSinks.discard))
            let running = Task { try await table.run() }
            try await eventually { seen.names == [Self.word] }
            running.cancel()
            _ = await running.result
            #expect(throws: RecordError.self) { try RecordEnvelope.program.decode(record) }
        }
    }
}
