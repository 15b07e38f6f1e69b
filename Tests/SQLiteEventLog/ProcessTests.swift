import EventLog
import Foundation
import PipelineTesting
import SQLite
import SQLiteEventLog
import Testing

/// Several processes on one file, some of which stop or die at the worst moment.
@Suite("Processes")
struct ProcessTests {
    private static let lease = Duration.milliseconds(800)
    private static let topic = TopicConfiguration(
        name: "t", partitions: 4, cleanup: .delete(retention: nil))
    private static let place = TopicPartition("t", 0)

    @Test("a process stopped past its lease and resumed finds itself fenced, and writes nothing")
    func stopped() async throws {
        let folder = try TemporaryFolder()
        let peer = Peer(folder: folder.path)
        let log = try await SQLiteEventLog.open(path: peer.log, lease: Self.lease, clock: wallClock)
        try await log.createTopics([Self.topic])
        try await log.append((0..<4).map { record("t", "k", "\($0)", at: 0) })
        try await peer.with(Self.stoppedMember) { pid in
            _ = try await peer.hear("owns")
            try await peer.stop(pid)
            let other = try await log.openSession(Membership(group: "g", topics: ["t"], slot: "b"))
            let found = try await other.gather { $0.assigned.count == 4 && $0.records.count == 4 }
            #expect(found.records.map(\.offset) == [0, 1, 2, 3])
            try await other.commit(
                Commit(outputs: [record("t", "k", "by b", at: 0)], positions: [Self.place: 2]))
            try peer.say("go")
            #expect(kill(pid, SIGCONT) == 0)
            _ = try await peer.hear("fenced twice")
            // And it can begin again, with what the other one leaves it.
            await other.close()
        }
        #expect(
            try await log.values(of: "t") == ["0", "1", "2", "3", "by b", "by a at last"])
        #expect(try await log.groupPositions()["g"] == [Self.place: 5])
        await log.close()
    }

    /// A member in a process of its own, which says when it has its partitions and commits when
    /// told to.
    @Sendable private static func stoppedMember(_ folder: String) async {
        await #expect(processExitsWith: .success) { [folder = folder as String] in
            let peer = Peer(folder: folder)
            try peer.begin()
            let log = try await SQLiteEventLog.open(
                path: peer.log, lease: ProcessTests.lease, clock: wallClock)
            let session = try await log.openSession(
                Membership(group: "g", topics: ["t"], slot: "a"))
            _ = try await session.gather { $0.assigned.count == 4 && $0.records.count == 4 }
            try peer.say("owns")
            _ = try await peer.hear("go")
            let commit = Commit(
                outputs: [record("t", "k", "by a", at: 0)], positions: [ProcessTests.place: 4])
            #expect(try await reason { try await session.commit(commit) }.kind == "fenced")
            #expect(try await reason { try await session.commit(commit) }.kind == "fenced")
            try peer.say("fenced twice")
            let lost = try await session.gather { !$0.lost.isEmpty }
            #expect(lost.lost == [0, 1, 2, 3] && lost.records.isEmpty)
            let again = try await session.gather {
                $0.assigned.contains(0) && $0.records.count == 3
            }
            #expect(again.records.map(\.offset) == [2, 3, 4], "from where the other one was")
            try await session.commit(
                Commit(
                    outputs: [record("t", "k", "by a at last", at: 0)],
                    positions: [ProcessTests.place: 5]))
            await session.close()
            await log.close()
        }
    }

    @Test("a writer killed amid commits leaves whole commits, and nothing confirmed is lost")
    func killed() async throws {
        let folder = try TemporaryFolder()
        let peer = Peer(folder: folder.path)
        var confirmed = 0
        for round in 0..<4 {
            try await peer.with(Self.writer) { pid in
                // Far enough into the load, at another moment each time.
                let wanted = confirmed + 10 + round * 7
                _ = try await peer.wait("\(wanted) commits") {
                    Self.confirmed(peer) >= wanted ? true : nil
                }
                #expect(kill(pid, SIGKILL) == 0)
            }
            confirmed = Self.confirmed(peer)
            try await Self.checkCommits(peer, confirmed: confirmed)
        }
    }

    /// Looks at what killed writers left: each commit has 40 records of one value, and moves the
    /// position by one.
    private static func checkCommits(_ peer: Peer, confirmed: Int) async throws {
        let file = try Connection(path: peer.log)
        #expect(try file.first("PRAGMA integrity_check") { $0.text(0) } == "ok")
        let log = try await SQLiteEventLog.open(path: peer.log, clock: wallClock)
        let values = try await log.values(of: "t")
        let commits = values.count / 40
        #expect(
            values == (0..<commits).flatMap { Array(repeating: "\($0)" as String?, count: 40) },
            "every commit is there whole, once, and in order")
        #expect(commits >= confirmed, "what was confirmed is there")
        #expect(try await log.groupPositions()["g"] == [place: Int64(commits)])
        await log.close()
    }

    /// How many commits the writers have seen confirmed.
    private static func confirmed(_ peer: Peer) -> Int { peer.heard("confirmed")?.utf8.count ?? 0 }

    @Sendable private static func writer(_ folder: String) async {
        await #expect(processExitsWith: .signal(SIGKILL)) { [folder = folder as String] in
            let peer = Peer(folder: folder)
            try peer.begin()
            let log = try await SQLiteEventLog.open(path: peer.log, clock: wallClock)
            try await log.createTopics([ProcessTests.topic])
            let session = try await log.openSession(
                Membership(group: "g", topics: ["t"], slot: "a"))
            _ = try await session.gather { $0.assigned.count == 4 }
            let place = ProcessTests.place
            var number = try await log.groupPositions()["g"]?[place] ?? 0
            let file = unsafe open(peer.folder + "/confirmed", O_WRONLY | O_CREAT | O_APPEND, 0o600)
            while true {
                let value = "\(number)"
                number += 1
                try await session.commit(
                    Commit(
                        outputs: (0..<40).map { _ in record("t", "k", value, at: 0) },
                        positions: [place: number]))
                _ = unsafe write(file, "x", 1)
            }
        }
    }
}
