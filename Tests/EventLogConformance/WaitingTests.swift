import EventLog
import PipelineTesting
import Testing

@Suite("Waiting")
struct WaitingTests {
    @Test(
        "a waiting poll delays neither commits nor reads of state", arguments: Substrate.available)
    func commits(on substrate: Substrate) async throws {
        try await substrate.withLog(topics: topics) { test in
            let session = try await test.join("g", ["in"])
            _ = try await session.gather { $0.assigned.count == 4 }
            async let waiting = session.poll(atMost: 10, waiting: .seconds(20))
            // So that it waits when the first commit comes.
            try await Task.sleep(for: .milliseconds(50))
            let key = StateKey(partition: 0, store: "s", key: "k")
            let start = ContinuousClock.now
            for number in 0..<5 {
                try await session.commit(
                    Commit(state: [StateChange(key, value: [UInt8(number)])]))
                #expect(try await session.state([key]) == [key: [UInt8(number)]])
            }
            #expect(ContinuousClock.now - start < .seconds(10))
            // So that a poll which gave up at a commit has ended.
            try await Task.sleep(for: .milliseconds(50))
            try await test.append([test.record("in", "k", "wake")])
            #expect(try await waiting.records.count == 1)
            await session.close()
        }
    }

    @Test("an append elsewhere wakes a waiting poll", arguments: Substrate.available)
    func wakes(on substrate: Substrate) async throws {
        try await substrate.withLog(topics: topics) { test in
            let session = try await test.join("g", ["in"])
            _ = try await session.gather { $0.assigned.count == 4 }
            let appender = try await test.another().openAppender()
            for number in 0..<20 {
                async let waiting = session.poll(atMost: 10, waiting: .seconds(20))
                try await Task.sleep(for: .milliseconds(Int.random(in: 0..<5)))
                let start = ContinuousClock.now
                try await appender.append([test.record("in", "k", "\(number)")])
                #expect(try await waiting.records.map(\.record.value) == [Array("\(number)".utf8)])
                #expect(ContinuousClock.now - start < .seconds(2))
            }
            await appender.close()
            await session.close()
        }
    }

    @Test("closing stops a waiting poll", arguments: Substrate.available)
    func closing(on substrate: Substrate) async throws {
        try await substrate.withLog(topics: topics) { test in
            let session = try await test.join("g", ["in"])
            _ = try await session.gather { $0.assigned.count == 4 }
            let reader = try await test.log.openReader(of: [test.name("in")], from: .end)
            let start = ContinuousClock.now
            let polls = [
                Task { _ = try? await session.poll(atMost: 1, waiting: .seconds(30)) },
                Task { _ = try? await reader.poll(atMost: 1, waiting: .seconds(30)) },
            ]
            try await Task.sleep(for: .milliseconds(20))
            await session.close()
            await reader.close()
            for poll in polls { await poll.value }
            #expect(ContinuousClock.now - start < .seconds(15))
        }
    }
}
