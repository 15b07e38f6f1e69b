import Conversation
import EventLog
import PipelineTesting
import Records
import Synchronization
import Telemetry
import Testing

@testable import StageRuntime

/// The log in memory, which opens no session and reads no state at the first tries.
final class StubbornLog: EventLog {
    private let log: InMemoryEventLog
    private let trouble: EventLogError
    /// How many more tries fail, of each kind.
    private let openings: Mutex<Int>
    private let readings: Mutex<Int>

    init(_ log: InMemoryEventLog, failures: Int, _ trouble: EventLogError) {
        self.log = log
        self.trouble = trouble
        openings = Mutex(failures)
        readings = Mutex(failures)
    }

    private func fail(_ failures: borrowing Mutex<Int>) throws(EventLogError) {
        let fails = failures.withLock { left in
            left -= 1
            return left >= 0
        }
        if fails { throw trouble }
    }

    /// Fails if this is one of the first tries to read state.
    func failReading() throws(EventLogError) { try fail(readings) }

    var capabilities: Set<Capability> { log.capabilities }
    var largestRecord: Int { log.largestRecord }
    func createTopics(_ topics: [TopicConfiguration]) async throws(EventLogError) {
        try await log.createTopics(topics)
    }
    func describeTopics() async throws(EventLogError) -> [TopicDescription] {
        try await log.describeTopics()
    }
    func groupPositions() async throws(EventLogError) -> [String: [TopicPartition: Int64]] {
        try await log.groupPositions()
    }
    func members(of group: String) async throws(EventLogError) -> [String] {
        try await log.members(of: group)
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
        try fail(openings)
        return StubbornSession(session: try await log.openSession(membership), log: self)
    }
    func openReader(
        _ starts: [TopicPartition: ReadStart], headers names: [String]?
    ) async throws(EventLogError) -> any EventLogReader {
        try await log.openReader(starts, headers: names)
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
        try log.failReading()
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
    @Test(
        "records whose state cannot be read at once are not passed over, and the stage goes on",
        arguments: [
            EventLogError.transient(reason: "the file is locked"),
            .full(reason: "the disk is full"),
        ])
    func stateCannotBeRead(trouble: EventLogError) async throws {
        let probe = try await Probe()
        try await probe.send("first")
        let runner = StageRunner(
            ProbeStage(), reading: [InputTopic(.handoffCommands, repeatsWithin: .seconds(60))],
            from: StubbornLog(probe.log, failures: 2, trouble), by: .program, slot: "probe-0",
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
