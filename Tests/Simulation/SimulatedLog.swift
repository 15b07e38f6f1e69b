import Conversation
import EventLog
import Records

@testable import StageRuntime

/// What a broken log or runtime would do: each of them has to be caught by a check.
enum Flaw: CaseIterable {
    /// A member that lost its partitions may still commit.
    case noFencing
    /// A commit writes positions before outputs and state, and dies in between.
    case positionsFirst
    /// A commit writes outputs before positions and state, and dies in between.
    case outputsFirst
    /// What was handled is not remembered.
    case forgetsHandled
    /// Offsets finished ahead of the position are not remembered.
    case forgetsAhead
    /// A timer that was set is lost when its partition moves.
    case losesTimers
    /// The state of a commit is not written.
    case losesState
    /// A status never comes (of the whole pipeline only).
    case losesStatuses
    /// The gate lets an old epoch pass: ownership changes never reach the sender.
    case losesOwnership
}

/// The log as a plain value behind one reference: the semantics of `InMemoryEventLog`, with
/// several members in a group that share its partitions by leases.
final class SimulatedLog {
    struct Stored {
        var bytes: [UInt8]
        var expires: Int64?
    }

    final class Group {
        let topics: [String]
        var positions: [TopicPartition: Int64] = [:]
        var state: [StateKey: Stored] = [:]
        var timers: [TimerKey: DurableTimer] = [:]
        /// Raised by each new session.
        var epoch = 0
        /// The present session of each slot.
        var members: [String: Int] = [:]
        /// The session that owns each partition.
        var owners: [Int32: Int] = [:]
        /// Turns the shares around, so that partitions wander.
        var turn = 0

        init(topics: [String]) { self.topics = topics }
    }

    let partitions: Int32
    let flaw: Flaw?
    /// How records are written and read, and states: as they are, or sealed.
    var envelope: RecordEnvelope = .conversation
    var now: Timestamp
    /// Whether members say what their moves are about.
    var traces = false
    private(set) var topics: [String: [[Record]]] = [:]
    var groups: [String: Group] = [:]
    /// What a check wants to look at after each commit.
    var onCommit: (String, Commit) -> Void = { _, _ in }

    init(partitions: Int32, from start: Timestamp, flaw: Flaw?) {
        self.partitions = partitions
        self.flaw = flaw
        now = start
    }

    // MARK: Topics

    func records(_ topic: Topic, _ partition: Int32) -> [Record] {
        topics[topic.rawValue]?[Int(partition)] ?? []
    }

    /// All records of a topic, partition by partition.
    func records(_ topic: Topic) -> [Record] {
        (topics[topic.rawValue] ?? []).flatMap(\.self)
    }

    func append(_ records: [Record]) {
        for var record in records {
            let partition = Partitioner.partition(of: record.key, count: partitions)
            record.partition = partition
            topics[
                record.topic, default: Array(repeating: [], count: Int(partitions))
            ][Int(partition)].append(record)
        }
    }

    func end(of position: TopicPartition) -> Int64 {
        Int64(topics[position.topic]?[Int(position.partition)].count ?? 0)
    }

    func read(_ position: TopicPartition, from offset: Int64, atMost limit: Int) -> [ConsumedRecord]
    {
        guard let records = topics[position.topic]?[Int(position.partition)] else { return [] }
        let start = Int(offset)
        guard start < records.count else { return [] }
        return (start..<min(records.count, start + limit)).map {
            ConsumedRecord(record: records[$0], partition: position, offset: Int64($0))
        }
    }

    // MARK: Groups

    func join(_ group: String, _ topics: [String], slot: String) -> SimulatedSession {
        let name = group
        let group = groups[name] ?? Group(topics: topics)
        groups[name] = group
        group.epoch += 1
        let epoch = group.epoch
        let before = group.members[slot]
        group.members[slot] = epoch
        if let before {
            // Who comes back under its slot has its leases, and fences its predecessor.
            for partition in 0..<partitions where group.owners[partition] == before {
                group.owners[partition] = epoch
            }
        }
        return SimulatedSession(self, name, group, slot: slot, epoch: epoch)
    }

    /// A member leaves, or its lease ran out.
    func expel(_ slot: String, from group: String) {
        guard let epoch = groups[group]?.members.removeValue(forKey: slot) else { return }
        for partition in 0..<partitions where groups[group]?.owners[partition] == epoch {
            groups[group]?.owners[partition] = nil
        }
    }

    /// The slot that should have a partition.
    func rightful(_ partition: Int32, in group: Group) -> String? {
        let slots = group.members.keys.sorted()
        return slots.isEmpty ? nil : slots[(Int(partition) + group.turn) % slots.count]
    }

    /// Makes a commit of a group durable.
    func apply(_ commit: Commit, to name: String) {
        append(commit.outputs)
        groups[name]?.positions.merge(commit.positions) { $1 }
        applyState(commit, to: name)
        onCommit(name, commit)
    }

    func applyState(_ commit: Commit, to name: String) {
        for change in commit.state where !isLost(change) {
            groups[name]?.state[change.key] = change.value.map {
                Stored(bytes: $0, expires: change.expires)
            }
        }
        for change in commit.timers {
            switch change {
            case .set(let timer): groups[name]?.timers[timer.key] = timer
            case .cancel(let key): groups[name]?.timers[key] = nil
            }
        }
    }

    private func isLost(_ change: StateChange) -> Bool {
        switch flaw {
        case .forgetsHandled: change.key.store == Store.handled
        case .forgetsAhead: change.key.store == Store.ahead
        case .losesState: change.key.store == Store.state
        default: false
        }
    }
}
