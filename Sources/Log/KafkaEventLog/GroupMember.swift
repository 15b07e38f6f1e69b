import EventLog
import Kafka
import Synchronization

/// A member's place in its group: takes partitions when they are ready, gives them back when the
/// work on them is done, and answers the group however long the caller works.
final class GroupMember: Sendable {
    let state = Mutex(MemberState())
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

    /// Whether the group has given this member's instance id to another process.
    var isSuperseded: Bool {
        if case .superseded = state.withLock(\.failure) { true } else { false }
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
            try consumer.committed(partitions, within: Limits.takingOver)
        }
    }

    /// Takes partitions and their timers over, at once, so that none is delivered twice or never.
    private func own(_ numbers: Set<Int32>, _ starts: [TopicPartitionOffset]) {
        state.withLock { state in
            state.own(numbers, starts)
            for number in numbers {
                // A failure shows again, and is reported, with the next use of the cache.
                try? changelog.cache.setWaiting(true, timersOf: number)
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
        state.withLock { state in
            for number in state.release(lost: lost) {
                // A failure shows again, and is reported, with the next use of the cache.
                try? changelog.cache.setWaiting(false, timersOf: number)
            }
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
