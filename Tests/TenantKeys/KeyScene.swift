import Conversation
import Cryptography
import EventLog
import Foundation
import PipelineTesting
import Records
import Telemetry

@testable import TenantKeys

/// A log in memory, a keys folder and a key ring, and whoever makes and reads keys there.
final class KeyScene: Sendable {
    let log: InMemoryEventLog
    let temporary: TemporaryFolder
    let folder: KeysFolder
    let ring: KeyRingStore
    let appender: any EventLogAppender
    private let clock = OffsetClock()

    init(ring text: String = KeyScene.ringLine("k1", 7)) async throws {
        let clock = clock
        log = InMemoryEventLog { clock.now }
        try await log.createTopics(
            [Topic.keys, .tenants, .messagesInbound, .documents].map {
                TopicConfiguration(name: $0.rawValue, partitions: 1, cleanup: .compact)
            })
        temporary = try TemporaryFolder()
        folder = KeysFolder(path: temporary.path + "/keys")
        ring = KeyRingStore(try KeyRing(text: text, source: "test"))
        appender = try await log.openAppender()
    }

    static func ringLine(_ id: String, _ byte: UInt8) -> String {
        "\(id) \(Cryptography.Base64.encode([UInt8](repeating: byte, count: 32)))"
    }

    /// A feed as another process has it.
    func feed(_ store: KeyRingStore? = nil, follows: Bool = true) -> KeyFeed {
        KeyFeed(
            KeyTable(), from: log, keys: folder, ring: store ?? ring, follows: follows,
            logger: Logger(service: "test", to: LogSinks.discard))
    }

    /// What a process that starts now knows.
    func read(_ store: KeyRingStore? = nil) async throws -> KeyFeed {
        let feed = feed(store, follows: false)
        try await feed.readOnce()
        return feed
    }

    func keeper(
        _ feed: KeyFeed, isFenced: @escaping @Sendable (TenantID) -> Bool = { _ in false }
    ) -> KeyKeeper {
        let clock = clock
        return KeyKeeper(
            feed, appender: appender, isFenced: isFenced,
            logger: Logger(service: "test", to: LogSinks.discard),
            now: { Timestamp(milliseconds: clock.now) })
    }

    /// Runs a console's keeper, started anew, around a body.
    @discardableResult
    func keeping<Value: Sendable>(
        isFenced: @escaping @Sendable (TenantID) -> Bool = { _ in false },
        _ body: @Sendable (KeyKeeper) async throws -> Value
    ) async throws -> Value {
        let feed = feed()
        let keeper = keeper(feed, isFenced: isFenced)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await feed.run() }
            group.addTask { try await keeper.run() }
            try await eventually("the keeper is ready or has given up") {
                if keeper.isReady { return true }
                if keeper.hasGivenUp { _ = try await group.next() }
                return false
            }
            let value = try await body(keeper)
            group.cancelAll()
            return value
        }
    }

    /// Appends a record as whoever stood before did.
    func append(_ payload: any Payload) async throws {
        let id = RecordID(try RandomBytes.token(bytes: 8))
        try await appender.append([
            try RecordEnvelope(RecordTypes(KeyRecords.types)).record(
                payload,
                headers: RecordHeaders(
                    id: id, type: type(of: payload).type, source: "test",
                    time: Timestamp(milliseconds: clock.now), subject: payload.key,
                    correlation: id, causation: id, tenant: payload.tenant))
        ])
    }

    /// Any record of a tenant's in a topic.
    func append(_ tenant: TenantID, _ key: String, to topic: Topic) async throws {
        let id = RecordID(try RandomBytes.token(bytes: 8))
        try await appender.append([
            try RecordEnvelope(RecordTypes([])).record(
                topic: topic, key: key, value: Array("{}".utf8),
                headers: RecordHeaders(
                    id: id, type: "any", source: "test", time: Timestamp(milliseconds: clock.now),
                    subject: key, correlation: id, causation: id, tenant: tenant))
        ])
    }

    /// What stands in the topic of keys.
    func written() async throws -> [any Payload] {
        let envelope = RecordEnvelope(RecordTypes(KeyRecords.types))
        let reader = try await log.openReader(of: [Topic.keys.rawValue], from: .beginning)
        let records = try await reader.poll(atMost: 10_000, waiting: .zero)
        await reader.close()
        return try records.compactMap { record in
            guard case .payload(let payload) = try envelope.decode(record.record).value else {
                return nil
            }
            return payload
        }
    }

    /// The epochs of the newest records of the living keys.
    func epochs() async throws -> [Int] {
        try await read().records.map { record in
            guard case .living(let epoch, _) = record.standing else { return 0 }
            return epoch
        }
    }
}
