import EventLog
import Kafka
import SQLite
import Synchronization

/// A member of a group on Kafka: fetching, answering the group, committing and reading state each
/// have a thread, so that none waits for another.
final class KafkaSession: EventLogSession {
    private struct Progress {
        var closed = false
        /// Why the session is of no more use, if so.
        var broken: EventLogError?
        /// Whether another session took the slot.
        var superseded = false
    }

    let membership: Membership
    private let settings: KafkaSettings
    let member: GroupMember
    private let writer: TransactionWriter
    private let cache: StateCache
    private let sizeLimit: SizeLimit
    /// How many each input has.
    let partitions: Int32
    private let fetching: BlockingQueue
    private let committing: BlockingQueue
    private let reading: BlockingQueue
    private let progress = Mutex(Progress())

    init(
        _ membership: Membership, _ settings: KafkaSettings, member: GroupMember,
        writer: TransactionWriter, cache: StateCache, partitions: Int32, sizeLimit: SizeLimit
    ) {
        let name = "\(membership.group).\(membership.slot)"
        self.membership = membership
        self.settings = settings
        self.member = member
        self.writer = writer
        self.cache = cache
        self.partitions = partitions
        self.sizeLimit = sizeLimit
        fetching = BlockingQueue("\(name).fetch")
        committing = BlockingQueue("\(name).commit")
        reading = BlockingQueue("\(name).state")
        member.whenRevoked { [weak self] in
            guard let self else { return }
            self.committing.start { self.probeSlot() }
        }
    }

    // MARK: Polling

    func poll(atMost limit: Int, waiting: Duration) async throws(EventLogError) -> PollResult {
        let clock = ContinuousClock()
        let deadline = clock.now + waiting
        acknowledgeRevocation()
        while true {
            if let changes = try report() { return changes }
            var work = MemberState.Work(epoch: 0)
            (work.timers, work.epoch) = try await deliverTimers(limit)
            let rest = clock.now.duration(to: deadline)
            let wait = work.timers.isEmpty ? min(rest, untilNextTimer()) : .zero
            let room = limit - work.timers.count
            if room > 0 { try await fetch(room, max(.zero, wait), into: &work) }
            if let result = try report(work) { return result }
            if clock.now >= deadline { return PollResult() }
        }
    }

    /// A poll after an announced revocation says that nothing is in hand any more.
    private func acknowledgeRevocation() {
        let drained = member.state.withLock { state in
            guard case .announced = state.revocation else { return false }
            state.revocation = .drained
            return true
        }
        if drained { member.consumer.wakeControl() }
    }

    /// What happened to the assignment since the last poll, and what came meanwhile.
    private func report(
        _ work: MemberState.Work? = nil
    ) throws(EventLogError) -> PollResult? {
        let (closed, broken) = progress.withLock { ($0.closed, $0.broken) }
        if closed { throw .permanent(reason: "the session is closed") }
        if let broken { throw broken }
        return try member.state.withLock { state throws(EventLogError) in
            switch state.failure {
            case .permanent(let reason): throw .permanent(reason: reason)
            case .superseded(let reason): throw .superseded(reason: reason)
            case let failure?:
                // Work comes only once; a failure that passes can wait for the next poll.
                if let result = state.report(work) { return result }
                state.failure = nil
                throw failure
            case nil: return state.report(work)
            }
        }
    }

    private func deliverTimers(
        _ limit: Int
    ) async throws(EventLogError) -> ([DurableTimer], epoch: Int) {
        let now = settings.clock()
        guard let due = cache.nextDue, due <= now else {
            return ([], member.state.withLock(\.epoch))
        }
        let (cache, member) = (cache, member)
        return try await reading.run { () throws(EventLogError) in
            // Under the lock, which taking partitions over takes, too: only timers of those owned
            // now wait, and they are marked as waiting again if they are lost before the report.
            try member.state.withLock { state throws(EventLogError) in
                let timers = try cached { () throws(SQLiteError) in
                    try cache.deliverDue(now, atMost: limit)
                }
                // A commit may set one just after its partition was lost.
                return (timers.filter { state.owned.contains($0.key.partition) }, state.epoch)
            }
        }
    }

    private func untilNextTimer() -> Duration {
        guard let due = cache.nextDue else { return .seconds(86_400) }
        return .milliseconds(max(1, due - settings.clock()))
    }

    private func fetch(
        _ limit: Int, _ waiting: Duration, into work: inout MemberState.Work
    ) async throws(EventLogError) {
        let consumer = member.consumer
        let fetched = try await fetching.run { () throws(EventLogError) in
            consumer.fetch(atMost: limit, waiting)
        }
        var messages: [Message] = []
        var failure: KafkaError?
        for item in fetched {
            switch item {
            case .message(let message): messages.append(message)
            case .failure(let error): failure = error
            case .end: break
            }
        }
        let (records, epoch) = member.state.withLock { ($0.receive(messages), $0.epoch) }
        // Timers of an earlier epoch wait again with their partition's next owner.
        if epoch != work.epoch { work = MemberState.Work(epoch: epoch) }
        work.records = records
        if let failure, records.isEmpty, work.timers.isEmpty { throw EventLogError(failure) }
    }

    var restoration: Restoration? { member.state.withLock(\.restoration) }

    // MARK: State

    func state(_ keys: [StateKey]) async throws(EventLogError) -> [StateKey: [UInt8]] {
        try checkOwned(Set(keys.map(\.partition)))
        let (cache, now) = (cache, settings.clock())
        return try await reading.run { () throws(EventLogError) in
            try cached { () throws(SQLiteError) in try cache.read(keys, at: now) }
        }
    }

    func allState(
        of partition: Int32, store: String
    ) async throws(EventLogError) -> [StateKey: [UInt8]] {
        try checkOwned([partition])
        let (cache, now) = (cache, settings.clock())
        return try await reading.run { () throws(EventLogError) in
            try cached { () throws(SQLiteError) in try cache.readAll(partition, store, at: now) }
        }
    }

    private var superseded: EventLogError {
        .superseded(reason: "slot \(membership.slot) of group \(membership.group) was taken over")
    }

    private func checkOwned(_ partitions: Set<Int32>) throws(EventLogError) {
        if progress.withLock(\.superseded) { throw superseded }
        // What the caller does not know of yet may be what it had and lost.
        let known = member.state.withLock { $0.owned.subtracting($0.assigned) }
        let foreign = partitions.subtracting(known)
        guard !foreign.isEmpty else { return }
        let numbers = foreign.sorted().map(String.init).joined(separator: ", ")
        throw .fenced(
            reason: "group \(membership.group) gave partition \(numbers) to another member")
    }

    // MARK: Committing

    func commit(_ commit: Commit) async throws(EventLogError) {
        try sizeLimit.check(commit)
        let (closed, broken) = progress.withLock { ($0.closed, $0.broken) }
        if closed { throw .permanent(reason: "the session is closed") }
        if let broken { throw broken }
        guard !commit.isEmpty else { return }
        let unknown = EventLogError.indeterminate(
            reason: "the commit of group \(membership.group) did not return")
        do throws(EventLogError) {
            try await committing.run(
                within: writer.longestWrite, orElse: unknown
            ) { () throws(EventLogError) in
                try self.write(commit)
            }
        } catch {
            let judged = await judge(error)
            if case .indeterminate = judged {
                progress.withLock { $0.broken = judged }
                writer.drop()
            }
            throw judged
        }
    }

    /// Tells a producer that was fenced by a successor of its slot from one whose transaction the
    /// brokers gave up because this process stood still for longer than the transaction's time.
    ///
    /// The group tells which: a successor takes the slot's instance id, too, and the next
    /// heartbeat is refused. Without that the slot is still this process's, and it has only to
    /// open anew: nothing of the transaction was committed.
    private func judge(_ error: EventLogError) async -> EventLogError {
        guard case .superseded(let reason) = error else { return error }
        let clock = ContinuousClock()
        let deadline = clock.now + settings.heartbeat * 3 + Limits.successorJoins
        while clock.now < deadline, !member.isSuperseded, !progress.withLock({ $0.superseded }) {
            // Cancelled: then nobody waits for the answer.
            guard (try? await Task.sleep(for: .milliseconds(20))) != nil else { break }
        }
        guard member.isSuperseded || progress.withLock(\.superseded) else {
            return .indeterminate(reason: "\(reason); nobody has taken the slot")
        }
        await supersede()
        return error
    }

    /// Runs on the committing queue.
    private func write(_ commit: Commit) throws(EventLogError) {
        let touched = commit.partitions
        let epoch = member.state.withLock(\.epoch)
        let metadata = try mapped { () throws(KafkaError) in
            try member.consumer.groupMetadata()
        }
        // The metadata belongs to what is owned only if nothing came or went around it.
        guard member.state.withLock(\.epoch) == epoch, !member.consumer.hasLostAssignment else {
            throw .fenced(reason: "group \(membership.group) is being rebalanced")
        }
        try checkOwned(touched)
        let now = settings.clock()
        let entries = try entries(of: commit, in: touched, at: now)
        var transaction = TransactionWriter.Transaction(outputs: commit.outputs)
        transaction.changes = entries.flatMap { encode($1, at: now) }
        transaction.positions = positions(of: commit, in: touched)
        let delivered = try writer.write(transaction, as: metadata)
        try applyToCache(entries, delivered, commit, at: now)
    }

    /// The changes, the last for each key only, and some expired state to be removed with them.
    private func entries(
        of commit: Commit, in touched: Set<Int32>, at now: Int64
    ) throws(EventLogError) -> [Int32: [StateCache.Entry]] {
        var state: [StateKey: StateChange] = [:]
        var timers: [TimerKey: TimerChange] = [:]
        if !commit.state.isEmpty {
            try cached { () throws(SQLiteError) in
                for partition in touched {
                    let keys = try cache.expired(
                        partition, at: now, atMost: Limits.expiredPerCommit)
                    for key in keys { state[key] = StateChange(key, value: nil) }
                }
            }
        }
        for change in commit.state { state[change.key] = change }
        for change in commit.timers { timers[change.key] = change }
        var entries: [Int32: [StateCache.Entry]] = [:]
        for (key, change) in state { entries[key.partition, default: []].append(.state(change)) }
        for (key, change) in timers { entries[key.partition, default: []].append(.timer(change)) }
        return entries
    }

    private func encode(_ entries: [StateCache.Entry], at now: Int64) -> [OutgoingMessage] {
        let topic = ChangelogCodec.topic(of: membership.group)
        return entries.map { entry in
            switch entry {
            case .state(let change): ChangelogCodec.encode(change, topic: topic, at: now)
            case .timer(let change): ChangelogCodec.encode(change, topic: topic, at: now)
            }
        }
    }

    /// The positions to send.
    ///
    /// A partition that does not move sends the one it has, because only
    /// with positions does the group check that the member still owns what it writes for.
    private func positions(of commit: Commit, in touched: Set<Int32>) -> [TopicPartitionOffset] {
        var positions = commit.positions
        let (owned, committed) = member.state.withLock { ($0.owned, $0.committed) }
        for number in touched.isEmpty ? owned.sorted().prefix(1).map({ $0 }) : touched.sorted() {
            let moved = positions.keys.contains { $0.partition == number }
            guard !moved, let topic = membership.topics.first else { continue }
            let partition = TopicPartition(topic, number)
            positions[partition] = committed[partition] ?? 0
        }
        return positions.map { TopicPartitionOffset($0.topic, $0.partition, offset: $1) }
    }

    /// The log has it: now the cache may.
    private func applyToCache(
        _ entries: [Int32: [StateCache.Entry]], _ delivered: [Int32: Int64], _ commit: Commit,
        at now: Int64
    ) throws(EventLogError) {
        member.state.withLock { state in
            for (partition, offset) in commit.positions where state.committed[partition] != nil {
                state.committed[partition] = offset
            }
        }
        guard !entries.isEmpty else { return }
        let before = cache.nextDue
        do throws(SQLiteError) {
            try cache.apply(entries, upTo: delivered.mapValues { $0 + 1 }, at: now)
        } catch {
            // Committed, but the copy lags behind: only opening anew reads it back.
            let lagging = EventLogError.indeterminate(reason: "state cache: \(error)")
            progress.withLock { $0.broken = lagging }
            throw lagging
        }
        if let due = cache.nextDue, due < before ?? .max { member.consumer.wakeFetch() }
    }

    /// Asks whether the slot is still this session's, by a transaction that changes nothing.
    ///
    /// Made whenever the group is rebalanced: a successor of the same slot causes that, and only
    /// the producer's epoch tells it from any other member.
    private func probeSlot() {
        let committed = member.state.withLock(\.committed)
        guard !committed.isEmpty, !progress.withLock({ $0.closed || $0.superseded }) else { return }
        let positions = committed.map {
            TopicPartitionOffset($0.topic, $0.partition, offset: $1)
        }
        do throws(EventLogError) {
            let metadata = try mapped { () throws(KafkaError) in
                try member.consumer.groupMetadata()
            }
            _ = try writer.write(.init(positions: positions), as: metadata)
        } catch {
            // What else went wrong shows with the next commit.
            guard case .superseded = error else { return }
            Task {
                guard case .indeterminate(let reason) = await self.judge(error) else { return }
                self.progress.withLock { $0.broken = .indeterminate(reason: reason) }
                self.wake()
            }
        }
    }

    /// Ends a waiting poll's wait, so that it looks at the clock again.
    func wake() {
        member.consumer.wakeFetch()
    }

    /// Gives way to another session of the same slot: everything that it owns is lost.
    func supersede() async {
        let already = progress.withLock { progress in
            defer { progress.superseded = true }
            return progress.superseded || progress.closed
        }
        guard !already else { return }
        progress.withLock { $0.broken = $0.broken ?? superseded }
        member.state.withLock { state in
            state.owned = []
            state.epoch += 1
        }
        member.consumer.wakeFetch()
        await member.leave()
    }

    func close() async {
        let already = progress.withLock { progress in
            defer { progress.closed = true }
            return progress.closed
        }
        guard !already else { return }
        member.consumer.wakeFetch()
        await member.leave()
        writer.drop()
    }
}

extension Commit {
    /// The partition numbers that the commit speaks of.
    fileprivate var partitions: Set<Int32> {
        Set(positions.keys.map(\.partition)).union(state.map(\.key.partition))
            .union(timers.map(\.key.partition))
    }
}
