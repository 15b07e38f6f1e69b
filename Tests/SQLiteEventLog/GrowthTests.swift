import EventLog
import Foundation
import PipelineTesting
import SQLiteEventLog
import Testing

/// A file that processes write to for as long as they like.
@Suite("Growth")
struct GrowthTests {
    private static let valueBytes = 2_000
    private static let keys = 5
    private static let retention = Duration.milliseconds(400)
    /// Records of which a file that keeps all would be too large, whatever is kept at once: how
    /// much that is depends on how fast the disk is, and how long it stalls.
    private static func areMany(_ written: Int64, kept: Int64) -> Bool {
        written > 3 * kept + 4_000
    }

    @Test("under a lasting load by another process the file grows no further than its retention")
    func sustained() async throws {
        let folder = try TemporaryFolder()
        let peer = Peer(folder: folder.path)
        let log = try await SQLiteEventLog.open(
            path: peer.log, maintains: true, clock: wallClock)
        try await log.createTopics([
            TopicConfiguration(
                name: "t", partitions: 4, cleanup: .delete(retention: Self.retention)),
            TopicConfiguration(name: "c", partitions: 1, cleanup: .compact),
        ])
        // A reader that is slow: it takes a little now and then, and holds nothing in between.
        let reader = try await log.openReader(of: ["t"], from: .beginning)
        var most = Sizes()
        try await peer.with(Self.load) { _ in
            try await peer.wait("much more than is kept was written") {
                _ = try await reader.poll(atMost: 10, waiting: .zero)
                try await most.include(Sizes(of: log, peer.log))
                try await log.maintain()
                try await most.include(Sizes(of: log, peer.log))
                return Self.areMany(most.written, kept: most.kept) ? true : nil
            }
            try peer.say("stop")
        }
        await reader.close()
        let kept = Int(most.kept) * Self.valueBytes
        // Pages are filled by half at least, and a batch is freed only after it is written.
        #expect(most.file < 2 * kept + (4 << 20), "\(most)")
        // It begins anew at 64 MiB, and is cut back to that after a burst.
        #expect(most.writeAheadLog < 128 << 20, "\(most)")
        try await Task.sleep(for: Self.retention)
        try await log.maintain()
        #expect(try await log.values(of: "t").isEmpty)
        #expect(try await log.values(of: "c").count == Self.keys)
        await log.close()
    }

    /// How much there was.
    private struct Sizes {
        /// Records of the topic with a retention: ever written, and there at once.
        var written: Int64 = 0
        var kept: Int64 = 0
        /// Bytes.
        var file = 0
        var writeAheadLog = 0

        init() {}

        init(of log: SQLiteEventLog, _ path: String) async throws {
            for topic in try await log.describeTopics() where topic.name == "t" {
                for range in topic.partitions {
                    written += range.high
                    kept += range.high - range.low
                }
            }
            file = Self.size(path)
            writeAheadLog = Self.size(path + "-wal")
        }

        mutating func include(_ other: Sizes) {
            written = max(written, other.written)
            kept = max(kept, other.kept)
            file = max(file, other.file)
            writeAheadLog = max(writeAheadLog, other.writeAheadLog)
        }

        private static func size(_ path: String) -> Int {
            // None yet is no bytes.
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            return attributes?[.size] as? Int ?? 0
        }
    }

    @Sendable private static func load(_ folder: String) async {
        await #expect(processExitsWith: .success) { [folder = folder as String] in
            let peer = Peer(folder: folder)
            try peer.begin()
            let log = try await SQLiteEventLog.open(path: peer.log, clock: wallClock)
            let appender = try await log.openAppender()
            let value = String(repeating: "x", count: GrowthTests.valueBytes)
            var round = 0
            while peer.heard("stop") == nil {
                let now = wallClock()
                let began = ContinuousClock.now
                round += 1
                let partition = Int32(round % 4)
                try await appender.append(
                    (0..<50).map { number in
                        Record(
                            topic: "t", key: Array("\(number)".utf8), value: Array(value.utf8),
                            timestamp: now, partition: partition)
                    } + (0..<GrowthTests.keys).map { record("c", "\($0)", value, at: now) })
                // A steady load, not the most that the disk can take: three parts in four of the
                // time are left to the other process, on however slow a machine.
                try await Task.sleep(for: max(.milliseconds(5), began.duration(to: .now) * 3))
            }
            await appender.close()
            await log.close()
        }
    }
}
