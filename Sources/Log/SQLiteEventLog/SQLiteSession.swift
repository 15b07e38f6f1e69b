import EventLog
import SQLite

/// A member of a group, pinned to a queue of its own with a connection of its own.
///
/// A waiting poll is suspended, so commits and heartbeats run meanwhile.
actor SQLiteSession: EventLogSession {
    /// What the caller knows of a partition that this member owns.
    enum Phase {
        /// Does not know of it yet.
        case fresh
        /// Works on it.
        case active
        /// To be asked to give it back.
        case leaving
        /// Asked to give it back; the next poll gives it away.
        case revoking
    }

    private let executor = QueueExecutor(label: "parley.log.session")
    private let location: LogLocation
    private let membership: Membership
    private let wakeups: Wakeups
    private let signal = WakeSignal()
    private var opened: Store?
    private var subscription: Int?
    private var heartbeats: Task<Void, Never>?

    private var group: Int64 = 0
    private var partitions: Int32 = 0
    private var epoch: Int64 = 0
    /// A newer session has the slot: this one will never own anything again.
    private var isSuperseded = false
    private var phases: [Int32: Phase] = [:]
    /// Partitions that were lost and that the caller does not know to be.
    private var unannouncedLosses: Set<Int32> = []
    private var reader = RecordReader()
    /// Timers that were delivered and that no commit has touched since.
    private var delivered: [TimerKey: DurableTimer] = [:]

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    init(_ location: LogLocation, _ membership: Membership, wakeups: Wakeups) {
        self.location = location
        self.membership = membership
        self.wakeups = wakeups
    }

    deinit {
        heartbeats?.cancel()
        if let subscription { wakeups.unsubscribe(subscription) }
    }

    /// Opens the connection and joins the group.
    func start() throws(EventLogError) {
        try mapped {
            let store = try Store(location)
            let topics = try membership.topics.map { try store.topic($0) }
            partitions = try Self.partitionCount(of: topics, membership)
            (group, epoch) = try store.write {
                let group = try Leases.group(named: membership.group, in: store)
                let leases = Leases(group: group, store: store)
                return (group, try leases.join(slot: membership.slot))
            }
            store.announce(group: group)
            subscription = try wakeups.subscribe(signal, topics: topics.map(\.id), group: group)
            opened = store
            try rebalance(store)
        }
        beatRegularly()
    }

    private static func partitionCount(
        of topics: [Topic], _ membership: Membership
    ) throws(EventLogError) -> Int32 {
        let counts = Set(topics.map(\.configuration.partitions))
        guard counts.count == 1, let count = counts.first else {
            throw .permanent(
                reason: "the inputs of group \(membership.group) must have one and the same "
                    + "number of partitions: \(membership.topics.joined(separator: ", "))")
        }
        return count
    }

    private func store() throws(EventLogError) -> Store {
        guard let opened else { throw .permanent(reason: "the session is closed") }
        return opened
    }

    func close() {
        heartbeats?.cancel()
        if let store = opened, !isSuperseded {
            do {
                try store.write {
                    try Leases(group: group, store: store)
                        .remove(slot: membership.slot, epoch: epoch)
                }
                store.announce(group: group)
            } catch {
                // Then the lease ends by itself: slower for the others, and as safe.
            }
        }
        opened = nil
        if let subscription { wakeups.unsubscribe(subscription) }
        subscription = nil
        signal.wake(.closed)
    }
}

// MARK: - Membership

extension SQLiteSession {
    private func beatRegularly() {
        // Two beats may be late or lost before the lease ends.
        let interval = location.lease / 3
        heartbeats = Task { [weak self] in
            while !Task.isCancelled {
                // A cancelled sleep ends the loop at its condition.
                try? await Task.sleep(for: interval)
                guard let self, !Task.isCancelled else { return }
                await beat()
            }
        }
    }

    private func beat() {
        guard let store = opened, !isSuperseded else { return }
        // A beat that fails (a full disk, a lock held for long) is tried again at the next.
        _ = try? store.writeUnsynchronised {
            try Leases(group: group, store: store).beat(slot: membership.slot, epoch: epoch)
        }
        // Members that are gone are noticed by a look at the group, not by a touch.
        signal.wake(.group)
    }

    private func decide(_ leases: Leases, epoch: Int64) throws(SQLiteError) -> GroupView.Decision {
        try leases.view().decide(
            slot: membership.slot, epoch: epoch, owned: Set(phases.keys), partitions: partitions,
            now: LogLocation.uptime(), boot: LogLocation.boot)
    }

    /// Looks at the group: takes what is free and this member's by right, gives up what is not.
    private func rebalance(_ store: Store) throws {
        guard !isSuperseded else { return }
        let leases = Leases(group: group, store: store)
        let first = try decide(leases, epoch: epoch)
        lose(first.lost)
        switch first.standing {
        case .superseded:
            isSuperseded = true
            return
        case .expelled: epoch = try store.write { try leases.join(slot: membership.slot) }
        case .member: break
        }
        let isIdle =
            first.standing == .member && first.gone.isEmpty && first.free.isEmpty
            && unknown(first.surplus).isEmpty
        var decision = first
        if !isIdle {
            decision = try store.write {
                // Again, now that nobody else can change it.
                let decision = try decide(leases, epoch: epoch)
                guard decision.standing == .member else { return decision }
                for member in decision.gone {
                    try leases.remove(slot: member.slot, epoch: member.epoch)
                }
                try leases.release(unknown(decision.surplus), epoch: epoch)
                try leases.claim(decision.free, epoch: epoch)
                return decision
            }
            store.announce(group: group)
        }
        apply(decision)
    }

    /// Those of which the caller knows nothing: they can go without a word.
    private func unknown(_ partitions: [Int32]) -> [Int32] {
        partitions.filter { partition in
            switch phases[partition] {
            case nil, .fresh: true
            case .active, .leaving, .revoking: false
            }
        }
    }

    private func apply(_ decision: GroupView.Decision) {
        lose(decision.lost)
        guard decision.standing == .member else { return }
        for partition in decision.surplus {
            switch phases[partition] {
            case .fresh: phases[partition] = nil
            case .active: phases[partition] = .leaving
            case nil, .leaving, .revoking: break
            }
        }
        for partition in decision.free { phases[partition] = .fresh }
    }

    private func lose(_ partitions: [Int32]) {
        for partition in partitions {
            let phase = phases.removeValue(forKey: partition)
            if phase != nil, phase != .fresh { unannouncedLosses.insert(partition) }
        }
        forget(Set(partitions))
    }

    private func forget(_ partitions: Set<Int32>) {
        guard !partitions.isEmpty else { return }
        reader.remove(partitions)
        delivered = delivered.filter { !partitions.contains($0.key.partition) }
    }

    /// Gives away what the last poll announced as revoking.
    private func giveAway(_ store: Store) throws {
        let revoked = phases.keys.filter { phases[$0] == .revoking }
        guard !revoked.isEmpty else { return }
        try store.write {
            try Leases(group: group, store: store).release(revoked, epoch: epoch)
        }
        for partition in revoked { phases[partition] = nil }
        forget(Set(revoked))
        store.announce(group: group)
    }
}

// MARK: - Polling

extension SQLiteSession {
    func poll(atMost limit: Int, waiting: Duration) async throws(EventLogError) -> PollResult {
        let deadline = ContinuousClock.now + waiting
        let store = try store()
        try mapped { try giveAway(store) }
        while true {
            let store = try self.store()
            let reasons = signal.collect()
            let now = location.clock()
            let result = try mapped {
                if reasons.contains(.group) { try rebalance(store) }
                return try nextWork(limit, at: now, from: store)
            }
            let rest = deadline - ContinuousClock.now
            guard result.isEmpty, rest > .zero else { return result }
            let due = try mapped { try Timers(group, store).nextDue(after: now, of: active) }
            let untilDue = due.map { Duration.milliseconds(max(1, $0 - location.clock())) }
            await signal.wait(atMost: min(rest, untilDue ?? rest))
        }
    }

    private var active: Set<Int32> { Set(phases.keys.filter { phases[$0] == .active }) }

    private func nextWork(_ limit: Int, at now: Int64, from store: Store) throws -> PollResult {
        guard !isSuperseded else { throw EventLogError.superseded(slot: membership.slot) }
        guard unannouncedLosses.isEmpty else {
            // Alone, so that nobody mixes them up with the same partitions newly assigned.
            defer { unannouncedLosses = [] }
            return PollResult(lost: unannouncedLosses.sorted())
        }
        var result = PollResult()
        result.assigned = phases.keys.filter { phases[$0] == .fresh }.sorted()
        result.revoking = phases.keys.filter { phases[$0] == .leaving }.sorted()
        var reader = reader
        reader.remove(Set(result.revoking))
        try store.read {
            try Positions(group, store).load(result.assigned, of: membership.topics, into: &reader)
            result.timers = try Timers(group, store).due(
                at: now, of: active.union(result.assigned), except: delivered, atMost: limit)
            result.records = try reader.nextRecords(limit - result.timers.count, from: store)
        }
        // Only now that nothing can fail any more: a failed poll must not swallow anything.
        self.reader = reader
        for partition in result.assigned { phases[partition] = .active }
        for partition in result.revoking { phases[partition] = .revoking }
        for timer in result.timers { delivered[timer.key] = timer }
        return result
    }
}

// MARK: - State and commits

extension SQLiteSession {
    func state(_ keys: [StateKey]) throws(EventLogError) -> [StateKey: [UInt8]] {
        let store = try store()
        try check(Set(keys.map(\.partition)))
        return try mapped {
            try store.read { try GroupState(group, store).values(keys, at: location.clock()) }
        }
    }

    func allState(of partition: Int32, store name: String) throws(EventLogError)
        -> [StateKey: [UInt8]]
    {
        let store = try store()
        try check([partition])
        return try mapped {
            try GroupState(group, store).all(of: partition, in: name, at: location.clock())
        }
    }

    func commit(_ commit: Commit) throws(EventLogError) {
        try SQLiteEventLog.sizeLimit.check(commit)
        let store = try store()
        let involved = Set(commit.positions.keys.map(\.partition))
            .union(commit.state.map(\.key.partition))
            .union(commit.timers.map(\.key.partition))
        try check(involved)
        do {
            try mapped { try write(commit, involved, to: store) }
        } catch {
            switch error {
            case .fenced, .superseded: signal.wake(.group)
            case .transient, .full, .indeterminate, .permanent: break
            }
            throw error
        }
        for change in commit.timers { delivered[change.key] = nil }
        // A poll that waits may have to wait less now.
        if !commit.timers.isEmpty { signal.wake(.records) }
    }

    private func write(_ commit: Commit, _ involved: Set<Int32>, to store: Store) throws {
        for record in commit.outputs { _ = try RecordWriter.lane(of: record, in: store) }
        let topics = try store.write {
            try Leases(group: group, store: store)
                .check(involved, slot: membership.slot, epoch: epoch)
            var writer = RecordWriter(store)
            for record in commit.outputs { try writer.append(record) }
            try writer.finish()
            try Positions(group, store).write(commit.positions)
            try GroupState(group, store).write(commit.state)
            try Timers(group, store).write(commit.timers)
            return writer.topics
        }
        store.announce(topics: topics)
    }

    /// Refuses work on partitions that the caller was not given, or that are lost to it even if
    /// they have come back since: another member may have gone on from its last commit.
    private func check(_ partitions: Set<Int32>) throws(EventLogError) {
        guard !isSuperseded else { throw .superseded(slot: membership.slot) }
        guard !partitions.isEmpty || unannouncedLosses.isEmpty else {
            throw .fenced(reason: "partitions \(unannouncedLosses.sorted()) were lost")
        }
        let missing = partitions.subtracting(phases.keys.filter { phases[$0] != .fresh })
        guard missing.isEmpty else {
            throw .fenced(
                reason: "member \(membership.slot) of group \(membership.group) does not own "
                    + "partition \(missing.sorted())")
        }
    }
}
