import EventLog
import FileSignals
import SQLite

/// One confined connection to the log's file, with what a write needs around it.
///
/// Not `Sendable`: each session, appender, reader and the log itself has its own, on a queue of
/// its own.
final class Store {
    let location: LogLocation
    let connection: Connection
    var catalogue = Catalogue()
    private let lock: FileLock
    private let touches: TouchFiles

    /// A backstop only: the maintaining process checkpoints long before, off the commit path.
    private static let autocheckpointPages = 131_072
    /// The lock file keeps writers apart; this is for strangers such as the `sqlite3` shell.
    private static let busyTimeout = Duration.seconds(5)

    init(_ location: LogLocation) throws {
        self.location = location
        lock = try FileLock(path: location.lockPath)
        touches = TouchFiles(folder: location.wakeFolder)
        connection = try Connection(
            path: location.path,
            options: ConnectionOptions(
                busyTimeout: Self.busyTimeout, cacheKibibytes: 4096,
                autocheckpointPages: Self.autocheckpointPages))
        // Cut the write-ahead log back to this after a burst (64 MiB).
        try connection.executeScript("PRAGMA journal_size_limit = 67108864")
    }

    /// Runs the body alone among all writers, in one transaction.
    func write<Result>(_ body: () throws -> Result) throws -> Result {
        try locked {
            try connection.transaction(.immediate, failure: { $0 as any Error }, body)
        }
    }

    /// Runs the body alone among all writers.
    func locked<Result>(_ body: () throws -> Result) throws -> Result {
        try lock.acquire()
        defer { lock.release() }
        return try body()
    }

    /// Runs the body on one snapshot.
    func read<Result>(_ body: () throws -> Result) throws -> Result {
        try connection.transaction(.deferred, failure: { $0 as any Error }, body)
    }

    /// As `write`, but without waiting for the disk: for what need not outlive a power cut.
    func writeUnsynchronised<Result>(_ body: () throws -> Result) throws -> Result {
        try connection.executeScript("PRAGMA synchronous = NORMAL")
        defer {
            // It cannot fail outside of a transaction; if it did, the next heartbeat sets it.
            try? connection.executeScript("PRAGMA synchronous = FULL")
        }
        return try write(body)
    }

    /// Tells all who wait for records of these topics.
    func announce(topics: Set<Int64>) {
        for topic in topics { touches.touch(LogLocation.wakeName(topic: topic)) }
    }

    /// Tells the members of a group that its membership or leases changed.
    func announce(group: Int64) {
        touches.touch(LogLocation.wakeName(group: group))
    }

    func topic(_ name: String) throws -> Topic {
        try catalogue.topic(name, on: connection)
    }
}
