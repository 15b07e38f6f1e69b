import EventLog
import Foundation
import PipelineTesting
import Testing

@testable import Kafka
@testable import KafkaEventLog

/// What only Kafka's adapter promises; the port's promises are the conformance suite's.
@Suite(
    "Kafka event log", .enabled(if: TestBroker.isAvailable, "\(TestBroker.missing)"),
    .timeLimit(.minutes(5)))
struct KafkaEventLogTests {
    @Test("a commit's outputs, positions, state and timers come back in a new session")
    func resumes() async throws {
        let fixture = try await Fixture()
        try await fixture.append(["a", "b"])
        let session = try await fixture.open()
        let records = try await session.take(2)
        let key = StateKey(partition: 0, store: "st/ore", key: "k/ey")
        let timer = DurableTimer(
            key: TimerKey(partition: 0, key: "k", name: "n/m"), due: 1, payload: [7])
        let first = try #require(records.first)
        try await session.commit(
            Commit(
                outputs: [fixture.record("out", to: fixture.output)],
                positions: [first.partition: first.offset + 1],
                state: [StateChange(key, value: [1, 2])], timers: [.set(timer)]))
        #expect(try await session.state([key]) == [key: [1, 2]])
        await session.close()

        let again = try await fixture.open()
        let rest = try await again.take(1)
        #expect(rest.map { String(decoding: $0.record.value ?? [], as: UTF8.self) } == ["b"])
        #expect(try await again.state([key]) == [key: [1, 2]])
        #expect(try await fixture.read(fixture.output) == ["out"])
        await again.close()
    }

    @Test("state is restored onto an empty folder, tombstones and timers included")
    func restoresFromNothing() async throws {
        let fixture = try await Fixture()
        let session = try await fixture.open()
        try await session.assigned()
        let keys = (0..<5).map { StateKey(partition: 0, store: "s", key: "\($0)") }
        let timer = DurableTimer(
            key: TimerKey(partition: 0, key: "k", name: "n"), due: 5, payload: [9])
        try await session.commit(
            Commit(state: keys.map { StateChange($0, value: [1]) }, timers: [.set(timer)]))
        try await session.commit(Commit(state: [StateChange(keys[0], value: nil)]))
        await session.close()

        let elsewhere = try await fixture.open(folder: try fixture.elsewhere())
        let timers = try await elsewhere.timers(1)
        #expect(timers == [timer])
        let all = try await elsewhere.allState(of: 0, store: "s")
        #expect(Set(all.keys) == Set(keys.dropFirst()))
        await elsewhere.close()
    }

    @Test("the cache is never ahead: an aborted commit leaves no trace in it")
    func cacheIsNeverAhead() async throws {
        let fixture = try await Fixture()
        let session = try await fixture.open()
        try await session.assigned()
        let key = StateKey(partition: 0, store: "s", key: "k")
        let broken = Commit(
            outputs: [fixture.record("x", to: "no-such-topic")],
            state: [StateChange(key, value: [1])])
        await #expect(throws: EventLogError.self) { try await session.commit(broken) }
        #expect(try await session.state([key]) == [:])
        // The same session goes on.
        try await session.commit(Commit(state: [StateChange(key, value: [2])]))
        #expect(try await session.state([key]) == [key: [2]])
        await session.close()

        let elsewhere = try await fixture.open(folder: try fixture.elsewhere())
        try await elsewhere.assigned()
        #expect(try await elsewhere.state([key]) == [key: [2]])
        await elsewhere.close()
    }

    @Test("a session of the same slot fences its predecessor, even from another process")
    func fences() async throws {
        let fixture = try await Fixture()
        let old = try await fixture.open()
        try await old.assigned()
        let key = StateKey(partition: 0, store: "s", key: "k")
        try await old.commit(Commit(state: [StateChange(key, value: [1])]))
        // Another log object knows nothing of the old session, like another process.
        let other = try fixture.log(folder: try fixture.elsewhere())
        async let successor = other.openSession(fixture.membership)
        let new = try await successor
        await #expect {
            try await old.commit(Commit(state: [StateChange(key, value: [2])]))
        } throws: { error in
            if case .superseded? = error as? EventLogError { true } else { false }
        }
        try await new.assigned()
        #expect(try await new.state([key]) == [key: [1]])
        await new.close()
        await old.close()
    }

    @Test("a partition is given back when the work on it is done, and its state goes along")
    func givesBack() async throws {
        let fixture = try await Fixture(partitions: 2)
        let first = try await fixture.open()
        #expect(try await first.assigned() == [0, 1])
        let keys = (0..<2).map { StateKey(partition: Int32($0), store: "s", key: "k") }
        try await first.commit(Commit(state: keys.map { StateChange($0, value: [1]) }))
        let second = try await fixture.open(slot: "1", folder: try fixture.elsewhere())
        var revoking: [Int32] = []
        for _ in 0..<200 where revoking.isEmpty {
            revoking = try await first.poll(atMost: 10, waiting: .milliseconds(100)).revoking
        }
        #expect(revoking == [0, 1])
        // Still ours until the next poll.
        try await first.commit(Commit(state: [StateChange(keys[0], value: [2])]))
        try await first.commit(Commit(state: [StateChange(keys[1], value: [2])]))
        async let mine = first.assigned()
        async let theirs = second.assigned()
        let (left, right) = try await (mine, theirs)
        #expect((left + right).sorted() == [0, 1])
        let moved = try #require(right.first)
        let key = StateKey(partition: moved, store: "s", key: "k")
        #expect(try await second.state([key]) == [key: [2]])
        await #expect(throws: EventLogError.self) { try await first.state([key]) }
        await first.close()
        await second.close()
    }

    @Test("an expired piece of state is not read, and goes with a later commit")
    func expires() async throws {
        let fixture = try await Fixture()
        let session = try await fixture.open()
        try await session.assigned()
        let old = StateKey(partition: 0, store: "s", key: "old")
        let new = StateKey(partition: 0, store: "s", key: "new")
        try await session.commit(Commit(state: [StateChange(old, value: [1], expires: 1)]))
        #expect(try await session.state([old]) == [:])
        try await session.commit(Commit(state: [StateChange(new, value: [1])]))
        let changelog = try await fixture.records(of: ChangelogCodec.topic(of: fixture.group))
        let last = changelog.last { String(decoding: $0.record.key, as: UTF8.self) == "s/s/old" }
        #expect(try #require(last).record.value == nil)
        await session.close()
    }

    @Test("a waiting poll delays no commit, and sees a timer that the commit sets")
    func pollDoesNotDelayCommits() async throws {
        let fixture = try await Fixture()
        let session = try await fixture.open()
        try await session.assigned()
        let timer = DurableTimer(
            key: TimerKey(partition: 0, key: "k", name: "n"), due: 1, payload: [])
        async let polled = session.poll(atMost: 10, waiting: .seconds(20))
        let clock = ContinuousClock()
        let start = clock.now
        try await session.commit(Commit(timers: [.set(timer)]))
        #expect(try await polled.timers == [timer])
        #expect(start.duration(to: clock.now) < .seconds(3))
        await session.close()
    }

    @Test("an appender whose producer failed for good goes on with a new one")
    func appenderRenewal() async throws {
        let fixture = try await Fixture()
        let appender = try #require(try await fixture.log.openAppender() as? KafkaAppender)
        try await appender.append([fixture.record("before", to: fixture.input)])
        let first = appender.producer
        first.failFatally("sequence numbers are unknown")
        try await appender.append([fixture.record("after", to: fixture.input)])
        #expect(appender.producer !== first)
        #expect(appender.backlog == 0)
        await appender.close()
        let values = try await fixture.records(of: fixture.input).map { $0.record.value }
        #expect(values == ["before", "after"].map { Array($0.utf8) })
    }

    @Test("times, ranges and positions can be asked for")
    func describes() async throws {
        let fixture = try await Fixture()
        try await fixture.append(["a", "b", "c"])
        let session = try await fixture.open()
        let records = try await session.take(3)
        let last = try #require(records.last)
        try await session.commit(Commit(positions: [last.partition: last.offset + 1]))
        let log = fixture.log
        let topics = try await log.describeTopics()
        let topic = try #require(topics.first { $0.name == fixture.input })
        #expect(topic.partitions == [PartitionRange(low: 0, high: last.offset + 1)])
        let positions = try await log.groupPositions()
        #expect(positions[fixture.group] == [last.partition: last.offset + 1])
        #expect(try await log.offsets(of: fixture.input, at: 1) == [0: 0])
        #expect(try await log.offsets(of: fixture.input, at: .max / 2) == [0: last.offset + 1])
        await session.close()
    }
}
