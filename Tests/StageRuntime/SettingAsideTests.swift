import AuditRecords
import Conversation
import EventLog
import PipelineTesting
import Records
import Synchronization
import Telemetry
import Testing

@testable import StageRuntime

/// What cannot be handled is set aside where people see it, and never passed over.
@Suite struct SettingAsideTests {
    private func header(_ name: String, of record: ConsumedRecord) -> String? {
        record.record.header(name)
    }

    @Test("a failure that nobody foresaw is tried a little, then the record is a dead letter")
    func unexpected() async throws {
        let probe = try await Probe()
        try await probe.send("ask nonsense")
        try await probe.send("ask again", to: "b")
        let tries = Mutex<[String: Int]>([:])
        let runner = probe.runner { call, _ throws(CallFailure) in
            let count = tries.withLock { tries in
                tries[call, default: 0] += 1
                return tries[call, default: 0]
            }
            if call == "ask again", count == RetryPolicy.unexpectedAttempts { return "answered" }
            throw .unexpected(reason: "it says \(count)")
        }
        try await running(runner) {
            let letter = try #require(try await probe.records(.deadLetters, count: 1).first)
            #expect(header(HeaderName.deadClass, of: letter) == "unexpected")
            #expect(header(HeaderName.deadAttempts, of: letter) == "3")
            #expect(header(HeaderName.deadReason, of: letter)?.contains("it says 3") == true)
            #expect(header(HeaderName.id, of: letter) == "a/ask nonsense")
            try await probe.expect(["b: answered"])
        }
        #expect(tries.withLock { $0 } == ["ask nonsense": 3, "ask again": 3])
    }

    @Test("a call that must not be repeated is not, however it failed")
    func neverRepeated() {
        #expect(RetryPolicy.never.forUnexpected.attempts == 1)
        #expect(RetryPolicy.standard.forUnexpected.attempts == RetryPolicy.unexpectedAttempts)
    }

    @Test("a timer that cannot be read is a dead letter, and is counted")
    func unreadableTimer() async throws {
        let probe = try await Probe()
        let key = TimerKey(partition: 0, key: "a", name: "settle")
        let session = try await probe.log.openSession(
            Membership(group: "probe", topics: [Topic.handoffCommands.rawValue], slot: "probe-0"))
        _ = try await session.poll(atMost: 1, waiting: .zero)
        try await session.commit(
            Commit(timers: [.set(DurableTimer(key: key, due: 1, payload: [1, 2, 3]))]))
        await session.close()
        let metrics = Metrics()
        let lines = Mutex<[String]>([])
        let runner = StageRunner(
            ProbeStage(), reading: [InputTopic(.handoffCommands)], from: probe.log,
            by: .program,
            slot: "probe-0", settings: RunnerSettings(), metrics: metrics,
            logger: Logger(
                service: "probe",
                to: { line in
                    lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
                }), now: Probe.now
        ) { call, _ in call }
        try await running(runner) {
            let letter = try #require(try await probe.records(.deadLetters, count: 1).first)
            #expect(header(HeaderName.deadTopic, of: letter) == "timer/settle")
            #expect(header(HeaderName.deadStage, of: letter) == "probe")
            #expect(letter.record.key == Array("a".utf8))
            #expect(letter.record.value == [1, 2, 3])
            try await probe.send("after")
            try await probe.expect(["a: after"])
        }
        #expect(
            metrics.render().contains(#"event="unreadable_timer",stage="probe"} 1"#),
            "\(metrics.render())")
        #expect(lines.withLock { $0.contains { $0.contains("the timer cannot be read") } })
        // It is not delivered again.
        #expect(try await probe.records(.deadLetters, count: 1).count == 1)
    }

    @Test("an output that cannot be written sets its input aside, with all the others unwritten")
    func unwritableOutput() throws {
        var engine = StageEngine(
            stage: AnyStage(BrokenStage()), inputs: [InputTopic(.handoffCommands)],
            envelope: .program,
            settings: RunnerSettings(recordsDecisions: true))
        let record = try command("anything", at: 0)
        engine.accept(PollResult(assigned: [0], records: [record]), with: [:], at: Probe.now())
        let commit = engine.takeCommit()
        #expect(!commit.outputs.contains { $0.topic == Topic.audit.rawValue })
        let letter = try #require(
            commit.outputs.first { $0.topic == Topic.deadLetters.rawValue })
        #expect(letter.header(HeaderName.deadClass) == "unexpected")
        #expect(commit.state.isEmpty)
        #expect(commit.positions.values.contains(1))
    }

    @Test("a commit holds no more records than it may, and nothing is lost or out of order")
    func boundedCommits() throws {
        var engine = StageEngine(
            stage: AnyStage(ProbeStage()), inputs: [InputTopic(.handoffCommands)],
            envelope: .program,
            settings: RunnerSettings(inFlight: 20_000, recordsDecisions: true))
        // Two partitions, three keys, each record with an output and a decision.
        var records: [ConsumedRecord] = []
        for number in 0..<3_000 {
            for partition in [Int32(0), 1] {
                records.append(
                    try command("\(number)", at: Int64(number), partition, key: "k\(number % 3)"))
            }
        }
        engine.accept(
            PollResult(assigned: [0, 1], records: records), with: [:], at: Probe.now())
        var written: [String: [Int]] = [:]
        var positions: [TopicPartition: Int64] = [:]
        var turns = 0
        while engine.hasCommit {
            let commit = engine.takeCommit()
            #expect(commit.outputs.count <= Limits.outputsPerCommit + 1, "\(commit.outputs.count)")
            positions.merge(commit.positions) { $1 }
            for output in commit.outputs where output.topic == Topic.audit.rawValue {
                guard
                    case .payload(let entry as AuditEntry) = try RecordEnvelope.program.decode(
                        output
                    ).value,
                    let number = Int(entry.action)
                else {
                    Issue.record("not an entry")
                    continue
                }
                let cause = output.header(HeaderName.causation)?.prefix(1) ?? "?"
                written["\(cause)\(entry.actor)", default: []].append(number)
            }
            engine.runWaiting(at: Probe.now())
            engine.committed()
            turns += 1
        }
        #expect(turns >= 6)
        #expect(engine.inFlight == 0)
        #expect(positions.values.allSatisfy { $0 == 3_000 } && positions.count == 2)
        #expect(written.count == 6)
        for numbers in written.values {
            #expect(numbers.count == 1_000)
            #expect(numbers == numbers.sorted())
        }
    }

    private func command(
        _ text: String, at offset: Int64, _ partition: Int32 = 0, key: String = "a"
    ) throws -> ConsumedRecord {
        let command = HandoffCommand(
            tenant: "t", conversation: ConversationID(key), agent: "x", agentName: "X",
            action: .send(.text(text)), reference: "", at: Probe.now())
        let id = RecordID("\(partition)/\(offset)")
        let headers = RecordHeaders(
            id: id, type: HandoffCommand.type, source: "test", time: Probe.now(), subject: key,
            correlation: id, causation: id, tenant: "t")
        return ConsumedRecord(
            record: try RecordEnvelope.program.record(command, headers: headers),
            partition: TopicPartition(Topic.handoffCommands.rawValue, partition), offset: offset)
    }
}

/// A stage whose second output cannot be written.
private struct BrokenStage: Stage {
    struct State: StageState {
        var count = 0
    }
    typealias Call = String
    typealias Answer = String

    let reads: [any Payload.Type] = [HandoffCommand.self, CustomerPreference.self]
    let name = "broken"

    func begin(
        _ input: StageInput, _ state: inout State, _ context: StageContext
    ) throws(Rejection) -> Plan<String> {
        state.count += 1
        var effects = context.effects
        effects.emit(
            AuditEntry(tenant: "t", actor: "a", action: "a", subject: "s", at: context.now))
        effects.emit(Unwritable())
        return .finish(effects)
    }

    func resume(
        _ answer: String, to call: String, _ state: inout State, _ context: StageContext
    ) throws(Rejection) -> Plan<String> { .ignore(because: "never asked") }
}

private struct Unwritable: Payload {
    static let type = "parley.unwritable"
    static let topic = Topic.audit
    static let personal: [FieldPath] = []
    var key: String { "k" }
    var tenant: TenantID { "t" }
    func json() throws(RecordError) -> [UInt8] {
        throw RecordError(type: Self.type, problem: "as asked")
    }
}
