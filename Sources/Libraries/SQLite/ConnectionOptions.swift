import CSQLite

/// How a connection is opened.
package struct ConnectionOptions: Sendable {
    /// What the connection may do with the file.
    package enum Access: Sendable {
        /// Reads and writes; makes the file if it is missing.
        case create
        /// Reads and writes a file that exists.
        case readWrite
        /// Reads only.
        case readOnly
    }

    /// When SQLite waits for the disk (sqlite.org/pragma.html#pragma_synchronous).
    package enum Synchronous: String, Sendable {
        /// After each commit: a commit that returned outlives a power cut.
        case full = "FULL"
        /// At checkpoints: the last commits may be lost in a power cut, never the file.
        case normal = "NORMAL"
        /// Never: for what can be built anew.
        case off = "OFF"
    }

    /// What the connection may do with the file.
    package var access: Access
    /// How long SQLite's own busy handler waits for another connection's lock.
    package var busyTimeout: Duration
    /// Whether to switch the file to a write-ahead log (kept in the file).
    package var writeAheadLog: Bool
    /// When to wait for the disk.
    package var synchronous: Synchronous
    /// The page cache's size in KiB.
    package var cacheKibibytes: Int
    /// WAL pages after which a commit checkpoints; 0 leaves that to `checkpoint(_:)`.
    package var autocheckpointPages: Int

    /// Chooses options; the defaults suit a durable store of one process.
    package init(
        access: Access = .create, busyTimeout: Duration = .seconds(5), writeAheadLog: Bool = true,
        synchronous: Synchronous = .full, cacheKibibytes: Int = 2048,
        autocheckpointPages: Int = 1000
    ) {
        self.access = access
        self.busyTimeout = busyTimeout
        self.writeAheadLog = writeAheadLog
        self.synchronous = synchronous
        self.cacheKibibytes = cacheKibibytes
        self.autocheckpointPages = autocheckpointPages
    }

    var flags: Int32 {
        let confined = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        return switch access {
        case .create: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | confined
        case .readWrite: SQLITE_OPEN_READWRITE | confined
        case .readOnly: SQLITE_OPEN_READONLY | confined
        }
    }

    var pragmas: [String] {
        var pragmas = [
            "PRAGMA cache_size = -\(cacheKibibytes)",
            "PRAGMA synchronous = \(synchronous.rawValue)",
            "PRAGMA wal_autocheckpoint = \(autocheckpointPages)",
            "PRAGMA foreign_keys = ON",
            "PRAGMA temp_store = MEMORY",
            // What is deleted is overwritten, too: with zeros, in the file's own pages and in those
            // that long values overflow to. It belongs to the connection, not to the file, and not
            // every build of SQLite begins with it.
            "PRAGMA secure_delete = ON",
        ]
        if writeAheadLog, access != .readOnly { pragmas.insert("PRAGMA journal_mode = WAL", at: 0) }
        return pragmas
    }
}
