/// A member's work since its last poll: what it owns, has to give back, and has to do.
package struct PollResult: Sendable {
    /// Partition numbers newly assigned; their state and timers are ready.
    package var assigned: [Int32]
    /// Partition numbers to give back: finish or drop what is in hand and commit it; the next
    /// poll gives them away.
    package var revoking: [Int32]
    /// Partition numbers already lost: drop all work in hand for them.
    ///
    /// A loss is reported before the partition is assigned again, in an earlier poll; until that
    /// assignment is reported, too, nothing of the partition can be committed or read.
    package var lost: [Int32]
    /// Records, in order within each partition.
    package var records: [ConsumedRecord]
    /// Timers that became due, earliest first; each is delivered once while its partition stays
    /// assigned, and again after the next assignment if no commit cancelled or replaced it.
    package var timers: [DurableTimer]

    /// Makes a result, empty by default.
    package init(
        assigned: [Int32] = [], revoking: [Int32] = [], lost: [Int32] = [],
        records: [ConsumedRecord] = [], timers: [DurableTimer] = []
    ) {
        self.assigned = assigned
        self.revoking = revoking
        self.lost = lost
        self.records = records
        self.timers = timers
    }

    /// Whether the poll brought nothing.
    package var isEmpty: Bool {
        assigned.isEmpty && revoking.isEmpty && lost.isEmpty && records.isEmpty && timers.isEmpty
    }
}

/// How far a session is with bringing the state of its partitions here.
package struct Restoration: Hashable, Sendable {
    /// Offsets of the changelog that were read; there may be no record at one.
    package var restored: Int64
    /// Offsets there are to read, as far as known.
    package var total: Int64

    /// Describes a progress; nothing of nothing while the group has not given partitions yet.
    package init(restored: Int64 = 0, total: Int64 = 0) {
        self.restored = restored
        self.total = total
    }

    /// How much is done, from 0 to 100.
    package var percent: Int {
        total > 0 ? Int(min(100, max(0, restored * 100 / total))) : 0
    }
}

/// A member of a consumer group: it polls, reads state, and commits.
///
/// One caller polls at a time; commits and state reads may run while a poll waits, and a waiting
/// poll never delays them. The session keeps its membership alive by itself, however long a
/// caller works between two polls.
package protocol EventLogSession: Sendable {
    /// Waits up to `waiting` for something to do, at most `limit` records and timers.
    ///
    /// Records are read from where the group's committed positions stood at assignment, then
    /// onwards: an uncommitted record is not delivered again until the next assignment.
    ///
    /// - Throws: `.transient` if the log is away (poll again), `.superseded` if a newer process
    ///   joined under the same slot, `.permanent` if the log is broken.
    func poll(atMost limit: Int, waiting: Duration) async throws(EventLogError) -> PollResult

    /// The bytes of those pieces of state that exist and have not expired.
    ///
    /// - Throws: `.fenced` if a partition is not this member's any more.
    func state(_ keys: [StateKey]) async throws(EventLogError) -> [StateKey: [UInt8]]

    /// Makes outputs, positions, state and timers durable together, or nothing of them.
    ///
    /// - Throws: `.fenced` if a partition is not this member's any more, `.superseded` if a newer
    ///   process joined under the same slot, `.indeterminate` if the session must be opened anew,
    ///   `.transient` and `.full` if the same commit may be tried
    ///   again, `.permanent` if it never will succeed.
    func commit(_ commit: Commit) async throws(EventLogError)

    /// All pieces of state of a partition, in no order: for rebuilding and inspection.
    func allState(of partition: Int32, store: String) async throws(EventLogError)
        -> [StateKey: [UInt8]]

    /// How far the session is with taking its partitions over; `nil` as long as it has all that
    /// the group gave it, with their state.
    var restoration: Restoration? { get }

    /// Leaves the group at once, so that others take over without waiting, and stops a waiting
    /// poll. Uncommitted work is as if never done.
    func close() async
}

extension EventLogSession {
    /// State that lies in the log itself is never restored.
    package var restoration: Restoration? { nil }
}
