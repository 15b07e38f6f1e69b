import Configuration
import EventLog
import Foundation

/// Measures a log: appending, reading, committing, and how soon a commit wakes the next stage.
struct LogBench: Sendable {
    var log: String?
    var seconds = 3

    /// Hops that the wake-up latency is taken from.
    private static let hops = 300
    /// How long a group may take to give a new member its partitions.
    private static let joining = Duration.seconds(30)

    private let input: TopicConfiguration
    private let output: TopicConfiguration
    private let hopped: TopicConfiguration

    init() {
        let run = BenchLog.newRun()
        input = BenchLog.topic("input", of: run)
        output = BenchLog.topic("output", of: run)
        hopped = BenchLog.topic("hop", of: run)
    }

    func run() async throws -> LogReport {
        let folder = try ScratchFolder()
        let target = try BenchLog(log, folder: folder.path)
        let log = try await target.open(caches: folder.path + "/caches")
        try await log.createTopics([input, output, hopped])
        var report = LogReport(log: target.url)
        for (producers, records) in [(1, 1), (16, 1), (64, 1), (16, 16), (16, 100)] {
            let outcome = try await BareAppend(log: log, seconds: seconds, topic: input.name)
                .run(records: records, producers: producers)
            report.add(
                "append, \(producers) producers, \(records) a call", outcome.recordsPerSecond,
                outcome.nanoseconds)
        }
        try await read(log, &report)
        for size in [1, 100, 500] { try await commit(log, batches: size, &report) }
        try await hop(log, &report)
        await log.close()
        return report
    }

    /// Reads without a group, from the beginning to where the topic ends now.
    private func read(_ log: any EventLog, _ report: inout LogReport) async throws {
        let reading = try await TopicReading(of: [input.name], in: log)
        let start = ProcessUsage.nanoseconds()
        var count = 0
        try await reading.run { count += $0.count }
        report.add("read without a group", rate(count, since: start), [])
    }

    /// Reads in a group and commits each batch with as many outputs and pieces of state.
    private func commit(
        _ log: any EventLog, batches size: Int, _ report: inout LogReport
    ) async throws {
        let session = try await log.openSession(
            Membership(group: "\(input.name)-\(size)", topics: [input.name], slot: "bench-0")
        )
        let start = ProcessUsage.nanoseconds()
        let end = start + UInt64(seconds) * 1_000_000_000
        var times: [UInt64] = []
        var count = 0
        while ProcessUsage.nanoseconds() < end {
            let polled = try await session.poll(atMost: size, waiting: .milliseconds(200))
            guard !polled.records.isEmpty else { continue }
            let began = ProcessUsage.nanoseconds()
            try await session.commit(commit(of: polled.records))
            times.append(ProcessUsage.nanoseconds() - began)
            count += polled.records.count
        }
        report.add(
            "poll and commit, at most \(size) with outputs and state", rate(count, since: start),
            times)
        await session.close()
    }

    private func commit(of records: [ConsumedRecord]) -> Commit {
        var commit = Commit()
        for record in records {
            var output = record.record
            output.topic = self.output.name
            output.partition = nil
            commit.outputs.append(output)
            commit.positions[record.partition] = record.offset + 1
            commit.state.append(
                StateChange(
                    StateKey(
                        partition: record.partition.partition, store: "bench",
                        key: String(decoding: record.record.key, as: UTF8.self)),
                    value: Array(record.record.key)))
        }
        return commit
    }

    /// One record at a time: from the start of a commit to the next stage's poll returning it.
    private func hop(_ log: any EventLog, _ report: inout LogReport) async throws {
        let session = try await member("hop", of: hopped, log)
        let sender = try await member("send", of: input, log)
        var times: [UInt64] = []
        var commits: [UInt64] = []
        for number in 0..<Self.hops {
            let record = BareAppend.record(number, in: hopped.name)
            async let received = Self.next(session)
            // The poll is to wait, as at idle, before the record comes.
            try await Task.sleep(for: .milliseconds(5))
            let began = ProcessUsage.nanoseconds()
            try await sender.commit(Commit(outputs: [record]))
            commits.append(ProcessUsage.nanoseconds() - began)
            times.append(try await received - began)
        }
        report.add("commit of one output at idle", nil, commits)
        report.add("hop at idle: commit until the next stage has it", nil, times)
        await sender.close()
        await session.close()
    }

    /// A member that has its partitions.
    private func member(
        _ name: String, of topic: TopicConfiguration, _ log: any EventLog
    ) async throws -> any EventLogSession {
        let session = try await log.openSession(
            Membership(group: "\(topic.name)-\(name)", topics: [topic.name], slot: "bench-0"))
        let deadline = ContinuousClock.now + Self.joining
        while try await session.poll(atMost: 1, waiting: .milliseconds(500)).assigned.isEmpty {
            guard ContinuousClock.now < deadline else {
                throw ConfigurationError("parley bench log", "the log gave no partitions in 30 s")
            }
        }
        return session
    }

    private static func next(_ session: any EventLogSession) async throws -> UInt64 {
        while true {
            let polled = try await session.poll(atMost: 10, waiting: .seconds(5))
            if !polled.records.isEmpty { return ProcessUsage.nanoseconds() }
        }
    }

    private func rate(_ count: Int, since start: UInt64) -> Double {
        Double(count) / (Double(ProcessUsage.nanoseconds() - start) / 1e9)
    }
}

/// The figures of `parley bench log`.
struct LogReport: BenchReport, Codable, Sendable {
    /// One measurement.
    struct Line: Codable, Sendable {
        var name: String
        var recordsPerSecond: Double?
        var latency: Latencies?
    }

    var log: String
    private(set) var measurements: [Line] = []

    init(log: String) {
        self.log = log
    }

    mutating func add(_ name: String, _ rate: Double?, _ nanoseconds: [UInt64]) {
        measurements.append(
            Line(
                name: name, recordsPerSecond: rate,
                latency: nanoseconds.isEmpty ? nil : Latencies(nanoseconds)))
    }

    /// The figures for people.
    var lines: [String] {
        ["log: \(log)"]
            + measurements.map { line in
                let rate = line.recordsPerSecond.map { " \(rounded($0)) records/s;" } ?? ""
                return "\(line.name):\(rate) \(line.latency?.text ?? "")"
            }
    }
}
