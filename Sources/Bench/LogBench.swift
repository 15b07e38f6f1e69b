import Conversation
import EventLog
import Foundation

/// Measures a log: appending, reading, committing, and how soon a commit wakes the next stage.
struct LogBench: Sendable {
    var log: String?
    var seconds = 3

    /// Records that reading and committing work through.
    private static let stock = 20_000
    private static let partitions: Int32 = 8
    /// Hops that the wake-up latency is taken from.
    private static let hops = 300

    func run() async throws -> LogReport {
        let folder = try ScratchFolder()
        let place = try BenchLog(log, folder: folder.path)
        let log = try await place.open(caches: folder.path + "/caches")
        try await log.createTopics(
            [BareAppend.topic, .messagesStatus, .messagesOutbound].map {
                TopicConfiguration(
                    name: $0.rawValue, partitions: Self.partitions,
                    cleanup: .delete(retention: nil))
            })
        var report = LogReport(log: place.url)
        for (producers, records) in [(1, 1), (16, 1), (64, 1), (16, 16), (16, 100)] {
            let outcome = try await BareAppend(log: log, seconds: seconds)
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

    /// Reads from the beginning, without a group.
    private func read(_ log: any EventLog, _ report: inout LogReport) async throws {
        let reader = try await log.openReader(of: [BareAppend.topic.rawValue], from: .beginning)
        let start = ProcessUsage.nanoseconds()
        var count = 0
        while count < Self.stock {
            let records = try await reader.poll(atMost: 500, waiting: .seconds(1))
            if records.isEmpty { break }
            count += records.count
        }
        report.add("read without a group", rate(count, since: start), [])
        await reader.close()
    }

    /// Reads in a group and commits each batch with as many outputs and pieces of state.
    private func commit(
        _ log: any EventLog, batches size: Int, _ report: inout LogReport
    ) async throws {
        let session = try await log.openSession(
            Membership(group: "bench-\(size)", topics: [BareAppend.topic.rawValue], slot: "bench-0")
        )
        let start = ProcessUsage.nanoseconds()
        let end = start + UInt64(seconds) * 1_000_000_000
        var times: [UInt64] = []
        var count = 0
        while ProcessUsage.nanoseconds() < end {
            let polled = try await session.poll(atMost: size, waiting: .milliseconds(200))
            guard !polled.records.isEmpty else { continue }
            let began = ProcessUsage.nanoseconds()
            try await session.commit(Self.commit(of: polled.records))
            times.append(ProcessUsage.nanoseconds() - began)
            count += polled.records.count
        }
        report.add(
            "poll and commit, at most \(size) with outputs and state", rate(count, since: start),
            times)
        await session.close()
    }

    private static func commit(of records: [ConsumedRecord]) -> Commit {
        var commit = Commit()
        for record in records {
            var output = record.record
            output.topic = Topic.messagesOutbound.rawValue
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
        let topic = Topic.messagesStatus.rawValue
        let session = try await log.openSession(
            Membership(group: "bench-hop", topics: [topic], slot: "bench-0"))
        let sender = try await log.openSession(
            Membership(group: "bench-send", topics: [BareAppend.topic.rawValue], slot: "bench-0"))
        _ = try await sender.poll(atMost: 1, waiting: .milliseconds(500))
        var times: [UInt64] = []
        for number in 0..<Self.hops {
            var record = BareAppend.record(number)
            record.topic = topic
            async let received = Self.next(session)
            // The poll is to wait, as at idle, before the record comes.
            try await Task.sleep(for: .milliseconds(5))
            let began = ProcessUsage.nanoseconds()
            try await sender.commit(Commit(outputs: [record]))
            times.append(try await received - began)
        }
        report.add("hop at idle: commit until the next stage has it", nil, times)
        await sender.close()
        await session.close()
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
