import EventLog
import SQLite

/// A group's rows in the file: its members and their leases.
struct Leases {
    let group: Int64
    let store: Store

    /// The group's number, made if it is new; within a write.
    static func group(named name: String, in store: Store) throws(SQLiteError) -> Int64 {
        if let found = try store.connection.first(
            "SELECT id FROM groups WHERE name = ?", [.text(name)], { $0.int64(0) })
        {
            return found
        }
        try store.connection.execute(
            "INSERT INTO groups (name, epoch) VALUES (?, 0)", [.text(name)])
        return store.connection.lastInsertRowID
    }

    /// The group as it is now.
    func view() throws(SQLiteError) -> GroupView {
        let members = try store.connection.query(
            "SELECT slot, epoch, boot, deadline FROM members WHERE group_id = ?",
            [.integer(group)]
        ) {
            GroupView.Member(
                slot: $0.text(0), epoch: $0.int64(1), boot: $0.text(2), deadline: $0.int64(3))
        }
        let rows = try store.connection.query(
            "SELECT partition, epoch FROM leases WHERE group_id = ?", [.integer(group)]
        ) { (Int32(clamping: $0.int64(0)), $0.int64(1)) }
        return GroupView(members: members, leases: Dictionary(rows) { $1 })
    }

    /// Joins under a slot with a new epoch, which takes over the leases of an earlier session of
    /// that slot and so fences it; within a write.
    func join(slot: String) throws(SQLiteError) -> Int64 {
        let connection = store.connection
        try connection.execute(
            "UPDATE groups SET epoch = epoch + 1 WHERE id = ?", [.integer(group)])
        let epoch =
            try connection.first("SELECT epoch FROM groups WHERE id = ?", [.integer(group)]) {
                $0.int64(0)
            } ?? 0
        try connection.execute(
            """
            UPDATE leases SET epoch = ?1 WHERE group_id = ?2 AND epoch =
                (SELECT epoch FROM members WHERE group_id = ?2 AND slot = ?3)
            """, [.integer(epoch), .integer(group), .text(slot)])
        try connection.execute(
            """
            INSERT OR REPLACE INTO members (group_id, slot, epoch, boot, deadline)
            VALUES (?, ?, ?, ?, ?)
            """,
            [
                .integer(group), .text(slot), .integer(epoch), .text(LogLocation.boot),
                .integer(deadline),
            ])
        return epoch
    }

    /// Keeps a membership alive, `false` if there is none of that epoch any more; within a write.
    func beat(slot: String, epoch: Int64) throws(SQLiteError) -> Bool {
        try store.connection.execute(
            "UPDATE members SET deadline = ? WHERE group_id = ? AND slot = ? AND epoch = ?",
            [.integer(deadline), .integer(group), .text(slot), .integer(epoch)]) > 0
    }

    /// Makes partitions that epoch's; within a write.
    func claim(_ partitions: [Int32], epoch: Int64) throws(SQLiteError) {
        for partition in partitions {
            try store.connection.execute(
                "INSERT OR REPLACE INTO leases (group_id, partition, epoch) VALUES (?, ?, ?)",
                [.integer(group), .integer(Int64(partition)), .integer(epoch)])
        }
    }

    /// Gives partitions away that are still that epoch's; within a write.
    func release(_ partitions: [Int32], epoch: Int64) throws(SQLiteError) {
        for partition in partitions {
            try store.connection.execute(
                "DELETE FROM leases WHERE group_id = ? AND partition = ? AND epoch = ?",
                [.integer(group), .integer(Int64(partition)), .integer(epoch)])
        }
    }

    /// Removes a member with all its leases; within a write.
    func remove(slot: String, epoch: Int64) throws(SQLiteError) {
        try store.connection.execute(
            "DELETE FROM leases WHERE group_id = ? AND epoch = ?",
            [.integer(group), .integer(epoch)])
        try store.connection.execute(
            "DELETE FROM members WHERE group_id = ? AND slot = ? AND epoch = ?",
            [.integer(group), .text(slot), .integer(epoch)])
    }

    /// Checks within a commit that a member still owns what the commit is about.
    ///
    /// - Throws: `.fenced` if not, `.superseded` if a newer session has the slot.
    func check(_ partitions: Set<Int32>, slot: String, epoch: Int64) throws {
        let present = try store.connection.first(
            "SELECT epoch FROM members WHERE group_id = ? AND slot = ?",
            [.integer(group), .text(slot)]
        ) { $0.int64(0) }
        guard let present else {
            throw EventLogError.fenced(reason: "member \(slot) was silent for too long")
        }
        guard present == epoch else { throw EventLogError.superseded(slot: slot) }
        let owned = try store.connection.query(
            "SELECT partition FROM leases WHERE group_id = ? AND epoch = ?",
            [.integer(group), .integer(epoch)]
        ) { Int32(clamping: $0.int64(0)) }
        let missing = partitions.subtracting(owned)
        guard missing.isEmpty else {
            throw EventLogError.fenced(
                reason: "member \(slot) does not own partition \(missing.sorted()) any more")
        }
    }

    private var deadline: Int64 { LogLocation.uptime() + store.location.lease.milliseconds }
}
