import Conversation
import EventLog
import PipelineTesting
import Records
import Synchronization
import Testing

@testable import StageRuntime

/// Seals nothing, for tenants whose keys are there; what it sealed of others cannot be opened.
private final class LosableKeys: Sealing {
    private let destroyed = Mutex<Set<TenantID>>([])
    private let unknown: Set<TenantID>

    init(unknown: Set<TenantID> = []) { self.unknown = unknown }

    func destroy(_ tenant: TenantID) { destroyed.withLock { _ = $0.insert(tenant) } }

    private func check(_ tenant: TenantID) throws(RecordError) {
        if destroyed.withLock({ $0.contains(tenant) }) {
            throw RecordError(type: "test", problem: "destroyed", kind: .erased)
        }
        if unknown.contains(tenant) {
            throw RecordError(type: "test", problem: "there is no key", kind: .keyUnknown)
        }
    }

    func sealed(
        _ value: [UInt8], of tenant: TenantID, at context: SealingContext
    ) throws(RecordError) -> [UInt8] {
        try check(tenant)
        return Array("\(tenant)|".utf8) + value
    }

    func opened(_ bytes: [UInt8], at context: SealingContext) throws(RecordError) -> [UInt8] {
        guard let bar = bytes.firstIndex(of: UInt8(ascii: "|")) else { return bytes }
        try check(TenantID(String(decoding: bytes[..<bar], as: UTF8.self)))
        return Array(bytes[(bar + 1)...])
    }

    func prepare(for values: [[UInt8]]) async {}
}

/// A stage over keys that may be destroyed, with what a log would keep.
private struct Shop {
    let keys: LosableKeys
    var engine: StageEngine
    var stored: [StateKey: [UInt8]] = [:]
    var timers: [DurableTimer] = []
    private let envelope: RecordEnvelope
    private var offset: Int64 = 0

    init(_ keys: LosableKeys = LosableKeys()) {
        self.keys = keys
        envelope = RecordEnvelope(.conversation, sealing: keys)
        engine = StageEngine(
            stage: AnyStage(ProbeStage()), inputs: [InputTopic(.handoffCommands)],
            envelope: envelope, settings: RunnerSettings())
    }

    func record(_ text: String, of tenant: TenantID = "t", at offset: Int64) throws -> Record {
        let command = HandoffCommand(
            tenant: tenant, conversation: "a", agent: "x", agentName: "X",
            action: .send(.text(text)), reference: "", at: Probe.now())
        let id = RecordID("\(offset)")
        return try envelope.record(
            command,
            headers: RecordHeaders(
                id: id, type: HandoffCommand.type, source: "test", time: Probe.now(),
                subject: "a", correlation: id, causation: id, tenant: tenant))
    }

    mutating func take(_ record: Record) {
        let consumed = ConsumedRecord(
            record: record, partition: TopicPartition(Topic.handoffCommands.rawValue, 0),
            offset: offset)
        offset += 1
        accept(PollResult(records: [consumed]))
    }

    mutating func accept(_ result: PollResult) {
        let needed = engine.stateNeeded(for: result)
        engine.accept(
            result, with: stored.filter { needed.contains($0.key) }, at: Probe.now())
    }

    mutating func take(_ text: String) throws { take(try record(text, at: offset)) }

    /// Commits; gives the commit's records by topic.
    mutating func commit() -> [String] {
        let commit = engine.takeCommit()
        engine.committed()
        for change in commit.state { stored[change.key] = change.value }
        for change in commit.timers {
            timers.removeAll { $0.key == change.key }
            if case .set(let timer) = change { timers.append(timer) }
        }
        return commit.outputs.map(\.topic)
    }
}

@Suite("Erased work")
struct ErasedTests {
    @Test("a record whose key was destroyed is passed over: no output, no dead letter, no decision")
    func record() throws {
        var shop = Shop()
        let record = try shop.record("hello", at: 0)
        shop.keys.destroy("t")
        shop.take(record)
        #expect(shop.engine.hasCommit)
        #expect(shop.commit() == [])
        #expect(shop.engine.inFlight == 0)
    }

    @Test("a key that is destroyed while the world is asked leaves nothing of the decision")
    func whileAsked() throws {
        var shop = Shop()
        try shop.take("ask something")
        let call = try #require(shop.engine.takeStarted().first)
        shop.keys.destroy("t")
        shop.engine.answered(call.token, with: .success(ErasedValue("said")), at: Probe.now())
        #expect(shop.commit() == [])
        #expect(shop.engine.inFlight == 0)
        #expect(shop.engine.takeTally().events.contains("erased"))
    }

    @Test("a timer whose note was erased is taken away")
    func timer() throws {
        var shop = Shop()
        try shop.take("ring soon")
        _ = shop.commit()
        #expect(shop.timers.count == 1)
        shop.keys.destroy("t")
        shop.accept(PollResult(timers: shop.timers))
        #expect(shop.commit() == [])
        #expect(shop.timers == [])
        #expect(shop.engine.takeTally().events.contains("erased_timer"))
    }

    @Test("whoever writes after an erasure begins with nothing remembered")
    func state() throws {
        var shop = Shop()
        try shop.take("one")
        _ = shop.commit()
        shop.keys.destroy("t")
        var next = Shop(shop.keys)
        next.stored = shop.stored
        next.take(try next.record("hush", of: "u", at: 7))
        let work = try #require(next.engine.keys[WorkKey(partition: 0, key: "a")])
        #expect(work.stateProblem == nil)
        #expect(work.state.value(of: ProbeStage.State.self).seen == ["hush"])
    }

    @Test("what cannot be sealed for want of a key is set aside, not lost")
    func unknownKey() throws {
        var shop = Shop(LosableKeys(unknown: ["t"]))
        let plain = try RecordEnvelope.conversation.record(
            HandoffCommand(
                tenant: "t", conversation: "a", agent: "x", agentName: "X",
                action: .send(.text("hello")), reference: "", at: Probe.now()),
            headers: RecordHeaders(
                id: "1", type: HandoffCommand.type, source: "test", time: Probe.now(),
                subject: "a", correlation: "1", causation: "1", tenant: "t"))
        shop.take(plain)
        #expect(shop.commit() == [Topic.deadLetters.rawValue])
    }
}
