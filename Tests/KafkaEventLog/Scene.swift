import Dispatch
import EventLog
import Foundation
import Kafka
import PipelineTesting
import SQLite
import Synchronization
import Testing

@testable import KafkaEventLog

/// Topics, a group and a cache folder that processes share: all that a child process needs to
/// know.
struct Scene: Codable, Sendable {
    var servers: String
    var group: String
    var input: String
    var output: String
    var folder: String
    var slot = "0"

    init(_ fixture: Fixture) throws {
        servers = try TestBroker.bootstrapServers()
        group = fixture.group
        input = fixture.input
        output = fixture.output
        folder = fixture.folder
    }

    /// The same slot or another, with another cache folder.
    func elsewhere(_ folder: String, slot: String = "0") -> Self {
        var copy = self
        copy.folder = folder
        copy.slot = slot
        return copy
    }

    /// The key of the state in which a session counts what it has done.
    static let count = StateKey(partition: 0, store: "s", key: "count")

    func makeLog(
        watching: (@Sendable (ClientLogLine) -> Void)? = nil
    ) throws -> KafkaEventLog {
        try KafkaEventLog(
            KafkaSettings(
                bootstrapServers: servers, cacheFolder: folder,
                clientSettings: watching == nil ? [:] : ["debug": "eos"],
                clock: { Int64(Date().timeIntervalSince1970 * 1000) },
                log: watching ?? { _ in }))
    }

    func open(_ log: KafkaEventLog) async throws -> any EventLogSession {
        try await log.openSession(Membership(group: group, topics: [input], slot: slot))
    }

    /// Answers each record with a commit of its own: an output, the position, a count.
    func answer(_ record: ConsumedRecord, in session: any EventLogSession) async throws {
        let found = try await session.state([Self.count])[Self.count]
        let count = (found.flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 0) + 1
        var output = record.record
        output.topic = self.output
        output.partition = nil
        try await session.commit(
            Commit(
                outputs: [output], positions: [record.partition: record.offset + 1],
                state: [StateChange(Self.count, value: Array("\(count)".utf8))]))
    }

    /// Works until so many records are done in all, whoever did them.
    ///
    /// - Returns: how long it waited for the first record.
    /// - Throws: `Stuck` with where everything stands, if that takes longer than it ever should.
    @discardableResult
    func work(
        _ session: any EventLogSession, until total: Int, within limit: Duration = .seconds(90)
    ) async throws -> Duration {
        let start = ContinuousClock.now
        var first: Duration?
        while ContinuousClock.now < start + limit {
            let polled = try await session.poll(atMost: 1, waiting: .milliseconds(100))
            if !polled.records.isEmpty { first = first ?? start.duration(to: .now) }
            for record in polled.records { try await answer(record, in: session) }
            if session.restoration == nil, try await done(session) >= total {
                return first ?? .zero
            }
        }
        throw Stuck(description: "not \(total) after \(limit): \(await standing(session))")
    }

    /// Why a scene does not go on.
    struct Stuck: Error, CustomStringConvertible {
        var description: String
    }

    /// Where the group, its changelog and a session's cache stand, for a message.
    private func standing(_ session: any EventLogSession) async -> String {
        var words = ["restoration \(session.restoration.map { "\($0)" } ?? "done")"]
        do {
            let log = try makeLog()
            let positions = try await log.groupPositions()[group] ?? [:]
            words.append("group at \(positions.values.sorted())")
            let path = "\(folder)/\(group)-\(slot).sqlite"
            let cache = try Connection(path: path)
            let next = try cache.first("SELECT next FROM checkpoint") { $0.int64(0) }
            let count = try cache.first("SELECT value FROM state") { $0.blob(0) } ?? []
            words.append("cache to \(next ?? -1), \(String(decoding: count, as: UTF8.self))")
            let changelog = ChangelogCodec.topic(of: group)
            let reader = try await log.openReader([TopicPartition(changelog, 0): .beginning])
            while case let more = try await reader.poll(atMost: 100, waiting: .seconds(2)),
                !more.isEmpty
            {
                words += more.suffix(20).map {
                    "\($0.offset): \(String(decoding: $0.record.value ?? [], as: UTF8.self))"
                }
            }
        } catch {
            words.append("\(error)")
        }
        return words.joined(separator: "; ")
    }

    private func done(_ session: any EventLogSession) async throws -> Int {
        let found = try await session.state([Self.count])[Self.count]
        return found.flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 0
    }
}

/// A moment within a commit, by what librdkafka says of it with `debug=eos`.
enum CommitMoment: String, Codable, CaseIterable, Sendable {
    /// The brokers know which partitions the transaction will write.
    case registered = "registered with transaction"
    /// Every record and the positions are written; the end is not asked for.
    case written = "message flush complete"
    /// The brokers have committed; this process has not taken note.
    case committed = "EndTxn returned NO_ERROR"
}

/// Sends this process a signal at a moment of one of its commits.
final class Executioner: Sendable {
    private let moment: CommitMoment
    private let signal: Int32
    private let isArmed = Mutex(false)

    init(at moment: CommitMoment, signal: Int32) {
        self.moment = moment
        self.signal = signal
    }

    /// The next commit is the one.
    func arm() { isArmed.withLock { $0 = true } }

    func watch(_ line: ClientLogLine) {
        guard line.text.contains(moment.rawValue) else { return }
        let strikes = isArmed.withLock { armed in
            defer { armed = false }
            return armed
        }
        if strikes { raise(signal) }
    }
}
