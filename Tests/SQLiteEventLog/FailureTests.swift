import EventLog
import Foundation
import PipelineTesting
import SQLite
import SQLiteEventLog
import Testing

@Suite("Failures")
struct FailureTests {
    private let topic = TopicConfiguration(
        name: "t", partitions: 4, cleanup: .delete(retention: nil))

    @Test("a missing folder is named, with what to do")
    func missingFolder() async throws {
        let error = try await reason {
            _ = try await SQLiteEventLog.open(path: "/nowhere/at/all/log.db", clock: wallClock)
        }
        #expect(error.kind == "permanent")
        #expect(error.words.contains("/nowhere/at/all/log.db"))
        #expect(error.words.contains("see that the folder exists"))
    }

    @Test("a damaged file is named, with what to do")
    func damaged() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/log.db"
        try Data(repeating: 42, count: 10_000).write(to: URL(fileURLWithPath: path))
        let error = try await reason {
            _ = try await SQLiteEventLog.open(path: path, clock: wallClock)
        }
        #expect(error.kind == "permanent")
        #expect(error.words.contains(path) && error.words.contains("restore it from a copy"))
    }

    @Test("a file of a newer program is refused")
    func newer() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/log.db"
        await (try SQLiteEventLog.open(path: path, clock: wallClock)).close()
        try Connection(path: path).setPragma("user_version", to: 1000)
        let error = try await reason {
            _ = try await SQLiteEventLog.open(path: path, clock: wallClock)
        }
        #expect(error.kind == "permanent" && error.words.contains("version 1000"))
    }

    @Test("several processes may make the same file at once")
    func opening() async throws {
        let folder = try TemporaryFolder()
        let topic = topic
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    let log = try await SQLiteEventLog.open(
                        path: folder.path + "/log.db", clock: wallClock)
                    try await log.createTopics([topic])
                    try await log.append([record("t", "k", "v", at: 0)])
                    await log.close()
                }
            }
            try await group.waitForAll()
        }
        let log = try await SQLiteEventLog.open(path: folder.path + "/log.db", clock: wallClock)
        #expect(try await log.values(of: "t").count == 8)
        await log.close()
    }

    @Test("a member that others thought gone is fenced, and comes back with nothing of before")
    func expulsion() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/log.db"
        let log = try await SQLiteEventLog.open(path: path, clock: wallClock)
        try await log.createTopics([topic])
        try await log.append([record("t", "k", "v", at: 0)])
        let session = try await log.openSession(Membership(group: "g", topics: ["t"], slot: "a"))
        let before = try await session.gather { !$0.records.isEmpty }
        // What another member does to one that was silent for longer than its lease.
        try Connection(path: path).executeScript("DELETE FROM leases; DELETE FROM members")
        let position = TopicPartition("t", 0)
        let error = try await reason { try await session.commit(Commit(positions: [position: 1])) }
        #expect(error.kind == "fenced")
        let lost = try await session.gather { !$0.lost.isEmpty }
        #expect(lost.lost == [0, 1, 2, 3] && lost.assigned.isEmpty)
        let again = try await session.gather { !$0.records.isEmpty }
        #expect(again.assigned == [0, 1, 2, 3] && again.records == before.records)
        try await session.commit(Commit(positions: [position: 1]))
        await session.close()
        await log.close()
    }

    @Test("a process that was killed is followed at once under its slot")
    func killed() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/log.db"
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            // A lease of an hour: nobody may have to wait for it.
            let log = try await SQLiteEventLog.open(
                path: path, lease: .seconds(3600), clock: wallClock)
            try await log.createTopics([
                TopicConfiguration(name: "t", partitions: 4, cleanup: .delete(retention: nil))
            ])
            try await log.append((0..<8).map { record("t", "k", "\($0)", at: 0) })
            let session = try await log.openSession(
                Membership(group: "g", topics: ["t"], slot: "a"))
            _ = try await session.gather { $0.records.count == 8 }
            try await session.commit(Commit(positions: [TopicPartition("t", 0): 3]))
            kill(getpid(), SIGKILL)
        }
        let log = try await SQLiteEventLog.open(path: path, clock: wallClock)
        let session = try await log.openSession(Membership(group: "g", topics: ["t"], slot: "a"))
        let found = try await session.gather { $0.records.count >= 5 }
        #expect(found.records.map(\.offset) == [3, 4, 5, 6, 7])
        await session.close()
        await log.close()
    }

    @Test("a killed member of another slot is followed when its lease ends")
    func silent() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/log.db"
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let log = try await SQLiteEventLog.open(
                path: path, lease: .milliseconds(600), clock: wallClock)
            try await log.createTopics([
                TopicConfiguration(name: "t", partitions: 4, cleanup: .delete(retention: nil))
            ])
            let session = try await log.openSession(
                Membership(group: "g", topics: ["t"], slot: "a"))
            _ = try await session.gather { $0.assigned.count == 4 }
            kill(getpid(), SIGKILL)
        }
        let log = try await SQLiteEventLog.open(
            path: path, lease: .milliseconds(600), clock: wallClock)
        let session = try await log.openSession(Membership(group: "g", topics: ["t"], slot: "b"))
        let found = try await session.gather { $0.assigned.count >= 4 }
        #expect(found.assigned.sorted() == [0, 1, 2, 3])
        await session.close()
        await log.close()
    }

    @Test("a full disk is reported as such, and everything goes on when there is room")
    func full() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/log.db"
        await #expect(processExitsWith: .success) { [path = path as String] in
            let log = try await SQLiteEventLog.open(path: path, clock: wallClock)
            try await log.createTopics([
                TopicConfiguration(name: "t", partitions: 4, cleanup: .delete(retention: nil))
            ])
            let session = try await log.openSession(
                Membership(group: "g", topics: ["t"], slot: "a"))
            _ = try await session.gather { $0.assigned.count == 4 }
            let appender = try await log.openAppender()
            // A file may grow to 2 MB and no further: to writers, a full disk.
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit()
            unsafe getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            let whole = limit.rlim_cur
            limit.rlim_cur = 2_000_000
            unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            let big = String(repeating: "x", count: 100_000)
            var written = 0
            let appending = try await reason {
                for _ in 0..<100 {
                    try await appender.append([record("t", "k", big, at: 0)])
                    written += 1
                }
            }
            #expect(appending.kind == "full")
            let commit = Commit(
                outputs: (0..<20).map { _ in record("t", "k", big, at: 0) },
                positions: [TopicPartition("t", 0): 1])
            #expect(try await reason { try await session.commit(commit) }.kind == "full")
            #expect(try await log.values(of: "t").count == written)

            limit.rlim_cur = whole
            unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            try await appender.append([record("t", "k", big, at: 0)])
            try await session.commit(commit)
            #expect(try await log.values(of: "t").count == written + 21)
            let positions = try await log.groupPositions()
            #expect(positions["g"] == [TopicPartition("t", 0): 1])
        }
    }
}
