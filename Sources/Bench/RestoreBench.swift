import Configuration
import EventLog
import Foundation

/// Measures how soon a member on a new machine has its state again: pieces of state that an earlier
/// member committed, restored into an empty folder; beside it how fast the log is read at all.
struct RestoreBench: Sendable {
    var log: String?
    var pieces = 1_000_000

    private static let batch = 2_000
    private static let valueBytes = 200
    private static let patience = Duration.seconds(300)

    private let input = BenchLog.topic("restore", of: BenchLog.newRun())

    func run() async throws -> RestoreReport {
        let folder = try ScratchFolder()
        let place = try BenchLog(log, folder: folder.path)
        var report = RestoreReport(log: place.url, pieces: pieces)
        let first = try await place.open(caches: folder.path + "/first")
        try await first.createTopics([input])
        let began = ProcessUsage.nanoseconds()
        let session = try await member(of: first)
        for start in stride(from: 0, to: pieces, by: Self.batch) {
            try await session.commit(
                Commit(state: (start..<min(pieces, start + Self.batch)).map(Self.piece)))
        }
        report.commitSeconds = Self.seconds(since: began)
        if place.file == nil { report.readSeconds = try await read(first) }
        await session.close()
        await first.close()

        let second = try await place.open(caches: folder.path + "/second")
        let opened = ProcessUsage.nanoseconds()
        let heir = try await member(of: second)
        report.restoreSeconds = Self.seconds(since: opened)
        let asked = Self.piece(pieces - 1).key
        report.isSound = try await heir.state([asked])[asked]?.count == Self.valueBytes
        await heir.close()
        await second.close()
        return report
    }

    private static func piece(_ number: Int) -> StateChange {
        StateChange(
            StateKey(
                partition: Int32(number) % BenchLog.partitions, store: "bench",
                key: "conversation-\(number)"),
            value: [UInt8](repeating: 0x61, count: valueBytes))
    }

    /// A member that has its partitions with their state.
    private func member(of log: any EventLog) async throws -> any EventLogSession {
        let session = try await log.openSession(
            Membership(group: input.name, topics: [input.name], slot: "bench-0"))
        let deadline = ContinuousClock.now + Self.patience
        while try await session.poll(atMost: 1, waiting: .milliseconds(100)).assigned.isEmpty {
            guard ContinuousClock.now < deadline else {
                throw ConfigurationError(
                    "parley bench restore", "the log gave no partitions in \(Self.patience)")
            }
        }
        return session
    }

    /// Reads the changelog as any topic.
    private func read(_ log: any EventLog) async throws -> Double {
        let began = ProcessUsage.nanoseconds()
        let reader = try await log.openReader(
            Dictionary(
                uniqueKeysWithValues: (0..<BenchLog.partitions).map {
                    (TopicPartition("\(input.name).changelog", $0), ReadStart.beginning)
                }))
        var count = 0
        while count < pieces {
            let records = try await reader.poll(atMost: 2_000, waiting: .seconds(10))
            guard !records.isEmpty else { break }
            count += records.count
        }
        await reader.close()
        return Self.seconds(since: began)
    }

    private static func seconds(since start: UInt64) -> Double {
        Double(ProcessUsage.nanoseconds() - start) / 1e9
    }
}

/// What the measurement of a restoration found.
struct RestoreReport: BenchReport {
    var log: String
    var pieces: Int
    /// Until all of it was committed.
    var commitSeconds = 0.0
    /// Until the changelog was read without doing anything with it, on Kafka.
    var readSeconds: Double?
    /// From opening a session in an empty folder until it had its partitions and their state.
    var restoreSeconds = 0.0
    /// Whether the last piece was there.
    var isSound = false

    /// The figures for people.
    var lines: [String] {
        func line(_ what: String, _ seconds: Double) -> String {
            "\(what): \(String(format: "%.2f", seconds)) s, "
                + "\(Int(Double(pieces) / max(seconds, 0.001))) pieces/s"
        }
        return ["log: \(log); \(pieces) pieces of state"]
            + [line("committed", commitSeconds)]
            + (readSeconds.map { [line("read, as any topic", $0)] } ?? [])
            + [line("restored on a new machine", restoreSeconds)]
            + (isSound ? [] : ["the last piece is missing"])
    }
}
