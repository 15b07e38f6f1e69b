import Conversation
import JSON
import Records
import SenderStage
import StageRuntime
import Testing

@Suite struct SenderStageTests {
    @Test("an accepted message is told with WhatsApp's name, its attempt and its own story")
    func accepted() throws {
        var line = Line()
        let step = try line.say("a")
        let delivery = try #require(step.deliveries.first)
        #expect(delivery.outcome == .accepted("wamid-1"))
        #expect(delivery.attempt == 1)
        #expect(delivery.answers == ["w1"])
        #expect(line.sends.first?.attempt.description == "p1.c0ffee.a.1")
    }

    @Test("statuses only ever move forwards, and unknown ones are ignored with a reason")
    func statuses() throws {
        var line = Line()
        try line.say("a")
        #expect(
            try line.status(.delivered, "wamid-1").outcomes == [.progressed("wamid-1", .delivered)])
        #expect(try line.status(.sent, "wamid-1").ignored != nil)
        #expect(try line.status(.delivered, "wamid-1").ignored != nil)
        #expect(try line.status(.failed, "wamid-1").ignored != nil)
        #expect(try line.status(.read, "wamid-1").outcomes == [.progressed("wamid-1", .read)])
        #expect(try line.status(.read, "wamid-1").ignored != nil)
        #expect(try line.status(.sent, "someone-elses").ignored != nil)
        #expect(try line.status(.init(rawValue: "deleted"), "wamid-1").ignored != nil)
    }

    @Test("a failed status is told with its error, and what reached the phone after all, after it")
    func failedStatus() throws {
        var line = Line()
        try line.say("a")
        let error = PlatformError(code: 131047, title: "Re-engagement message")
        let step = try line.status(.failed, "wamid-1", errors: [error])
        #expect(step.outcomes == [.failed("wamid-1", error)])
        #expect(try line.status(.sent, "wamid-1").ignored != nil)
        let late = try line.status(.delivered, "wamid-1")
        #expect(late.outcomes == [.progressed("wamid-1", .delivered)])
    }

    @Test("what follows a message of unknown outcome waits, and leaves in order when it settles")
    func order() throws {
        var line = Line()
        line.answers = [.unknown(because: "connection reset")]
        let first = try line.say("a")
        #expect(first.outcomes == [.unknown(because: "connection reset")])
        #expect(first.timers["settle"]?.due == line.now + .seconds(60))
        try line.say("b")
        try line.say("c")
        #expect(line.texts == ["a"])
        let settled = try line.status(.sent, "meta-a", data: line.sends[0].attempt)
        #expect(
            settled.outcomes == [
                .accepted("meta-a"), .progressed("meta-a", .sent), .accepted("wamid-2"),
                .accepted("wamid-3"),
            ])
        #expect(settled.deliveries.map(\.outbound) == ["a", "a", "b", "c"])
        #expect(line.texts == ["a", "b", "c"])
        #expect(Set(line.ids).count == line.ids.count)
    }

    @Test("without a status, at most once gives the message up and goes on")
    func atMostOnce() throws {
        var line = Line()
        line.answers = [.unknown(because: "timeout")]
        let settle = try line.say("a").timers["settle"]
        try line.say("b")
        let step = try line.fire(settle)
        #expect(step.outcomes == [.dropped(.unknownOutcome), .accepted("wamid-2")])
        #expect(line.texts == ["a", "b"])
        // It had arrived after all.
        let late = try line.status(.delivered, "meta-a", data: line.sends[0].attempt)
        #expect(late.outcomes == [.accepted("meta-a"), .progressed("meta-a", .delivered)])
        #expect(late.events == ["late_attempt"])
    }

    @Test("without a status, at least once sends again as a new attempt; a late status is told")
    func atLeastOnce() throws {
        var line = Line()
        line.wish = .atLeastOnce
        line.answers = [.unknown(because: "timeout")]
        let settle = try line.say("a").timers["settle"]
        let step = try line.fire(settle)
        #expect(step.outcomes == [.accepted("wamid-2")])
        #expect(step.deliveries.map(\.attempt) == [2])
        #expect(line.sends.map(\.attempt.attempt) == [1, 2])
        let late = try line.status(.sent, "meta-a", data: line.sends[0].attempt)
        #expect(late.outcomes == [.progressed("meta-a", .sent)])
        #expect(late.deliveries.map(\.attempt) == [1])
        #expect(late.events == ["second_arrival"])
        // Counted once, however far it comes.
        let read = try line.status(.read, "meta-a", data: line.sends[0].attempt)
        #expect(read.outcomes == [.progressed("meta-a", .read)] && read.events.isEmpty)
        #expect(try line.status(.sent, "meta-a", data: line.sends[0].attempt).ignored != nil)
        let own = try line.status(.sent, "wamid-2", data: line.sends[1].attempt)
        #expect(own.deliveries.map(\.attempt) == [2])
    }

    @Test("a late status of the first attempt settles the message while the second is unknown")
    func lateFirst() throws {
        var line = Line()
        line.wish = .atLeastOnce
        line.answers = [.unknown(because: "timeout"), .unknown(because: "timeout")]
        let settle = try line.say("a").timers["settle"]
        try line.fire(settle)
        let late = try line.status(.sent, "meta-a", data: line.sends[0].attempt)
        #expect(late.outcomes == [.accepted("meta-a"), .progressed("meta-a", .sent)])
        #expect(late.deliveries.map(\.attempt) == [1, 1])
        #expect(late.events == ["late_attempt"])
        let second = try line.status(.sent, "meta-b", data: line.sends[1].attempt)
        #expect(second.events == ["second_arrival"])
    }

    @Test("a status of another business number settles nothing, whatever its callback data names")
    func foreignStatus() throws {
        var line = Line()
        line.answers = [.unknown(because: "timeout")]
        try line.say("a")
        try line.say("b")
        let attempt = line.sends[0].attempt
        let before = line.state
        for progress in [MessageStatus.Progress.sent, .failed] {
            let foreign = try line.status(
                progress, "meta-x", data: attempt, of: "n2", tenant: "luna")
            #expect(foreign.ignored?.contains("another business number") == true)
            #expect(line.state == before && line.texts == ["a"])
        }
        let own = try line.status(.sent, "meta-a", data: attempt)
        let told: [Delivery.Outcome] = [
            .accepted("meta-a"), .progressed("meta-a", .sent), .accepted("wamid-2"),
        ]
        #expect(own.outcomes == told)
        // Nor does it change what was sent.
        let late = try line.status(.failed, "wamid-2", of: "n2", tenant: "luna")
        #expect(late.ignored != nil)
    }

    @Test("a settle timer that comes after the status does nothing")
    func lateTimer() throws {
        var line = Line()
        line.wish = .atLeastOnce
        line.answers = [.unknown(because: "timeout")]
        let settle = try line.say("a").timers["settle"]
        try line.status(.sent, "meta-a", data: line.sends[0].attempt)
        #expect(try line.fire(settle).ignored != nil)
        #expect(line.texts == ["a"])
    }

    @Test("after a crash between intent and answer the outcome is unknown: no blind repeat")
    func crash() throws {
        var line = Line()
        line.crashes = true
        try line.say("a")
        #expect(line.texts == ["a"])
        let again = try line.say("a")
        guard case .unknown = try #require(again.outcomes.first) else {
            Issue.record("not unknown: \(again.outcomes)")
            return
        }
        #expect(again.timers["settle"] != nil)
        #expect(line.texts == ["a"])
        let status = try line.status(.delivered, "meta-a", data: line.sends[0].attempt)
        #expect(status.outcomes == [.accepted("meta-a"), .progressed("meta-a", .delivered)])
    }

    @Test("what statuses settled before the outbound record is read again is not sent again")
    func settledBeforeItIsReadAgain() throws {
        var line = Line()
        line.crashes = true
        try line.say("a")
        for word in [MessageStatus.Progress.sent, .delivered, .read] {
            try line.status(word, "meta-a", data: line.sends[0].attempt)
        }
        #expect(try line.say("a").ignored != nil)
        #expect(line.texts == ["a"])
        try line.say("b")
        #expect(line.texts == ["a", "b"])
    }

    @Test("a status that settles one message and dies while it sends the next repeats nothing")
    func crashInStatus() throws {
        var line = Line()
        line.answers = [.unknown(because: "timeout")]
        try line.say("a")
        try line.say("b")
        line.crashes = true
        let data = line.sends[0].attempt
        let status = MessageStatus(
            tenant: "sol", conversation: Line.conversation, number: "n1", message: "meta-a",
            progress: .sent, at: line.now, receivedAt: line.now, callbackData: "\(data)")
        let first = try line.put(status, id: "s")
        #expect(first.outcomes == [.accepted("meta-a"), .progressed("meta-a", .sent)])
        #expect(line.texts == ["a", "b"])
        let again = try line.put(status, id: "s")
        #expect(again.deliveries.map(\.outbound) == ["b"])
        #expect(line.texts == ["a", "b"])
        #expect(Set(line.ids).count == line.ids.count)
    }

    @Test("a change of owner voids what waits, but not an agent's words nor what may have arrived")
    func ownership() throws {
        var line = Line()
        line.answers = [.unknown(because: "timeout")]
        try line.say("a")
        try line.say("b")
        try line.say("c", author: .agent("ana", name: "Ana"))
        let change = try line.owner(1)
        #expect(change.outcomes == [.dropped(.staleEpoch)])
        #expect(change.deliveries.map(\.outbound) == ["b"])
        try line.say("d", epoch: 1)
        try line.status(.sent, "meta-a", data: line.sends[0].attempt)
        #expect(line.texts == ["a", "c", "d"])
    }

    @Test("a message of an earlier epoch is dropped when it comes")
    func stale() throws {
        var line = Line()
        try line.owner(3)
        #expect(try line.say("a", epoch: 2).outcomes == [.dropped(.staleEpoch)])
        #expect(try line.say("b", epoch: 3).outcomes == [.accepted("wamid-1")])
    }

    @Test(
        "only a claim goes before what waits in the log",
        arguments: [
            (Mode.claimed(by: "ana", name: "Ana"), true), (.queued, false), (.bot, false),
        ])
    func overtaking(mode: Mode, goesFirst: Bool) {
        let change = OwnershipChange(
            tenant: "sol", conversation: Line.conversation, epoch: 1, mode: mode, at: Line().now)
        let headers = RecordHeaders(
            id: "change", type: "t", source: "test", time: Line().now, subject: "s",
            correlation: "story", causation: "story", tenant: "sol")
        let position = RecordPosition(topic: "t", partition: 0, offset: 1)
        let input = StageInput.record(change, headers, position: position)
        #expect(SenderStage().overtakes(input) == goesFirst)
    }

    @Test("outside the 24-hour window nothing is sent")
    func window() throws {
        var line = Line()
        let step = try line.say("a", anchor: line.now - .seconds(24 * 3600))
        #expect(step.outcomes == [.dropped(.windowClosed)])
        #expect(line.sends.isEmpty)
    }

    @Test("outside the window a template is sent")
    func template() throws {
        var line = Line()
        let reminder = OutboundContent(
            .template(TemplateMessage(name: "reminder", language: "en")))
        try line.say(
            "a", anchor: line.now - .seconds(48 * 3600), content: .message(reminder))
        #expect(line.sends.map(\.content) == [reminder])
    }

    @Test("what this version does not know, or WhatsApp would not take, fails where it is seen")
    func unknown() throws {
        var line = Line()
        let later = OutboundContent(
            .other(type: "hologram", raw: RawJSON(#"{"beam":1}"#)))
        guard
            case .failed(nil, let error)? = try line.say("a", content: .message(later))
                .outcomes.first
        else {
            Issue.record("it did not fail")
            return
        }
        #expect(error.code == 131_051 && error.title?.contains("hologram") == true)
        let empty = try line.say("b", content: .text(" "))
        #expect(
            empty.outcomes
                == [.failed(nil, PlatformError(code: 131_009, title: "the text is empty"))])
        #expect(line.sends.isEmpty)
        try line.say("c")
        #expect(line.texts == ["c"])
    }

    @Test("signs are passed on at once, but not before or behind waiting messages")
    func signs() throws {
        var line = Line()
        func typing(_ epoch: Int) -> any Payload {
            OutboundMessage(
                tenant: "sol", conversation: Line.conversation, number: "n1",
                recipient: Contact(phone: "34600"), epoch: epoch, content: .typing(for: "w1"),
                author: .system, answers: [], windowAnchor: line.now, at: line.now)
        }
        try line.put(typing(0))
        #expect(line.marks.count == 1)
        line.answers = [.unknown(because: "timeout")]
        try line.say("a")
        #expect(try line.put(typing(0)).ignored != nil)
        #expect(line.marks.count == 1)
        try line.owner(1)
        try line.status(.sent, "meta-a", data: line.sends[0].attempt)
        #expect(try line.put(typing(0)).ignored != nil)
        #expect(line.marks.count == 1)
    }

    @Test("short exchanges go at once; a long burst to one customer is slowed to the pair limit")
    func pair() throws {
        var line = Line()
        for index in 0..<10 { try line.say("m\(index)") }
        #expect(line.sends.count == 10)
        let start = line.now
        let held = try line.say("m10")
        #expect(line.sends.count == 10)
        #expect(held.timers["ready"]?.due == start + .seconds(6))
        try line.fire(held.timers["ready"])
        #expect(line.sends.count == 11)
    }

    @Test("a customer without any address fails at once")
    func noAddress() throws {
        var line = Line()
        let step = try line.say("a", recipient: Contact(name: "?"))
        #expect(line.sends.isEmpty)
        guard case .failed(nil, _)? = step.outcomes.first else {
            Issue.record("not failed: \(step.outcomes)")
            return
        }
    }

    @Test("the state stays small however many messages were sent")
    func small() throws {
        var line = Line()
        for index in 0..<100 {
            line.now = line.now + .seconds(30)
            try line.say(
                String(repeating: "x", count: 1_000) + "\(index)", id: RecordID("m\(index)"))
        }
        #expect(line.sends.count == 100)
        #expect(try RecordCodec.encode(line.state).count < 4_000)
    }
}
