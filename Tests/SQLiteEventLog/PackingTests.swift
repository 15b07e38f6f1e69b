import EventLog
import Foundation
import PipelineTesting
import SQLite
import SQLiteEventLog
import Testing

/// Settled records move from rows into blocks, and nobody who reads can tell.
@Suite("Packing")
struct PackingTests {
    private static let count = 1_500

    private func open(
        _ folder: TemporaryFolder, _ clock: OffsetClock, keeping retention: Duration? = nil
    ) async throws -> SQLiteEventLog {
        let log = try await SQLiteEventLog.open(
            path: folder.path + "/log.db", clock: { clock.now })
        try await log.createTopics([
            TopicConfiguration(
                name: "t", partitions: 2, cleanup: .delete(retention: retention)),
            TopicConfiguration(name: "c", partitions: 1, cleanup: .compact),
        ])
        return log
    }

    /// Records as a pipeline's are: alike, but for some ids; one is a tombstone, one is empty.
    private static func records(at time: Int64, partition: Int32 = 0) -> [Record] {
        (0..<count).map { number in
            let id = UUID().uuidString
            var record = Record(
                topic: "t", key: Array("conversation-\(number % 7)".utf8),
                value: Array(
                    #"{"conversation":"\#(number % 7)","id":"\#(id)","text":"We open at nine."}"#
                        .utf8),
                headers: [
                    RecordHeader("ce_id", id), RecordHeader("ce_type", "a.type.of.record"),
                    RecordHeader("content-type", "application/json"),
                ], timestamp: time + Int64(number), partition: partition)
            if number == 3 { record.value = nil }
            if number == 4 { record.value = [] }
            if number == 5 { record.headers = [] }
            return record
        }
    }

    private func rows(_ folder: TemporaryFolder, _ sql: String) throws -> Int64 {
        try Connection(path: folder.path + "/log.db").first(sql) { $0.int64(0) } ?? 0
    }

    private func read(_ log: SQLiteEventLog, from start: Int64, step: Int) async throws
        -> [ConsumedRecord]
    {
        let reader = try await log.openReader([TopicPartition("t", 0): .offset(start)])
        var found: [ConsumedRecord] = []
        while true {
            let batch = try await reader.poll(atMost: step, waiting: .zero)
            if batch.isEmpty { break }
            #expect(batch.count <= step)
            found += batch
        }
        await reader.close()
        return found
    }

    @Test("packed records are read as they were written, from any offset and time")
    func same() async throws {
        let folder = try TemporaryFolder()
        let clock = OffsetClock()
        let log = try await open(folder, clock)
        let begun = clock.now
        try await log.append(Self.records(at: begun))
        let before = try await read(log, from: 0, step: 10_000)
        let size = try rows(folder, "SELECT sum(length(headers) + length(value)) FROM records")
        clock.advance(by: .seconds(60))
        try await log.maintain()
        #expect(try rows(folder, "SELECT count(*) FROM records") < 128)
        let packed = try rows(folder, "SELECT sum(length(records)) FROM blocks")
        #expect(packed > 0 && packed * 3 < size, "\(packed) bytes of \(size)")
        for (start, step) in [(0, 10_000), (0, 7), (1, 1_000), (600, 1), (1_499, 5), (1_600, 5)] {
            let found = try await read(log, from: Int64(start), step: step)
            #expect(found == Array(before.dropFirst(start)), "from \(start), \(step) at a time")
        }
        for offset in [0, 1, 127, 128, 512, 1_024, 1_499] {
            let found = try await log.offsets(of: "t", at: begun + Int64(offset))
            #expect(found == [0: Int64(offset), 1: 0])
        }
        #expect(try await log.offsets(of: "t", at: begun + 5_000)[0] == 1_500)
        // What comes later is read behind it, and packed in its turn.
        try await log.append(Self.records(at: clock.now))
        let all = try await read(log, from: 0, step: 400)
        #expect(all.count == 2 * Self.count)
        clock.advance(by: .seconds(60))
        try await log.maintain()
        #expect(try await read(log, from: 0, step: 400) == all)
        await log.close()
        let again = try await open(folder, clock)
        #expect(try await read(again, from: 0, step: 333) == all)
        await again.close()
    }

    @Test("a group goes on over blocks where it was, and one that comes late reads all")
    func groups() async throws {
        let folder = try TemporaryFolder()
        let clock = OffsetClock()
        let log = try await open(folder, clock)
        let records = Self.records(at: clock.now)
        try await log.append(records)
        let place = TopicPartition("t", 0)
        let membership = Membership(group: "g", topics: ["t"], slot: "a")
        let first = try await log.openSession(membership)
        _ = try await first.gather { $0.assigned.count == 2 }
        try await first.commit(Commit(positions: [place: 700]))
        await first.close()
        clock.advance(by: .seconds(60))
        try await log.maintain()
        for (group, missed) in [("g", 700), ("late", 0)] {
            let session = try await log.openSession(
                Membership(group: group, topics: ["t"], slot: "a"))
            let found = try await session.gather { $0.records.count == Self.count - missed }
            #expect(found.records.map(\.record.value) == records.dropFirst(missed).map(\.value))
            await session.close()
        }
        await log.close()
    }

    @Test("records that came just now, and topics that are compacted, are left as rows")
    func leaves() async throws {
        let folder = try TemporaryFolder()
        let clock = OffsetClock()
        let log = try await open(folder, clock)
        try await log.append(Self.records(at: clock.now))
        try await log.append(
            (0..<500).map { record("c", "\($0)", "value", at: clock.now - 60_000) })
        try await log.maintain()
        #expect(try rows(folder, "SELECT count(*) FROM blocks") == 0)
        await log.close()
    }

    @Test("a few records are packed once they have waited an hour for more")
    func few() async throws {
        let folder = try TemporaryFolder()
        let clock = OffsetClock()
        let log = try await open(folder, clock)
        try await log.append(Array(Self.records(at: clock.now).prefix(20)))
        let before = try await read(log, from: 0, step: 100)
        clock.advance(by: .seconds(3_000))
        try await log.append([record("t", "k", "later", at: clock.now)])
        try await log.maintain()
        #expect(try rows(folder, "SELECT count(*) FROM blocks") == 0)
        clock.advance(by: .seconds(700))
        try await log.maintain()
        #expect(try rows(folder, "SELECT count(*) FROM blocks") == 1)
        #expect(try rows(folder, "SELECT count(*) FROM records") == 0)
        #expect(try await read(log, from: 0, step: 100).prefix(20) == before[...])
        await log.close()
    }

    @Test("retention takes blocks away, and then rows")
    func retention() async throws {
        let folder = try TemporaryFolder()
        let clock = OffsetClock()
        let log = try await open(folder, clock, keeping: .seconds(3_600))
        try await log.append(Self.records(at: clock.now))
        clock.advance(by: .seconds(1_800))
        try await log.append(Self.records(at: clock.now))
        clock.advance(by: .seconds(60))
        try await log.maintain()
        #expect(try await log.values(of: "t").count == 2 * Self.count)
        clock.advance(by: .seconds(1_800))
        try await log.maintain()
        let range = try #require(
            try await log.describeTopics().first { $0.name == "t" }?.partitions.first)
        // A block that holds younger records too stays whole.
        #expect(range.low <= 1_500 && range.low > 1_500 - 512)
        #expect(try await log.values(of: "t").count == 2 * Self.count - Int(range.low))
        clock.advance(by: .seconds(3_600))
        try await log.maintain()
        #expect(try await log.values(of: "t").isEmpty)
        #expect(try rows(folder, "SELECT count(*) FROM blocks") == 0)
        await log.close()
    }

    @Test("a file of the version before goes on, and is packed in its time")
    func older() async throws {
        let folder = try TemporaryFolder()
        let clock = OffsetClock()
        let log = try await open(folder, clock)
        try await log.append(Self.records(at: clock.now))
        let before = try await read(log, from: 0, step: 10_000)
        await log.close()
        do {
            let file = try Connection(path: folder.path + "/log.db")
            try file.executeScript(
                """
                DROP TABLE blocks; ALTER TABLE heads DROP COLUMN packed; PRAGMA user_version = 1;
                """)
        }
        let again = try await open(folder, clock)
        #expect(try await read(again, from: 0, step: 10_000) == before)
        clock.advance(by: .seconds(60))
        try await again.maintain()
        #expect(try rows(folder, "SELECT count(*) FROM blocks") > 0)
        #expect(try await read(again, from: 0, step: 10_000) == before)
        await again.close()
    }

    @Test("a damaged block is told, and never read as something else")
    func damaged() async throws {
        let folder = try TemporaryFolder()
        let clock = OffsetClock()
        let log = try await open(folder, clock)
        try await log.append(Self.records(at: clock.now))
        clock.advance(by: .seconds(60))
        try await log.maintain()
        let file = try Connection(path: folder.path + "/log.db")
        let sound = try #require(
            try file.first("SELECT records FROM blocks ORDER BY last LIMIT 1") { $0.blob(0) })
        for index in stride(from: 0, to: sound.count, by: sound.count / 23) {
            var broken = sound
            broken[index] ^= 0x41
            try file.execute(
                "UPDATE blocks SET records = ? WHERE last = (SELECT min(last) FROM blocks)",
                [.blob(broken)])
            let (kind, words) = try await reason { _ = try await read(log, from: 0, step: 100) }
            #expect(kind == "permanent")
            #expect(words.contains("is damaged"))
        }
        await log.close()
    }
}
