package import EventLog
import FileSignals
import SQLite

/// The log in one SQLite file, shared by the processes of one machine.
///
/// Beside the file lie SQLite's own `-wal` and `-shm`, a lock file that writers take turns by, and
/// a folder of small files that are touched to wake those who wait.
package final class SQLiteEventLog: EventLog, RecordErasing {
    private let location: LogLocation
    private let connection: LogConnection
    private let wakeups: Wakeups
    private let maintenance: Maintenance

    private init(
        _ location: LogLocation, connection: LogConnection, wakeups: Wakeups,
        maintenance: Maintenance
    ) {
        self.location = location
        self.connection = connection
        self.wakeups = wakeups
        self.maintenance = maintenance
    }

    deinit {
        wakeups.stop()
    }

    /// Opens a log, making the file if it is missing; its folder must exist.
    ///
    /// One process of those that share the file passes `maintains: true`: it retains, compacts and
    /// checkpoints in the background. `clock` tells milliseconds since 1970 and decides when
    /// timers are due and records expire; a member that is silent for `lease` loses its partitions.
    /// The background work comes every `cleaning`; `trouble` gets what it cannot do and
    /// nobody but people can mend, once until it goes on.
    ///
    /// - Throws: `.permanent` with the path and what to do.
    package static func open(
        path: String, maintains: Bool = false, lease: Duration = .seconds(10),
        cleaning: Duration = .seconds(30), clock: @escaping @Sendable () -> Int64,
        trouble: @escaping @Sendable (EventLogError) -> Void = { _ in }
    ) async throws(EventLogError) -> SQLiteEventLog {
        let location = LogLocation(path: path, clock: clock, lease: lease)
        let connection = LogConnection(location)
        try await connection.start()
        let wakeups = try mapped { try Wakeups(location) }
        wakeups.start()
        let maintenance = Maintenance(location, every: cleaning, trouble: trouble)
        if maintains { await maintenance.start() }
        return SQLiteEventLog(
            location, connection: connection, wakeups: wakeups, maintenance: maintenance)
    }

    /// What one write may reasonably hold the file's lock for; SQLite itself takes a gigabyte.
    static let sizeLimit = SizeLimit(bytes: 8 * 1024 * 1024)

    /// The same for every file.
    package var largestRecord: Int { Self.sizeLimit.bytes }

    /// All of them.
    package var capabilities: Set<Capability> { Set(Capability.allCases) }

    /// Creates the topics that are missing, in one transaction, and keeps those that exist as long
    /// as is asked for now.
    package func createTopics(_ topics: [TopicConfiguration]) async throws(EventLogError) {
        try await connection.createTopics(topics)
    }

    /// The topics with their ranges.
    package func describeTopics() async throws(EventLogError) -> [TopicDescription] {
        try await connection.describeTopics()
    }

    /// Each group's committed positions.
    package func groupPositions() async throws(EventLogError)
        -> [String: [TopicPartition: Int64]]
    {
        try await connection.groupPositions()
    }

    /// The members whose time is not over.
    package func members(of group: String) async throws(EventLogError) -> [String] {
        try await connection.members(of: group)
    }

    /// The first offsets at or after a time.
    package func offsets(of topic: String, at timestamp: Int64) async throws(EventLogError)
        -> [Int32: Int64]
    {
        try await connection.offsets(of: topic, at: timestamp)
    }

    /// Opens an appender with a writing queue of its own.
    package func openAppender() async throws(EventLogError) -> any EventLogAppender {
        let writer = AppendWriter(location)
        try await writer.start()
        return SQLiteAppender(writer)
    }

    /// Joins a group, fencing an earlier session of the same slot.
    package func openSession(
        _ membership: Membership
    ) async throws(EventLogError) -> any EventLogSession {
        let session = SQLiteSession(location, membership, wakeups: wakeups)
        try await session.start()
        return session
    }

    /// Opens a reader, which brings no keys if only headers are wanted.
    package func openReader(
        _ starts: [TopicPartition: ReadStart], headers names: [String]?
    ) async throws(EventLogError) -> any EventLogReader {
        let reader = SQLiteReader(
            location, wakeups: wakeups, RecordReader(leavingOutKeys: names != nil))
        try await reader.start(starts)
        return reader
    }

    /// Stops the background work and closes the log's own connections.
    package func close() async {
        wakeups.stop()
        await maintenance.stop()
        await connection.close()
    }

    /// Deletes what retention, compaction and expiry allow, now, and checkpoints.
    package func maintain() async throws(EventLogError) {
        try await maintenance.clean(thoroughly: true)
    }

    /// Takes records out of the file, their blocks included, in small batches.
    package func erase(_ erasure: Erasure) async throws(EventLogError) -> [String: Int] {
        try await Eraser(location).erase(erasure)
    }

    /// Empties the write-ahead log; what was deleted is overwritten in the file itself.
    ///
    /// Rewriting holds up all writers for as long as the file takes.
    package func settle(
        within limit: Duration, rewriting: Bool
    ) async throws(EventLogError) {
        let eraser = Eraser(location)
        if rewriting { try await eraser.rewrite() }
        try await eraser.settle(within: limit)
    }

    /// The bytes of the file's pages that are in use; the others wait for what comes next.
    package func bytesInUse() async throws(EventLogError) -> Int {
        try await connection.bytesInUse()
    }

    /// Wakes all waiting polls of this process; tests call it after they advance their clock.
    package func wake() {
        wakeups.wakeAll()
    }
}
