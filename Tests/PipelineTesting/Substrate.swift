package import EventLog
import FoundationEssentials
import SQLiteEventLog

/// What a log may stand on: tests of the port and of whole pipelines take it as their argument.
package enum Substrate: String, CaseIterable, Hashable, Sendable, CustomStringConvertible {
    /// The reference, in memory.
    case memory
    /// A fresh SQLite file for each test.
    case sqlite
    /// A broker that speaks Kafka's protocol (``BrokerSubstrate``).
    case broker

    /// The case's name.
    package var description: String { rawValue }

    /// Those that can be used here.
    package static var available: [Substrate] {
        allCases.filter { $0 != .broker || BrokerSubstrate.open != nil }
    }

    /// Those that can be used here and promise all of these.
    package static func available(with capabilities: Capability...) -> [Substrate] {
        available.filter { $0.capabilities.isSuperset(of: capabilities) }
    }

    /// Those that the environment demands: `REQUIRE_SUBSTRATES=memory,sqlite`.
    package static var required: [String] {
        (ProcessInfo.processInfo.environment["REQUIRE_SUBSTRATES"] ?? "")
            .split(separator: ",").map { String($0).filter { !$0.isWhitespace } }
    }

    /// What the substrate promises, pinned here so that a loss is seen.
    package var capabilities: Set<Capability> {
        switch self {
        case .memory: [.fencing, .timeLookup]
        case .sqlite:
            [.durable, .manyProcesses, .groupMembership, .fencing, .cleanup, .timeLookup]
        case .broker:
            [.durable, .manyProcesses, .groupMembership, .fencing, .cleanup, .timeLookup]
        }
    }

    /// Runs a test on a fresh log with these topics, and cleans up after it.
    package func withLog(
        topics: [TopicConfiguration] = [],
        _ body: (TestLog) async throws -> Void
    ) async throws {
        let clock = OffsetClock()
        let test: TestLog
        switch self {
        case .memory:
            let log = InMemoryEventLog(clock: { clock.now })
            test = TestLog(log: log, clock: clock, wake: { log.wake() }, another: { log })
        case .sqlite: test = try await Self.sqlite(clock)
        case .broker:
            guard let open = BrokerSubstrate.open else {
                throw EventLogError.permanent(reason: BrokerSubstrate.hint)
            }
            test = try await open(clock)
        }
        do {
            try await test.log.createTopics(topics.map(test.named))
            try await body(test)
        } catch {
            await test.close()
            throw error
        }
        await test.close()
    }

    private static func sqlite(_ clock: OffsetClock) async throws -> TestLog {
        let folder = try TemporaryFolder()
        let path = folder.path + "/log.db"
        let log = try await SQLiteEventLog.open(path: path, clock: { clock.now })
        return TestLog(
            log: log, clock: clock, wake: { log.wake() },
            another: { try await SQLiteEventLog.open(path: path, clock: { clock.now }) },
            cleanUp: { _ = folder })
    }
}
