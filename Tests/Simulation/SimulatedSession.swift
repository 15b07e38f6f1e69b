import Conversation
import EventLog

/// A member of a group on the simulated log.
final class SimulatedSession {
    private enum Phase {
        case fresh, active, leaving, revoking
    }

    private let log: SimulatedLog
    private let name: String
    private let group: SimulatedLog.Group
    private let slot: String
    private var epoch: Int
    private var held: [Int32: Phase] = [:]
    private var lost: Set<Int32> = []
    private var reads: [TopicPartition: Int64] = [:]
    private var delivered: [TimerKey: DurableTimer] = [:]

    init(
        _ log: SimulatedLog, _ name: String, _ group: SimulatedLog.Group, slot: String, epoch: Int
    ) {
        self.log = log
        self.name = name
        self.group = group
        self.slot = slot
        self.epoch = epoch
    }

    // MARK: Polling

    /// What there is to do; losses in a poll of their own.
    func poll(atMost limit: Int, _ dice: inout Dice) throws(EventLogError) -> PollResult {
        guard group.members[slot].map({ $0 <= epoch }) ?? true else {
            throw .superseded(reason: slot)
        }
        giveAway()
        rebalance()
        var result = PollResult(lost: lost.sorted())
        lost = []
        if !result.lost.isEmpty { return result }
        result.assigned = held.keys.filter { held[$0] == .fresh }.sorted()
        result.revoking = held.keys.filter { held[$0] == .leaving }.sorted()
        for partition in result.assigned { load(partition) }
        for partition in result.revoking {
            held[partition] = .revoking
            reads = reads.filter { $0.key.partition != partition }
        }
        result.timers = dueTimers(limit)
        takeRecords(limit - result.timers.count, &dice, into: &result)
        return result
    }

    private func load(_ partition: Int32) {
        held[partition] = .active
        if log.flaw == .losesTimers {
            let kept = group.timers.filter { $0.key.partition != partition }
            group.timers = kept
        }
        for topic in group.topics {
            let position = TopicPartition(topic, partition)
            reads[position] = group.positions[position] ?? 0
        }
    }

    private func dueTimers(_ limit: Int) -> [DurableTimer] {
        let due = group.timers.values.filter { timer in
            timer.due <= log.now.milliseconds && held[timer.key.partition] == .active
                && delivered[timer.key] != timer
        }
        let first = due.sorted {
            ($0.due, $0.key.key, $0.key.name) < ($1.due, $1.key.key, $1.key.name)
        }.prefix(limit)
        for timer in first { delivered[timer.key] = timer }
        return Array(first)
    }

    private func takeRecords(_ limit: Int, _ dice: inout Dice, into result: inout PollResult) {
        let order = reads.keys.sorted()
        guard !order.isEmpty else { return }
        let turn = dice.below(order.count)
        for step in order.indices where limit > result.records.count {
            let position = order[(turn + step) % order.count]
            let records = log.read(
                position, from: reads[position] ?? 0, atMost: limit - result.records.count)
            result.records += records
            if let last = records.last { reads[position] = last.offset + 1 }
        }
    }

    // MARK: Membership

    private func giveAway() {
        for partition in held.keys.sorted() where held[partition] == .revoking {
            if group.owners[partition] == epoch { group.owners[partition] = nil }
            forget(partition)
        }
    }

    private func rebalance() {
        for partition in held.keys.sorted() where group.owners[partition] != epoch {
            if held[partition] != .fresh { lost.insert(partition) }
            forget(partition)
        }
        if group.members[slot] == nil {
            group.epoch += 1
            epoch = group.epoch
            group.members[slot] = epoch
        }
        for partition in 0..<log.partitions {
            let isMine = log.rightful(partition, in: group) == slot
            switch held[partition] {
            case nil where isMine && group.owners[partition] == nil:
                group.owners[partition] = epoch
                held[partition] = .fresh
            case .active where !isMine: held[partition] = .leaving
            case .fresh where !isMine:
                group.owners[partition] = nil
                held[partition] = nil
            default: break
            }
        }
        // The leases of a predecessor under this slot.
        for partition in 0..<log.partitions
        where held[partition] == nil && group.owners[partition] == epoch {
            held[partition] = .fresh
        }
    }

    private func forget(_ partition: Int32) {
        held[partition] = nil
        reads = reads.filter { $0.key.partition != partition }
        delivered = delivered.filter { $0.key.partition != partition }
    }

    // MARK: State and commits

    func state(_ keys: [StateKey]) throws(EventLogError) -> [StateKey: [UInt8]] {
        try check(Set(keys.map(\.partition)))
        var found: [StateKey: [UInt8]] = [:]
        for key in keys {
            guard let stored = group.state[key] else { continue }
            if let expires = stored.expires, expires <= log.now.milliseconds { continue }
            found[key] = stored.bytes
        }
        return found
    }

    func commit(_ commit: Commit) throws(EventLogError) {
        let involved = Set(commit.positions.keys.map(\.partition))
            .union(commit.state.map(\.key.partition)).union(commit.timers.map(\.key.partition))
        try check(involved)
        log.apply(commit, to: name)
        for change in commit.timers { delivered[change.key] = nil }
    }

    /// What a log without atomic commits leaves behind when the process dies within one.
    func tear(_ commit: Commit) {
        switch log.flaw {
        case .positionsFirst: group.positions.merge(commit.positions) { $1 }
        case .outputsFirst: log.append(commit.outputs)
        default: break
        }
    }

    private func check(_ partitions: Set<Int32>) throws(EventLogError) {
        guard log.flaw != .noFencing else { return }
        guard group.members[slot].map({ $0 <= epoch }) ?? true else {
            throw .superseded(reason: slot)
        }
        let isOwner = partitions.allSatisfy {
            group.owners[$0] == epoch && held[$0] != nil && held[$0] != .fresh
        }
        guard isOwner else { throw .fenced(reason: slot) }
    }

    /// Leaves the group at once.
    func close() {
        if group.members[slot] == epoch { log.expel(slot, from: name) }
    }
}
