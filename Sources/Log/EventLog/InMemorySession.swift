import Synchronization

/// The member of a group on the log in memory.
final class InMemorySession: EventLogSession {
    private struct Progress {
        var announced = false
        var closed = false
        var positions: [TopicPartition: Int64] = [:]
        var delivered: [TimerKey: DurableTimer] = [:]
        /// Where the next round begins, so that no partition starves.
        var turn = 0
    }

    private let log: InMemoryEventLog
    private let membership: Membership
    private let epoch: Int
    private let partitions: Int32
    private let progress = Mutex(Progress())

    init(log: InMemoryEventLog, membership: Membership, epoch: Int, partitions: Int32) {
        self.log = log
        self.membership = membership
        self.epoch = epoch
        self.partitions = partitions
    }

    func poll(atMost limit: Int, waiting: Duration) async throws(EventLogError) -> PollResult {
        let deadline = ContinuousClock.now + waiting
        while true {
            let result = try nextWork(limit)
            let rest = deadline - ContinuousClock.now
            guard result.isEmpty, rest > .zero else { return result }
            // Any change wakes: also one that brings nothing to this member.
            await log.wait(untilDue(rest)) { contents in
                contents.hasRecords(beyond: self.progress.withLock(\.positions))
                    || self.isSuperseded(in: contents)
                    || self.progress.withLock(\.closed)
            }
        }
    }

    func state(_ keys: [StateKey]) async throws(EventLogError) -> [StateKey: [UInt8]] {
        log.contents.withLock { contents in
            guard let state = contents.groups[membership.group]?.state else { return [:] }
            var found: [StateKey: [UInt8]] = [:]
            for key in keys { found[key] = state[key] }
            return found
        }
    }

    func allState(of partition: Int32, store: String) async throws(EventLogError)
        -> [StateKey: [UInt8]]
    {
        log.contents.withLock { contents in
            (contents.groups[membership.group]?.state ?? [:]).filter {
                $0.key.partition == partition && $0.key.store == store
            }
        }
    }

    func commit(_ commit: Commit) async throws(EventLogError) {
        try log.sizeLimit.check(commit)
        try log.contents.withLock { contents throws(EventLogError) in
            guard var group = contents.groups[membership.group], group.epoch == epoch else {
                throw superseded
            }
            try InMemoryEventLog.append(commit.outputs, to: &contents)
            group.positions.merge(commit.positions) { $1 }
            for change in commit.state { group.state[change.key] = change.value }
            for change in commit.timers {
                switch change {
                case .set(let timer): group.timers[timer.key] = timer
                case .cancel(let key): group.timers[key] = nil
                }
            }
            contents.groups[membership.group] = group
        }
        progress.withLock { progress in
            for change in commit.timers { progress.delivered[change.key] = nil }
        }
        log.wake()
    }

    func close() async {
        progress.withLock { $0.closed = true }
        log.contents.withLock { contents in
            guard !isSuperseded(in: contents) else { return }
            contents.groups[membership.group]?.member = nil
        }
        log.wake()
    }

    private var superseded: EventLogError {
        .superseded(reason: "group \(membership.group) has a newer member")
    }

    private func isSuperseded(in contents: InMemoryEventLog.Contents) -> Bool {
        contents.groups[membership.group]?.epoch != epoch
    }

    /// Until the next timer is due, at most `waiting`.
    private func untilDue(_ waiting: Duration) -> Duration {
        let delivered = progress.withLock(\.delivered)
        let due = log.contents.withLock { contents in
            contents.groups[membership.group]?.timers.values
                .filter { delivered[$0.key] != $0 }.map(\.due).min()
        }
        guard let due else { return waiting }
        return min(waiting, .milliseconds(max(1, due - log.clock())))
    }

    private func nextWork(_ limit: Int) throws(EventLogError) -> PollResult {
        let now = log.clock()
        return try log.contents.withLock { contents throws(EventLogError) in
            try progress.withLock { progress throws(EventLogError) in
                guard !progress.closed else { throw .permanent(reason: "the session is closed") }
                guard let group = contents.groups[membership.group], group.epoch == epoch else {
                    throw superseded
                }
                var result = PollResult()
                if !progress.announced {
                    progress.announced = true
                    result.assigned = Array(0..<partitions)
                    for topic in membership.topics {
                        for number in 0..<partitions {
                            let partition = TopicPartition(topic, number)
                            progress.positions[partition] = group.positions[partition] ?? 0
                        }
                    }
                }
                addDueTimers(limit, at: now, of: group, &progress, into: &result)
                addRecords(limit, from: contents, &progress, into: &result)
                return result
            }
        }
    }

    private func addDueTimers(
        _ limit: Int, at now: Int64, of group: InMemoryEventLog.Group, _ progress: inout Progress,
        into result: inout PollResult
    ) {
        let due = group.timers.values.filter { timer in
            timer.due <= now && progress.delivered[timer.key] != timer
        }
        for timer in due.sorted(by: { $0.due < $1.due }).prefix(limit) {
            progress.delivered[timer.key] = timer
            result.timers.append(timer)
        }
    }

    private func addRecords(
        _ limit: Int, from contents: InMemoryEventLog.Contents, _ progress: inout Progress,
        into result: inout PollResult
    ) {
        let order = progress.positions.keys.sorted()
        guard !order.isEmpty else { return }
        for step in order.indices {
            let room = limit - result.records.count - result.timers.count
            guard room > 0 else { break }
            let partition = order[(progress.turn + step) % order.count]
            let records = InMemoryEventLog.read(
                partition, from: progress.positions[partition] ?? 0, atMost: room, in: contents)
            result.records += records
            if let last = records.last { progress.positions[partition] = last.offset + 1 }
        }
        progress.turn = (progress.turn + 1) % order.count
    }
}
