import EventLog
import Foundation
import PipelineTesting
import SQLite
import SQLiteEventLog
import Testing

@Suite("Maintenance")
struct MaintenanceTests {
    private func open(
        _ folder: TemporaryFolder, _ clock: OffsetClock, _ cleanup: TopicConfiguration.Cleanup
    ) async throws -> SQLiteEventLog {
        let log = try await SQLiteEventLog.open(
            path: folder.path + "/log.db", clock: { clock.now })
        try await log.createTopics([
            TopicConfiguration(name: "t", partitions: 2, cleanup: cleanup)
        ])
        return log
    }

    @Test("retention deletes what is older, and no more")
    func retention() async throws {
        let folder = try TemporaryFolder()
        let clock = OffsetClock()
        let log = try await open(folder, clock, .delete(retention: .seconds(3600)))
        try await log.append((0..<3000).map { record("t", "k", "\($0)", at: clock.now) })
        clock.advance(by: .seconds(3000))
        try await log.append((3000..<3010).map { record("t", "k", "\($0)", at: clock.now) })
        try await log.maintain()
        #expect(try await log.values(of: "t").count == 3010)
        clock.advance(by: .seconds(700))
        try await log.maintain()
        #expect(try await log.values(of: "t") == (3000..<3010).map { "\($0)" })
        let partition = try #require(try await log.describeTopics().first?.partitions.first)
        #expect(partition == PartitionRange(low: 3000, high: 3010))
        #expect(try await log.offsets(of: "t", at: 0) == [0: 3000, 1: 0])
        clock.advance(by: .seconds(4000))
        try await log.maintain()
        #expect(try await log.values(of: "t").isEmpty)
        try await log.append([record("t", "k", "next", at: clock.now)])
        let after = try #require(try await log.describeTopics().first?.partitions.first)
        #expect(after == PartitionRange(low: 3010, high: 3011))
        await log.close()
    }

    @Test("a topic that exists is kept for the time that is asked for last")
    func keptOtherwise() async throws {
        let folder = try TemporaryFolder()
        let clock = OffsetClock()
        var log = try await open(folder, clock, .delete(retention: .seconds(60)))
        try await log.append([record("t", "k", "old", at: clock.now)])
        await log.close()
        log = try await open(folder, clock, .delete(retention: .seconds(3600)))
        clock.advance(by: .seconds(61))
        try await log.maintain()
        #expect(try await log.values(of: "t") == ["old"])
        let kept = try await log.describeTopics().first?.cleanup
        #expect(kept == .delete(retention: .seconds(3600)))
        await log.close()
        log = try await open(folder, clock, .delete(retention: .seconds(60)))
        try await log.maintain()
        #expect(try await log.values(of: "t").isEmpty)
        await log.close()
    }

    @Test("the file grows no further than its retention")
    func growth() async throws {
        let folder = try TemporaryFolder()
        let clock = OffsetClock()
        let log = try await open(folder, clock, .delete(retention: .seconds(60)))
        let value = String(repeating: "x", count: 2000)
        var sizes: [Int] = []
        for _ in 0..<6 {
            try await log.append((0..<1000).map { record("t", "\($0)", value, at: clock.now) })
            try await log.maintain()
            let file = try FileManager.default.attributesOfItem(atPath: folder.path + "/log.db")
            sizes.append(try #require(file[.size] as? Int))
            clock.advance(by: .seconds(61))
        }
        let last = try #require(sizes.last)
        let second = try #require(sizes.dropFirst().first)
        #expect(last <= second + second / 10, "\(sizes)")
        await log.close()
    }

    @Test("compaction keeps each key's newest record, and tombstones for a day")
    func compaction() async throws {
        let folder = try TemporaryFolder()
        let clock = OffsetClock()
        let log = try await open(folder, clock, .compact)
        for round in 0..<5 {
            try await log.append(
                (0..<700).map { record("t", "k\($0)", "\(round)-\($0)", at: clock.now) })
        }
        try await log.append([record("t", "k0", nil, at: clock.now)])
        try await log.maintain()
        let newest = (1..<700).map { "4-\($0)" as String? }
        #expect(try await log.values(of: "t") == newest + [nil])
        clock.advance(by: .seconds(86_400 - 10))
        try await log.maintain()
        #expect(try await log.values(of: "t").count == 700)
        clock.advance(by: .seconds(20))
        try await log.maintain()
        #expect(try await log.values(of: "t") == newest)
        try await log.append([record("t", "k0", "again", at: clock.now)])
        try await log.append([record("t", "k699", "new", at: clock.now)])
        try await log.maintain()
        #expect(try await log.values(of: "t") == newest.dropLast() + ["again", "new"])
        await log.close()
    }

    @Test("expired state is deleted from the file")
    func expiry() async throws {
        let folder = try TemporaryFolder()
        let clock = OffsetClock()
        let log = try await open(folder, clock, .compact)
        let session = try await log.openSession(Membership(group: "g", topics: ["t"], slot: "a"))
        _ = try await session.gather { $0.assigned.count == 2 }
        let changes = (0..<1000).map { number in
            StateChange(
                StateKey(partition: 0, store: "handled", key: "\(number)"), value: [],
                expires: clock.now + 1000)
        }
        let kept = StateChange(StateKey(partition: 0, store: "s", key: "kept"), value: [1])
        try await session.commit(Commit(state: changes + [kept]))
        clock.advance(by: .seconds(2))
        try await log.maintain()
        let file = try Connection(path: folder.path + "/log.db")
        #expect(try file.first("SELECT count(*) FROM state") { $0.int64(0) } == 1)
        await session.close()
        await log.close()
    }

    @Test("what keeps old records from being removed is told once, until it is mended")
    func trouble() async throws {
        let folder = try TemporaryFolder()
        let clock = OffsetClock()
        let path = folder.path + "/log.db"
        let (told, tell) = AsyncStream.makeStream(of: EventLogError.self)
        let log = try await SQLiteEventLog.open(
            path: path, maintains: true, cleaning: .milliseconds(20), clock: { clock.now },
            trouble: { tell.yield($0) })
        try await log.createTopics([
            TopicConfiguration(name: "t", partitions: 1, cleanup: .compact)
        ])
        let file = try Connection(path: path)
        var words = told.makeAsyncIterator()
        for _ in 0..<2 {
            try file.execute("ALTER TABLE compactions RENAME TO hidden")
            let error = try #require(await words.next())
            #expect(error.description.contains("compactions"), "\(error)")
            guard case .permanent = error else {
                Issue.record("not permanent: \(error)")
                return
            }
            // Several rounds more say nothing new.
            try await Task.sleep(for: .milliseconds(200))
            try file.execute("ALTER TABLE hidden RENAME TO compactions")
            try await Task.sleep(for: .milliseconds(200))
        }
        await log.close()
        tell.finish()
        #expect(await words.next() == nil)
    }

    @Test("appends go on while old records are deleted")
    func concurrent() async throws {
        let folder = try TemporaryFolder()
        let clock = OffsetClock()
        let log = try await open(folder, clock, .delete(retention: .seconds(60)))
        let value = String(repeating: "x", count: 500)
        try await log.append(
            (0..<5000).map { record("t", "\($0)", value, at: clock.now - 100_000) })
        async let cleaning: Void = log.maintain()
        let appender = try await log.openAppender()
        for number in 0..<200 {
            try await appender.append([record("t", "k", "\(number)", at: clock.now)])
        }
        try await cleaning
        await appender.close()
        #expect(try await log.values(of: "t") == (0..<200).map { "\($0)" })
        await log.close()
    }
}
