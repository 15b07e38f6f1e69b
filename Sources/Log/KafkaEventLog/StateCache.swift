import Dispatch
import EventLog
import FoundationEssentials
import SQLite
import Synchronization

/// A group member's state and timers in a local file: a copy of the changelog up to a checkpoint
/// per partition, never ahead of it.
///
/// Every change comes with the changelog's offset in one SQLite transaction, after Kafka has
/// committed it. So whatever is lost with the file or its last writes is read again from the
/// changelog. All calls block.
final class StateCache: Sendable {
    /// What a restored or committed entry set.
    typealias Entry = ChangelogCodec.Entry

    /// The file, once it is opened, and whether it is being filled without a journal.
    struct File {
        var connection: Connection?
        var isFilling = false
    }

    let path: String
    private let cluster: String
    /// The machine's present run.
    let run: String?
    let file = Mutex(File())
    /// Where the file is written to the disk.
    let flushing = DispatchQueue(label: "kafka.cache.flush", qos: .utility)
    /// When the next timer that was not delivered is due, as of the last change.
    private let due = Mutex<Int64?>(nil)

    /// Opens the file, or makes it anew if it is missing, damaged, not filled to its end, not on
    /// the disk when the machine stopped, or of another `cluster`.
    init(
        path: String, cluster: String, run: String? = MachineRun.id
    ) throws(SQLiteError) {
        self.path = path
        self.cluster = cluster
        self.run = run
        let isMarked = try use { connection throws(SQLiteError) in
            try Self.isMarked(connection)
        }
        if isMarked { startFlushing() }
    }

    /// Uses the file, which is opened anew after ``startOver(_:)``.
    func use<Result: Sendable>(
        _ body: (Connection) throws(SQLiteError) -> Result
    ) throws(SQLiteError) -> Result {
        try file.withLock { file throws(SQLiteError) in
            if let connection = file.connection { return try body(connection) }
            let opened = try Self.open(path, cluster, run)
            file.connection = opened
            return try body(opened)
        }
    }

    // In files that earlier versions made, `state` is `WITHOUT ROWID`, and all statements do there,
    // too. Rows in the order of their keys take twice as long to fill with keys in any order: a
    // page has room for few values, but for many keys.
    private static let migrations = Migrations([
        """
        CREATE TABLE cluster (id TEXT NOT NULL);
        CREATE TABLE checkpoint (
            partition INTEGER PRIMARY KEY, next INTEGER NOT NULL, written INTEGER NOT NULL);
        CREATE TABLE state (
            partition INTEGER NOT NULL, store TEXT NOT NULL, key TEXT NOT NULL,
            value BLOB NOT NULL, expires INTEGER, UNIQUE (partition, store, key));
        CREATE INDEX state_expires ON state (partition, expires) WHERE expires IS NOT NULL;
        CREATE TABLE timer (
            partition INTEGER, key TEXT, name TEXT, due INTEGER NOT NULL, payload BLOB NOT NULL,
            waiting INTEGER NOT NULL, PRIMARY KEY (partition, key, name)) WITHOUT ROWID;
        CREATE INDEX timer_due ON timer (due) WHERE waiting = 1;
        """
    ])

    private static func open(
        _ path: String, _ cluster: String, _ run: String?
    ) throws(SQLiteError) -> Connection {
        do throws(SQLiteError) {
            let found = try openFile(path, cluster)
            guard try isMarked(found) else { return found }
            if try wasFilled(in: run, found) { return found }
        } catch {
            guard error.isCorrupt else { throw error }
        }
        // A cache: the changelog has all that was in it.
        remove(path)
        return try openFile(path, cluster)
    }

    /// Removes the file and what SQLite keeps beside it; what cannot be removed fails when the file
    /// is opened again.
    static func remove(_ path: String) {
        for suffix in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: path + suffix)
        }
    }

    private static func openFile(
        _ path: String, _ cluster: String
    ) throws(SQLiteError) -> Connection {
        // Not FULL: what a power cut takes is read again.
        let connection = try Connection(path: path, options: options)
        try migrations.apply(to: connection)
        let known = try connection.first("SELECT id FROM cluster") { $0.text(0) }
        try connection.transaction { () throws(SQLiteError) in
            if known != cluster {
                for table in ["cluster", "checkpoint", "state", "timer"] {
                    try connection.execute("DELETE FROM \(table)")
                }
                try connection.execute("INSERT INTO cluster VALUES (?)", [.text(cluster)])
            }
            // No partition is assigned yet, so no timer waits.
            try connection.execute("UPDATE timer SET waiting = 0")
        }
        return connection
    }

    /// When the next timer is due that was not delivered since its partition was assigned.
    var nextDue: Int64? { due.withLock { $0 } }

    /// The changelog's offset up to which a partition's copy is complete, unless it was last
    /// written before `oldest` (milliseconds since 1970).
    func checkpoint(_ partition: Int32, notBefore oldest: Int64) throws(SQLiteError) -> Int64? {
        try use { connection throws(SQLiteError) in
            try connection.first(
                "SELECT next FROM checkpoint WHERE partition = ? AND written >= ?",
                [.integer(Int64(partition)), .integer(oldest)]
            ) { $0.int64(0) }
        }
    }

    /// Forgets a partition.
    func clear(_ partition: Int32) throws(SQLiteError) {
        try use { connection throws(SQLiteError) in
            try connection.transaction { () throws(SQLiteError) in
                for table in ["checkpoint", "state", "timer"] {
                    try connection.execute(
                        "DELETE FROM \(table) WHERE partition = ?", [.integer(Int64(partition))])
                }
            }
            try readDue(connection)
        }
    }

    /// Applies a commit's entries together with the offset after them.
    ///
    /// A partition whose copy already reaches that offset is left alone.
    func apply(
        _ entries: [Int32: [Entry]], upTo checkpoints: [Int32: Int64], at now: Int64
    ) throws(SQLiteError) {
        try use { connection throws(SQLiteError) in
            try connection.transaction { () throws(SQLiteError) in
                for (partition, next) in checkpoints {
                    let number = Value.integer(Int64(partition))
                    let known = try connection.first(
                        "SELECT next FROM checkpoint WHERE partition = ?", [number]
                    ) { $0.int64(0) }
                    guard next > known ?? -1 else { continue }
                    for entry in entries[partition] ?? [] {
                        switch entry {
                        case .state(let change): try Self.apply(change, to: connection)
                        case .timer(let change):
                            try Self.apply(change, to: connection, waiting: true)
                        }
                    }
                    try connection.execute(
                        "INSERT OR REPLACE INTO checkpoint VALUES (?, ?, ?)",
                        [number, .integer(next), .integer(now)])
                }
            }
            try readDue(connection)
        }
    }

    /// Lets a partition's timers be delivered from now on, or not any more.
    func setWaiting(_ waiting: Bool, timersOf partition: Int32) throws(SQLiteError) {
        try use { connection throws(SQLiteError) in
            try connection.execute(
                "UPDATE timer SET waiting = ? WHERE partition = ?",
                [.integer(waiting ? 1 : 0), .integer(Int64(partition))])
            try readDue(connection)
        }
    }

    /// Gives the timers that are due, earliest first; they do not come again until they are set
    /// again or their partition is assigned again.
    func deliverDue(_ now: Int64, atMost limit: Int) throws(SQLiteError) -> [DurableTimer] {
        try use { connection throws(SQLiteError) in
            let timers = try connection.query(
                """
                SELECT partition, key, name, due, payload FROM timer
                WHERE waiting = 1 AND due <= ? ORDER BY due LIMIT ?
                """, [.integer(now), .integer(Int64(limit))]
            ) { row in
                DurableTimer(
                    key: TimerKey(
                        partition: Int32(row.int64(0)), key: row.text(1), name: row.text(2)),
                    due: row.int64(3), payload: row.blob(4))
            }
            try connection.transaction { () throws(SQLiteError) in
                for timer in timers {
                    try connection.execute(
                        "UPDATE timer SET waiting = 0 WHERE partition = ? AND key = ? AND name = ?",
                        Self.values(timer.key))
                }
            }
            try readDue(connection)
            return timers
        }
    }

    /// The bytes of those pieces of state that exist and have not expired.
    func read(_ keys: [StateKey], at now: Int64) throws(SQLiteError) -> [StateKey: [UInt8]] {
        try use { connection throws(SQLiteError) in
            var found: [StateKey: [UInt8]] = [:]
            for key in keys {
                found[key] = try connection.first(
                    """
                    SELECT value FROM state WHERE partition = ? AND store = ? AND key = ?
                    AND (expires IS NULL OR expires > ?)
                    """, Self.values(key) + [.integer(now)]
                ) { $0.blob(0) }
            }
            return found
        }
    }

    /// All pieces of state of a store in a partition that have not expired.
    func readAll(
        _ partition: Int32, _ store: String, at now: Int64
    ) throws(SQLiteError) -> [StateKey: [UInt8]] {
        try use { connection throws(SQLiteError) in
            let rows = try connection.query(
                """
                SELECT key, value FROM state WHERE partition = ? AND store = ?
                AND (expires IS NULL OR expires > ?)
                """, [.integer(Int64(partition)), .text(store), .integer(now)]
            ) { ($0.text(0), $0.blob(1)) }
            let pairs = rows.map { row in
                (StateKey(partition: partition, store: store, key: row.0), row.1)
            }
            return Dictionary(pairs) { $1 }
        }
    }

    /// Some pieces of state of a partition that have expired.
    func expired(
        _ partition: Int32, at now: Int64, atMost limit: Int
    ) throws(SQLiteError) -> [StateKey] {
        try use { connection throws(SQLiteError) in
            try connection.query(
                "SELECT store, key FROM state WHERE partition = ? AND expires <= ? LIMIT ?",
                [.integer(Int64(partition)), .integer(now), .integer(Int64(limit))]
            ) { StateKey(partition: partition, store: $0.text(0), key: $0.text(1)) }
        }
    }

    func readDue(_ connection: Connection) throws(SQLiteError) {
        let next = try connection.first("SELECT min(due) FROM timer WHERE waiting = 1") {
            $0.isNull(0) ? nil : $0.int64(0)
        }
        due.withLock { $0 = next ?? nil }
    }
}

extension StateCache {
    private static func values(_ key: StateKey) -> [Value] {
        [.integer(Int64(key.partition)), .text(key.store), .text(key.key)]
    }

    private static func values(_ key: TimerKey) -> [Value] {
        [.integer(Int64(key.partition)), .text(key.key), .text(key.name)]
    }

    private static func apply(
        _ change: StateChange, to connection: Connection
    ) throws(SQLiteError) {
        guard let value = change.value else {
            try connection.execute(
                "DELETE FROM state WHERE partition = ? AND store = ? AND key = ?",
                values(change.key))
            return
        }
        try connection.execute(
            StateRows.insertOne,
            values(change.key) + [.blob(value), .integer(orNull: change.expires)])
    }

    /// Sets or removes a timer; it is delivered if `waiting`.
    static func apply(
        _ change: TimerChange, to connection: Connection, waiting: Bool
    ) throws(SQLiteError) {
        switch change {
        case .cancel(let key):
            try connection.execute(
                "DELETE FROM timer WHERE partition = ? AND key = ? AND name = ?", values(key))
        case .set(let timer):
            try connection.execute(
                "INSERT OR REPLACE INTO timer VALUES (?, ?, ?, ?, ?, ?)",
                values(timer.key)
                    + [.integer(timer.due), .blob(timer.payload), .integer(waiting ? 1 : 0)])
        }
    }
}
