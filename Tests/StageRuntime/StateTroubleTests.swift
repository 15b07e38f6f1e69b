import Conversation
import EventLog
import Synchronization
import Telemetry
import Testing

@testable import StageRuntime

/// The log in memory, whose state cannot be read at the first tries.
final class StubbornLog: EventLog {
    private let log: InMemoryEventLog
    private let failures: Mutex<Int>

    init(_ log: InMemoryEventLog, failures: Int) {
        self.log = log
        self.failures = Mutex(failures)
    }

    /// Whether this try fails.
    func fails() -> Bool {
        failures.withLock { left in
            left -= 1
            return left >= 0
        }
    }

    var capabilities: Set<Capability> { log.capabilities }
    func createTopics(_ topics: [TopicConfiguration]) async throws(EventLogError) {
        try await log.createTopics(topics)
    }
    func describeTopics() async throws(EventLogError) -> [TopicDescription] {
        try await log.describeTopics()
    }
    func groupPositions() async throws(EventLogError) -> [String: [TopicPartition: Int64]] {
        try await log.groupPositions()
    }
    func offsets(of topic: String, at time: Int64) async throws(EventLogError) -> [Int32: Int64] {
        try await log.offsets(of: topic, at: time)
    }
    func openAppender() async throws(EventLogError) -> any EventLogAppender {
        try await log.openAppender()
    }
    func openSession(
        _ membership: Membership
    ) async throws(EventLogError) -> any EventLogSession {
        StubbornSession(session: try await log.openSession(membership), log: self)
    }
    func openReader(
        _ starts: [TopicPartition: ReadStart]
    ) async throws(EventLogError) -> any EventLogReader {
        try await log.openReader(starts)
    }
    func close() async { await log.close() }
}

private struct StubbornSession: EventLogSession {
    let session: any EventLogSession
    let log: StubbornLog

    func poll(atMost limit: Int, waiting: Duration) async throws(EventLogError) -> PollResult {
        try await session.poll(atMost: limit, waiting: waiting)
    }
    func state(_ keys: [StateKey]) async throws(EventLogError) -> [StateKey: [UInt8]] {
        if log.fails() { throw .transient(reason: "the file is locked") }
        return try await session.state(keys)
    }
    func commit(_ commit: Commit) async throws(EventLogError) { try await session.commit(commit) }
    func allState(of partition: Int32, store: String) async throws(EventLogError)
        -> [StateKey: [UInt8]]
    {
        try await session.allState(of: partition, store: store)
    }
    func close() async { await session.close() }
}

@Suite struct StateTroubleTests {
    @Test("records whose state cannot be read at once are not passed over")
    func stateCannotBeRead() async throws {
        let probe = try await Probe()
        try await probe.send("first")
        let runner = StageRunner(
            ProbeStage(), reading: [InputTopic(.handoffCommands, repeatsWithin: .seconds(60))],
            from: StubbornLog(probe.log, failures: 2), slot: "probe-0",
            settings: RunnerSettings(), metrics: Metrics(),
            logger: Logger(service: "probe", to: LogSinks.discard), now: Probe.now
        ) { call, _ in call }
        try await running(runner) {
            try await probe.expect(["a: first"])
            try await probe.send("second")
            try await probe.expect(["a: first", "a: second"])
        }
    }
}
