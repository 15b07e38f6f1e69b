import Conversation
import FoundationEssentials
import HandoffStage
import StageRuntime
import Testing

/// A message is not sent past what its author has not seen.
@Suite("Messages that were overtaken") struct OvertakenTests {
    private func send(
        _ scene: inout Scene, _ seen: SeenSoFar?, by agent: AgentID = Scene.ana,
        _ text: String = "Here I am.", resend line: RecordID? = nil
    ) throws -> Scene.Step {
        try scene.put(
            HandoffCommand(
                tenant: "sol", conversation: Scene.conversation, agent: agent,
                agentName: agent.rawValue.capitalized,
                action: line.map { .resend(of: $0, .text(text)) } ?? .send(.text(text)),
                reference: "send-\(scene.count)", seen: seen, at: scene.now))
    }

    private func news(_ step: Scene.Step) -> [String]? {
        for case .overtaken(_, let lines) in step.changes { return lines.map(\.text) }
        return nil
    }

    /// The first line of a conversation that Ana has claimed: what the customer wrote.
    private let first: RecordID = "record-1"

    @Test("a message of a client that does not say what it has seen goes as ever")
    func old() throws {
        var scene = try Scene.claimed()
        try scene.customer(.text("and another thing"), "w2")
        #expect(try send(&scene, nil).texts == ["Here I am."])
    }

    @Test("nothing new: it goes")
    func nothingNew() throws {
        var scene = try Scene.claimed()
        let step = try send(&scene, SeenSoFar(epoch: 2, lines: [first]))
        #expect(step.texts == ["Here I am."])
        // One's own words are no news, however far behind the client is.
        #expect(try send(&scene, SeenSoFar(lines: [first]), "More.").texts == ["More."])
    }

    @Test("a newer line of the customer stops it and is told; confirmed, it goes")
    func newer() throws {
        var scene = try Scene.claimed()
        try scene.customer(.text("no, wait"), "w2")
        let step = try send(&scene, SeenSoFar(epoch: 2, lines: [first]))
        #expect(step.outbound.isEmpty)
        #expect(news(step) == ["no, wait"])
        #expect(step.events.first?.reference != nil)
        let confirmed = try send(
            &scene, SeenSoFar(epoch: 2, lines: [first], isConfirmed: true))
        #expect(confirmed.texts == ["Here I am."])
        #expect(
            try send(&scene, SeenSoFar(epoch: 2, lines: [RecordID("record-4")])).texts.count == 1)
    }

    @Test("a colleague's words stop it, too")
    func colleague() throws {
        var scene = try Scene.claimed()
        try scene.agent(Scene.ben, .relieve(Scene.ana, because: nil))
        try scene.agent(Scene.ben, .send(.text("Let me.")))
        try scene.agent(Scene.ben, .returnTo)
        let step = try send(&scene, SeenSoFar(lines: [first]))
        #expect(step.outbound.isEmpty)
        #expect(news(step) == ["Let me."])
    }

    @Test("another epoch stops it although nothing was said")
    func epoch() throws {
        var scene = try Scene.claimed()
        try scene.agent(Scene.ana, .release)
        try scene.agent(Scene.ana, .claim)
        let step = try send(&scene, SeenSoFar(epoch: 2))
        #expect(step.outbound.isEmpty)
        #expect(news(step) == [])
        #expect(try send(&scene, SeenSoFar(epoch: 4)).texts == ["Here I am."])
    }

    @Test("a line that is not kept is stood for by the newest before it that is")
    func standIns() throws {
        var scene = try Scene.claimed()
        #expect(try send(&scene, SeenSoFar(lines: ["a reaction", first])).texts.count == 1)
        try scene.customer(.text("and"), "w2")
        #expect(news(try send(&scene, SeenSoFar(lines: ["a reaction", first]))) == ["and"])
        // Where none is known, all that others said is new.
        #expect(news(try send(&scene, SeenSoFar(lines: ["gone"]))) == ["I want a person", "and"])
    }

    @Test("somebody who does not have the conversation is refused as ever")
    func notHolder() throws {
        var scene = try Scene.claimed()
        try scene.customer(.text("and"), "w2")
        let step = try send(&scene, SeenSoFar(lines: [first]), by: Scene.ben)
        guard case .refused(Scene.ben, _, "Ana")? = step.changes.first else {
            Issue.record("\(step.changes)")
            return
        }
    }

    @Test("what did not arrive is not sent again past something new")
    func resent() throws {
        var scene = try Scene.claimed()
        let sent = try send(&scene, nil)
        let id = try #require(sent.ids.first)
        let error = PlatformError(code: 131_026, title: "not there")
        try scene.delivery(of: id, .failed(nil, error))
        try scene.customer(.text("hello?"), "w2")
        let step = try send(&scene, SeenSoFar(lines: [id]), resend: id)
        #expect(news(step) == ["hello?"])
        #expect(step.outbound.isEmpty)
        #expect(
            try send(
                &scene, SeenSoFar(lines: [id], isConfirmed: true), resend: id
            ).texts == ["Here I am."])
    }
}
