import EventLog
import PipelineTesting
import Testing

@Suite("Timers")
struct TimerTests {
    private func timer(_ name: String, due: Int64, _ payload: [UInt8] = [1]) -> DurableTimer {
        DurableTimer(
            key: TimerKey(partition: 0, key: "k", name: name), due: due, payload: payload)
    }

    @Test("timers come when due, earliest first, and once", arguments: Substrate.available)
    func once(on substrate: Substrate) async throws {
        try await substrate.withLog(topics: topics) { test in
            let session = try await test.join("g", ["in"])
            _ = try await session.gather { $0.assigned.count == 4 }
            let now = test.clock.now
            let timers = [timer("b", due: now + 2000), timer("a", due: now + 1000)]
            let late = timer("late", due: now + 1_000_000)
            try await session.commit(Commit(timers: (timers + [late]).map { .set($0) }))
            #expect(try await session.poll(atMost: 10, waiting: .zero).timers.isEmpty)
            test.advance(by: .seconds(5))
            let found = try await session.gather { $0.timers.count >= 2 }
            #expect(found.timers == [timers[1], timers[0]])
            #expect(try await session.poll(atMost: 10, waiting: .milliseconds(50)).isEmpty)
            await session.close()
        }
    }

    @Test(
        "an unhandled timer comes again after the next assignment", arguments: Substrate.available)
    func again(on substrate: Substrate) async throws {
        try await substrate.withLog(topics: topics) { test in
            let session = try await test.join("g", ["in"])
            _ = try await session.gather { $0.assigned.count == 4 }
            let kept = timer("kept", due: test.clock.now)
            let done = timer("done", due: test.clock.now)
            try await session.commit(Commit(timers: [.set(kept), .set(done)]))
            #expect(try await session.gather { $0.timers.count >= 2 }.timers.count == 2)
            try await session.commit(Commit(timers: [.cancel(done.key)]))
            await session.close()
            let next = try await test.join("g", ["in"], on: test.another())
            #expect(try await next.gather { !$0.timers.isEmpty }.timers == [kept])
            await next.close()
        }
    }

    @Test("a timer can be cancelled, replaced and set anew", arguments: Substrate.available)
    func changes(on substrate: Substrate) async throws {
        try await substrate.withLog(topics: topics) { test in
            let session = try await test.join("g", ["in"])
            _ = try await session.gather { $0.assigned.count == 4 }
            let now = test.clock.now
            let cancelled = timer("cancelled", due: now + 1000)
            try await session.commit(
                Commit(timers: [.set(cancelled), .set(timer("moved", due: now + 1000))]))
            let moved = timer("moved", due: now + 600_000, [2])
            try await session.commit(
                Commit(timers: [.cancel(cancelled.key), .set(moved)]))
            test.advance(by: .seconds(60))
            #expect(try await session.poll(atMost: 10, waiting: .milliseconds(50)).isEmpty)
            test.advance(by: .seconds(600))
            #expect(try await session.gather { !$0.timers.isEmpty }.timers == [moved])
            // Setting it again, even alike, makes it fire again.
            try await session.commit(Commit(timers: [.set(moved)]))
            #expect(try await session.gather { !$0.timers.isEmpty }.timers == [moved])
            await session.close()
        }
    }

    @Test("a waiting poll wakes when a timer is due", arguments: Substrate.available)
    func wakes(on substrate: Substrate) async throws {
        try await substrate.withLog(topics: topics) { test in
            let session = try await test.join("g", ["in"])
            _ = try await session.gather { $0.assigned.count == 4 }
            let soon = timer("soon", due: test.clock.now + 300)
            try await session.commit(Commit(timers: [.set(soon)]))
            let start = ContinuousClock.now
            let found = try await session.poll(atMost: 10, waiting: .seconds(30))
            #expect(found.timers == [soon])
            #expect(ContinuousClock.now - start < .seconds(10))
            await session.close()
        }
    }
}
