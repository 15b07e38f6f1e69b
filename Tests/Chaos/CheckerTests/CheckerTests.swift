import ChaosChecker
import Testing

/// Hand-made histories: the checker must find what is wrong in each, and nothing in a right one.
@Suite("Checker")
struct CheckerTests {
    @Test("a conversation in which all is well has no finding")
    func well() {
        var story = Tale()
        story.ask("Q1001", at: 1_000)
        story.see("drawer Q1001", "p1.c.a.1", at: 2_000)
        story.askForPerson(at: 3_000)
        story.read("I want to talk to a person")
        story.act(.claim, 4_000, 4_100)
        story.act(.send("Agent word 1"), 4_200, 4_300)
        story.see("Agent word 1", "p1.c.b.1", at: 4_400)
        story.act(.close, 5_000, 5_100)
        story.ask("Q1002", at: 6_000)
        story.see("drawer Q1002", "p1.c.d.1", at: 7_000)
        let report = story.report
        #expect(report.findings == [])
        #expect(report.counts["answered"] == 2 && report.counts["handed"] == 1)
    }

    @Test("a question that nobody answers or reads is lost")
    func lost() {
        var story = Tale()
        story.ask("Q1001", at: 1_000)
        #expect(story.faults == [.lost])
        story.read("Where is Q1001?")
        #expect(story.faults == [])
    }

    @Test("a question that came before an agent's close of an open handoff was the agent's")
    func handedByInterval() {
        var story = Tale()
        story.handOver(because: "asked", since: 500)
        story.act(.claim, 600, 700)
        story.ask("Q1001", at: 1_000)
        story.act(.close, 1_200, 1_300)
        #expect(story.faults == [])
        story.ask("Q1002", at: 2_000)
        #expect(story.faults == [.lost])
    }

    @Test("an agent's words that never come are lost, unless a person was told that they may be")
    func agentsWordsLost() {
        var story = Tale()
        story.act(.claim, 600, 700)
        story.act(.send("Agent word 1"), 800, 900)
        #expect(story.faults == [.lost])
        story.handOver(because: "undelivered", since: 1_000)
        #expect(story.faults == [])
        story.promise = .atLeastOnce
        #expect(story.faults == [.lost])
    }

    @Test("a note that no transcript holds is lost, one that stands twice is repeated")
    func notes() {
        var story = Tale()
        story.act(.note("Note word 1"), 600, 700)
        #expect(story.faults == [])
        story.notes = []
        #expect(story.faults == [.lost])
        story.keepNote("Note word 1")
        #expect(story.faults == [] && story.report.counts["notes kept"] == 1)
        story.keepNote("Note word 1")
        #expect(story.faults == [.repeated])
    }

    @Test("a note of which nobody knows may be missing, but not stand twice")
    func unknownNotes() {
        var story = Tale()
        story.act(.note("Note word 1"), 600, 700, .unknown)
        story.notes = []
        #expect(story.faults == [])
        story.keepNote("Note word 1")
        story.keepNote("Note word 1")
        #expect(story.faults == [.repeated])
    }

    @Test("a customer never sees a note")
    func noteTold() {
        var story = Tale()
        story.act(.note("Note word 1"), 600, 700)
        story.see("Note word 1", "p1.c.a.1", at: 2_000)
        #expect(story.faults == [.noteTold])
    }

    @Test("what a socket told twice, or never, is found")
    func sockets() {
        var story = Tale()
        story.slips = [History.Slip("a", .twice, "line"), History.Slip("a", .missed, "c")]
        #expect(Set(story.faults) == [.repeated, .lost])
    }

    @Test("a message that comes twice is repeated where at most one is promised")
    func repeated() {
        var story = Tale()
        story.ask("Q1001", at: 1_000)
        story.see("drawer Q1001", "p1.c.a.1", at: 2_000)
        story.see("drawer Q1001", "p1.c.a.2", at: 40_000)
        #expect(story.faults == [.repeated])
        story.promise = .atLeastOnce
        #expect(story.faults == [])
        #expect(story.report.counts["allowed repeats"] == 1)
    }

    @Test("even where at least one is promised, what was settled may not come again")
    func repeatedThoughSettled() {
        var story = Tale()
        story.promise = .atLeastOnce
        story.ask("Q1001", at: 1_000)
        story.see("drawer Q1001", "p1.c.a.1", at: 2_000, statusTaken: 2_100)
        story.see("drawer Q1001", "p1.c.a.2", at: 40_000)
        #expect(story.faults == [.repeated])
    }

    @Test("an answer that was made twice is repeated, whatever is promised")
    func answeredTwice() {
        var story = Tale()
        story.promise = .atLeastOnce
        story.ask("Q1001", at: 1_000)
        story.see("drawer Q1001", "p1.c.a.1", at: 2_000)
        story.see("drawer Q1001", "p1.c.b.1", at: 3_000)
        #expect(story.faults == [.repeated])
    }

    @Test("an answer that overtakes another is out of order, if its question surely came later")
    func order() {
        var story = Tale()
        story.ask("Q1001", at: 1_000, taken: 1_100)
        story.ask("Q1002", at: 1_200, taken: 1_300)
        story.see("drawer Q1002", "p1.c.a.1", at: 2_000)
        story.see("drawer Q1001", "p1.c.b.1", at: 2_100)
        #expect(story.faults == [.outOfOrder])
        // WhatsApp tried the first webhook again, and promises no order.
        story.history.written[0].acknowledged = 1_250
        #expect(story.faults == [])
    }

    @Test("an agent's words out of their order are found")
    func agentsOrder() {
        var story = Tale()
        story.act(.claim, 600, 700)
        story.act(.send("Agent word 1"), 800, 900)
        story.act(.send("Agent word 2"), 1_000, 1_100)
        story.see("Agent word 2", "p1.c.a.1", at: 1_200)
        story.see("Agent word 1", "p1.c.b.1", at: 1_300)
        #expect(story.faults == [.outOfOrder])
    }

    @Test("the bot may not answer what was written during a claim")
    func spoke() {
        var story = Tale()
        story.act(.claim, 900, 1_000)
        story.ask("Q1001", at: 1_100)
        story.see("drawer Q1001", "p1.c.a.1", at: 1_200)
        story.act(.close, 3_000, 3_100)
        #expect(story.faults == [.spokeDuringClaim])
    }

    @Test("two agents may not have a conversation at once")
    func claimedTwice() {
        var story = Tale()
        story.act(.claim, 900, 1_000)
        story.act(.claim, 1_100, 1_200, by: "Ben")
        story.act(.close, 3_000, 3_100)
        #expect(story.faults == [.spokeDuringClaim])
    }

    @Test("what the ledger cannot account for, set aside or counts otherwise is unaccounted")
    func unaccounted() {
        var story = Tale()
        story.ask("Q1001", at: 1_000)
        story.see("drawer Q1001", "p1.c.a.1", at: 2_000)
        for state in ["unaccounted", "dead_lettered"] {
            story.ledger = .init(messages: 1, states: [state: 1])
            #expect(story.faults == [.unaccounted])
        }
        story.ledger = .init(messages: 2, states: ["answered": 2])
        #expect(story.faults == [.unaccounted])
        // Figures that people see count the same messages.
        story.ledger = .init(messages: 1, states: ["answered": 1], figures: 2)
        #expect(story.faults == [.unaccounted])
        story.ledger = .init(messages: 1, states: ["answered": 1], figures: 1)
        #expect(story.faults == [])
        story.ledger = .init(messages: 1, states: ["unaccounted": 1], items: ["m1": "unaccounted"])
        #expect(story.faults == [.unaccounted])
    }

    @Test("no verdict of the ledger is unaccounted")
    func noLedger() {
        #expect(Checker.check(History(promises: [:])).count(.unaccounted) == 1)
    }

    @Test("a webhook that is never taken, and a message that still waits, are stuck")
    func stuck() {
        var story = Tale()
        story.ask("Q1001", at: 1_000, taken: nil)
        #expect(story.faults == [.stuck])
        var other = Tale()
        other.ask("Q1001", at: 1_000)
        other.ledger = .init(messages: 1, states: ["awaiting": 1], items: ["m1": "awaiting"])
        #expect(other.faults == [.stuck])
    }

    @Test("an answer that was never asked for, and words that nobody said, are strange")
    func strange() {
        var story = Tale()
        story.ask("Q1001", at: 1_000)
        story.see("drawer Q1001", "p1.c.a.1", at: 2_000)
        story.see("drawer Q1002", "p1.c.b.1", at: 3_000)
        #expect(story.faults == [.strange])
        var other = Tale()
        other.see("Agent word 9", "p1.c.b.1", at: 3_000)
        #expect(other.faults == [.strange])
    }

    @Test("a known question that is handed over as unanswered is strange")
    func unanswered() {
        var story = Tale()
        story.ask("Q1001", at: 1_000)
        story.read("Where is Q1001?")
        story.handOver(because: "unanswered", since: 1_500)
        #expect(story.faults == [.strange])
    }
}

/// A history of one conversation, told step by step.
private struct Tale {
    static let conversation = History.Conversation("once", "34600")
    var history = History(promises: [:])
    var promise = History.Promise.atMostOnce
    var ledger: History.Ledger?
    var notes: [History.Note]?
    var slips: [History.Slip] = []

    mutating func keepNote(_ text: String) {
        notes = (notes ?? []) + [History.Note(Self.conversation, text)]
    }

    mutating func ask(_ fact: String, at time: Int64, taken: Int64? = 0) {
        let number = history.written.count + 1
        history.written.append(
            .init(
                Self.conversation, "m\(number)", "Where is \(fact)?", wish: .fact(fact), at: time,
                acknowledged: taken == 0 ? time + 10 : taken))
    }

    mutating func askForPerson(at time: Int64) {
        history.written.append(
            .init(
                Self.conversation, "m\(history.written.count + 1)", "I want to talk to a person",
                wish: .person, at: time, acknowledged: time + 10))
    }

    mutating func see(
        _ text: String, _ attempt: String, at time: Int64, statusTaken: Int64? = nil
    ) {
        history.seen.append(
            .init(
                Self.conversation, "s\(history.seen.count + 1)", text, attempt: attempt, at: time,
                statusAcknowledged: statusTaken))
    }

    mutating func read(_ text: String) { history.sights.insert(.init(Self.conversation, text)) }

    mutating func handOver(because reason: String, since: Int64) {
        history.handoffs.insert(.init(Self.conversation, reason: reason, since: since))
    }

    mutating func act(
        _ kind: History.Act.Kind, _ asked: Int64, _ answered: Int64,
        _ outcome: History.Act.Outcome = .done, by agent: String = "Ana"
    ) {
        history.acts.append(
            .init(agent, Self.conversation, kind, asked: asked, answered: answered, outcome))
    }

    var report: Report {
        var whole = history
        whole.promises = [Self.conversation.tenant: promise]
        whole.notes = notes
        whole.slips = slips
        let taken = history.written.count { $0.acknowledged != nil }
        whole.ledger = ledger ?? .init(messages: taken, states: ["answered": taken])
        return Checker.check(whole)
    }

    var faults: [Report.Fault] { report.findings.map(\.fault) }
}
