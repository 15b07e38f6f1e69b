import EventLog
import PipelineTesting
import Testing

@Suite("Group membership")
struct MembershipTests {
    @Test("who is in a group can be asked without joining it", arguments: Substrate.available)
    func members(on substrate: Substrate) async throws {
        try await substrate.withLog(topics: topics) { test in
            let group = test.name("g")
            #expect(try await test.log.members(of: group).isEmpty)
            let session = try await test.join("g", ["in"], slot: "a")
            _ = try await session.gather { $0.assigned.count == 4 }
            let members = try await test.another().members(of: group)
            #expect(members.count == 1 && members[0].hasSuffix("a"), "\(members)")
            await session.close()
            let deadline = ContinuousClock.now + .seconds(20)
            while try await !test.log.members(of: group).isEmpty, ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(try await test.log.members(of: group).isEmpty)
        }
    }

    @Test(
        "members share partitions, give them back in order, and take over",
        arguments: Substrate.available(with: .groupMembership))
    func sharing(on substrate: Substrate) async throws {
        try await substrate.withLog(topics: topics) { test in
            try await test.append((0..<4).map { test.record("in", "k", "1", partition: $0) })
            let first = try await test.join("g", ["in"], slot: "a")
            let all = try await first.gather { $0.records.count >= 4 && $0.assigned.count == 4 }
            #expect(all.assigned.sorted() == [0, 1, 2, 3])

            let second = try await test.join("g", ["in"], slot: "b", on: test.another())
            async let joining = second.gather { $0.assigned.count >= 2 }
            // The first is told before anything is taken from it, and may still commit.
            var revoking: [Int32] = []
            let deadline = ContinuousClock.now + .seconds(30)
            while revoking.count < 2, ContinuousClock.now < deadline {
                let told = try await first.poll(atMost: 10, waiting: .milliseconds(100))
                revoking += told.revoking
                let done = all.records.filter { told.revoking.contains($0.partition.partition) }
                guard !done.isEmpty else { continue }
                try await first.commit(
                    Commit(
                        positions: Dictionary(
                            done.map { ($0.partition, $0.offset + 1) }, uniquingKeysWith: max)))
            }
            // Kafka's eager groups take everything and give a part back.
            #expect(revoking.count >= 2)
            let giving = Task {
                while !Task.isCancelled {
                    // It ends when the session is closed below.
                    guard (try? await first.poll(atMost: 10, waiting: .milliseconds(100))) != nil
                    else { return }
                }
            }
            let joined = try await joining
            #expect(joined.assigned.count == 2 && Set(revoking).isSuperset(of: joined.assigned))
            let moved = try #require(joined.assigned.first)
            #expect(joined.records.isEmpty, "what was committed on the way out is not read again")
            await expectFenced {
                try await first.commit(
                    Commit(positions: [TopicPartition(test.name("in"), moved): 0]))
            }

            giving.cancel()
            await giving.value
            await first.close()
            let over = try await second.gather { $0.assigned.count >= 2 }
            #expect(
                Set(over.assigned).isDisjoint(with: joined.assigned) || over.assigned.count == 4)
            await second.close()
        }
    }

    @Test(
        "timers and state go with their partition",
        arguments: Substrate.available(with: .groupMembership))
    func moving(on substrate: Substrate) async throws {
        try await substrate.withLog(topics: topics) { test in
            let first = try await test.join("g", ["in"], slot: "a")
            _ = try await first.gather { $0.assigned.count == 4 }
            let keys = (0..<4).map { StateKey(partition: Int32($0), store: "s", key: "k") }
            let timers = (0..<4).map {
                DurableTimer(
                    key: TimerKey(partition: Int32($0), key: "k", name: "n"), due: 1, payload: [])
            }
            try await first.commit(
                Commit(
                    state: keys.map { StateChange($0, value: [9]) },
                    timers: timers.map { .set($0) }))
            _ = try await first.gather { $0.timers.count == 4 }
            let second = try await test.join("g", ["in"], slot: "b", on: test.another())
            async let joining = second.gather { $0.timers.count >= 2 }
            let giving = Task {
                while !Task.isCancelled {
                    // It ends when the task is cancelled.
                    _ = try? await first.poll(atMost: 10, waiting: .milliseconds(50))
                }
            }
            let joined = try await joining
            let own = Set(joined.assigned)
            #expect(Set(joined.timers.map(\.key.partition)) == own)
            #expect(try await second.state(keys.filter { own.contains($0.partition) }).count == 2)
            await expectFenced { _ = try await second.state(keys) }
            giving.cancel()
            await giving.value
            await first.close()
            await second.close()
        }
    }
}
