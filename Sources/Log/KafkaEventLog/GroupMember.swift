import EventLog
import Kafka
import Synchronization

/// A member's place in its group: takes partitions when they are ready, gives them back when the
/// work on them is done, and answers the group however long the caller works.
final class GroupMember: Sendable {
    /// What the member owns, and what its session has to be told.
    struct State {
        /// Partition numbers whose records may be handed out and committed.
        var owned: Set<Int32> = []
        /// Raised whenever partitions come or go, so that a commit can tell that none did.
        var epoch = 0
        /// The next offset to hand out of each assigned partition.
        var next: [TopicPartition: Int64] = [:]
        /// The committed offset of each assigned partition, as far as known.
        var committed: [TopicPartition: Int64] = [:]
        var assigned: [Int32] = []
        var lost: [Int32] = []
        var revocation = Revocation.none
        var failure: EventLogError?
        /// How far the taking over of partitions is; `nil` when it is done.
        var restoration: Restoration? = Restoration()
        var stopped = false
    }

    /// Where the giving back of partitions stands.
    enum Revocation {
        case none
        /// The group asks for them; the session has not been told.
        case wanted
        /// The session was told and has not polled since.
        case announced
        /// The session polled again: nothing is in hand any more.
        case drained
    }

    let state = Mutex(State())
    let consumer: Consumer
    private let changelog: Changelog
    private let revoked = Mutex<(@Sendable () -> Void)?>(nil)
    private let control: BlockingQueue

    init(_ consumer: Consumer, _ changelog: Changelog, name: String) {
        self.consumer = consumer
        self.changelog = changelog
        control = BlockingQueue("\(name).control")
    }

    /// Has `body` called whenever the group asks for partitions back; it must not block.
    func whenRevoked(_ body: @escaping @Sendable () -> Void) {
        revoked.withLock { $0 = body }
    }

    /// Joins the group and begins to answer it.
    func join(_ topics: [String]) throws(EventLogError) {
        try mapped { () throws(KafkaError) in try consumer.subscribe(to: topics) }
        control.start { self.run() }
    }

    /// Leaves the group and waits until that is done.
    func leave() async {
        let already = state.withLock { state in
            defer { state.stopped = true }
            return state.stopped
        }
        guard !already else { return }
        consumer.wakeControl()
        consumer.wakeFetch()
        // Runs after the loop below has ended; leaving cannot fail in a way that helps the caller.
        _ = try? await control.run { () throws(EventLogError) in
            self.consumer.close(within: Limits.leaving)
        }
    }

    private var isStopped: Bool { state.withLock(\.stopped) }

    private func run() {
        var backlog: [ControlEvent] = []
        while !isStopped {
            let event =
                backlog.isEmpty ? consumer.awaitControl(Limits.controlWait) : backlog.removeFirst()
            switch event {
            case .assign(let partitions): assign(partitions, &backlog)
            case .revoke(let partitions, let lost): revoke(partitions, lost: lost)
            case .failure(let error): note(error)
            case nil: break
            }
            settleRevocation()
        }
    }

    private func note(_ error: KafkaError) {
        state.withLock { state in
            state.failure =
                if !error.isFatal {
                    .transient(reason: error.description)
                } else if error.code == .fencedInstance {
                    .superseded(reason: error.description)
                } else {
                    .permanent(reason: error.description)
                }
        }
        if error.isFatal { consumer.wakeFetch() }
    }

    private func assign(_ partitions: [TopicPartitionOffset], _ backlog: inout [ControlEvent]) {
        let numbers = Set(partitions.map(\.partition))
        do throws(EventLogError) {
            // First the positions: the group answers only when no transaction that moves them is
            // open, so whatever the predecessor committed lies before the changelog's end then.
            var starts = partitions.isEmpty ? [] : try committed(partitions)
            let restored = try changelog.restore(numbers.sorted()) { progress in
                state.withLock { $0.restoration = progress }
                if let event = consumer.awaitControl(.zero) { backlog.append(event) }
                return !isStopped && !backlog.contains { $0.isRebalance }
            }
            guard restored else { return }
            for number in numbers {
                // A failure shows again, and is reported, with the next use of the cache.
                try? changelog.cache.setWaiting(true, timersOf: number)
            }
            // Before the consumer fetches: what it brings for others is dropped.
            own(numbers, starts)
            for index in starts.indices where starts[index].offset < 0 {
                starts[index].offset = TopicPartitionOffset.Place.beginning
            }
            try mapped { () throws(KafkaError) in try consumer.assign(starts) }
            consumer.wakeFetch()
        } catch {
            state.withLock { $0.failure = error }
            consumer.wakeFetch()
            // Try again, until the group decides otherwise.
            if !isStopped, !backlog.contains(where: \.isRebalance) {
                backlog.append(.assign(partitions))
            }
        }
    }

    private func committed(
        _ partitions: [TopicPartitionOffset]
    ) throws(EventLogError) -> [TopicPartitionOffset] {
        try mapped { () throws(KafkaError) in
            try consumer.committed(partitions, within: Limits.request)
        }
    }

    private func own(_ numbers: Set<Int32>, _ starts: [TopicPartitionOffset]) {
        state.withLock { state in
            state.epoch += 1
            state.owned = numbers
            state.assigned = numbers.sorted()
            state.restoration = nil
            state.next = [:]
            state.committed = [:]
            for start in starts {
                let partition = TopicPartition(start.topic, start.partition)
                state.next[partition] = max(0, start.offset)
                state.committed[partition] = max(0, start.offset)
            }
        }
    }

    private func revoke(_ partitions: [TopicPartitionOffset], lost: Bool) {
        let holds = state.withLock { !$0.owned.isEmpty }
        guard holds, !lost else { return release(lost: true) }
        state.withLock { $0.revocation = .wanted }
        revoked.withLock { $0 }?()
        consumer.wakeFetch()
    }

    /// Completes the giving back once the session has finished, or at once if it is too late.
    private func settleRevocation() {
        let revocation = state.withLock(\.revocation)
        switch revocation {
        case .none: return
        case .drained: release(lost: false)
        case .wanted, .announced: if consumer.hasLostAssignment { release(lost: true) }
        }
    }

    private func release(lost: Bool) {
        let owned = state.withLock { state in
            let owned = state.owned
            state.epoch += 1
            // What was assigned but never announced is never heard of.
            if lost { state.lost += owned.subtracting(state.assigned).sorted() }
            state.assigned = []
            state.owned = []
            state.next = [:]
            state.committed = [:]
            state.revocation = .none
            return owned
        }
        for number in owned {
            // A failure shows again, and is reported, with the next use of the cache.
            try? changelog.cache.setWaiting(false, timersOf: number)
        }
        do throws(KafkaError) {
            try consumer.unassign()
        } catch {
            note(error)
        }
        if lost { consumer.wakeFetch() }
    }
}

extension ControlEvent {
    /// Whether partitions come or go.
    fileprivate var isRebalance: Bool {
        switch self {
        case .assign, .revoke: true
        case .failure: false
        }
    }
}
