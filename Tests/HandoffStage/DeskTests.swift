import Conversation
import HandoffStage
import StageRuntime
import Testing

/// What agents do among themselves: giving to each other, taking and giving back, notes, outcomes.
@Suite("Agents among themselves") struct DeskTests {
    private func refusal(_ step: Scene.Step) -> String? {
        for case .refused(_, let because, _) in step.changes { return because }
        return nil
    }

    private func transfer(_ target: HandoffTarget, _ note: String? = nil) -> HandoffCommand.Action {
        .transfer(target, note: note)
    }

    private let toBen = HandoffTarget.agent(Scene.ben, name: "Ben")

    // MARK: Giving

    @Test("what another agent is given is theirs at once, and stays so once they show themselves")
    func transferToAgent() throws {
        var scene = try Scene.claimed()
        let step = try scene.agent(
            Scene.ana, transfer(toBen, "wants a refund"), reference: "t")
        let until = scene.now + .seconds(120)
        #expect(
            step.changes == [
                .transferred(
                    by: Scene.ana, to: Scene.ben, name: "Ben", note: "wants a refund",
                    until: until)
            ])
        #expect(step.events.first?.mode == .claimed(by: Scene.ben, name: "Ben"))
        #expect(step.events.first?.epoch == 3)
        #expect(step.events.first?.reference == "t")
        #expect(step.owners.map(\.epoch) == [3])
        #expect(step.timer("lease")?.due == until)
        let notes = step.payloads.compactMap { $0 as? AgentNote }
        #expect(notes.map(\.text) == ["wants a refund"])
        #expect(notes.map(\.reference) == [nil])
        // Who gave it writes no more, and who has it writes at once.
        #expect(
            refusal(try scene.agent(Scene.ana, .send(.text("hi"))))
                == "Ben has claimed the conversation")
        let taken = try scene.agent(Scene.ben, .send(.text("hello")))
        #expect(taken.texts == ["hello"])
        #expect(taken.changes.first == .claimed(by: Scene.ben, name: "Ben"))
        #expect(taken.timer("lease")?.due == scene.now + HandoffLimits.standardLease)
        // The short lease is over: nothing comes of its timer.
        scene.now = until
        #expect(try scene.fire(step.timer("lease")).ignored == "the claim was renewed")
    }

    @Test("the open socket of who is given a conversation counts as showing themselves")
    func renewed() throws {
        var scene = try Scene.claimed()
        let step = try scene.agent(Scene.ana, transfer(toBen))
        scene.now = scene.now + .seconds(90)
        let renewed = try scene.agent(Scene.ben, .renew)
        #expect(renewed.changes == [.claimed(by: Scene.ben, name: "Ben")])
        #expect(try scene.fire(step.timer("lease")).ignored == "the claim was renewed")
    }

    @Test("what nobody takes up goes back into the queue after two minutes, with the reason")
    func notTakenUp() throws {
        var scene = try Scene.claimed()
        let given = try scene.agent(Scene.ana, transfer(toBen))
        let step = try scene.fire(given.timer("lease"))
        #expect(
            step.changes == [
                .released(by: nil, because: "Ben did not take up what Ana gave them")
            ])
        #expect(step.events.first?.mode == .queued)
        #expect(step.timer("service-level") != nil)
        #expect(
            refusal(try scene.agent(Scene.ben, .send(.text("late"))))
                == "claim the conversation first")
    }

    @Test("a conversation is given to the queue or to the bot, and the note stays for colleagues")
    func transferElsewhere() throws {
        var scene = try Scene.claimed()
        let queued = try scene.agent(Scene.ana, transfer(.queue, "needs Dutch"), reference: "q")
        #expect(queued.changes == [.released(by: Scene.ana, because: "needs Dutch")])
        #expect(queued.payloads.contains { ($0 as? AgentNote)?.text == "needs Dutch" })
        try scene.agent(Scene.ben, .claim)
        let bot = try scene.agent(Scene.ben, transfer(.bot), reference: "b")
        #expect(bot.changes == [.closed(by: Scene.ben)])
        #expect(bot.events.first?.mode == .bot)
        #expect(bot.payloads.contains { ($0 as? ConversationPast)?.isHandedBack == true })
    }

    @Test("only the holder gives a conversation away, and not to themselves or to nobody")
    func wrongTransfers() throws {
        var scene = try Scene.claimed()
        let before = scene.state
        #expect(
            refusal(try scene.agent(Scene.ben, transfer(toBen)))
                == "Ana has claimed the conversation")
        #expect(
            refusal(try scene.agent(Scene.ana, transfer(.agent(Scene.ana, name: "Ana"))))
                == "you have the conversation yourself")
        #expect(
            refusal(try scene.agent(Scene.ana, transfer(.agent("@phone", name: "x"))))
                == "nobody is called so")
        #expect(refusal(try scene.agent(Scene.ana, transfer(.queue, "  "))) == "the note is empty")
        #expect(try scene.agent(Scene.ana, .renew).events.first?.epoch == 2)
        _ = before
        var queued = try Scene.queued()
        #expect(
            refusal(try queued.agent(Scene.ana, transfer(.bot))) == "claim the conversation first")
    }

    // MARK: Taking and giving back

    @Test("whoever supervises takes a conversation from its holder, and gives it back in one step")
    func takeAndReturn() throws {
        var scene = try Scene.claimed()
        let taken = try scene.agent(
            Scene.ben, .relieve(Scene.ana, because: "the customer is furious"), reference: "x")
        #expect(
            taken.changes == [
                .relieved(
                    by: Scene.ben, name: "Ben", from: Scene.ana,
                    because: "the customer is furious")
            ])
        #expect(taken.events.first?.mode == .claimed(by: Scene.ben, name: "Ben"))
        #expect(taken.owners.map(\.epoch) == [3])
        #expect(
            refusal(try scene.agent(Scene.ana, .send(.text("hi"))))
                == "Ben has claimed the conversation")
        #expect(try scene.agent(Scene.ben, .send(.text("I am sorry"))).texts == ["I am sorry"])
        let back = try scene.agent(Scene.ben, .returnTo, reference: "back")
        #expect(
            back.changes == [
                .transferred(
                    by: Scene.ben, to: Scene.ana, name: "Ana", note: nil,
                    until: scene.now + .seconds(120))
            ])
        #expect(back.events.first?.epoch == 4)
        #expect(try scene.agent(Scene.ana, .send(.text("me again"))).texts == ["me again"])
        #expect(
            refusal(try scene.agent(Scene.ana, .returnTo))
                == "it was taken from nobody to whom it could be given back")
    }

    @Test("the way back ends with the epoch, and a colleague's claim is taken only by its name")
    func ticketEnds() throws {
        var scene = try Scene.claimed()
        #expect(
            refusal(try scene.agent("eve", .relieve(Scene.ben, because: nil)))
                == "Ana has claimed the conversation")
        try scene.agent(Scene.ben, .relieve(Scene.ana, because: nil))
        #expect(
            refusal(try scene.agent("eve", .relieve(Scene.ana, because: nil)))
                == "Ben has claimed the conversation")
        try scene.agent(Scene.ben, .release)
        #expect(refusal(try scene.agent(Scene.ben, .returnTo)) == "claim the conversation first")
        #expect(
            refusal(try scene.agent(Scene.ben, .relieve(Scene.ana, because: nil)))
                == "nobody has claimed the conversation")
        try scene.agent(Scene.ben, .claim)
        #expect(
            refusal(try scene.agent(Scene.ben, .returnTo))
                == "it was taken from nobody to whom it could be given back")
    }

    // MARK: Closing and reopening

    @Test("closing says what came of it, and a closed handoff is reopened with the reason")
    func outcome() throws {
        var scene = try Scene.claimed()
        let outcome = HandoffOutcome("solved", note: "refund sent")
        let step = try scene.agent(Scene.ana, .conclude(outcome), reference: "c")
        #expect(step.changes == [.concluded(by: Scene.ana, outcome)])
        #expect(step.events.first?.mode == .bot)
        #expect(step.payloads.contains { ($0 as? ConversationPast)?.isHandedBack == true })
        let again = try scene.agent(
            Scene.ben, .reopen(because: "the refund bounced"), reference: "r")
        guard case .queued(.takenOver, let summary, _)? = again.changes.first else {
            Issue.record("it is not queued")
            return
        }
        #expect(summary == "Ben reopened it: the refund bounced")
        #expect(again.changes.last == .claimed(by: Scene.ben, name: "Ben"))
        #expect(again.payloads.contains { ($0 as? AgentNote)?.text == "the refund bounced" })
        #expect(
            refusal(try scene.agent(Scene.ana, .reopen(because: nil)))
                == "no handoff of the conversation has ended")
    }

    @Test("nothing is reopened that was never handed off, nor once the window has closed")
    func noReopening() throws {
        var fresh = Scene()
        try fresh.customer(.text("hello"), "w1")
        #expect(
            refusal(try fresh.agent(Scene.ana, .reopen(because: nil)))
                == "the conversation was never handed off; take it over instead")
        var old = try Scene.claimed()
        try old.agent(Scene.ana, .close)
        old.now = old.now + .seconds(86_401)
        #expect(
            refusal(try old.agent(Scene.ana, .reopen(because: nil)))?.hasPrefix(
                "the customer last wrote more than 24 hours ago") == true)
        #expect(refusal(try old.agent(Scene.ana, .takeOver)) == nil)
    }

    @Test("an outcome has a name", arguments: ["", "  ", String(repeating: "x", count: 65)])
    func badOutcome(_ word: String) throws {
        var scene = try Scene.claimed()
        let step = try scene.agent(Scene.ana, .conclude(HandoffOutcome(word)))
        #expect(refusal(step) == "an outcome has a name of at most 64 bytes")
    }

    // MARK: Notes

    @Test("a note is a record of its own, whoever answers, and nothing of it goes to the customer")
    func notes() throws {
        var scene = Scene()
        try scene.customer(.text("hello"), "w1")
        var steps: [Scene.Step] = []
        steps.append(try scene.agent(Scene.ben, .note("secret 1"), reference: "n1"))
        try scene.agent(Scene.ana, .takeOver)
        steps.append(try scene.agent(Scene.ben, .note("secret 2"), reference: "n2"))
        steps.append(try scene.agent(Scene.ana, .note("secret 3"), reference: "n3"))
        for (number, step) in steps.enumerated() {
            #expect(step.outbound.isEmpty && step.events.isEmpty)
            let notes = step.payloads.compactMap { $0 as? AgentNote }
            #expect(notes.map(\.text) == ["secret \(number + 1)"])
            #expect(notes.map(\.reference) == ["n\(number + 1)"])
        }
        // Neither what agents write later nor what the model is told has it.
        let sent = try scene.agent(Scene.ana, .send(.text("hi")))
        let closed = try scene.agent(Scene.ana, .close)
        let again = try scene.agent(Scene.ben, .takeOver)
        for payload in sent.payloads + closed.payloads + again.payloads {
            let text = String(decoding: try RecordCodec.encode(payload), as: UTF8.self)
            #expect(!text.contains("secret"))
        }
        // A repeat writes nothing.
        let repeated = try scene.agent(Scene.ben, .note("secret 1"), reference: "n1")
        #expect(repeated.payloads.isEmpty)
    }

    @Test("a note that is empty or far too long is refused")
    func badNotes() throws {
        var scene = try Scene.claimed()
        #expect(refusal(try scene.agent(Scene.ana, .note(" \n"))) == "the note is empty")
        let long = String(repeating: "x", count: 8_001)
        #expect(
            refusal(try scene.agent(Scene.ana, .note(long)))
                == "the note is too long: at most 8000 bytes")
    }

    // MARK: While the business is suspended

    @Test("while the business is suspended it can be given back and noted, and nothing else")
    func suspended() throws {
        var scene = try Scene.claimed()
        scene.settings = HandoffSettings(
            serviceLevelSeconds: nil,
            standing: .suspended(since: scene.now, notice: nil))
        for action in [
            transfer(toBen), .relieve(Scene.ana, because: nil), .returnTo, .reopen(because: nil),
        ] {
            #expect(
                refusal(try scene.agent(Scene.ana, action))?.hasPrefix("the business is suspended")
                    == true)
        }
        #expect(refusal(try scene.agent(Scene.ana, .note("waits"))) == nil)
        #expect(refusal(try scene.agent(Scene.ana, transfer(.queue))) == nil)
    }
}
