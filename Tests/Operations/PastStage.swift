import AuditRecords
import Conversation
import EventLog
import Glibc
import PipelineTesting
import Records
import StageRuntime
import Synchronization
import Telemetry

@testable import Operations

/// A stage with all that a past can hold: calls, intents, timers, bursts, dead letters, and state
/// of which a part lies in entries.
struct PastStage: Stage {
    struct State: DividedState {
        var burst: [String] = []
        var count = 0
        var intent: String?

        var entries: [String: String] {
            get {
                Dictionary(
                    uniqueKeysWithValues: burst.enumerated().map { ("\($0.offset)", $0.element) })
            }
            set { burst = (0..<newValue.count).compactMap { newValue["\($0)"] } }
        }
    }

    let reads: [any Payload.Type] = [HandoffCommand.self, CustomerPreference.self]
    let name = "past"
    /// What a later version writes more.
    var twist = ""
    /// What a stage must not do: it reads something that is no part of its input.
    var chance: @Sendable () -> String = { "" }

    func begin(
        _ input: StageInput, _ state: inout State, _ context: StageContext
    ) throws(Rejection) -> Plan<String> {
        state.count += 1
        if case .timer = input {
            let burst = state.burst.joined(separator: "+")
            state.burst = []
            return .call("answer \(burst)")
        }
        guard case .record(let command as HandoffCommand, _, _) = input,
            case .send(let content) = command.action, let text = content.plainText
        else { return .ignore(because: "not for me") }
        if state.intent != nil {
            state.intent = nil
            return emit("unknown", state, context)
        }
        switch text.split(separator: " ").first {
        case "ask": return .call(text + twist)
        case "long":
            // Made durable after each of so many steps.
            return .commit(context.effects, then: text)
        case "intend":
            state.intent = text
            var effects = context.effects
            effects.emit(entry("intent", context))
            return .commit(effects, then: text)
        case "burst":
            state.burst.append(text)
            var effects = context.effects
            effects.setTimer("burst", at: context.now + .milliseconds(30))
            return .finish(effects)
        case "keep":
            state.burst.append(text)
            return .ignore(because: "kept")
        case "reject": throw Rejection("as asked")
        case "idle": return .ignore(because: "idle")
        default: return emit(text, state, context)
        }
    }

    func resume(
        _ answer: String, to call: String, _ state: inout State, _ context: StageContext
    ) throws(Rejection) -> Plan<String> {
        state.intent = nil
        if call == "ask same" {
            var effects = context.effects
            effects.emit(entry(answer, context))
            return .finish(effects)
        }
        // A second question, and a second commit, after the first answer.
        if answer == "more" { return .commit(context.effects, then: "ask again") }
        if answer == "refuse" { throw Rejection("refused") }
        if call.hasPrefix("long "), let steps = Int(call.dropFirst(5)), context.step < steps {
            var effects = context.effects
            effects.emit(entry(answer, context))
            return .commit(effects, then: call)
        }
        return emit(answer, state, context)
    }

    func giveUp(
        on call: String, because failure: CallFailure, _ state: inout State,
        _ context: StageContext
    ) throws(Rejection) -> Plan<String> {
        emit("failed: \(failure)", state, context)
    }

    private func entry(_ text: String, _ context: StageContext) -> AuditEntry {
        AuditEntry(tenant: "t", actor: context.key, action: text, subject: "s", at: context.now)
    }

    private func emit(
        _ text: String, _ state: State, _ context: StageContext
    ) -> Plan<String> {
        var effects = context.effects
        effects.emit(entry("\(text) #\(state.count)\(twist)\(chance())", context))
        return .finish(effects)
    }
}

/// A log with the past of such a stage.
final class Past: Sendable {
    static let inputs = [InputTopic(.handoffCommands, repeatsWithin: .seconds(3_600))]

    let log: any EventLog
    let envelope: RecordEnvelope
    private let number = Mutex(0)

    init(_ log: any EventLog, by envelope: RecordEnvelope = .program) {
        self.log = log
        self.envelope = envelope
    }

    static func now() -> Timestamp {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(
            milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    func send(_ text: String, to key: String = "a", id: String? = nil) async throws {
        let count = number.withLock { number in
            number += 1
            return number
        }
        let command = HandoffCommand(
            tenant: "t", conversation: ConversationID(key), agent: "x", agentName: "X",
            action: .send(.text(text)), reference: "", at: Self.now())
        let id = RecordID(id ?? "in-\(count)")
        let headers = RecordHeaders(
            id: id, type: HandoffCommand.type, source: "test", time: Self.now(), subject: key,
            correlation: id, causation: id, tenant: "t")
        try await append([envelope.record(command, headers: headers)], to: log)
    }

    /// Lets the stage work until `decisions` ended; kills it instead of stopping with `abrupt`.
    func work(
        until decisions: Int, stage: PastStage = PastStage(), abrupt: Bool = false,
        perform: @escaping StageRunner<PastStage>.Perform = Past.answer
    ) async throws {
        let runner = StageRunner(
            stage, reading: Self.inputs, from: log, by: envelope, slot: "past-0",
            settings: RunnerSettings(),
            metrics: Metrics(), logger: Logger(service: "past", to: LogSinks.discard),
            now: Self.now, perform: perform)
        let run = Task { try await runner.run() }
        do {
            try await eventually { try await self.count(.decisions) >= decisions }
        } catch {
            run.cancel()
            throw error
        }
        if abrupt {
            run.cancel()
        } else {
            await runner.drain()
        }
        try await run.value
    }

    @Sendable static func answer(
        _ call: String, _ context: StageContext
    ) async throws(CallFailure) -> String {
        switch call {
        case "intend refuse": "refuse"
        case "ask same": String(repeating: "all the \"same\" ", count: 130)
        case _ where call.hasPrefix("long "): String(repeating: call, count: 40)
        case "ask fail": throw .permanent(reason: "as asked")
        case "ask more": "more"
        case "ask large": String(repeating: "x", count: 300 * 1_024)
        default: "told \(call)"
        }
    }

    func count(_ topic: Topic) async throws -> Int {
        let description = try await log.describeTopics().first { $0.name == topic.rawValue }
        return Int((description?.partitions ?? []).reduce(0) { $0 + $1.high - $1.low })
    }

    /// How many records each topic holds.
    func sizes() async throws -> [String: Int64] {
        var sizes: [String: Int64] = [:]
        for topic in try await log.describeTopics() {
            sizes[topic.name] = topic.partitions.reduce(0) { $0 + $1.high - $1.low }
        }
        return sizes
    }

    /// A past with everything in it: 14 inputs and a timer.
    func fill() async throws {
        try await send("plain")
        try await send("plain again", id: "in-1")
        try await send("ask this")
        try await send("ask more", to: "b")
        try await send("ask fail", to: "c")
        try await send("reject", to: "c")
        try await send("idle", to: "b")
        try await send("intend this", to: "b")
        try await send("burst one", to: "d")
        try await send("burst two", to: "d")
        var broken = Record(
            topic: Topic.handoffCommands.rawValue, key: Array("e".utf8), value: [1, 2, 3],
            timestamp: Self.now().milliseconds)
        broken.headers = [RecordHeader("own", "kept")]
        try await append([broken], to: log)
        try await send("last", to: "a")
        // Nine that end at once, two interim records, the burst's timer, the last.
        try await work(until: 14)
    }

    func replay(
        _ stage: PastStage = PastStage(), _ range: ReplayRange = ReplayRange(),
        in other: (any EventLog)? = nil, content: Bool = false, shadow: ShadowTopics? = nil
    ) async throws -> ReplayReport {
        try await ReplayRun(
            stage, reading: Self.inputs, in: other ?? log, by: envelope, range,
            .init(showsContent: content, shadow: shadow)
        ).run()
    }
}

/// Runs a test over a fresh log with the pipeline's topics.
func withPast(on substrate: Substrate, _ body: (Past) async throws -> Void) async throws {
    try await withPipelineLog(on: substrate) { try await body(Past($0)) }
}
