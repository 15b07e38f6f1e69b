import EventLog
import Foundation
import Kafka
import PipelineTesting
import Synchronization

@testable import KafkaEventLog

/// A fresh group over fresh topics on the tests' broker.
struct Fixture {
    let group = TestBroker.uniqueName("group")
    let input = TestBroker.uniqueName("input")
    let output = TestBroker.uniqueName("output")
    let log: KafkaEventLog
    private let folders = Folders()

    /// Folders that are removed with the fixture.
    private final class Folders: Sendable {
        let all = Mutex<[TemporaryFolder]>([])
    }

    init(partitions: Int32 = 1) async throws {
        let folder = try TemporaryFolder()
        folders.all.withLock { $0 = [folder] }
        log = try Self.makeLog(folder.path)
        try await log.createTopics([
            TopicConfiguration(
                name: input, partitions: partitions, cleanup: .delete(retention: nil)),
            TopicConfiguration(name: output, partitions: 1, cleanup: .delete(retention: nil)),
        ])
    }

    /// The folder of the log's caches.
    var folder: String { folders.all.withLock { $0.first?.path ?? "" } }

    /// An empty folder, as on another machine.
    func elsewhere() throws -> String {
        let folder = try TemporaryFolder()
        folders.all.withLock { $0.append(folder) }
        return folder.path
    }

    var membership: Membership { Membership(group: group, topics: [input], slot: "0") }

    static func makeLog(_ folder: String) throws -> KafkaEventLog {
        let servers = try TestBroker.bootstrapServers()
        return try KafkaEventLog(
            KafkaSettings(
                bootstrapServers: servers, cacheFolder: folder, clientSettings: debug,
                clock: { Int64(Date().timeIntervalSince1970 * 1000) },
                log: { if !debug.isEmpty { print($0.facility, $0.text) } }))
    }

    /// librdkafka's `debug` contexts, such as `cgrp,fetch`, if `KAFKA_DEBUG` names some.
    private static let debug =
        ProcessInfo.processInfo.environment["KAFKA_DEBUG"].map { ["debug": $0] } ?? [:]

    func log(folder: String) throws -> KafkaEventLog { try Self.makeLog(folder) }

    func open(slot: String = "0", folder: String? = nil) async throws -> any EventLogSession {
        let log = try folder.map { try Self.makeLog($0) } ?? log
        return try await log.openSession(Membership(group: group, topics: [input], slot: slot))
    }

    func record(_ value: String, to topic: String) -> Record {
        Record(
            topic: topic, key: Array("key".utf8), value: Array(value.utf8),
            headers: [RecordHeader("h", "v")],
            timestamp: Int64(Date().timeIntervalSince1970 * 1000))
    }

    func append(_ values: [String]) async throws {
        let appender = try await log.openAppender()
        try await appender.append(values.map { record($0, to: input) })
        await appender.close()
    }

    func records(of topic: String) async throws -> [ConsumedRecord] {
        let starts = [TopicPartition(topic, 0): ReadStart.beginning]
        let reader = try await log.openReader(starts)
        var records: [ConsumedRecord] = []
        while true {
            let more = try await reader.poll(
                atMost: 100, waiting: .seconds(records.isEmpty ? 5 : 1))
            if more.isEmpty { break }
            records += more
        }
        await reader.close()
        return records
    }

    func read(_ topic: String) async throws -> [String] {
        try await records(of: topic).map { String(decoding: $0.record.value ?? [], as: UTF8.self) }
    }
}

extension EventLogSession {
    /// Polls until partitions are assigned.
    @discardableResult
    func assigned() async throws -> [Int32] {
        for _ in 0..<300 {
            let result = try await poll(atMost: 1, waiting: .milliseconds(100))
            if !result.assigned.isEmpty { return result.assigned }
        }
        return []
    }

    /// Polls until so many records came.
    func take(_ count: Int) async throws -> [ConsumedRecord] {
        var records: [ConsumedRecord] = []
        for _ in 0..<300 where records.count < count {
            records += try await poll(atMost: 100, waiting: .milliseconds(100)).records
        }
        return records
    }

    /// Polls until so many timers came.
    func timers(_ count: Int) async throws -> [DurableTimer] {
        var timers: [DurableTimer] = []
        for _ in 0..<300 where timers.count < count {
            timers += try await poll(atMost: 100, waiting: .milliseconds(100)).timers
        }
        return timers
    }
}
