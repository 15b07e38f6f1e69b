import Conversation
import JSON
import StageRuntime
import Testing

@testable import HandoffStage

/// What the business writes on its phone counts as a person's answer.
@Suite struct PhoneTests {
    private func echo(
        _ id: String, _ content: MessageContent, in scene: Scene, sentAt: Timestamp? = nil
    ) -> EchoedMessage {
        EchoedMessage(
            tenant: "sol", conversation: Scene.conversation, number: "n1", message: MessageID(id),
            wamid: WhatsAppMessageID("wamid.\(id)"), recipient: Contact(phone: "34600"),
            sentAt: sentAt ?? scene.now, receivedAt: scene.now, content: content)
    }

    private func answers(
        _ scene: inout Scene, _ text: String = "I answer this one", _ id: String = "echo"
    ) throws -> Scene.Step {
        try scene.put(echo(id, .text(text), in: scene), id: RecordID(id))
    }

    private func past(_ step: Scene.Step) -> ConversationPast? {
        step.payloads.compactMap { $0 as? ConversationPast }.last
    }

    @Test("the bot is silent, agents see it, and the model is told")
    func claims() throws {
        var scene = Scene()
        try scene.customer(.text("How much is it?"), "w1")
        let step = try answers(&scene)
        #expect(scene.state.owner.isOnPhone)
        #expect(step.owners.last?.epoch == 2)
        let said = step.changes.compactMap { change -> TranscriptEntry? in
            if case .said(let entry) = change { entry } else { nil }
        }
        #expect(said.map(\.speaker) == [.owner] && said.map(\.text) == ["I answer this one"])
        #expect(past(step)?.lines.map(\.text) == ["I answer this one"])
        // What it was about to say is told to whoever looks, and no more.
        let late = try scene.bot(.answer(text: "Nine euros.", citations: []), to: ["w1"])
        #expect(late.outbound.isEmpty)
        try scene.customer(.text("And the other thing?"), "w2")
        #expect(try scene.bot(.courtesy(text: "Hello"), to: ["w2"]).outbound.isEmpty)
    }

    @Test("an hour after the last of it the bot answers again, and the model knows")
    func ends() throws {
        var scene = Scene()
        try scene.customer(.text("How much is it?"), "w1")
        _ = try answers(&scene)
        scene.now = scene.now + .seconds(1_800)
        let again = try answers(&scene, "It is nine.", "echo-2")
        #expect(scene.state.owner.isOnPhone && again.owners.isEmpty)
        let timer = try #require(again.timer("lease"))
        #expect(timer.due == scene.now + .seconds(3_600))
        let end = try scene.fire(timer)
        #expect(end.changes == [.closed(by: AgentID("@phone"))])
        #expect(past(end)?.isHandedBack == true)
        try scene.customer(.text("And on Sunday?"), "w2")
        let reply = try scene.bot(.answer(text: "Closed.", citations: []), to: ["w2"])
        #expect(reply.texts == ["Closed."])
    }

    @Test("what the customer asked meanwhile waits for a person; thanks do not")
    func open() throws {
        for (proposal, isOpen) in [
            (ProposedReply.Proposal.courtesy(text: "You're welcome."), false),
            (.answer(text: "Nine.", citations: []), true),
        ] {
            var scene = Scene()
            try scene.customer(.text("How much is it?"), "w1")
            let step = try answers(&scene)
            try scene.customer(.text("Thanks, and when?"), "w2")
            try scene.bot(proposal, to: ["w2"])
            let end = try scene.fire(step.timer("lease"))
            #expect(scene.state.owner.mode == (isOpen ? .queued : .bot))
            #expect(end.owners.last?.mode == (isOpen ? .queued : .bot))
            #expect((end.timer("service-level") != nil) == isOpen)
        }
    }

    @Test("the tenant says how long, or that it means nothing")
    func rule() throws {
        var scene = Scene()
        scene.settings = HandoffSettings(serviceLevelSeconds: nil, phoneClaimSeconds: 60)
        let due = try answers(&scene).timer("lease")?.due
        #expect(due == scene.now + .seconds(60))
        var open = Scene()
        open.settings = HandoffSettings(serviceLevelSeconds: nil, phoneClaimSeconds: 0)
        try open.customer(.text("How much is it?"), "w1")
        let step = try answers(&open)
        #expect(step.owners.isEmpty && past(step)?.lines.count == 1)
        #expect(try open.bot(.courtesy(text: "Hello"), to: ["w1"]).texts == ["Hello"])
    }

    @Test("what comes long after it was written, or only marks something, silences nobody")
    func late() throws {
        var scene = Scene()
        try scene.customer(.text("How much is it?"), "w1")
        let old = scene.now + .seconds(-7_200)
        _ = try scene.put(echo("old", .text("Yes"), in: scene, sentAt: old))
        _ = try scene.put(echo("heart", .reaction(to: "w1", emoji: "❤️"), in: scene))
        #expect(scene.state.owner.mode == .bot)
    }

    @Test("who waits in the queue is answered, and an agent's conversation stays the agent's")
    func owners() throws {
        var queued = try Scene.queued()
        _ = try answers(&queued)
        #expect(queued.state.owner.isOnPhone)
        var claimed = try Scene.claimed()
        let step = try answers(&claimed)
        #expect(claimed.state.owner.isHeld(by: Scene.ana) && step.owners.isEmpty)
        #expect(step.changes.count == 1)
    }

    @Test("an agent takes it from the phone, or gives it to the bot, without asking")
    func taken() throws {
        var scene = Scene()
        try scene.customer(.text("How much is it?"), "w1")
        _ = try answers(&scene)
        let claim = try scene.agent(Scene.ana, .claim)
        #expect(scene.state.owner.isHeld(by: Scene.ana) && claim.owners.count == 1)
        // The phone's time means nothing any more.
        #expect(claim.timer("lease")?.due == scene.now + HandoffLimits.standardLease)
        var other = Scene()
        _ = try answers(&other)
        _ = try other.agent(Scene.ben, .close)
        #expect(other.state.owner.mode == .bot)
    }

    @Test("what was sent from here is not the phone's, known before or after WhatsApp's answer")
    func own() throws {
        for isEarly in [false, true] {
            var scene = Scene()
            try scene.customer(.text("How much is it?"), "w1")
            let sent = try scene.bot(.answer(text: "Nine euros.", citations: []), to: ["w1"])
            let outbound = try #require(sent.ids.last)
            if !isEarly { try scene.delivery(of: outbound, .accepted("own", wamid: "wamid.own")) }
            let step = try answers(&scene, "Nine euros.", "own")
            #expect(scene.state.owner.mode == .bot && step.events.isEmpty)
            if isEarly { try scene.delivery(of: outbound, .accepted("own", wamid: "wamid.own")) }
            #expect(scene.state.owner.mode == .bot)
            guard isEarly else { continue }
            // Nothing is left that could speak up later.
            #expect(try scene.fire(step.timer("echo")).ignored != nil)
            #expect(scene.state.owner.mode == .bot)
        }
    }

    @Test("a template, of which WhatsApp tells in a form of its own, is not the phone's either")
    func ownTemplate() throws {
        var scene = try Scene.claimed()
        let template = TemplateMessage(name: "ready", language: "es")
        _ = try scene.agent(Scene.ana, .send(OutboundContent(.template(template))))
        _ = try scene.agent(Scene.ana, .close)
        let told = MessageContent.other(
            type: "template", raw: RawJSON(#"{"name":"ready","language":{"code":"es"}}"#))
        _ = try scene.put(echo("own", told, in: scene))
        #expect(scene.state.owner.mode == .bot)
        let outbound = try #require(scene.state.recent.last?.id)
        try scene.delivery(of: outbound, .accepted("own", wamid: "wamid.own"))
        #expect(scene.state.owner.mode == .bot)
        // Another one, which nothing that was sent from here can be.
        _ = try scene.put(echo("other", told, in: scene))
        #expect(scene.state.owner.isOnPhone)
    }

    @Test("the same words written on the phone are a person's, once what was sent is known")
    func sameWords() throws {
        let outcomes: [Delivery.Outcome] = [
            .accepted("own", wamid: "wamid.own"),
            .failed(nil, PlatformError(code: 131_026, title: "Message undeliverable")),
        ]
        for outcome in outcomes {
            var scene = Scene()
            try scene.customer(.text("How much is it?"), "w1")
            let sent = try scene.bot(.answer(text: "Nine euros.", citations: []), to: ["w1"])
            _ = try answers(&scene, "Nine euros.")
            #expect(scene.state.owner.mode == .bot)
            let step = try scene.delivery(of: try #require(sent.ids.last), outcome)
            #expect(scene.state.owner.isOnPhone)
            #expect(past(step)?.lines.map(\.text) == ["Nine euros."])
        }
    }

    @Test("what was sent under a name that nobody will ever know stays what was sent")
    func neverNamed() throws {
        for isGivenUp in [false, true] {
            var scene = Scene()
            try scene.customer(.text("How much is it?"), "w1")
            let sent = try scene.bot(.answer(text: "Nine euros.", citations: []), to: ["w1"])
            let outbound = try #require(sent.ids.last)
            let held = try answers(&scene, "Nine euros.")
            if isGivenUp {
                try scene.delivery(of: outbound, .dropped(.unknownOutcome))
            } else {
                // Called for again, and known by the other call's name.
                _ = try scene.put(
                    Delivery(
                        tenant: "sol", conversation: Scene.conversation, outbound: outbound,
                        epoch: 0, attempt: 2, outcome: .accepted("other", wamid: "wamid.other"),
                        answers: [], at: scene.now))
            }
            _ = try scene.fire(held.timer("echo"))
            #expect(!scene.state.owner.isOnPhone && scene.state.phone == nil)
        }
    }

    @Test("what is changed or taken back there is so for agents and for the model")
    func changes() throws {
        var scene = Scene()
        try scene.customer(.text("How much is it?"), "w1")
        let sent = try scene.bot(.answer(text: "Nine euros.", citations: []), to: ["w1"])
        let outbound = try #require(sent.ids.last)
        try scene.delivery(of: outbound, .accepted("own", wamid: "wamid.own"))
        _ = try answers(&scene, "It is ten.")
        let edit = try scene.put(
            echo("e", .edit(of: "echo", text: "It is eleven.", raw: RawJSON("{}")), in: scene))
        #expect(past(edit)?.withdrawn?.map(\.text) == ["It is ten."])
        #expect(past(edit)?.lines.map(\.text) == ["It is eleven."])
        let revoke = try scene.put(echo("r", .revoke(of: "own"), in: scene))
        #expect(past(revoke)?.withdrawn?.map(\.id) == [outbound])
        #expect(past(revoke)?.lines.isEmpty == true)
        let texts = scene.state.transcript.compactMap { $0.entry?.text }
        #expect(texts == ["How much is it?", "[taken back]", "It is eleven."])
    }

    @Test("a message taken back there before it comes says nothing to anybody")
    func takenBackFirst() throws {
        var scene = Scene()
        _ = try scene.put(echo("r", .revoke(of: "echo"), in: scene))
        let step = try answers(&scene)
        #expect(step.ignored != nil && scene.state.owner.mode == .bot)
    }
}
