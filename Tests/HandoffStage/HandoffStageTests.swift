import Conversation
import HandoffStage
import JSON
import StageRuntime
import Testing

@Suite struct HandoffStageTests {
    @Test("a message in bot mode is marked as read with a typing sign, and its answer passes")
    func botAnswers() throws {
        var scene = Scene()
        let seen = try scene.customer(.text("Open on Sunday?"), "w1")
        #expect(seen.outbound.map(\.content) == [.typing(for: "w1")])
        let answer = try scene.bot(.answer(text: "No.", citations: []), to: ["w1"])
        let outbound = try #require(answer.outbound.first)
        #expect(outbound.content == .text("No."))
        #expect(outbound.answers == ["w1"])
        #expect(outbound.epoch == 0)
        #expect(outbound.recipient.phone == "34600")
        #expect(answer.events.isEmpty)
        #expect(answer.owners.isEmpty)
    }

    @Test(
        "what asks for nothing gets no typing sign and does not open the window",
        arguments: [
            MessageContent.reaction(to: "w0", emoji: "👍"),
            .system(kind: "user_changed_number", body: nil, raw: RawJSON("{}")),
            .revoke(of: "w0"),
        ])
    func noTyping(content: MessageContent) throws {
        var scene = Scene()
        let start = scene.now
        try scene.customer(.text("Hello"), "w1")
        scene.now = start + .seconds(3600)
        #expect(try scene.customer(content, "w2").outbound.isEmpty)
        let answer = try scene.bot(.courtesy(text: "Hi"), to: ["w1"])
        #expect(answer.outbound.first?.windowAnchor == start)
    }

    @Test("the window's anchor is the customer's newest message, never moved back")
    func anchor() throws {
        var scene = Scene()
        let newest = scene.now
        try scene.customer(.text("second"), "w2")
        try scene.customer(.text("first"), "w1", sentAt: newest - .seconds(50))
        let answer = try scene.bot(.courtesy(text: "Hi"), to: ["w1", "w2"])
        #expect(answer.outbound.first?.windowAnchor == newest)
    }

    @Test("a handoff tells the customer in the new epoch, queues, and changes the owner last")
    func handoff() throws {
        var scene = Scene()
        try scene.customer(.text("I want a person"), "w1")
        let step = try scene.bot(
            .handoff(reason: .asked, summary: "wants a person", notice: "Soon."), to: ["w1"])
        #expect(step.texts == ["Soon."])
        #expect(step.outbound.first?.author == .system)
        #expect(step.outbound.first?.epoch == 1)
        #expect(step.payloads.last is OwnershipChange)
        #expect(step.owners.map(\.epoch) == [1])
        guard
            case .queued(.asked, "wants a person", let transcript) = try #require(
                step.changes.first)
        else {
            Issue.record("not queued: \(step.changes)")
            return
        }
        #expect(transcript.map(\.text) == ["I want a person", "Soon."])
        #expect(transcript.map(\.speaker) == [.customer, .system])
        #expect(step.timer("service-level")?.due == scene.now + .seconds(300))
    }

    @Test("while a person has it, the bot's answers are suggestions and its handoffs nothing")
    func suggestions() throws {
        for make in [Scene.queued, Scene.claimed] {
            var scene = try make()
            #expect(try scene.customer(.text("Still there?"), "w2").outbound.isEmpty)
            let answer = try scene.bot(.answer(text: "Yes.", citations: []), to: ["w2"])
            #expect(answer.outbound.isEmpty)
            #expect(answer.changes == [.suggested(text: "Yes.", citations: [])])
            let handoff = try scene.bot(
                .handoff(reason: .unanswered, summary: "", notice: "Soon."), to: ["w2"])
            #expect(handoff.payloads.isEmpty)
            #expect(handoff.ignored != nil)
        }
    }

    @Test("what the customer is asked below an answer is said to them, and suggested to nobody")
    func followUp() throws {
        var scene = Scene()
        try scene.customer(.text("Open?"), "w1")
        let said = try scene.bot(
            .answer(text: "Yes.", citations: []), to: ["w1"], followUp: "Did that help?")
        #expect(said.texts == ["Yes.\n\nDid that help?"])
        try scene.customer(.text("Really?"), "w2")
        try scene.agent(Scene.ana, .takeOver)
        let suggested = try scene.bot(
            .answer(text: "Yes.", citations: []), to: ["w2"], followUp: "Did that help?")
        #expect(suggested.changes == [.suggested(text: "Yes.", citations: [])])
        #expect(suggested.outbound.isEmpty)
    }

    @Test("a reply to a message from before a claim is never sent, not even after the close")
    func lateReply() throws {
        var scene = Scene()
        try scene.customer(.text("Price?"), "w1")
        try scene.agent(Scene.ana, .takeOver)
        try scene.customer(.text("Hello?"), "w2")
        try scene.agent(Scene.ana, .close)
        for late: MessageID in ["w1", "w2"] {
            let step = try scene.bot(.answer(text: "10 €", citations: []), to: [late])
            #expect(step.outbound.isEmpty)
            #expect(step.ignored?.contains("earlier epoch") == true)
        }
        try scene.customer(.text("And now?"), "w3")
        #expect(try scene.bot(.courtesy(text: "Hi"), to: ["w3"]).texts == ["Hi"])
    }

    @Test("a late reply is a suggestion while the conversation is claimed")
    func lateReplyWhileClaimed() throws {
        var scene = Scene()
        try scene.customer(.text("Price?"), "w1")
        try scene.agent(Scene.ana, .takeOver)
        let step = try scene.bot(.answer(text: "10 €", citations: []), to: ["w1"])
        #expect(step.changes == [.suggested(text: "10 €", citations: [])])
    }

    @Test("a reply that comes before the conversation's first message waits for it")
    func earlyReply() throws {
        var scene = Scene()
        let early = try scene.bot(.courtesy(text: "Hi"), to: ["w1"])
        #expect(early.payloads.isEmpty)
        #expect(early.timer("early") != nil)
        let step = try scene.customer(.text("Hello"), "w1")
        #expect(step.outbound.map(\.content) == [.read("w1"), .text("Hi")])
    }

    @Test("a reply to an unseen message of an open conversation passes in the current epoch")
    func unseen() throws {
        var scene = Scene()
        try scene.customer(.text("Hello"), "w1")
        #expect(try scene.bot(.courtesy(text: "Hi"), to: ["w2"]).texts == ["Hi"])
        // Its message comes late: it is answered already, so no typing sign.
        #expect(try scene.customer(.text("Ho"), "w2").outbound.map(\.content) == [.read("w2")])
    }

    @Test("silence is ignored with a reason")
    func ignored() throws {
        var scene = Scene()
        try scene.customer(.text("Hello"), "w1")
        #expect(try scene.bot(.silence(because: "a sticker"), to: ["w1"]).ignored != nil)
    }

    @Test("a record of another tenant is rejected")
    func otherTenant() throws {
        var scene = try Scene.queued()
        let message = InboundMessage(
            tenant: "luna", conversation: Scene.conversation, number: "n1", message: "w9",
            contact: Contact(), sentAt: scene.now, receivedAt: scene.now, content: .text("hi"))
        #expect(throws: Rejection.self) {
            try scene.put(message, tenant: "luna")
        }
    }

    @Test(
        "any command about another tenant's conversation is refused at once, and tells nothing of it",
        arguments: [
            HandoffCommand.Action.claim, .takeOver, .release, .close, .renew, .send(.text("hi")),
        ])
    func otherTenantsCommand(_ action: HandoffCommand.Action) throws {
        var scene = try Scene.claimed()
        let before = scene.state
        let command = HandoffCommand(
            tenant: "luna", conversation: Scene.conversation, agent: Scene.ana, agentName: "Eve",
            action: action, reference: "r", at: scene.now)
        let step = try scene.put(command, tenant: "luna")
        let event = try #require(step.events.first)
        #expect(step.payloads.count == 1 && step.timers.isEmpty)
        #expect(event.tenant == "luna")
        #expect(event.reference == "r")
        #expect(event.contact == Contact())
        #expect(event.mode == .bot && event.epoch == 0)
        guard case .refused(Scene.ana, let reason, nil) = event.change else {
            Issue.record("not refused: \(event.change)")
            return
        }
        var unknown = Scene()
        let other = try unknown.agent(Scene.ana, action, reference: "r")
        guard case .refused(_, let same, _)? = other.changes.first else {
            Issue.record("a conversation that nobody knows is not refused")
            return
        }
        #expect(reason == same)
        #expect(scene.state == before)
    }

    @Test("a bot reply that is lost puts the conversation into the queue, a stale one does not")
    func lost() throws {
        let cases: [(Delivery.Outcome, Bool)] = [
            (.failed("m", PlatformError(code: 131026)), true),
            (.dropped(.unknownOutcome), true), (.dropped(.windowClosed), true),
            (.dropped(.staleEpoch), false), (.accepted("m"), false),
            (.progressed("m", .read), false), (.unknown(because: "reset"), false),
        ]
        for (outcome, isQueued) in cases {
            var scene = Scene()
            try scene.customer(.text("Hello"), "w1")
            let answer = try scene.bot(.courtesy(text: "Hi"), to: ["w1"])
            let step = try scene.delivery(of: try #require(answer.ids.first), outcome)
            #expect(step.owners.map(\.mode) == (isQueued ? [.queued] : []), "\(outcome)")
            if isQueued {
                guard case .queued(.undelivered, _, _)? = step.changes.first else {
                    Issue.record("not queued for \(outcome): \(step.changes)")
                    continue
                }
            }
        }
    }

    @Test("long text is cut at words, nothing is lost, and no piece is too long")
    func split() {
        let words = (0..<3_000).map { "word\($0)" }
        let pieces = MessageText.split(words.joined(separator: " "))
        #expect(pieces.allSatisfy { $0.utf16.count <= 4_096 && !$0.isEmpty })
        #expect(pieces.flatMap { $0.split(separator: " ").map(String.init) } == words)
        let flags = String(repeating: "🇪🇸", count: 3_000)
        #expect(MessageText.split(flags).joined() == flags)
        #expect(MessageText.split(flags).allSatisfy { $0.utf16.count <= 4_096 })
        let tall = "e" + String(repeating: "\u{301}", count: 9_000)
        #expect(MessageText.split(tall).map(\.unicodeScalars.count).reduce(0, +) == 9_001)
        let sentences = String(repeating: "We open at 9 a.m. on Dr. Sol street. ", count: 300)
        let whole = MessageText.split(sentences)
        #expect(whole.count == 3)
        #expect(whole.allSatisfy { $0.hasPrefix("We open") && $0.hasSuffix("street.") })
        let japanese = String(repeating: "土曜日は九時に開きます。", count: 500)
        #expect(MessageText.split(japanese).allSatisfy { $0.hasSuffix("。") })
        #expect(MessageText.split(japanese).joined() == japanese)
        #expect(MessageText.split("  \n ").isEmpty)
        #expect(MessageText.split(" a ") == ["a"])
    }

    @Test("the state stays small however long the conversation is")
    func small() throws {
        var scene = Scene()
        let long = String(repeating: "x", count: 4_000)
        for index in 0..<200 {
            scene.now = scene.now + .seconds(1)
            try scene.customer(.text(long), MessageID("w\(index)"))
            try scene.bot(.courtesy(text: "ok"), to: [MessageID("w\(index)")])
        }
        #expect(try RecordCodec.encode(scene.state).count < 16_000)
    }
}
