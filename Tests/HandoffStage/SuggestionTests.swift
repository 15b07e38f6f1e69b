import Conversation
import Records
import StageRuntime
import Testing

@testable import HandoffStage

@Suite("What becomes of a suggestion") struct SuggestionTests {
    /// A conversation of Ana's, with what the bot would say.
    private func suggested(_ text: String = "We open at 9:00.") throws -> (Scene, RecordID) {
        var scene = try Scene.claimed()
        let id = try suggest(text, "w2", &scene)
        return (scene, id)
    }

    private func suggest(
        _ text: String, _ message: MessageID, _ scene: inout Scene
    ) throws -> RecordID {
        try scene.customer(.text("When?"), message)
        let step = try scene.bot(.answer(text: text, citations: []), to: [message])
        let event = try #require(step.events.first)
        #expect(event.origin?.answers == [message])
        #expect(event.origin?.model == "built-in")
        return try #require(step.ids.first)
    }

    private func send(
        _ text: String, from suggestion: RecordID?, _ scene: inout Scene
    ) throws -> Scene.Step {
        try scene.put(
            HandoffCommand(
                tenant: "sol", conversation: Scene.conversation, agent: Scene.ana,
                agentName: "Ana", action: .send(.text(text)), reference: "s\(scene.count)",
                suggestion: suggestion, at: scene.now))
    }

    private func ends(_ step: Scene.Step) -> [SuggestionEnd] {
        step.changes.compactMap { change in
            if case .suggestionEnded(let end) = change { end } else { nil }
        }
    }

    @Test("sent as it is, with the messages that it became, it is sent")
    func sent() throws {
        let (start, id) = try suggested()
        var scene = start
        let step = try send("We open  at 9:00.\n", from: id, &scene)
        let said = step.payloads.indices.filter { step.payloads[$0] is OutboundMessage }
        #expect(
            ends(step) == [
                SuggestionEnd(
                    of: id, .sent, agent: Scene.ana, messages: said.map { step.ids[$0] })
            ])
        // It is told once: the next answer says nothing of it.
        #expect(ends(try send("Bye", from: id, &scene)).isEmpty)
    }

    @Test("whoever types the very words has sent it, though their client does not say so")
    func typed() throws {
        let (start, id) = try suggested()
        var scene = start
        let step = try send("We open at 9:00.", from: nil, &scene)
        #expect(ends(step).map(\.suggestion) == [id])
        #expect(ends(step).map(\.outcome) == [.sent])
    }

    @Test("sent in other words, it is edited, and how much is told without the words")
    func edited() throws {
        let (start, id) = try suggested()
        var scene = start
        let step = try send("We open at 10:00 on Saturday.", from: id, &scene)
        let end = try #require(ends(step).first)
        #expect(end.outcome == .edited)
        #expect(end.edit?.changesFacts == true)
        #expect(end.edit?.distance == 3)
        #expect(end.edit?.words == 7)
        #expect(end.edit?.extent == .partial)
        let bytes = try RecordCodec.encode(end)
        #expect(!String(decoding: bytes, as: UTF8.self).contains("Saturday"))
    }

    @Test("put aside by who has the conversation, it is gone for everybody, once")
    func dismissed() throws {
        let (start, id) = try suggested()
        var scene = start
        let others = try scene.agent(Scene.ben, .dismiss(id))
        guard case .refused = try #require(others.changes.first) else {
            Issue.record("\(others.changes)")
            return
        }
        let step = try scene.agent(Scene.ana, .dismiss(id), reference: "d1")
        #expect(ends(step) == [SuggestionEnd(of: id, .dismissed, agent: Scene.ana)])
        #expect(step.events.first?.reference == "d1")
        #expect(step.outbound.isEmpty)
        let again = try scene.agent(Scene.ana, .dismiss(id))
        guard case .refused(_, "it is no suggestion any more", _) = again.changes.first else {
            Issue.record("\(again.changes)")
            return
        }
        #expect(ends(try send("We open at 9:00.", from: id, &scene)).isEmpty)
    }

    @Test("answered otherwise, or by a picture, it is ignored")
    func answered() throws {
        let (start, id) = try suggested()
        var scene = start
        let step = try send("Please wait", from: nil, &scene)
        #expect(ends(step).map(\.because) == [.answered])
        #expect(ends(step).map(\.outcome) == [.ignored])
        #expect(ends(step).first?.messages?.count == 1)
        let second = try suggest("At 9:00.", "w3", &scene)
        let other = try scene.agent(
            Scene.ana, .send(OutboundContent(.reaction(to: "wamid.1", emoji: "👍"))))
        #expect(ends(other).map(\.suggestion) == [second])
        #expect(ends(other).map(\.outcome) == [.ignored])
        #expect(id != second)
    }

    @Test("closed, moved or answered on the phone, it is ignored; given to another it is not")
    func over() throws {
        let (start, id) = try suggested()
        var scene = start
        #expect(ends(try scene.agent(Scene.ana, .release)).isEmpty)
        #expect(ends(try scene.agent(Scene.ben, .claim)).isEmpty)
        let closed = try scene.agent(Scene.ben, .close)
        #expect(
            ends(closed) == [SuggestionEnd(of: id, .ignored, because: .closed)])
        // Who ended it hears of that, whatever else is told.
        #expect(closed.changes.contains(.closed(by: Scene.ben)))
        #expect(closed.payloads.last is ConversationPast)

        let (another, second) = try suggested()
        var other = another
        let echo = try other.put(
            EchoedMessage(
                tenant: "sol", conversation: Scene.conversation, number: "n1", message: "e1",
                wamid: "wamid.e1", recipient: Contact(userID: "ES.1", phone: "34600"),
                sentAt: other.now,
                receivedAt: other.now, content: .text("From the phone")))
        #expect(ends(echo) == [SuggestionEnd(of: second, .ignored, because: .phone)])
    }

    @Test("whoever writes from one may go on with it though newer ones come, but not for ever")
    func replaced() throws {
        let (start, first) = try suggested()
        var scene = start
        let second = try suggest("At 9:00, and at 10:00 on Sunday.", "w3", &scene)
        let step = try send("We open at nine.", from: first, &scene)
        #expect(ends(step).map(\.suggestion) == [first, second])
        #expect(ends(step).map(\.outcome) == [.edited, .ignored])

        for number in 4..<7 {
            _ = try suggest("Answer \(number)", MessageID("w\(number)"), &scene)
        }
        try scene.customer(.text("And?"), "w7")
        let more = try scene.bot(.answer(text: "Answer 7", citations: []), to: ["w7"])
        #expect(ends(more).map(\.because) == [.replaced])
        guard case .suggested = more.changes.last else {
            Issue.record("what is new is not told last: \(more.changes)")
            return
        }
    }

    @Test(
        "what is compared are words: figures, addresses and denials are facts",
        arguments: [
            ("We open at 9:00.", "We open at 9:00!", false, 0),
            ("We open at 9:00.", "Hello Luz, we open at 9:00.", false, 2),
            ("It costs 12,50 €.", "It costs 12.50 €.", false, 0),
            ("It costs 12,50 €.", "It costs 12,90 €.", true, 1),
            ("We open on Monday.", "We do not open on Monday.", true, 2),
            ("Write to a@b.example", "Write to c@b.example", true, 1),
            ("Abrimos a las nueve", "Abrimos a las diez", true, 1),
            ("営業は9時からです", "営業は10時からです", true, 1),
        ])
    func compared(before: String, after: String, changesFacts: Bool, distance: Int) throws {
        let edit = try #require(SuggestionComparison.edit(from: before, to: after))
        #expect(edit.changesFacts == changesFacts)
        #expect(edit.distance == distance)
    }

    @Test("the distance is that of Levenshtein, and of a long text the beginning is compared")
    func distances() {
        #expect(SuggestionComparison.distance([], ["a", "b"]) == 2)
        #expect(SuggestionComparison.distance(["a", "b", "c"], ["a", "x", "c", "d"]) == 2)
        #expect(SuggestionComparison.distance(["a", "b"], ["b", "a"]) == 2)
        let long = (0..<3_000).map { "word\($0)" }.joined(separator: " ")
        let edit = SuggestionComparison.edit(from: long, to: "word0")
        #expect(edit?.words == SuggestionComparison.mostWords)
        #expect(edit?.distance == SuggestionComparison.mostWords - 1)
    }

    @Test("a state of before reads as one without suggestions")
    func old() throws {
        let (scene, _) = try suggested()
        var bytes = try RecordCodec.encode(scene.state)
        #expect(String(decoding: bytes, as: UTF8.self).contains("\"F\""))
        bytes = try RecordCodec.encode(HandoffState())
        #expect(!String(decoding: bytes, as: UTF8.self).contains("\"F\""))
        #expect(try RecordCodec.decode(HandoffState.self, from: bytes).facts == nil)
    }
}
