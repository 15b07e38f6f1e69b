import EventLog
import PipelineTesting
import Testing

@Suite("Commits")
struct CommitTests {
    @Test(
        "outputs, positions, state and timers are committed together",
        arguments: Substrate.available)
    func together(on substrate: Substrate) async throws {
        try await substrate.withLog(topics: topics) { test in
            try await test.append([test.record("in", "k", "1", partition: 1)])
            let session = try await test.join("g", ["in"])
            let found = try await session.gather { !$0.records.isEmpty }
            let record = try #require(found.records.first)
            let key = StateKey(partition: 1, store: "state", key: "k")
            let timer = DurableTimer(
                key: TimerKey(partition: 1, key: "k", name: "n"), due: test.clock.now,
                payload: [0, 1])
            try await session.commit(
                Commit(
                    outputs: [test.record("out", "k", "made")],
                    positions: [record.partition: record.offset + 1],
                    state: [StateChange(key, value: [7, 0])], timers: [.set(timer)]))
            await session.close()

            let next = try await test.join("g", ["in"], on: test.another())
            let rest = try await next.gather { !$0.timers.isEmpty }
            #expect(rest.timers == [timer])
            #expect(rest.records.isEmpty)
            #expect(try await next.state([key]) == [key: [7, 0]])
            await next.close()
            let reader = try await test.log.openReader(of: [test.name("out")], from: .beginning)
            let made = try await reader.poll(atMost: 10, waiting: .seconds(5))
            #expect(made.map(\.record.value) == [Array("made".utf8)])
            await reader.close()
        }
    }

    @Test(
        "what is larger than the log takes is refused for good, and harms nothing else",
        arguments: Substrate.available)
    func tooLarge(on substrate: Substrate) async throws {
        try await substrate.withLog(topics: topics) { test in
            let limit = test.log.largestRecord
            let bytes = [UInt8](repeating: 0x61, count: limit)
            var large = test.record("in", "k", "1", partition: 1)
            large.value = bytes
            try await expectPermanent { try await test.append([large]) }
            var largest = test.record("in", "k", "1", partition: 1)
            largest.value = Array(bytes.dropLast(largest.size))
            try await test.append([largest])

            let session = try await test.join("g", ["in"])
            let found = try await session.gather { !$0.records.isEmpty }
            #expect(found.records.first?.record.value?.count == largest.value?.count)
            let key = StateKey(partition: 1, store: "state", key: "k")
            try await expectPermanent {
                try await session.commit(Commit(state: [StateChange(key, value: bytes)]))
            }
            try await expectPermanent {
                let timer = DurableTimer(
                    key: TimerKey(partition: 1, key: "k", name: "n"), due: 0, payload: bytes)
                try await session.commit(Commit(timers: [.set(timer)]))
            }
            try await expectPermanent {
                try await session.commit(Commit(outputs: [large]))
            }
            let most = Array(bytes.dropLast(1))
            try await session.commit(Commit(state: [StateChange(key, value: most)]))
            #expect(try await session.state([key]) == [key: most])
            await session.close()
        }
    }

    @Test("a refused commit leaves nothing of itself", arguments: Substrate.available)
    func nothing(on substrate: Substrate) async throws {
        try await substrate.withLog(topics: topics) { test in
            try await test.append([test.record("in", "k", "1", partition: 1)])
            let session = try await test.join("g", ["in"])
            let found = try await session.gather { !$0.records.isEmpty }
            let record = try #require(found.records.first)
            let key = StateKey(partition: 1, store: "state", key: "k")
            let timer = DurableTimer(
                key: TimerKey(partition: 1, key: "k", name: "n"), due: 0, payload: [])
            try await expectUnknownTopic(on: substrate) {
                try await session.commit(
                    Commit(
                        outputs: [
                            test.record("out", "k", "made"), test.record("missing", "k", "v"),
                        ],
                        positions: [record.partition: record.offset + 1],
                        state: [StateChange(key, value: [7])], timers: [.set(timer)]))
            }
            await session.close()

            let next = try await test.join("g", ["in"])
            let rest = try await next.gather { !$0.records.isEmpty }
            #expect(rest.records == found.records)
            #expect(rest.timers.isEmpty)
            #expect(try await next.state([key]).isEmpty)
            await next.close()
            let reader = try await test.log.openReader(of: [test.name("out")], from: .beginning)
            #expect(try await reader.poll(atMost: 10, waiting: .milliseconds(50)).isEmpty)
            await reader.close()
        }
    }

    @Test("state is set, replaced, removed and listed", arguments: Substrate.available)
    func state(on substrate: Substrate) async throws {
        try await substrate.withLog(topics: topics) { test in
            let session = try await test.join("g", ["in"])
            _ = try await session.gather { $0.assigned.count == 4 }
            let keys = (0..<5).map { StateKey(partition: 3, store: "s", key: "k\($0)") }
            let other = StateKey(partition: 3, store: "t", key: "k0")
            try await session.commit(
                Commit(
                    state: keys.map { StateChange($0, value: [1]) } + [
                        StateChange(other, value: [])
                    ]))
            try await session.commit(
                Commit(state: [
                    StateChange(keys[0], value: [2]), StateChange(keys[1], value: nil),
                    StateChange(keys[2], value: nil), StateChange(keys[2], value: [3]),
                ]))
            let expected: [StateKey: [UInt8]] = [
                keys[0]: [2], keys[2]: [3], keys[3]: [1], keys[4]: [1],
            ]
            #expect(try await session.state(keys) == expected)
            #expect(try await session.allState(of: 3, store: "s") == expected)
            #expect(try await session.state([other]) == [other: []])
            #expect(try await session.allState(of: 2, store: "s").isEmpty)
            await session.close()
        }
    }

    @Test(
        "state is gone once it has expired",
        arguments: Substrate.available(with: .cleanup))
    func expiry(on substrate: Substrate) async throws {
        try await substrate.withLog(topics: topics) { test in
            let session = try await test.join("g", ["in"])
            _ = try await session.gather { $0.assigned.count == 4 }
            let key = StateKey(partition: 0, store: "handled", key: "id")
            let expires = test.clock.now + 60_000
            try await session.commit(
                Commit(state: [StateChange(key, value: [1], expires: expires)]))
            #expect(try await session.state([key]) == [key: [1]])
            test.advance(by: .seconds(61))
            #expect(try await session.state([key]).isEmpty)
            #expect(try await session.allState(of: 0, store: "handled").isEmpty)
            await session.close()
        }
    }

    @Test("a newer session of a slot ends the older at once", arguments: Substrate.available)
    func fencing(on substrate: Substrate) async throws {
        try await substrate.withLog(topics: topics) { test in
            try await test.append([test.record("in", "k", "1", partition: 0)])
            let old = try await test.join("g", ["in"])
            let found = try await old.gather { !$0.records.isEmpty }
            let record = try #require(found.records.first)

            let new = try await test.join("g", ["in"], on: test.another())
            let again = try await new.gather { !$0.records.isEmpty }
            #expect(again.assigned.sorted() == [0, 1, 2, 3])
            #expect(again.records == found.records)
            await expectSuperseded {
                try await old.commit(
                    Commit(
                        outputs: [test.record("out", "k", "old")],
                        positions: [record.partition: record.offset + 1]))
            }
            await expectSuperseded { _ = try await old.poll(atMost: 1, waiting: .seconds(20)) }
            try await new.commit(Commit(positions: [record.partition: record.offset + 1]))
            let reader = try await test.log.openReader(of: [test.name("out")], from: .beginning)
            #expect(try await reader.poll(atMost: 10, waiting: .milliseconds(50)).isEmpty)
            await reader.close()
            await old.close()
            await new.close()
        }
    }
}
