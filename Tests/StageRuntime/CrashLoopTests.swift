import AuditRecords
import Conversation
import EventLog
import FileSignals
import Foundation
import PipelineTesting
import Records
import SQLiteEventLog
import Synchronization
import Telemetry
import Testing

@testable import StageRuntime

/// A stage that some inputs are too much for, over a log and a journal in a folder, so that one
/// process can go on where another ended.
struct FragileStage: Stage {
    typealias State = NoState

    let reads: [any Payload.Type] = [HandoffCommand.self, CustomerPreference.self]
    let name = "fragile"

    func begin(
        _ input: StageInput, _ state: inout NoState, _ context: StageContext
    ) throws(Rejection) -> Plan<String> {
        guard case .record(let command as HandoffCommand, _, _) = input,
            case .send(let content) = command.action, let text = content.plainText
        else { return .ignore(because: "not for me") }
        if text == "poison" { fatalError("as the test wants") }
        return text.hasPrefix("ask ") ? .call(text) : emit(text, context)
    }

    func resume(
        _ answer: String, to call: String, _ state: inout NoState, _ context: StageContext
    ) throws(Rejection) -> Plan<String> { emit(answer, context) }

    private func emit(_ text: String, _ context: StageContext) -> Plan<String> {
        var effects = context.effects
        effects.emit(
            AuditEntry(
                tenant: "t", actor: context.key, action: text, subject: "s", at: context.now))
        return .finish(effects)
    }
}

/// The words of a mapped file.
struct FileWords: AttemptWords {
    let file: MappedWords
    var count: Int { file.count }
    var currentThread: UInt64 { file.currentThread }
    func load(_ index: Int) -> UInt64 { file.load(index) }
    func store(_ value: UInt64, at index: Int) { file.store(value, at: index) }
}

/// One process's view of the folder that its predecessors worked in.
struct Fragile {
    let log: SQLiteEventLog
    let attempts: AttemptJournal

    /// Opens the log and takes the journal over; `notes` crashes of this process in it.
    init(_ folder: String, notes: Bool) async throws {
        log = try await SQLiteEventLog.open(
            path: folder + "/log", clock: { wallClockMilliseconds() })
        try await log.createTopics(
            [Topic.handoffCommands, .audit, .decisions, .deadLetters].map {
                TopicConfiguration(
                    name: $0.rawValue, partitions: 1, cleanup: .delete(retention: nil))
            })
        let file = try #require(
            try MappedWords(path: folder + "/attempts", count: AttemptJournal.words))
        attempts = AttemptJournal(FileWords(file: file))
        guard notes else { return }
        // A backtrace of the tests' whole program takes minutes.
        for number in [SIGILL, SIGTRAP] { _ = signal(number, SIG_DFL) }
        file.noteCrashes(at: AttemptJournal.crashWord)
    }

    /// Puts inputs into the log of a folder, before any process works there.
    static func seed(_ folder: String, _ texts: [(key: String, text: String)]) async throws {
        // Its journal is free again when this returns, as it would be after a process's end.
        let fragile = try await Fragile(folder, notes: false)
        try await fragile.send(texts)
        await fragile.log.close()
    }

    func send(_ texts: [(key: String, text: String)]) async throws {
        let appender = try await log.openAppender()
        try await appender.append(
            texts.map { key, text in
                let command = HandoffCommand(
                    tenant: "t", conversation: ConversationID(key), agent: "x", agentName: "X",
                    action: .send(.text(text)), reference: "", at: Probe.now())
                let id = RecordID("\(key)/\(text)")
                return try RecordEnvelope.program.record(
                    command,
                    headers: RecordHeaders(
                        id: id, type: HandoffCommand.type, source: "test", time: Probe.now(),
                        subject: key, correlation: id, causation: id, tenant: "t"))
            })
        await appender.close()
    }

    func runner(
        perform: @escaping StageRunner<FragileStage>.Perform = { call, _ in call }
    ) -> StageRunner<FragileStage> {
        StageRunner(
            FragileStage(), reading: [InputTopic(.handoffCommands)], from: log, by: .program,
            slot: "fragile-0", settings: RunnerSettings(), attempts: attempts,
            metrics: Metrics(), logger: Logger(service: "fragile", to: LogSinks.discard),
            now: Probe.now, perform: perform)
    }

    /// Runs until so many actions were written; answers them with the dead letters.
    func finish(_ count: Int) async throws -> (actions: Set<String>, dead: [Record]) {
        let runner = runner()
        let run = Task { try await runner.run() }
        let actions = try await records(.audit, atLeast: count)
        await runner.drain()
        try await run.value
        let dead = try await records(.deadLetters, atLeast: 0)
        await log.close()
        return (
            Set(
                try actions.map { record in
                    guard
                        case .payload(let entry as AuditEntry) = try RecordEnvelope.program
                            .decode(record).value
                    else { return "?" }
                    return "\(entry.actor): \(entry.action)"
                }), dead
        )
    }

    private func records(_ topic: Topic, atLeast count: Int) async throws -> [Record] {
        let reader = try await log.openReader(of: [topic.rawValue], from: .beginning)
        var found: [Record] = []
        let deadline = ContinuousClock.now + .seconds(30)
        repeat {
            let more = try await reader.poll(atMost: 1000, waiting: .milliseconds(200))
            found += more.map(\.record)
        } while found.count < count && ContinuousClock.now < deadline
        await reader.close()
        return found
    }
}

/// Waits until so many calls are under way, then does what ends the process.
final class Gathering: Sendable {
    private let waiting = Mutex(0)

    func arrive() -> Int {
        waiting.withLock { count in
            count += 1
            return count
        }
    }

    var count: Int { waiting.withLock { $0 } }
}

@Suite("Crash loops")
struct CrashLoopTests {
    @Test("a record whose decision ends the process twice is set aside at the third start")
    func deciding() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path
        try await Fragile.seed(
            path, [("a", "one"), ("a", "poison"), ("a", "two"), ("b", "three")])
        await #expect(processExitsWith: .failure) { [path = path as String] in
            try await Fragile(path, notes: true).runner().run()
        }
        await #expect(processExitsWith: .failure) { [path = path as String] in
            try await Fragile(path, notes: true).runner().run()
        }
        let third = try await Fragile(path, notes: false)
        let (actions, dead) = try await third.finish(3)
        #expect(actions == ["a: one", "a: two", "b: three"])
        let letter = try #require(dead.first)
        #expect(dead.count == 1)
        #expect(letter.header(HeaderName.id) == "a/poison")
        #expect(letter.header(HeaderName.deadClass) == DeadLetter.Kind.crash.rawValue)
        #expect(letter.header(HeaderName.deadAttempts) == "2")
        #expect(letter.header(HeaderName.deadReason)?.contains("crashed 2 times") == true)
        #expect(third.attempts.suspicion(of: AttemptSubject.command(1)) == nil)
    }

    @Test("of many calls under way, only the one whose work ends the process is set aside")
    func calling() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path
        try await Fragile.seed(
            path,
            (0..<8).map { ("k\($0)", $0 == 5 ? "ask poison" : "ask \($0)") } + [("k5", "after")])
        await #expect(processExitsWith: .failure) { [path = path as String] in
            let gathering = Gathering()
            try await Fragile(path, notes: true).runner { call, _ in
                _ = gathering.arrive()
                while gathering.count < 8 { await Task.yield() }
                if call == "ask poison" { fatalError("as the test wants") }
                // The others wait for the world when it happens.
                try? await Task.sleep(for: .seconds(60))
                return call
            }.run()
        }
        await #expect(processExitsWith: .failure) { [path = path as String] in
            try await Fragile(path, notes: true).runner { call, _ in
                if call == "ask poison" { fatalError("as the test wants") }
                return call
            }.run()
        }
        let third = try await Fragile(path, notes: false)
        let (actions, dead) = try await third.finish(8)
        #expect(
            actions
                == Set([0, 1, 2, 3, 4, 6, 7].map { "k\($0): ask \($0)" } + ["k5: after"]))
        #expect(dead.map { $0.header(HeaderName.id) } == ["k5/ask poison"])
    }

    @Test("the suspects of a crash are called for one at a time")
    func oneAtATime() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path
        try await Fragile.seed(path, (0..<6).map { ("k\($0)", "ask \($0)") })
        await #expect(processExitsWith: .failure) { [path = path as String] in
            let gathering = Gathering()
            try await Fragile(path, notes: true).runner { call, _ in
                if gathering.arrive() == 6 { fatalError("as the test wants") }
                try? await Task.sleep(for: .seconds(60))  // the process ends before
                return call
            }.run()
        }
        let second = try await Fragile(path, notes: false)
        try await second.send([("new", "ask new")])
        let together = Mutex((now: 0, most: 0))
        let runner = second.runner { call, _ in
            if call != "ask new" {
                together.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
                for _ in 0..<50 { await Task.yield() }
                together.withLock { $0.now -= 1 }
            }
            return call
        }
        let run = Task { try await runner.run() }
        while try await second.log.groupPositions()["fragile"]?.values.first != 7 {
            await Task.yield()
        }
        await runner.drain()
        try await run.value
        #expect(together.withLock { $0.most } == 1)
        await second.log.close()
    }

    @Test("kill -9, however often with the same record in hand, sets nothing aside")
    func killed() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path
        try await Fragile.seed(
            path, (0..<4).map { ("k\($0)", "ask \($0)") } + [("k", "one")])
        for _ in 0..<4 {
            await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
                let gathering = Gathering()
                try await Fragile(path, notes: true).runner { call, _ in
                    if gathering.arrive() == 4 { kill(getpid(), SIGKILL) }
                    try? await Task.sleep(for: .seconds(60))  // the process ends before
                    return call
                }.run()
            }
        }
        let last = try await Fragile(path, notes: false)
        #expect(!last.attempts.hasSuspects)
        let (actions, dead) = try await last.finish(5)
        #expect(actions.count == 5)
        #expect(dead.isEmpty)
    }
}

extension AttemptSubject {
    /// The record at an offset of the tests' topic.
    static func command(_ offset: Int64) -> AttemptSubject {
        AttemptSubject(topic: Topic.handoffCommands.rawValue, partition: 0, offset: offset)
    }
}
