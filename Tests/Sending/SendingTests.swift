import Conversation
import SenderStage
import Synchronization
import Testing

/// Each fault of a send, over real connections: what the customer sees is what was said, in
/// order, at most once unless the tenant wants otherwise.
@Suite struct SendingTests {
    @Test("without faults every message arrives, in order, and is reported up to read")
    func plain() async throws {
        try await Pipe.run { pipe in
            let texts = (0..<5).map { "m\($0)" }
            for text in texts { pipe.say(text) }
            try await pipe.until("m4", "read")
            #expect(try await pipe.seen() == texts)
            for text in texts { #expect(pipe.has(RecordID(text), "accepted")) }
        }
    }

    @Test(
        "a lost answer is settled by a status, and what follows arrives after it",
        arguments: ["drop_answer", "server_error_after"])
    func lostAnswer(kind: String) async throws {
        try await Pipe.run { pipe in
            try await pipe.control("faults", "{\"kind\":\"\(kind)\"}")
            pipe.say("a")
            pipe.say("b")
            try await pipe.until("b", "read")
            #expect(pipe.has("a", "unknown"))
            #expect(pipe.has("a", "accepted"))
            #expect(try await pipe.seen() == ["a", "b"])
            #expect(pipe.memory.withLock { $0.sends.count } == 2)
        }
    }

    @Test(
        "a message that never arrived stays unknown until the tenant decides",
        arguments: [TenantSettings.UnknownOutcome.atMostOnce, .atLeastOnce],
        ["reset", "server_error"])
    func neverArrived(wish: TenantSettings.UnknownOutcome, kind: String) async throws {
        try await Pipe.run(wish: wish) { pipe in
            try await pipe.control("faults", "{\"kind\":\"\(kind)\"}")
            pipe.say("a")
            pipe.say("b")
            try await pipe.until("a", "unknown")
            #expect(try await pipe.seen().isEmpty)
            try pipe.fire("settle")
            try await pipe.until("b", "accepted")
            #expect(pipe.has("a", "dropped") == (wish == .atMostOnce))
            #expect(try await pipe.seen() == (wish == .atMostOnce ? ["b"] : ["a", "b"]))
        }
    }

    @Test("at least once may arrive twice, and the second arrival is recognised as another attempt")
    func twice() async throws {
        try await Pipe.run(wish: .atLeastOnce) { pipe in
            try await pipe.control("faults", "{\"kind\":\"drop_answer\"}")
            try await pipe.control("faults", "{\"kind\":\"no_status\"}")
            pipe.say("a")
            try await pipe.until("a", "unknown")
            try pipe.fire("settle")
            try await pipe.until("a", "read", attempt: 2)
            #expect(try await pipe.seen() == ["a", "a"])
        }
    }

    @Test("throttling and passing errors are waited out, permanent ones are told at once")
    func errors() async throws {
        try await Pipe.run { pipe in
            try await pipe.control("faults", "{\"kind\":\"throttle\"}")
            try await pipe.control("faults", "{\"kind\":\"graph_error\",\"code\":131056}")
            pipe.say("a")
            for _ in 0..<2 {
                while pipe.memory.withLock({ $0.timers["ready"] == nil }) {
                    try await Task.sleep(for: .milliseconds(5))
                }
                try pipe.fire("ready")
            }
            try await pipe.until("a", "accepted", attempt: 3)
            try await pipe.control("faults", "{\"kind\":\"graph_error\",\"code\":131026}")
            pipe.say("b")
            try await pipe.until("b", "failed")
            pipe.say("c")
            try await pipe.until("c", "accepted")
            #expect(try await pipe.seen() == ["a", "c"])
        }
    }

    @Test("a status that comes before the answer changes nothing for the customer")
    func statusFirst() async throws {
        try await Pipe.run { pipe in
            try await pipe.control("faults", "{\"kind\":\"status_first\",\"milliseconds\":300}")
            pipe.say("a")
            try await pipe.until("a", "read")
            #expect(!pipe.has("a", "unknown"))
            #expect(try await pipe.seen() == ["a"])
        }
    }

    @Test("statuses out of order only ever move forwards")
    func disorder() async throws {
        try await Pipe.run { pipe in
            try await pipe.control("faults", "{\"kind\":\"disorder\"}")
            pipe.say("a")
            try await pipe.until("a", "read")
            pipe.say("b")
            try await pipe.until("b", "read")
            #expect(!pipe.has("a", "delivered"))
            #expect(!pipe.has("a", "sent"))
        }
    }

    @Test("a call slower than the timeout is unknown, then settled by its status")
    func slow() async throws {
        try await Pipe.run { pipe in
            try await pipe.control("faults", "{\"kind\":\"slow\",\"milliseconds\":4000}")
            pipe.say("a")
            try await pipe.until("a", "read")
            #expect(pipe.has("a", "unknown"))
            #expect(try await pipe.seen() == ["a"])
        }
    }

    @Test("a failed status is told with its code")
    func failedStatus() async throws {
        try await Pipe.run { pipe in
            try await pipe.control("faults", "{\"kind\":\"fail_status\",\"code\":131047}")
            pipe.say("a")
            try await pipe.until("a", "failed")
            let failed = pipe.deliveries.last { $0.outcome.word == "failed" }
            guard case .failed(_, let error)? = failed?.outcome else {
                Issue.record("no failure is told: \(pipe.deliveries)")
                return
            }
            #expect(error.code == 131047)
        }
    }
}
