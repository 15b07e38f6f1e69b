import Conversation
import EventLog
import Records

@testable import StageRuntime

/// Numbers written into a topic, repeated at will, through the relay into the sink.
final class RelayWorld: SimulatedWorld {
    let log: SimulatedLog
    private(set) var members: [any Member] = []
    private(set) var violations: [String] = []
    private let keys = ["a", "b", "c"]
    private let isRepeated: Bool
    private var hasPassedDays = false
    private var toCome: [Record] = []
    private var written: [Record] = []
    /// Numbers by key, in the order of their writing.
    private var order: [String: [Int]] = [:]
    private var done: [Int: Int] = [:]
    /// How far the topics behind the relay were read.
    private var read: [TopicPartition: Int] = [:]
    /// How often each number was passed on or set aside.
    private var passedOn: [Int: Int] = [:]
    private var dead: Set<Int> = []
    private var gathered: [String: [Int]] = [:]

    init(_ dice: inout Dice, flaw: Flaw?) {
        log = SimulatedLog(partitions: 2, from: Timestamp(seconds: 1_000_000), flaw: flaw)
        // What cannot be repeated is not remembered either: then positions alone tell.
        isRepeated = !dice.once(in: 3)
        let inputs = [
            InputTopic(.messagesOutbound, repeatsWithin: isRepeated ? .seconds(8 * 86_400) : nil)
        ]
        for slot in ["0", "1"] {
            members.append(
                StageMember(
                    RelayStage(), reading: inputs, from: log, slot: slot,
                    settings: RunnerSettings(recordsDecisions: false)
                ) { [weak self] call, _, dice in
                    self?.perform(call, &dice) ?? .success(true)
                })
        }
        for slot in ["0", "1"] {
            members.append(
                StageMember(
                    SinkStage(), reading: [InputTopic(.handoffCommands)], from: log, slot: slot,
                    settings: RunnerSettings(recordsDecisions: false), world: asksNothing))
        }
        for index in 0..<(5 + dice.below(6)) {
            toCome.append(makeRecord(index * 8 + dice.below(8), dice.pick(keys)))
        }
        log.onCommit = { [weak self] group, commit in
            if group == "relay" { self?.checkCommit(commit) }
        }
    }

    private func makeRecord(_ number: Int, _ key: String) -> Record {
        let change = OwnershipChange(
            tenant: "t", conversation: ConversationID(key), epoch: number, mode: .bot,
            at: log.now)
        let id = RecordID("n\(number)")
        let headers = RecordHeaders(
            id: id, type: OwnershipChange.type, source: "edge", time: log.now, subject: key,
            correlation: id, causation: id, tenant: "t")
        // Text and numbers only: it can be written.
        return (try? RecordEnvelope.conversation.record(change, headers: headers))
            ?? RecordEnvelope.conversation.tombstone(
                topic: .messagesOutbound, key: key, headers: headers)
    }

    // MARK: The outside

    func outsideEvent(unkind: Bool, _ dice: inout Dice) -> String? {
        if unkind, isRepeated, !written.isEmpty, dice.once(in: 3) {
            let again = dice.pick(written)
            log.append([again])
            return "again \(again.header(HeaderName.id) ?? "")"
        }
        guard !toCome.isEmpty else { return nil }
        let record = toCome.removeFirst()
        log.append([record])
        written.append(record)
        let number = Self.number(of: record)
        order[String(decoding: record.key, as: UTF8.self), default: []].append(number)
        return "write \(record.header(HeaderName.id) ?? "") \(RelayStage.Kind(number))"
    }

    var isOutsideQuiet: Bool { toCome.isEmpty }

    func longestJump(_ dice: inout Dice) -> Duration {
        // Repeats come within 7 days, and are read soon: what was handled is known for 8.
        guard !hasPassedDays, dice.once(in: 6) else { return .seconds(3) }
        hasPassedDays = true
        return .seconds(7 * 86_400)
    }

    private func perform(
        _ call: RelayStage.Call, _ dice: inout Dice
    ) -> Result<Bool, CallFailure> {
        switch call {
        case .tick: return .success(true)
        case .ask(let number):
            if RelayStage.Kind(number) == .giveUp { return .failure(.permanent(reason: "no")) }
            if dice.once(in: 4) {
                return .failure(.transient(reason: "later", retryAfterMilliseconds: nil))
            }
        case .once(let number):
            done[number, default: 0] += 1
            if done[number, default: 0] > 1 { violations.append("\(number) was done twice") }
            if dice.once(in: 4) { return .failure(.permanent(reason: "no answer")) }
        }
        return .success(true)
    }

    // MARK: What must hold

    /// After each commit of the relay: what lies behind its position is in exactly one place.
    private func checkCommit(_ commit: Commit) {
        readOn()
        for change in commit.state
        where change.key.store == EntryStore.names || change.key.store == EntryStore.entry {
            let key = WorkKey(
                partition: change.key.partition, key: EntryStore.key(ofPiece: change.key))
            gathered[key.key] = gathered(of: key)
        }
        var positions = passedOn
        for numbers in gathered.values {
            for number in numbers { positions[number, default: 0] += 1 }
        }
        for number in positions.keys.sorted() where positions[number, default: 0] > 1 {
            violations.append("\(number) stands in \(positions[number, default: 0]) places")
        }
        for position in commit.positions.keys.sorted() {
            for offset in 0..<Int(commit.positions[position] ?? 0) {
                let number = Self.number(
                    of: log.records(.messagesOutbound, position.partition)[offset])
                if positions[number] == nil {
                    violations.append("the position passed \(number), which is nowhere")
                }
            }
        }
    }

    /// What waits for a key's timer, by the entries of its state.
    private func gathered(of key: WorkKey) -> [Int] {
        func stored<Value: Decodable>(_ position: StateKey, as type: Value.Type) -> Value? {
            let bytes = log.groups["relay"]?.state[position]?.bytes
            return bytes.flatMap { try? RecordCodec.decode(type, from: $0) }  // none: nothing
        }
        let list = StateKey(partition: key.partition, store: EntryStore.names, key: key.key)
        return (stored(list, as: [String].self) ?? []).compactMap {
            stored(EntryStore.key(of: $0, key), as: Int.self)
        }
    }

    /// Reads what the topics have gained.
    private func readOn() {
        for topic in [Topic.handoffCommands, .deadLetters] {
            for partition in 0..<log.partitions {
                let position = TopicPartition(topic.rawValue, partition)
                let records = log.records(topic, partition)
                for record in records[read[position, default: 0]...] {
                    if topic == .deadLetters { dead.insert(Self.number(of: record)) }
                    passedOn[Self.number(of: record), default: 0] += 1
                }
                read[position] = records.count
            }
        }
    }

    /// The number of a record: written by the edge, or passed on.
    private static func number(of record: Record) -> Int {
        guard record.topic == Topic.handoffCommands.rawValue else {
            return record.header(HeaderName.id).flatMap { Int($0.dropFirst()) } ?? -1
        }
        // -1 is found to be wrong.
        guard let (_, payload) = try? RecordEnvelope.conversation.decode(record),
            case .payload(let command as HandoffCommand) = payload
        else { return -1 }
        return Int(command.reference) ?? -1
    }

    func finalViolations() -> [String] {
        var found: [String] = []
        readOn()
        for key in keys {
            let partition = Partitioner.partition(of: Array(key.utf8), count: log.partitions)
            let name = StateKey(partition: partition, store: Store.state, key: key)
            let stored = log.groups["sink"]?.state[name]?.bytes
            // No state: then nothing came.
            let state = stored.flatMap { try? RecordCodec.decode(SinkStage.State.self, from: $0) }
            let expected = (order[key] ?? []).filter { !dead.contains($0) }
            if state?.numbers ?? [] != expected {
                found.append(
                    "the sink has \(state?.numbers ?? []) of \(key), written \(expected)")
            }
            for number in order[key] ?? [] where dead.contains(number) {
                let kind = RelayStage.Kind(number)
                if kind != .reject, kind != .giveUp {
                    found.append("\(number) became a dead letter")
                }
            }
        }
        return found
    }
}
