import Conversation
import HandoffStage
import JSON
import Testing

/// What becomes of what was said when the customer changes it, and of what is no question.
@Suite struct ChangedMessageTests {
    private func lines(of scene: inout Scene) throws -> [TranscriptEntry] {
        let step = try scene.agent(Scene.ana, .takeOver)
        for case .queued(_, _, let transcript) in step.changes { return transcript }
        return []
    }

    @Test("an agent reads the changed words, and nothing of what was taken back")
    func changed() throws {
        var scene = Scene()
        try scene.customer(.text("12 Elm Street"), "record-1")
        try scene.customer(.edit(of: "record-1", text: "21 Elm Street", raw: RawJSON("{}")), "e")
        try scene.customer(.text("4111 1111"), "record-3")
        try scene.customer(.revoke(of: "record-3"), "r")
        #expect(try lines(of: &scene).map(\.text) == ["21 Elm Street", "[taken back]"])
    }

    @Test("what is taken back before it comes is shown to nobody and answered by nobody")
    func takenBackFirst() throws {
        var scene = try Scene.claimed()
        try scene.customer(.revoke(of: "b"), "r")
        let step = try scene.customer(.text("4111 1111"), "b")
        let said = step.changes.compactMap { change -> String? in
            if case .said(let entry) = change { entry.text } else { nil }
        }
        #expect(said == ["[taken back]"])
    }

    @Test("an edit that comes before its message is what is shown of it")
    func editedFirst() throws {
        var scene = Scene()
        try scene.customer(.edit(of: "a", text: "21 Elm Street", raw: RawJSON("{}")), "e")
        try scene.customer(.text("12 Elm Street"), "a")
        #expect(try lines(of: &scene).map(\.text) == ["21 Elm Street"])
    }

    @Test("a message of the future does not hold the window open")
    func future() throws {
        var scene = Scene()
        let now = scene.now
        try scene.customer(.text("hi"), "a", sentAt: now + .seconds(10 * 365 * 86_400))
        let step = try scene.bot(.courtesy(text: "Hello"), to: ["a"])
        #expect(step.outbound.first?.windowAnchor == now)
        scene.now = now + .seconds(25 * 3600)
        try scene.agent(Scene.ana, .takeOver)
        let late = try scene.agent(Scene.ana, .send(.text("hi")))
        #expect(late.outbound.isEmpty)
    }

    @Test("a text in which nothing can be seen is not acknowledged, and holds no window open")
    func blank() throws {
        var scene = Scene()
        #expect(try scene.customer(.text("\u{200b}\u{feff}"), "a").outbound.isEmpty)
    }

    @Test("a missed call waits for a person, opens the window, and asks no model")
    func missedCall() throws {
        var scene = Scene()
        let call = PhoneCall(id: "w", event: "terminate", isIncoming: true)
        let step = try scene.customer(.call(call), "a")
        guard case .queued(.missedCall, _, let transcript)? = step.changes.first else {
            return #expect(Bool(false), "\(step.changes)")
        }
        #expect(transcript.map(\.text) == ["[missed call]"])
        try scene.agent(Scene.ana, .claim)
        #expect(try scene.agent(Scene.ana, .send(.text("You called?"))).texts == ["You called?"])
    }

    @Test("what is said in a group is kept, and answered neither there nor in private")
    func group() throws {
        var scene = Scene()
        let step = try scene.put(
            InboundMessage(
                tenant: "sol", conversation: Scene.conversation, number: "n1", message: "g1",
                contact: Contact(phone: "34600", name: "Luz"), sentAt: scene.now,
                receivedAt: scene.now, content: .text("What are your hours?"), group: "G"))
        #expect(step.outbound.isEmpty)
        #expect(try scene.bot(.courtesy(text: "Nine."), to: ["g1"]).outbound.isEmpty)
        try scene.agent(Scene.ana, .takeOver)
        let said = try scene.agent(Scene.ana, .send(.text("Nine.")))
        #expect(said.outbound.isEmpty)
        guard case .refused(_, let reason, _)? = said.changes.first else {
            return #expect(Bool(false), "\(said.changes)")
        }
        #expect(reason.contains("group"))
    }
}
