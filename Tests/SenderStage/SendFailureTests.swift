import Conversation
import SenderStage
import StageRuntime
import Testing

@Suite struct SendFailureTests {
    @Test(
        "each error code has its class",
        arguments: [
            (131056, SendFailure.Action.hold, SendFailure.Scope.pair), (130429, .hold, .number),
            (80007, .hold, .account), (4, .hold, .app), (131048, .hold, .number),
            (131057, .hold, .number), (131016, .retry, .message), (131000, .retry, .message),
            (1, .retry, .message), (2, .retry, .message), (131047, .permanent, .message),
            (131026, .permanent, .message), (100, .permanent, .message),
            (131009, .permanent, .message), (190, .stopTenant, .tenant),
            (0, .stopTenant, .tenant), (250, .stopTenant, .tenant), (131042, .stopTenant, .tenant),
            (133_010, .stopTenant, .number), (131_037, .stopTenant, .number),
            (33, .stopTenant, .tenant), (999_999, .permanent, .message),
        ])
    func classes(code: Int, action: SendFailure.Action, scope: SendFailure.Scope) {
        let failure = SendFailure.classify(PlatformError(code: code))
        #expect(failure.action == action)
        #expect(failure.scope == scope)
    }

    @Test("an unknown code that WhatsApp calls transient is tried again")
    func transient() {
        let error = PlatformError(code: 999_999, isTransient: true)
        #expect(SendFailure.classify(error).action == .retry)
    }

    @Test("the pair limit's waits are WhatsApp's: 4 to the power of X seconds")
    func pairWaits() throws {
        let failure = SendFailure.classify(PlatformError(code: 131056))
        let waits = (1...5).map { failure.wait(afterFailures: $0) }
        #expect(waits == [.seconds(1), .seconds(4), .seconds(16), .seconds(64), .seconds(256)])
        var line = Line()
        let error = PlatformError(code: 131056)
        line.answers = [.refused(error), .refused(error), .refused(error)]
        var step = try line.say("a")
        for wait in [1, 4, 16] {
            let timer = try #require(step.timers["ready"])
            #expect(timer.due == line.now + .seconds(wait))
            step = try line.fire(timer)
        }
        #expect(step.outcomes == [.accepted("wamid-4")])
    }

    @Test("a permanent error is told at once and does not hold what follows")
    func permanent() throws {
        var line = Line()
        let error = PlatformError(code: 131026, title: "Message undeliverable")
        line.answers = [.refused(error)]
        #expect(try line.say("a").outcomes == [.failed(nil, error)])
        #expect(try line.say("b").outcomes == [.accepted("wamid-2")])
    }

    @Test("what was not sent is sent again with growing waits, and holds what follows in order")
    func notSent() throws {
        var line = Line()
        line.answers = Array(repeating: .notSent(because: "no connection"), count: 4)
        var step = try line.say("a")
        try line.say("b")
        for wait in [1, 2, 4, 8] {
            let timer = try #require(step.timers["ready"])
            #expect(timer.due == line.now + .seconds(wait))
            step = try line.fire(timer)
        }
        #expect(line.texts == ["a", "a", "a", "a", "a", "b"])
        #expect(Set(line.sends.map(\.attempt)).count == 6)
    }

    @Test("the vague code 131000 is tried three times, then fails")
    func vague() throws {
        var line = Line()
        let error = PlatformError(code: 131000)
        line.answers = Array(repeating: .refused(error), count: 3)
        var step = try line.say("a")
        for _ in 0..<2 { step = try line.fire(step.timers["ready"]) }
        #expect(step.outcomes == [.failed(nil, error)])
        #expect(line.sends.count == 3)
    }

    @Test("a status of an attempt that was refused vaguely settles the message")
    func vagueButArrived() throws {
        var line = Line()
        line.answers = [.refused(PlatformError(code: 131000))]
        let step = try line.say("a")
        let status = try line.status(.sent, "meta-a", data: line.sends[0].attempt)
        #expect(status.outcomes == [.accepted("meta-a"), .progressed("meta-a", .sent)])
        #expect(try line.fire(step.timers["ready"]).ignored != nil)
        #expect(line.sends.count == 1)
    }

    @Test("a tenant without a valid token is held, and people see it")
    func tenantStop() throws {
        var line = Line()
        line.answers = [.refused(PlatformError(code: 190, title: "token expired"))]
        let step = try line.say("a")
        guard case .held(let reason, let until, _)? = step.outcomes.first else {
            Issue.record("not held: \(step.outcomes)")
            return
        }
        #expect(reason.contains("190"))
        #expect(reason.contains("access token has expired"))
        #expect(until == line.now + .seconds(60))
        #expect(try line.fire(step.timers["ready"]).outcomes == [.accepted("wamid-2")])
    }

    @Test("a new token is tried within two minutes, and what waited goes in its order, once")
    func newToken() throws {
        var line = Line()
        let expired = SenderAnswer.refused(PlatformError(code: 190))
        line.answers = Array(repeating: expired, count: 6)
        var step = try line.say("a")
        try line.say("b")
        for _ in 0..<6 {
            let timer = try #require(line.pending["ready"])
            #expect(timer.due.since(line.now) <= .seconds(120))
            step = try line.fire(timer)
        }
        #expect(step.outcomes == [.accepted("wamid-7"), .accepted("wamid-8")])
        #expect(line.texts.suffix(2) == ["a", "b"])
    }

    @Test("what the edge held was never called: its attempt's number is used again")
    func held() throws {
        var line = Line()
        line.answers = [.held(until: line.now + .seconds(30), because: "the number's rate")]
        let step = try line.say("a")
        #expect(
            step.outcomes == [.held(because: "the number's rate", until: line.now + .seconds(30))])
        try line.fire(step.timers["ready"])
        #expect(line.sends.map(\.attempt.attempt) == [1, 1])
    }

    @Test("a call that failed for good at the runtime is unknown, not repeated")
    func gaveUp() throws {
        let stage = SenderStage()
        let call = SenderCall.send(
            SendRequest(
                tenant: "sol", number: "n1", recipient: Contact(phone: "1"),
                content: .text("a"),
                attempt: AttemptID(conversation: "c", outbound: "a", attempt: 1)))
        #expect(stage.retryPolicy(for: call) == .never)
    }
}

@Suite struct SendGateTests {
    let sender = SendGate.Sender(
        tenant: "sol", account: "a1", number: "n1", messagesPerSecond: 30)
    let other = SendGate.Sender(
        tenant: "luna", account: "a2", number: "n2", messagesPerSecond: 30)
    let now = Timestamp(seconds: 1_800_000_000)

    @Test("a number sends at its rate after a burst, and other numbers are not concerned")
    func rate() {
        var gate = SendGate()
        var waits: [Duration] = []
        for _ in 0..<20 {
            if case .go(let wait) = gate.admit(sender, at: now) { waits.append(wait) }
        }
        #expect(waits.prefix(5).allSatisfy { $0 == .zero })
        #expect(waits.last.map { $0 > .milliseconds(600) && $0 < .milliseconds(900) } == true)
        #expect(gate.admit(other, at: now) == .go(after: .zero))
    }

    @Test("a debt of more than the longest wait is held instead of blocking calls")
    func tooMuch() {
        var gate = SendGate()
        let answers = (0..<100).map { _ in gate.admit(sender, at: now) }
        guard case .held(let until, _, _, _)? = answers.last else {
            Issue.record("not held")
            return
        }
        #expect(until > now)
        #expect(gate.admit(sender, at: now + .seconds(3)) == .go(after: .zero))
    }

    @Test("an error holds its scope only, and one probe looks whether it is over")
    func holds() {
        var gate = SendGate()
        gate.refused(sender, PlatformError(code: 190), at: now)
        guard case .held(let until, _, _, _) = gate.admit(sender, at: now) else {
            Issue.record("not held")
            return
        }
        #expect(until == now + .seconds(60))
        #expect(gate.admit(other, at: now) == .go(after: .zero))
        let later = now + .seconds(61)
        #expect(gate.admit(sender, at: later) == .go(after: .zero))
        guard case .held = gate.admit(sender, at: later) else {
            Issue.record("a second probe passed")
            return
        }
        gate.accepted(sender)
        #expect(gate.admit(sender, at: later) == .go(after: .zero))
    }

    @Test("the app's limit holds every tenant")
    func app() {
        var gate = SendGate()
        gate.refused(sender, PlatformError(code: 4), at: now)
        guard case .held = gate.admit(other, at: now) else {
            Issue.record("another tenant was let through")
            return
        }
    }

    @Test("a refusal that concerns only the message holds nobody")
    func message() {
        var gate = SendGate()
        gate.refused(sender, PlatformError(code: 131026), at: now)
        #expect(gate.admit(sender, at: now) == .go(after: .zero))
    }
}

@Suite struct AttemptIDTests {
    @Test("an attempt reads what it writes, dots in the conversation included")
    func roundTrip() {
        for conversation in ["c0ffee", "a.b.c"] {
            let id = AttemptID(
                conversation: ConversationID(conversation), outbound: "0ff", attempt: 12)
            #expect(AttemptID("\(id)") == id)
        }
    }

    @Test(
        "anything else is not an attempt",
        arguments: [
            "", "p1", "p1.c.o", "p1.c.o.0", "p1.c.o.-1", "p1.c.o.x", "p2.c.o.1", "p1..o.1",
            "p1.c..1", "someone else's data", "p1." + String(repeating: "c", count: 600) + ".o.1",
        ])
    func foreign(text: String) {
        #expect(AttemptID(text) == nil)
    }
}
