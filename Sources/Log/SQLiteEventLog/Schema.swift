import SQLite

/// The tables of the log's file.
enum Schema {
    /// Brings a file's tables up to date.
    static let migrations = Migrations([version1, version2])

    /// The first tables.
    ///
    /// Each partition of each topic is a *lane*, numbered through the whole file: partition `n` of
    /// a topic is `first_lane + n`. A record's row is its lane and its offset in one number, so a
    /// partition's records lie together in order, and no index is needed.
    private static let version1 = """
        CREATE TABLE topics (
            id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, partitions INTEGER NOT NULL,
            first_lane INTEGER NOT NULL, compacted INTEGER NOT NULL, retention INTEGER);
        CREATE TABLE heads (
            lane INTEGER PRIMARY KEY, low INTEGER NOT NULL, next INTEGER NOT NULL,
            latest INTEGER NOT NULL);
        CREATE TABLE records (
            id INTEGER PRIMARY KEY, timestamp INTEGER NOT NULL, key BLOB NOT NULL, headers BLOB,
            value BLOB);
        CREATE TABLE segments (
            lane INTEGER NOT NULL, segment INTEGER NOT NULL, latest INTEGER NOT NULL,
            PRIMARY KEY (lane, segment)) WITHOUT ROWID;
        CREATE TABLE compactions (
            lane INTEGER PRIMARY KEY, cleaned INTEGER NOT NULL, kept INTEGER NOT NULL,
            due INTEGER);
        CREATE TABLE groups (
            id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, epoch INTEGER NOT NULL);
        CREATE TABLE members (
            group_id INTEGER NOT NULL, slot TEXT NOT NULL, epoch INTEGER NOT NULL,
            boot TEXT NOT NULL, deadline INTEGER NOT NULL,
            PRIMARY KEY (group_id, slot)) WITHOUT ROWID;
        CREATE TABLE leases (
            group_id INTEGER NOT NULL, partition INTEGER NOT NULL, epoch INTEGER NOT NULL,
            PRIMARY KEY (group_id, partition)) WITHOUT ROWID;
        CREATE TABLE positions (
            group_id INTEGER NOT NULL, topic_id INTEGER NOT NULL, partition INTEGER NOT NULL,
            next INTEGER NOT NULL, PRIMARY KEY (group_id, topic_id, partition)) WITHOUT ROWID;
        CREATE TABLE state (
            group_id INTEGER NOT NULL, partition INTEGER NOT NULL, store TEXT NOT NULL,
            key TEXT NOT NULL, value BLOB NOT NULL, expires INTEGER,
            PRIMARY KEY (group_id, partition, store, key)) WITHOUT ROWID;
        CREATE INDEX state_expires ON state (expires) WHERE expires IS NOT NULL;
        CREATE TABLE timers (
            group_id INTEGER NOT NULL, partition INTEGER NOT NULL, key TEXT NOT NULL,
            name TEXT NOT NULL, due INTEGER NOT NULL, payload BLOB NOT NULL,
            PRIMARY KEY (group_id, partition, key, name)) WITHOUT ROWID;
        CREATE INDEX timers_due ON timers (group_id, due);
        """

    /// Blocks of records (``Packing``), by the row that their last record had.
    ///
    /// `latest` is their newest timestamp. What the version before wrote becomes blocks, too.
    private static let version2 = """
        CREATE TABLE blocks (
            last INTEGER PRIMARY KEY, latest INTEGER NOT NULL, records BLOB NOT NULL);
        ALTER TABLE heads ADD COLUMN packed INTEGER NOT NULL DEFAULT 0;
        """
}

/// The row number of a record: its lane and its offset.
struct RowNumber: Hashable {
    /// 2^40 offsets a partition (a thousand records a second for 34 years), which leaves
    /// 2^23 partitions a file.
    private static let offsetBits: Int64 = 40

    /// The row number.
    let rawValue: Int64

    init(lane: Int64, offset: Int64) {
        rawValue = lane << Self.offsetBits | offset
    }

    init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    var offset: Int64 { rawValue & (1 << Self.offsetBits - 1) }

    /// The row after the lane's last possible one.
    static func end(of lane: Int64) -> Int64 { (lane + 1) << offsetBits }
}

/// Runs of records whose newest timestamp is kept, for finding records by time.
enum Segment {
    /// A lookup reads one segment's records at most for each that may hold the time.
    static let length: Int64 = 1024
}
