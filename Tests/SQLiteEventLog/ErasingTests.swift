import EventLog
import Foundation
import PipelineTesting
import SQLite
import SQLiteEventLog
import Testing

/// Records that are taken out before their time, and what lies around them.
@Suite("Erasing records")
struct ErasingTests {
    private static let topic = "t"
    private static let place = TopicPartition(topic, 0)

    private func open(_ folder: TemporaryFolder, _ clock: OffsetClock) async throws
        -> SQLiteEventLog
    {
        let log = try await SQLiteEventLog.open(
            path: folder.path + "/log.db", clock: { clock.now })
        try await log.createTopics([
            TopicConfiguration(
                name: Self.topic, partitions: 2, cleanup: .delete(retention: nil))
        ])
        return log
    }

    /// Records of three tenants in turn, each with a word of its own.
    private static func records(_ count: Int, at time: Int64) -> [Record] {
        (0..<count).map { number in
            let tenant = ["sun", "moon", "star"][number % 3]
            return Record(
                topic: topic, key: Array("\(tenant)-conversation".utf8),
                value: Array("a word of \(tenant)".utf8),
                headers: [RecordHeader("tenant", tenant), RecordHeader("n", "\(number)")],
                timestamp: time, partition: 0)
        }
    }

    private func numbers(_ log: SQLiteEventLog) async throws -> [Int] {
        let reader = try await log.openReader([Self.place: .beginning])
        var found: [Int] = []
        while true {
            let batch = try await reader.poll(atMost: 50, waiting: .zero)
            if batch.isEmpty { break }
            found += batch.compactMap { $0.record.header("n").flatMap { Int($0) } }
        }
        await reader.close()
        return found
    }

    private func bytes(_ folder: TemporaryFolder) throws -> Data {
        var all = Data()
        for suffix in ["", "-wal"] {
            all += try Data(contentsOf: URL(filePath: folder.path + "/log.db" + suffix))
        }
        return all
    }

    @Test("takes them out of blocks and rows, leaves all others, and leaves nothing in the files")
    func blocksAndRows() async throws {
        let folder = try TemporaryFolder()
        let clock = OffsetClock()
        let log = try await open(folder, clock)
        try await log.append(Self.records(900, at: clock.now))
        clock.advance(by: .seconds(60))
        try await log.maintain()
        try await log.append(Self.records(30, at: clock.now))
        #expect(try await numbers(log).count == 930)
        let erasure = Erasure(header: "tenant", value: "moon", below: [Self.place: 930])
        #expect(try await log.erase(erasure) == [Self.topic: 310])
        // Done again, there is nothing left to do.
        #expect(try await log.erase(erasure) == [:])
        try await log.settle(within: .seconds(10), rewriting: false)
        let left = try await numbers(log)
        #expect(left == (Array(0..<900) + Array(0..<30)).filter { $0 % 3 != 1 })
        let bytes = try bytes(folder)
        #expect(bytes.range(of: Data("a word of moon".utf8)) == nil)
        #expect(bytes.range(of: Data("moon-conversation".utf8)) == nil)
        #expect(bytes.range(of: Data("a word of star".utf8)) != nil)
        // What comes later is packed as ever.
        try await log.append(Self.records(900, at: clock.now))
        clock.advance(by: .seconds(60))
        try await log.maintain()
        #expect(try await numbers(log).count == 620 + 900)
        await log.close()
    }

    @Test("a block of theirs alone goes, and readers at any offset go on behind it")
    func wholeBlock() async throws {
        let folder = try TemporaryFolder()
        let clock = OffsetClock()
        let log = try await open(folder, clock)
        let all = Self.records(1_500, at: clock.now).map { record in
            var record = record
            record.headers = HeaderList(
                [RecordHeader("tenant", "moon")] + Array(record.headers).dropFirst())
            return record
        }
        try await log.append(all)
        clock.advance(by: .seconds(60))
        try await log.maintain()
        try await log.append(Self.records(3, at: clock.now))
        _ = try await log.erase(
            Erasure(header: "tenant", value: "moon", below: [Self.place: 1_500]))
        #expect(try await numbers(log) == [0, 1, 2])
        for start in [0, 1, 700, 1_499, 1_500] {
            let reader = try await log.openReader([Self.place: .offset(Int64(start))])
            let found = try await reader.poll(atMost: 10, waiting: .zero)
            #expect(found.map(\.offset) == [1_500, 1_501, 1_502], "from \(start)")
            await reader.close()
        }
        await log.close()
    }

    @Test("what groups remember of their keys goes with them, and of no other key")
    func memory() async throws {
        let folder = try TemporaryFolder()
        let clock = OffsetClock()
        let log = try await open(folder, clock)
        try await log.append(Self.records(3, at: clock.now))
        // Another topic comes first, and has the keys in another partition.
        try await log.createTopics([
            TopicConfiguration(name: "s", partitions: 2, cleanup: .delete(retention: nil))
        ])
        try await log.append(
            Self.records(3, at: clock.now).map { record in
                var record = record
                record.topic = "s"
                record.partition = 1
                return record
            })
        let session = try await log.openSession(
            Membership(group: "g", topics: [Self.topic], slot: "a"))
        _ = try await session.gather { $0.assigned.count == 2 }
        func key(_ store: String, _ key: String) -> StateKey {
            StateKey(partition: 0, store: store, key: key)
        }
        let gone = [
            key("state", "moon-conversation"), key("entry", "moon-conversation/a"),
            key("entry", "moon-conversation/b"),
        ]
        let kept = [
            key("state", "star-conversation"), key("state", "moon-conversation-2"),
            key("entry", "star-conversation/a"),
        ]
        func timer(_ key: String) -> TimerChange {
            .set(
                DurableTimer(
                    key: TimerKey(partition: 0, key: key, name: "t"), due: clock.now,
                    payload: [1]))
        }
        try await session.commit(
            Commit(
                state: (gone + kept).map { StateChange($0, value: [1]) },
                timers: [timer("moon-conversation"), timer("star-conversation")]))
        _ = try await log.erase(
            Erasure(
                header: "tenant", value: "moon",
                below: [TopicPartition("s", 1): 3, Self.place: 3]))
        #expect(Set(try await session.state(gone + kept).keys) == Set(kept))
        await session.close()
        let connection = try Connection(path: folder.path + "/log.db")
        #expect(
            try connection.query("SELECT key FROM timers") { $0.text(0) } == ["star-conversation"])
        await log.close()
    }

    @Test("while a reader holds the log it is not settled, and the caller is told")
    func held() async throws {
        let folder = try TemporaryFolder()
        let clock = OffsetClock()
        let log = try await open(folder, clock)
        try await log.append(Self.records(30, at: clock.now))
        let reader = try Connection(path: folder.path + "/log.db")
        try reader.executeScript("BEGIN")
        _ = try reader.first("SELECT count(*) FROM records") { $0.int64(0) }
        _ = try await log.erase(
            Erasure(header: "tenant", value: "moon", below: [Self.place: 30]))
        await #expect(throws: EventLogError.self) {
            try await log.settle(within: .milliseconds(50), rewriting: false)
        }
        try reader.executeScript("COMMIT")
        try await log.settle(within: .seconds(10), rewriting: false)
        await log.close()
    }
}
