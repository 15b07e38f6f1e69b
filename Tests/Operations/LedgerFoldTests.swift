import Conversation
import EventLog
import JSON
import PipelineTesting
import Records
import Testing

@testable import Operations

/// Facts about message `m` (and others of its burst) and what they add up to.
struct LedgerCase: Sendable, CustomTestStringConvertible {
    var name: String
    var facts: [(String, LedgerFact)]
    var fate: MessageFate
    /// Groups that have read everything.
    var passed: [String] = []
    var silentFor = Duration.seconds(60)

    var testDescription: String { name }
}

private func m(_ name: String) -> MessageKey { MessageKey(RecordID(name)) }
private let accepted = LedgerFact.accepted(tenant: "sol", takesBack: nil)
private let proposed = LedgerFact.proposed(silent: false, others: [])

private let paths: [LedgerCase] = [
    LedgerCase(
        name: "answered",
        facts: [
            ("m", accepted), ("m", .grounded), ("m", proposed), ("m", .outbound),
            ("m", .delivered),
        ], fate: .answered),
    LedgerCase(
        name: "answered with a later message of its burst",
        facts: [
            ("m", accepted), ("n", accepted), ("m", .grounded), ("n", .grounded),
            ("n", .proposed(silent: false, others: [m("m"), m("n")])), ("n", .outbound),
            ("n", .delivered),
        ], fate: .answered),
    LedgerCase(
        name: "handed to a person",
        facts: [
            ("m", accepted), ("m", .grounded), ("m", proposed), ("m", .person), ("m", .outbound),
            ("m", .delivered),
        ], fate: .handed),
    LedgerCase(
        name: "withheld because a person has answered since",
        facts: [("m", accepted), ("m", .grounded), ("m", proposed), ("m", .replyWithheld)],
        fate: .handed),
    LedgerCase(
        name: "a reply void by a change of owner",
        facts: [("m", accepted), ("m", proposed), ("m", .outbound), ("m", .dropped(stale: true))],
        fate: .handed),
    LedgerCase(
        name: "silence on purpose",
        facts: [
            ("m", accepted), ("m", .grounded), ("m", .proposed(silent: true, others: [])),
            ("m", .replyWithheld),
        ], fate: .silent),
    LedgerCase(
        name: "ignored on purpose",
        facts: [("m", accepted), ("m", .grounded), ("m", .ignoredByOrchestrator)], fate: .silent),
    LedgerCase(
        name: "taken back",
        facts: [
            ("m", accepted), ("m", .grounded), ("n", .accepted(tenant: "sol", takesBack: m("m"))),
        ], fate: .silent, passed: ["retrieval", "orchestrator"], silentFor: .seconds(9_999)),
    LedgerCase(
        name: "failed",
        facts: [("m", accepted), ("m", .outbound), ("m", .delivered), ("m", .failed)],
        fate: .undelivered),
    LedgerCase(
        name: "failed and handed to a person",
        facts: [("m", accepted), ("m", .outbound), ("m", .failed), ("m", .person)], fate: .handed),
    LedgerCase(
        name: "given up, and arrived after all",
        facts: [
            ("m", accepted), ("m", .outbound), ("m", .dropped(stale: false)), ("m", .delivered),
        ],
        fate: .answered),
    LedgerCase(
        name: "set aside", facts: [("m", accepted), ("m", .dead)], fate: .deadLettered,
        passed: ["retrieval"], silentFor: .seconds(9_999)),
    LedgerCase(
        name: "set aside and given up", facts: [("m", accepted), ("m", .dead), ("m", .discarded)],
        fate: .discarded),
    LedgerCase(
        name: "redriven and answered",
        facts: [
            ("m", accepted), ("m", .dead), ("m", .redriven), ("m", .acceptedAgain),
            ("m", .delivered),
        ], fate: .answered),
    LedgerCase(
        name: "not read yet", facts: [("m", accepted)], fate: .awaiting(.retrieval),
        silentFor: .seconds(9_999)),
    LedgerCase(
        name: "passed by retrieval without a word", facts: [("m", accepted)],
        fate: .unaccounted(.retrieval), passed: ["retrieval"]),
    LedgerCase(
        name: "its burst is gathered", facts: [("m", accepted), ("m", .grounded)],
        fate: .awaiting(.orchestrator), passed: ["retrieval", "orchestrator"]),
    LedgerCase(
        name: "it waits for its turn, however long the orchestrator is stopped",
        facts: [("m", accepted), ("m", .grounded), ("m", .waitsForTurn)],
        fate: .awaiting(.orchestrator), passed: ["retrieval", "orchestrator"],
        silentFor: .seconds(9_999)),
    LedgerCase(
        name: "its turn never came",
        facts: [("m", accepted), ("m", .grounded), ("m", .waitsForTurn)],
        fate: .unaccounted(.orchestrator), passed: ["retrieval", "orchestrator"],
        silentFor: .seconds(99_999)),
    LedgerCase(
        name: "lost by the orchestrator", facts: [("m", accepted), ("m", .grounded)],
        fate: .unaccounted(.orchestrator), passed: ["orchestrator"], silentFor: .seconds(9_999)),
    LedgerCase(
        name: "the reply waits for handoff", facts: [("m", accepted), ("m", proposed)],
        fate: .awaiting(.handoff), silentFor: .seconds(9_999)),
    LedgerCase(
        name: "lost by the handoff stage", facts: [("m", accepted), ("m", proposed)],
        fate: .unaccounted(.handoff), passed: ["handoff"], silentFor: .seconds(9_999)),
    LedgerCase(
        name: "held by a rate limit",
        facts: [("m", accepted), ("m", .outbound), ("m", .held(until: 10_000_000))],
        fate: .awaiting(.sender), passed: ["sender"], silentFor: .seconds(9_999)),
    LedgerCase(
        name: "lost by the sender", facts: [("m", accepted), ("m", .outbound)],
        fate: .unaccounted(.sender), passed: ["sender"], silentFor: .seconds(9_999)),
    LedgerCase(
        name: "its outcome is unknown",
        facts: [("m", accepted), ("m", .outbound), ("m", .unknownOutcome)],
        fate: .awaiting(.outcome), passed: ["sender"]),
    LedgerCase(
        name: "its outcome stays unknown",
        facts: [("m", accepted), ("m", .outbound), ("m", .unknownOutcome)],
        fate: .unaccounted(.outcome), passed: ["sender"], silentFor: .seconds(9_999)),
]

@Suite struct LedgerFoldTests {
    @Test(
        "every path of a message has its fate, in whatever order its records are read",
        arguments: paths)
    func fate(of path: LedgerCase) throws {
        var random = SystemRandomNumberGenerator()
        for round in 0..<20 {
            // Facts keep their places in the log; only the reading is shuffled.
            var facts = path.facts.enumerated().map { (Int64($0), $1) }
            if round > 0 { facts.shuffle(using: &random) }
            var fold = LedgerFold()
            for (offset, (name, fact)) in facts {
                let position = FactPosition(partition: 0, offset: offset, at: 1_000 + offset)
                fold.note(fact, of: m(name), at: position)
            }
            var positions: [String: [TopicPartition: Int64]] = [:]
            for group in path.passed {
                for topic in RecordTypes.program.topics.values {
                    positions[group, default: [:]][TopicPartition(topic.rawValue, 0)] = 100
                }
            }
            let fate = fold.fate(
                of: m("m"), positions: positions, now: 1_000 + path.silentFor.milliseconds)
            #expect(fate == path.fate, "order \(facts.map(\.0))")
        }
    }

    @Test("a webhook that comes again is counted and changes nothing")
    func repeats() {
        var fold = LedgerFold()
        fold.note(accepted, of: m("m"), at: FactPosition(partition: 0, offset: 5, at: 2_000))
        fold.note(accepted, of: m("m"), at: FactPosition(partition: 0, offset: 3, at: 1_000))
        fold.note(.delivered, of: m("m"), at: FactPosition(partition: 0, offset: 1, at: 2_500))
        var tally = LedgerTally(tenant: nil, limit: 10)
        tally.add(
            fold, .init(positions: [:], now: 3_000, patience: LedgerFold.Patience()))
        #expect(tally.report.messages == 1)
        #expect(tally.report.repeats == 1)
        #expect(tally.report.states == ["answered": 1])
        #expect(fold.entries[m("m")]?.inboundOffset == 3)
    }

    @Test("what was only spoken of is no message")
    func unknown() {
        var fold = LedgerFold()
        fold.note(.delivered, of: m("agent"), at: FactPosition(partition: 0, offset: 1, at: 1_000))
        #expect(fold.fate(of: m("agent"), positions: [:], now: 2_000) == nil)
        var strict = LedgerFold(keepsUnknown: false)
        strict.note(
            .delivered, of: m("agent"), at: FactPosition(partition: 0, offset: 1, at: 1_000))
        #expect(strict.count == 0)
    }

    @Test("settled messages are forgotten, open ones never")
    func forgets() {
        var fold = LedgerFold()
        for (name, fact) in [("a", LedgerFact.delivered), ("b", .grounded)] {
            fold.note(accepted, of: m(name), at: FactPosition(partition: 0, offset: 1, at: 1_000))
            fold.note(fact, of: m(name), at: FactPosition(partition: 0, offset: 2, at: 1_500))
        }
        fold.forget(before: 1_000, positions: [:], now: 5_000)
        #expect(fold.count == 2)
        fold.forget(before: 2_000, positions: [:], now: 5_000)
        #expect(fold.count == 1)
        #expect(fold.fate(of: m("b"), positions: [:], now: 5_000) == .awaiting(.orchestrator))
    }

    @Test("the published types' JSON says what the ledger reads from it")
    func readsRecords() throws {
        let story = Story()
        let wamid = "wamid.HBgLNDkx+/=="
        func fact(_ record: Record) -> LedgerFact? {
            guard let (key, fact) = LedgerFact.read(record) else { return nil }
            return key == m(wamid) ? fact : nil
        }
        #expect(try fact(story.inbound(wamid)) == accepted)
        #expect(
            try fact(story.inbound(wamid, .revoke(of: "wamid.old")))
                == .accepted(tenant: "sol", takesBack: m("wamid.old")))
        #expect(try fact(story.question("q", about: wamid)) == .grounded)
        #expect(try fact(story.reply("r", to: [wamid], cause: "q")) == proposed)
        #expect(
            try fact(story.reply("r", to: ["a/b", wamid], .silence(because: "ok"), cause: "q"))
                == .proposed(silent: true, others: [m("a/b"), m(wamid)]))
        #expect(try fact(story.outbound("o", to: wamid, cause: "r")) == .outbound)
        #expect(try fact(story.outbound("o", to: wamid, .typing(for: "x"), cause: "r")) == nil)
        #expect(
            try fact(
                story.event("e", of: wamid, .queued(reason: .asked, summary: "", transcript: [])))
                == .person)
        #expect(try fact(story.event("e", of: wamid, .closed(by: "a"))) == nil)
        #expect(fact(story.deadLetter(of: try story.inbound(wamid), stage: "retrieval")) == .dead)
    }

    @Test(
        "every delivery's outcome is understood",
        arguments: [
            (Delivery.Outcome.accepted("wamid.o"), LedgerFact.delivered),
            (.progressed("wamid.o", .read), .delivered),
            (.failed(nil, PlatformError(code: 131026)), .failed),
            (.unknown(because: "a {\"strange\"} reason"), .unknownOutcome),
            (.dropped(.staleEpoch), .dropped(stale: true)),
            (.dropped(.windowClosed), .dropped(stale: false)),
            (.held(because: "rate", until: Timestamp(milliseconds: 77)), .held(until: 77)),
        ])
    func deliveries(outcome: Delivery.Outcome, fact: LedgerFact) throws {
        let record = try Story().delivery("d", of: "o", to: "m", outcome, cause: "o")
        let read = try #require(LedgerFact.read(record))
        #expect(read.fact == fact)
    }

    @Test("a decision counts only where a stage let something end on purpose")
    func decisions() throws {
        let story = Story()
        let exchange = Decision.Exchange(
            call: NestedJSON("{\"outcome\":{\"finished\":1}}"), answer: NestedJSON("[\"]\"]"),
            began: story.time, resumed: story.time)
        func fact(_ stage: String, _ position: String, _ outcome: Decision.Outcome) throws
            -> LedgerFact?
        {
            let record = try story.decision(
                stage, on: "x", of: "m", at: position, outcome, [exchange])
            return LedgerFact.read(record)?.fact
        }
        let ignored = Decision.Outcome.ignored(because: "no")
        #expect(
            try fact("orchestrator", "questions.grounded-0@3", ignored) == .ignoredByOrchestrator)
        #expect(try fact("orchestrator", "timer/turn", ignored) == nil)
        #expect(try fact("handoff", "replies.proposed-0@3", ignored) == .replyWithheld)
        #expect(try fact("handoff", "messages.delivery-0@3", ignored) == nil)
        #expect(
            try fact("orchestrator", "questions.grounded-0@3", .finished(outputs: []))
                == .waitsForTurn)
        #expect(
            try fact("orchestrator", "questions.grounded-0@3", .finished(outputs: ["r"])) == nil)
        #expect(try fact("orchestrator", "timer/turn", .finished(outputs: [])) == nil)
        #expect(try fact("handoff", "questions.grounded-0@3", .finished(outputs: [])) == nil)
    }

    @Test("broken JSON has no fields and harms nothing")
    func brokenJSON() {
        let whole = Array(#"{"a":{"b":["x","}"]},"c":"d\"e","n":12}"#.utf8)
        let json = JSONFields(bytes: whole)
        #expect(json.value(of: "c", in: json.whole).flatMap(json.string) == "d\"e")
        #expect(json.value(of: "n", in: json.whole).flatMap(json.number) == 12)
        for end in whole.indices {
            let cut = JSONFields(bytes: Array(whole[..<end]))
            #expect(cut.value(of: "n", in: cut.whole) == nil)
            _ = cut.value(of: "a", in: cut.whole).map(cut.strings)
        }
    }

    @Test("a message that went on in another partition is counted once, where it went on")
    func passedOn() {
        func position(_ partition: Int32, _ offset: Int64) -> FactPosition {
            FactPosition(partition: partition, offset: offset, at: offset)
        }
        var folds = [LedgerFold(keepsUnknown: false), LedgerFold(keepsUnknown: false)]
        folds[0].note(accepted, of: m("m"), at: position(0, 5))
        folds[0].note(accepted, of: m("other"), at: position(0, 6))
        let passedOn = LedgerFact.accepted(tenant: "sol", takesBack: nil, isPassedOn: true)
        folds[1].note(passedOn, of: m("m"), at: position(1, 9))
        folds[1].note(.person, of: m("m"), at: position(1, 10))
        LedgerFold.join(&folds)
        let passed: [String: [TopicPartition: Int64]] = [
            "retrieval": [
                TopicPartition("messages.inbound", 0): 99,
                TopicPartition("messages.inbound", 1): 99,
            ]
        ]
        let now: Int64 = 10_000_000
        #expect(folds.map(\.count) == [1, 1])
        #expect(folds[0].fate(of: m("m"), positions: passed, now: now) == nil)
        #expect(folds[1].fate(of: m("m"), positions: passed, now: now) == .handed)
        // One that was passed on and then lost is still missed.
        var lost = [LedgerFold(keepsUnknown: false), LedgerFold(keepsUnknown: false)]
        lost[0].note(accepted, of: m("m"), at: position(0, 5))
        lost[1].note(passedOn, of: m("m"), at: position(1, 9))
        LedgerFold.join(&lost)
        #expect(lost[1].fate(of: m("m"), positions: passed, now: now) == .unaccounted(.retrieval))
    }
}
