import AuditRecords
import Conversation
import EventLog
import Glibc
import JSON
import PipelineTesting
import Records
import Synchronization
import Telemetry
import Testing

@testable import StageRuntime

/// A stage that shows all a stage can do: it answers commands by what their text says.
struct ProbeStage: Stage {
    struct State: StageState {
        var seen: [String] = []
        var intent: String?
    }

    let reads: [any Payload.Type] = [HandoffCommand.self, CustomerPreference.self]
    let name = "probe"

    func begin(
        _ input: StageInput, _ state: inout State, _ context: StageContext
    ) throws(Rejection) -> Plan<String> {
        if case .timer(let timer) = input {
            state.seen.append("timer \(timer.note)")
            return emit("rang \(timer.note)", context)
        }
        guard case .record(let command as HandoffCommand, _, _) = input,
            case .send(let content) = command.action, let text = content.plainText
        else { return .ignore(because: "not for me") }
        state.seen.append(text)
        if let intent = state.intent {
            state.intent = nil
            return emit("found intent \(intent)", context)
        }
        if text.hasPrefix("ask ") { return .call(text) }
        if text.hasPrefix("intend ") {
            state.intent = text
            return .commit(context.effects, then: text)
        }
        if text == "reject" { throw Rejection("as asked") }
        if text.hasPrefix("ring ") {
            var effects = context.effects
            effects.setTimer("bell", at: context.now + .milliseconds(20), note: text)
            return .finish(effects)
        }
        if text == "hush" {
            var effects = context.effects
            effects.cancelTimer("bell")
            return .finish(effects)
        }
        return emit(text, context)
    }

    func resume(
        _ answer: String, to call: String, _ state: inout State, _ context: StageContext
    ) throws(Rejection) -> Plan<String> {
        state.intent = nil
        return emit(answer, context)
    }

    func overtakes(_ input: StageInput) -> Bool {
        guard case .record(let command as HandoffCommand, _, _) = input,
            case .send(let content) = command.action, let text = content.plainText
        else { return false }
        return text.hasPrefix("urgent ")
    }

    func retryPolicy(for call: String) -> RetryPolicy {
        RetryPolicy(attempts: 4, firstWait: .milliseconds(1), longestWait: .milliseconds(2))
    }

    private func emit(_ text: String, _ context: StageContext) -> Plan<String> {
        var effects = context.effects
        effects.emit(
            AuditEntry(
                tenant: "t", actor: context.key, action: text, subject: "s", at: context.now))
        return .finish(effects)
    }
}

/// A running probe stage on a log in memory, with what it wrote.
final class Probe: Sendable {
    let log: InMemoryEventLog
    let calls = Mutex<[String]>([])
    private let appender: any EventLogAppender

    static func now() -> Timestamp {
        Timestamp(milliseconds: wallClockMilliseconds())
    }

    init(largestRecord: Int = 1_000_000) async throws {
        log = InMemoryEventLog(largestRecord: largestRecord) { wallClockMilliseconds() }
        try await log.createTopics(
            [Topic.handoffCommands, .audit, .decisions, .deadLetters].map {
                TopicConfiguration(
                    name: $0.rawValue, partitions: 1, cleanup: .delete(retention: nil))
            })
        appender = try await log.openAppender()
    }

    func send(
        _ text: String, to key: String = "a", id: String? = nil, of tenant: TenantID = "t"
    ) async throws {
        let command = HandoffCommand(
            tenant: tenant, conversation: ConversationID(key), agent: "x", agentName: "X",
            action: .send(.text(text)), reference: "", at: Self.now())
        let id = RecordID(id ?? "\(key)/\(text)")
        let headers = RecordHeaders(
            id: id, type: HandoffCommand.type, source: "test", time: Self.now(), subject: key,
            correlation: id, causation: id, tenant: tenant)
        try await appender.append([RecordEnvelope.program.record(command, headers: headers)])
    }

    func append(_ record: Record) async throws { try await appender.append([record]) }

    func runner(
        settings: RunnerSettings = RunnerSettings(),
        perform: @escaping StageRunner<ProbeStage>.Perform = { call, _ in call }
    ) -> StageRunner<ProbeStage> {
        StageRunner(
            ProbeStage(), reading: [InputTopic(.handoffCommands, repeatsWithin: .seconds(60))],
            from: log, by: .program, slot: "probe-0", settings: settings, metrics: Metrics(),
            logger: Logger(service: "probe", to: LogSinks.discard), now: Self.now,
            perform: perform)
    }

    /// Waits until that many records stand in the topic; answers all there are.
    func records(_ topic: Topic, count: Int) async throws -> [ConsumedRecord] {
        let reader = try await log.openReader(of: [topic.rawValue], from: .beginning)
        var found: [ConsumedRecord] = []
        let deadline = ContinuousClock.now + .seconds(20)
        while found.count < count, ContinuousClock.now < deadline {
            found += try await reader.poll(atMost: 1000, waiting: .milliseconds(200))
        }
        try #require(found.count >= count, "\(topic) holds \(found.count) of \(count) records")
        return found
    }

    /// The actions written so far, as `key: text`.
    func written(_ count: Int) async throws -> [String] {
        try await records(.audit, count: count).map { record in
            guard
                case .payload(let entry as AuditEntry) = try RecordEnvelope.program.decode(
                    record.record
                ).value
            else { return "?" }
            return "\(entry.actor): \(entry.action)"
        }
    }
}

extension Probe {
    /// Expects that exactly these actions were written, in order.
    func expect(_ actions: [String]) async throws {
        let written = try await written(actions.count)
        #expect(written == actions)
    }
}

/// Runs a stage while `body` works with it, then stops it gracefully.
func running(
    _ runner: StageRunner<ProbeStage>, _ body: () async throws -> Void
) async throws {
    let run = Task { try await runner.run() }
    do {
        try await body()
    } catch {
        await runner.drain()
        throw error
    }
    await runner.drain()
    try await run.value
}

func wallClockMilliseconds() -> Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
}

@Suite struct StageRunnerTests {
    @Test("records of one key are decided in order, each with its effects")
    func order() async throws {
        let probe = try await Probe()
        for number in 0..<50 { try await probe.send("\(number)", to: number % 2 == 0 ? "a" : "b") }
        try await running(probe.runner()) {
            let written = try await probe.written(50)
            let expected = stride(from: 0, to: 50, by: 2).map { "a: \($0)" }
            #expect(written.filter { $0.hasPrefix("a") } == expected)
        }
    }

    @Test("what overtakes goes before what waits for the same key, in its own order")
    func overtaking() async throws {
        let probe = try await Probe()
        for text in ["1", "2", "urgent 3", "urgent 4", "5"] { try await probe.send(text) }
        try await running(probe.runner()) {
            try await probe.expect(
                ["a: urgent 3", "a: urgent 4", "a: 1", "a: 2", "a: 5"])
        }
    }

    @Test("a slow call holds its own key and no other")
    func slowCall() async throws {
        let probe = try await Probe()
        try await probe.send("ask slowly", to: "a")
        try await probe.send("after", to: "a")
        try await probe.send("other", to: "b")
        let gate = AsyncStream<Void>.makeStream()
        let runner = probe.runner { call, _ in
            for await _ in gate.stream { break }
            return call
        }
        try await running(runner) {
            try await probe.expect(["b: other"])
            gate.continuation.yield()
            try await probe.expect(["b: other", "a: ask slowly", "a: after"])
        }
    }

    @Test("a repeat of an id is dropped, at once, later, and after a restart")
    func repeats() async throws {
        let probe = try await Probe()
        try await probe.send("one", id: "same")
        try await probe.send("one", id: "same")
        try await running(probe.runner()) { _ = try await probe.records(.decisions, count: 2) }
        try await probe.send("one", id: "same")
        try await probe.send("two")
        try await running(probe.runner()) {
            _ = try await probe.records(.decisions, count: 4)
            try await probe.expect(["a: one", "a: two"])
        }
    }

    @Test("a call that fails in passing is tried again; one that fails for good buries the input")
    func failures() async throws {
        let probe = try await Probe()
        try await probe.send("ask twice", to: "a")
        try await probe.send("ask never", to: "b")
        let runner = probe.runner { call, _ throws(CallFailure) in
            let count = probe.calls.withLock { calls in
                calls.append(call)
                return calls.count { $0 == call }
            }
            if call == "ask never" { throw .permanent(reason: "no such thing") }
            if count < 3 { throw .transient(reason: "busy", retryAfterMilliseconds: nil) }
            return "answer \(count)"
        }
        try await running(runner) {
            try await probe.expect(["a: answer 3"])
            let letters = try await probe.records(.deadLetters, count: 1)
            let dead = try #require(letters.first)
            #expect(dead.record.header(HeaderName.deadReason)?.contains("no such thing") == true)
            #expect(dead.record.header(HeaderName.deadStage) == "probe")
        }
    }

    @Test("a call that is tried in vain often enough gives up")
    func givesUp() async throws {
        let probe = try await Probe()
        try await probe.send("ask", to: "a")
        try await probe.send("ask in vain", to: "a")
        let runner = probe.runner { call, _ throws(CallFailure) in
            probe.calls.withLock { $0.append(call) }
            throw .transient(reason: "busy", retryAfterMilliseconds: nil)
        }
        try await running(runner) {
            _ = try await probe.records(.deadLetters, count: 1)
            #expect(probe.calls.withLock { $0.count { $0 == "ask in vain" } } == 4)
        }
    }

    @Test("what cannot be read or is rejected becomes a dead letter with bytes and headers kept")
    func deadLetters() async throws {
        let probe = try await Probe()
        let odd = Record(
            topic: Topic.handoffCommands.rawValue, key: Array("a".utf8), value: [0xff, 0x00],
            headers: [RecordHeader("own", "kept")], timestamp: 7)
        try await probe.append(odd)
        try await probe.send("reject")
        try await probe.send("fine")
        try await running(probe.runner()) {
            let dead = try await probe.records(.deadLetters, count: 2)
            let first = try #require(dead.first).record
            #expect(first.value == odd.value)
            #expect(first.header("own") == "kept")
            #expect(first.header(HeaderName.deadReason)?.contains("ce_") == true)
            #expect(first.header(HeaderName.deadOffset) == "0")
            try await probe.expect(["a: fine"])
        }
    }

    @Test("a timer rings once, also when the stage was down, and not after it was cancelled")
    func timers() async throws {
        let probe = try await Probe()
        try await probe.send("ring first", to: "a")
        try await running(probe.runner()) {
            try await probe.expect(["a: rang ring first"])
            try await probe.send("ring late", to: "b")
            _ = try await probe.records(.decisions, count: 3)
        }
        try await probe.send("ring not", to: "c")
        try await probe.send("hush", to: "c")
        try await running(probe.runner()) {
            let written = try await probe.written(2)
            #expect(written.contains("b: rang ring late"))
            try await probe.send("end", to: "c")
            let last = try await probe.written(3).last
            #expect(last == "c: end")
        }
    }

    @Test("an intent outlives a stage that dies during the call")
    func intent() async throws {
        let probe = try await Probe()
        try await probe.send("intend to call")
        let called = AsyncStream<Void>.makeStream()
        let first = probe.runner { call, _ in
            called.continuation.yield()
            try? await Task.sleep(for: .seconds(60))  // it never answers: the process dies first
            return call
        }
        let run = Task { try await first.run() }
        for await _ in called.stream { break }
        // A newer member fences the first, as after a crash.
        try await running(probe.runner()) {
            try await probe.expect(["a: found intent intend to call"])
        }
        // The first finds itself superseded and ends by itself.
        await #expect(throws: EventLogError.self) { try await run.value }
    }

    @Test("a cancelled run ends by itself, also while it waits for records or for an answer")
    func cancelled() async throws {
        let probe = try await Probe()
        let idle = Task { [runner = probe.runner()] in try await runner.run() }
        try await probe.send("begin")
        try await probe.expect(["a: begin"])
        idle.cancel()
        try await idle.value
        let called = AsyncStream<Void>.makeStream()
        let busy = probe.runner { call, _ in
            called.continuation.yield()
            try? await Task.sleep(for: .seconds(60))  // ends early when cancelled
            return call
        }
        let run = Task { try await busy.run() }
        try await probe.send("ask for long")
        for await _ in called.stream { break }
        run.cancel()
        try await run.value
        try await probe.expect(["a: begin"])
    }

    @Test("a decision records its calls and answers, and the same input gives the same ids")
    func decisions() async throws {
        let probe = try await Probe()
        try await probe.send("ask this", id: "cause")
        try await running(probe.runner { call, _ in "told \(call)" }) {
            let records = try await probe.records(.decisions, count: 1)
            let record = try #require(records.first)
            guard
                case .payload(let decision as Decision) = try RecordEnvelope.program.decode(
                    record.record
                ).value
            else { return #expect(Bool(false), "not a decision") }
            #expect(decision.exchanges.map(\.call.text) == [#""ask this""#])
            #expect(decision.exchanges.map(\.answer.text) == [#""told ask this""#])
            let output = RecordID.derived(from: "cause", by: "probe/1")
            #expect(decision.outcome == .finished(outputs: [output]))
        }
    }
}
