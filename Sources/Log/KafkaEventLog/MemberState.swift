import EventLog
import Kafka

/// What a member owns, how far its records were handed out, and what its session does not know yet.
struct MemberState {
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

    /// Where the giving back of partitions stands.
    enum Revocation {
        case none
        /// The group asks for them; the session does not know.
        case wanted
        /// The session knows and has not polled since.
        case announced
        /// The session polled again: nothing is in hand any more.
        case drained
    }

    /// Records and timers, and the epoch in which they were taken.
    struct Work {
        var records: [ConsumedRecord] = []
        var timers: [DurableTimer] = []
        var epoch: Int
    }

    /// Takes partitions over, from the group's offsets (negative where it has none).
    mutating func own(_ numbers: Set<Int32>, _ starts: [TopicPartitionOffset]) {
        epoch += 1
        owned = numbers
        assigned = numbers.sorted()
        restoration = nil
        next = [:]
        for start in starts {
            next[TopicPartition(start.topic, start.partition)] = max(0, start.offset)
        }
        committed = next
    }

    /// Lets all partitions go; gives their numbers.
    mutating func release(lost isLost: Bool) -> Set<Int32> {
        defer { (assigned, owned, next, committed) = ([], [], [:], [:]) }
        epoch += 1
        // What was assigned but never announced is never heard of.
        if isLost { lost += owned.subtracting(assigned).sorted() }
        revocation = .none
        return owned
    }

    /// Of what was fetched, the records that may be handed out: those of owned partitions, once,
    /// unless they are asked back.
    ///
    /// What was fetched for an earlier assignment is not for this one.
    mutating func receive(_ messages: [Message]) -> [ConsumedRecord] {
        guard case .none = revocation else { return [] }
        return messages.compactMap { message in
            let record = ConsumedRecord(message)
            guard owned.contains(message.partition),
                message.offset >= next[record.partition] ?? .max
            else { return nil }
            next[record.partition] = message.offset + 1
            return record
        }
    }

    /// What happened to the assignment since the last report, with the work that came
    /// meanwhile; `nil` if there is neither.
    ///
    /// Work of an earlier epoch is dropped, and so is that of partitions that are asked back: it
    /// comes again to whoever owns them next. All other is kept, because it comes only once.
    mutating func report(_ work: Work?) -> PollResult? {
        var result = PollResult(assigned: assigned, lost: lost)
        assigned = []
        lost = []
        if case .wanted = revocation {
            revocation = .announced
            result.revoking = owned.sorted()
        }
        if let work, work.epoch == epoch, revocation == .none {
            result.records = work.records
            result.timers = work.timers
        }
        return result.isEmpty ? nil : result
    }
}
