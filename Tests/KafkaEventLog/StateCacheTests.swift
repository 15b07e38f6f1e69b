import EventLog
import Foundation
import PipelineTesting
import SQLite
import Testing

@testable import Kafka
@testable import KafkaEventLog

/// The cache by itself, filled from a changelog's messages.
@Suite("State cache")
struct StateCacheTests {
    private func message(
        _ key: String, _ value: String?, _ offset: Int64, partition: Int32 = 0,
        headers: [RecordHeader] = []
    ) -> Message {
        Message(
            topic: "g.changelog", partition: partition, offset: offset, timestamp: 0,
            key: Array(key.utf8), value: value.map { Array($0.utf8) },
            headers: HeaderList(headers).packed)
    }

    private func batch(_ messages: [Message]) -> StateRows {
        StateCacheTests.batch(messages)
    }

    private static func batch(_ messages: [Message]) -> StateRows {
        var batch = ChangelogBatch()
        // Nothing fails that nothing was fetched for.
        _ = try? batch.read { run in
            for message in messages { run.append(message) }
        }
        return StateRows(batch)
    }

    private func key(_ name: String, partition: Int32 = 0, store: String = "s") -> StateKey {
        StateKey(partition: partition, store: store, key: name)
    }

    private func texts(_ found: [StateKey: [UInt8]]) -> [String: String] {
        Dictionary(
            uniqueKeysWithValues: found.map { ($0.key, String(decoding: $1, as: UTF8.self)) })
    }

    @Test("of each key the last counts, within a batch and over several, whatever its order")
    func lastCounts() throws {
        let folder = try TemporaryFolder()
        let cache = try StateCache(path: folder.path + "/c.sqlite", cluster: "x")
        try cache.beginFilling()
        // More than rows go into one statement, not in order.
        let many = (0..<100).map { message("s/s/\($0 * 37 % 100)", "old", Int64($0)) }
        try cache.apply(
            batch(
                many + [
                    message("s/s/7", "newer", 100), message("s/s/7", "newest", 101),
                    message("s/s/8", nil, 102), message("s/s/8", "again", 103),
                    message("s/s/9", "gone", 104), message("s/s/9", nil, 105),
                    message("s/other%2Fstore/7", "elsewhere", 106),
                    message("x/unknown", "passed over", 107), message("s/", "", 108),
                    message("s/%zz/a", "no name", 109),
                ]), at: 1)
        let late = [message("s/s/10", nil, 110), message("s/s/11", "later", 111)]
        try cache.apply(batch(late), at: 1)
        try cache.endFilling()
        let found = texts(try cache.readAll(0, "s", at: 0))
        #expect(found.count == 98)
        #expect(found["7"] == "newest")
        #expect(found["8"] == "again")
        #expect(found["9"] == nil)
        #expect(found["10"] == nil)
        #expect(found["11"] == "later")
        #expect(texts(try cache.readAll(0, "other/store", at: 0)) == ["7": "elsewhere"])
        #expect(try cache.checkpoint(0, notBefore: 0) == 112)
    }

    @Test("partitions, expiry, empty values and timers are kept apart and whole")
    func kinds() throws {
        let folder = try TemporaryFolder()
        let cache = try StateCache(path: folder.path + "/c.sqlite", cluster: "x")
        try cache.beginFilling()
        try cache.apply(
            batch([
                message("s/s/a", "zero", 5),
                message("s/s/a", "one", 9, partition: 1),
                message("s/s/", "", 6),
                message("s/s/late", "x", 7, headers: [RecordHeader("expires", "50")]),
                message("t/n/a", "payload", 8, headers: [RecordHeader("due", "40")]),
            ]), at: 1)
        try cache.endFilling()
        #expect(texts(try cache.readAll(0, "s", at: 49)) == ["a": "zero", "": "", "late": "x"])
        #expect(texts(try cache.readAll(0, "s", at: 50)) == ["a": "zero", "": ""])
        #expect(texts(try cache.readAll(1, "s", at: 0)) == ["a": "one"])
        #expect(try cache.deliverDue(100, atMost: 5) == [])
        try cache.setWaiting(true, timersOf: 0)
        #expect(
            try cache.deliverDue(100, atMost: 5) == [
                DurableTimer(
                    key: TimerKey(partition: 0, key: "a", name: "n"), due: 40,
                    payload: Array("payload".utf8))
            ])
    }

    @Test("what was filled is there for the next process, with a journal again")
    func filled() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/c.sqlite"
        do {
            let cache = try StateCache(path: path, cluster: "x")
            try cache.beginFilling()
            try cache.apply(batch([message("s/s/a", "1", 0)]), at: 1)
            try cache.endFilling()
            let journal = try cache.use { (connection) throws(SQLiteError) in
                try connection.pragma("journal_mode")
            }
            #expect(journal == .text("wal"))
        }
        let again = try StateCache(path: path, cluster: "x")
        // Not empty: nothing to lose a journal for.
        try again.beginFilling()
        #expect(!again.isFilling)
        #expect(texts(try again.readAll(0, "s", at: 0)) == ["a": "1"])
        #expect(try again.checkpoint(0, notBefore: 0) == 1)
    }

    /// A file that was filled in the run `first` of the machine and never flushed since: the
    /// process that filled it was killed at once.
    private func filledAndKilled(_ folder: TemporaryFolder) async throws -> String {
        let path = folder.path + "/c.sqlite"
        _ = await onThreadsOfTheirOwn {
            await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
                let cache = try StateCache(path: path, cluster: "x", run: "first")
                try cache.beginFilling()
                let message = Message(
                    topic: "g.changelog", partition: 0, offset: 0, timestamp: 0,
                    key: Array("s/s/a".utf8), value: [0x31], headers: [])
                try cache.apply(StateCacheTests.batch([message]), at: 1)
                // Before anybody can flush it.
                try cache.flushing.sync { () throws in
                    try cache.endFilling()
                    raise(SIGKILL)
                }
            }
        }
        return path
    }

    @Test("what a killed process filled is used as long as the machine runs, and is flushed then")
    func killedAfterwards() async throws {
        let folder = try TemporaryFolder()
        let path = try await filledAndKilled(folder)
        let heir = try StateCache(path: path, cluster: "x", run: "first")
        #expect(texts(try heir.readAll(0, "s", at: 0)) == ["a": "1"])
        #expect(try heir.checkpoint(0, notBefore: 0) == 1)
        heir.finishFlushing()
        // On the disk it outlives the machine's run.
        let later = try StateCache(path: path, cluster: "x", run: "second")
        #expect(texts(try later.readAll(0, "s", at: 0)) == ["a": "1"])
    }

    @Test("what was filled and not flushed when the machine stopped is made anew")
    func powerCut() async throws {
        let folder = try TemporaryFolder()
        let path = try await filledAndKilled(folder)
        let heir = try StateCache(path: path, cluster: "x", run: "second")
        #expect(try heir.checkpoint(0, notBefore: 0) == nil)
        #expect(try heir.readAll(0, "s", at: 0).isEmpty)
    }

    @Test("a cache that an earlier version made goes on: filled, changed and read")
    func earlierSchema() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/c.sqlite"
        do {
            let connection = try Connection(path: path)
            try connection.executeScript(
                """
                CREATE TABLE cluster (id TEXT NOT NULL);
                CREATE TABLE checkpoint (
                    partition INTEGER PRIMARY KEY, next INTEGER NOT NULL,
                    written INTEGER NOT NULL);
                CREATE TABLE state (
                    partition INTEGER, store TEXT, key TEXT, value BLOB NOT NULL, expires INTEGER,
                    PRIMARY KEY (partition, store, key)) WITHOUT ROWID;
                CREATE INDEX state_expires ON state (partition, expires)
                    WHERE expires IS NOT NULL;
                CREATE TABLE timer (
                    partition INTEGER, key TEXT, name TEXT, due INTEGER NOT NULL,
                    payload BLOB NOT NULL, waiting INTEGER NOT NULL,
                    PRIMARY KEY (partition, key, name)) WITHOUT ROWID;
                CREATE INDEX timer_due ON timer (due) WHERE waiting = 1;
                INSERT INTO cluster VALUES ('x');
                INSERT INTO checkpoint VALUES (0, 7, 5);
                INSERT INTO state VALUES (0, 's', 'a', x'31', NULL);
                PRAGMA user_version = 1
                """)
        }
        let cache = try StateCache(path: path, cluster: "x")
        #expect(try cache.checkpoint(0, notBefore: 0) == 7)
        #expect(texts(try cache.readAll(0, "s", at: 0)) == ["a": "1"])
        try cache.apply(
            batch([message("s/s/a", "2", 7), message("s/s/b", "3", 8)]), at: 6)
        let change = StateChange(key("b"), value: Array("4".utf8))
        try cache.apply([0: [.state(change)]], upTo: [0: 10], at: 6)
        #expect(texts(try cache.readAll(0, "s", at: 0)) == ["a": "2", "b": "4"])
        try cache.clear(0)
        try cache.beginFilling()
        #expect(cache.isFilling)
        try cache.apply(batch([message("s/s/a", "5", 0)]), at: 1)
        try cache.endFilling()
        #expect(texts(try cache.readAll(0, "s", at: 0)) == ["a": "5"])
    }

    @Test("without a name of the machine's run, the disk is waited for", arguments: [nil, "r"])
    func nameless(run: String?) throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/c.sqlite"
        do {
            let cache = try StateCache(path: path, cluster: "x", run: run)
            try cache.beginFilling()
            try cache.apply(batch([message("s/s/a", "1", 0)]), at: 1)
            try cache.endFilling()
            cache.finishFlushing()
        }
        let again = try StateCache(path: path, cluster: "x", run: nil)
        #expect(texts(try again.readAll(0, "s", at: 0)) == ["a": "1"])
    }

    @Test("a process killed while it fills a cache leaves an empty one, even in mid-transaction")
    func killed() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/c.sqlite"
        _ = await onThreadsOfTheirOwn {
            await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
                let cache = try StateCache(path: path, cluster: "x")
                try cache.beginFilling()
                let messages = (0..<5_000).map { offset in
                    Message(
                        topic: "g.changelog", partition: 0, offset: Int64(offset),
                        timestamp: 0, key: Array("s/s/\(offset)".utf8),
                        value: [UInt8](repeating: 1, count: 500), headers: [])
                }
                try cache.apply(StateCacheTests.batch(messages), at: 1)
                try cache.use { (connection) throws(SQLiteError) in
                    // So small that pages of an open transaction are in the file already.
                    try connection.setPragma("cache_size", to: 10)
                    try connection.executeScript("BEGIN; UPDATE state SET value = zeroblob(900)")
                    raise(SIGKILL)
                }
            }
        }
        #expect(FileManager.default.fileExists(atPath: path))
        let heir = try StateCache(path: path, cluster: "x")
        #expect(try heir.checkpoint(0, notBefore: 0) == nil)
        #expect(try heir.readAll(0, "s", at: 0).isEmpty)
        try heir.beginFilling()
        #expect(heir.isFilling)
        try heir.apply(batch([message("s/s/a", "1", 0)]), at: 1)
        try heir.endFilling()
        #expect(texts(try heir.readAll(0, "s", at: 0)) == ["a": "1"])
    }

    @Test("a cache that cannot be filled, as the disk is full, begins anew when there is room")
    func fullDisk() throws {
        let folder = try TemporaryFolder()
        let cache = try StateCache(path: folder.path + "/c.sqlite", cluster: "x")
        try cache.beginFilling()
        try cache.use { (connection) throws(SQLiteError) in
            try connection.setPragma("max_page_count", to: 20)
        }
        let much = (0..<1_000).map {
            message("s/s/\($0)", String(repeating: "v", count: 200), Int64($0))
        }
        do throws(SQLiteError) {
            try cache.apply(batch(much), at: 1)
            Issue.record("twenty pages are not enough")
        } catch {
            #expect(error.isFull)
        }
        #expect(!cache.isFilling)
        #expect(try cache.checkpoint(0, notBefore: 0) == nil)
        try cache.beginFilling()
        try cache.apply(batch(much), at: 1)
        try cache.endFilling()
        #expect(try cache.readAll(0, "s", at: 0).count == 1_000)
    }

    @Test("while another process has the file open, it keeps its journal")
    func inUse() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/c.sqlite"
        let cache = try StateCache(path: path, cluster: "x")
        let other = try StateCache(path: path, cluster: "x")
        _ = try other.readAll(0, "s", at: 0)
        try cache.beginFilling()
        #expect(!cache.isFilling)
        try cache.apply(batch([message("s/s/a", "1", 0)]), at: 1)
        try cache.endFilling()
        #expect(texts(try other.readAll(0, "s", at: 0)) == ["a": "1"])
    }
}
