package import EventLog
import FoundationEssentials
import Synchronization

/// A log under test, with names of its own so that tests may share a broker.
package final class TestLog: Sendable {
    /// The log.
    package let log: any EventLog
    /// The log's clock.
    package let clock: OffsetClock

    private let prefix: String
    private let wake: @Sendable () -> Void
    private let openAnother: @Sendable () async throws -> any EventLog
    private let cleanUp: @Sendable () async -> Void
    private let others = Mutex<[any EventLog]>([])

    /// Describes a log under test; `another` opens the same log as another process would.
    package init(
        log: any EventLog, clock: OffsetClock, wake: @escaping @Sendable () -> Void,
        another: @escaping @Sendable () async throws -> any EventLog,
        cleanUp: @escaping @Sendable () async -> Void = {}
    ) {
        self.log = log
        self.clock = clock
        self.wake = wake
        openAnother = another
        self.cleanUp = cleanUp
        prefix = String(UUID().uuidString.prefix(8)).lowercased() + "."
    }

    /// The name that a topic or group goes by in this test.
    package func name(_ name: String) -> String { prefix + name }

    /// A topic under this test's name for it.
    package func named(_ topic: TopicConfiguration) -> TopicConfiguration {
        var topic = topic
        topic.name = name(topic.name)
        return topic
    }

    /// Opens the same log once more, as another process would; closed with the test.
    ///
    /// - Throws: What opening throws.
    package func another() async throws -> any EventLog {
        let other = try await openAnother()
        others.withLock { $0.append(other) }
        return other
    }

    /// Sets the log's clock forward and wakes who waits.
    package func advance(by duration: Duration) {
        clock.advance(by: duration)
        wake()
    }

    /// Closes everything.
    func close() async {
        for other in others.withLock({ $0 }) { await other.close() }
        await log.close()
        await cleanUp()
    }
}

extension TestLog {
    /// A record for one of this test's topics, stamped with its clock.
    package func record(
        _ topic: String, _ key: String, _ value: String?, partition: Int32? = nil
    ) -> Record {
        Record(
            topic: name(topic), key: Array(key.utf8), value: value.map { Array($0.utf8) },
            timestamp: clock.now, partition: partition)
    }

    /// Appends records and waits until they are durable.
    ///
    /// - Throws: What the log says.
    package func append(_ records: [Record]) async throws {
        let appender = try await log.openAppender()
        try await appender.append(records)
        await appender.close()
    }

    /// Joins one of this test's groups.
    ///
    /// - Throws: What the log says.
    package func join(
        _ group: String, _ topics: [String], slot: String = "slot-0", on log: (any EventLog)? = nil
    ) async throws -> any EventLogSession {
        try await (log ?? self.log).openSession(
            Membership(group: name(group), topics: topics.map(name), slot: slot))
    }
}

extension EventLogSession {
    /// Polls until what was gathered suffices.
    ///
    /// - Throws: What a poll throws, or `TimedOut` with what there was.
    package func gather(
        within time: Duration = .seconds(20), until suffices: (PollResult) -> Bool
    ) async throws -> PollResult {
        let deadline = ContinuousClock.now + time
        var all = PollResult()
        while !suffices(all) {
            guard ContinuousClock.now < deadline else { throw TimedOut(gathered: all) }
            let more = try await poll(atMost: 1000, waiting: .milliseconds(200))
            all.assigned += more.assigned
            all.revoking += more.revoking
            all.lost += more.lost
            all.records += more.records
            all.timers += more.timers
        }
        return all
    }
}

/// A test waited in vain.
package struct TimedOut: Error {
    /// What had come.
    package var gathered: PollResult
}
