import Conversation
import Records
import SenderStage
import StageRuntime
import Testing

/// What senders tell each other when WhatsApp refuses everything of a business.
@Suite("A line that WhatsApp has closed") struct StoppedLineTests {
    private static let expired = PlatformError(code: 190, title: "Session has expired")

    @Test("the first 190 is reported and shown with its cause; a timeout or a 500 is not")
    func reported() throws {
        var line = Line()
        line.answers = [.refused(Self.expired)]
        let step = try line.say("a")
        #expect(
            step.reports == [
                .refused(code: 190, reach: .tenant, until: line.now + .seconds(60), trace: nil)
            ])
        guard case .held(let reason, _, let code)? = step.outcomes.first else {
            Issue.record("not held: \(step.outcomes)")
            return
        }
        #expect(reason.contains("access token has expired"))
        #expect(code == 190)
        for answer in [
            SenderAnswer.unknown(because: "HTTP status 500"), .unknown(because: "timeout"),
            .notSent(because: "no connection"), .refused(PlatformError(code: 131_016)),
            .refused(PlatformError(code: 131_056)), .refused(PlatformError(code: 130_429)),
        ] {
            var other = Line()
            other.answers = [answer]
            #expect(try other.say("a").reports.isEmpty, "\(answer)")
        }
    }

    @Test("what waits behind a closed line goes once it opens, in order, and once")
    func resumes() throws {
        var line = Line()
        line.answers = [.refused(Self.expired)]
        try line.say("a")
        try line.say("b")
        line.now = line.now + .seconds(30)
        let wake = SendingResumed(tenant: "sol", conversation: Line.conversation, at: line.now)
        line.answers = [.accepted("m1", endsStop: true)]
        let step = try line.put(wake)
        #expect(step.reports == [.sent])
        #expect(line.texts == ["a", "a", "b"])
        #expect(try line.put(wake).ignored != nil)
        #expect(line.sends.count == 3)
    }

    @Test("what is not worth sending any more is not sent when the line opens")
    func expires() throws {
        var line = Line()
        line.answers = [.refused(Self.expired)]
        try line.say("a")
        line.now = line.now + .seconds(25 * 3600)
        let wake = SendingResumed(tenant: "sol", conversation: Line.conversation, at: line.now)
        #expect(try line.put(wake).outcomes == [.dropped(.windowClosed)])
        #expect(line.sends.count == 1)
    }

    @Test("a message that the edge held back is reported once, and again after it was woken")
    func heldOnce() throws {
        var line = Line()
        let held = SenderAnswer.held(
            until: line.now + .seconds(60), because: "error 190", stop: 190)
        line.answers = [held, held, held]
        #expect(try line.say("a").reports == [.held()])
        #expect(try line.fire(line.pending["ready"]).reports.isEmpty)
        let wake = SendingResumed(tenant: "sol", conversation: Line.conversation, at: line.now)
        #expect(try line.put(wake).reports == [.held()])
    }

    @Test("a restriction that comes as a status closes the line, too")
    func byStatus() throws {
        var line = Line()
        try line.say("a")
        let step = try line.status(
            .failed, "wamid-1", errors: [PlatformError(code: 131_042, title: "payment")])
        #expect(step.reports.count == 1)
    }

    // MARK: The gate

    private let sender = SendGate.Sender(
        tenant: "sol", account: "a1", number: "n1", messagesPerSecond: 30)
    private let now = Timestamp(seconds: 1_800_000_000)

    private func stop(
        _ reach: ChannelStop.Reach = .tenant, number: BusinessNumberID = "n1", for wait: Duration
    ) -> ChannelStop {
        ChannelStop(
            reach: reach, number: number, code: 190, since: now, until: now + wait)
    }

    @Test("a fresh process holds what others know of, tries one message, and follows what it hears")
    func shared() {
        var gate = SendGate()
        let stop = stop(for: .seconds(60))
        gate.follow([stop], of: sender)
        guard case .held(let until, _, 190, _) = gate.admit(sender, at: now) else {
            Issue.record("not held")
            return
        }
        #expect(until == now + .seconds(60))
        let later = now + .seconds(61)
        gate.follow([stop], of: sender)
        #expect(gate.admit(sender, at: later) == .go(after: .zero))
        gate.follow([stop], of: sender)
        guard case .held = gate.admit(sender, at: later) else {
            Issue.record("a second probe passed")
            return
        }
        let endsStop = gate.accepted(sender)
        #expect(endsStop)
        // Another sender found the line open.
        gate.follow([stop], of: sender)
        gate.follow([], of: sender)
        #expect(gate.admit(sender, at: later) == .go(after: .zero))
        let endsAnother = gate.accepted(sender)
        #expect(!endsAnother)
    }

    @Test(
        "a stop of another number holds nobody, and silence undoes nothing that was noticed")
    func others() {
        var gate = SendGate()
        gate.follow([stop(.number, number: "n2", for: .seconds(60))], of: sender)
        #expect(gate.admit(sender, at: now) == .go(after: .zero))
        gate.refused(sender, PlatformError(code: 190), at: now)
        gate.follow([], of: sender)
        guard case .held = gate.admit(sender, at: now) else {
            Issue.record("the refusal was forgotten")
            return
        }
    }
}
