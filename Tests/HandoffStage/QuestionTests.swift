import Conversation
import StageRuntime
import Testing

@testable import HandoffStage

/// A customer's yes counts only where the bot's question went to them, and no person came since.
@Suite("A question whether to do something")
struct QuestionTests {
    private func ask(_ scene: inout Scene, _ request: RecordID, to message: MessageID) throws
        -> Scene.Step
    {
        try scene.put(
            ProposedReply(
                tenant: "sol", conversation: Scene.conversation, answers: [message],
                proposal: .courtesy(text: "Shall I?"), language: "en",
                provenance: Provenance(passages: [], model: "m"), at: scene.now, asks: request))
    }

    private func asked() throws -> Scene {
        var scene = Scene()
        try scene.customer(.text("Please book"), "w1")
        let step = try ask(&scene, "r1", to: "w1")
        #expect(step.texts == ["Shall I?"])
        #expect(step.standings == ["r1 asked"])
        return scene
    }

    @Test("goes to the customer, and that is said")
    func goes() throws { _ = try asked() }

    @Test("is withdrawn once, when a person comes")
    func person() throws {
        var scene = try asked()
        #expect(try scene.agent(Scene.ana, .takeOver).standings == ["r1 withdrawn"])
        #expect(try scene.agent(Scene.ana, .claim).standings == [])
    }

    @Test("is void after the bot's next words")
    func next() throws {
        var scene = try asked()
        try scene.customer(.reaction(to: "w0", emoji: "👍"), "w2")
        try scene.bot(.silence(because: "a reaction"), to: ["w2"])
        #expect(scene.state.asked == "r1")
        try scene.customer(.text("no"), "w3")
        try scene.bot(.courtesy(text: "All right."), to: ["w3"])
        #expect(try scene.agent(Scene.ana, .takeOver).standings == [])
    }

    @Test("never goes while a person has the conversation, and that is said")
    func claimed() throws {
        var scene = try Scene.claimed()
        try scene.customer(.text("Please book"), "w2")
        let step = try ask(&scene, "r2", to: "w2")
        #expect(step.texts == [] && step.standings == ["r2 withdrawn"])
    }

    @Test("never goes as a reply to a message of an earlier epoch")
    func stale() throws {
        var scene = Scene()
        try scene.customer(.text("Please book"), "w1")
        try scene.agent(Scene.ana, .takeOver)
        try scene.agent(Scene.ana, .close)
        let step = try ask(&scene, "r1", to: "w1")
        #expect(step.texts == [] && step.standings == ["r1 withdrawn"])
    }
}

extension Scene.Step {
    /// What became of questions.
    fileprivate var standings: [String] {
        payloads.compactMap { $0 as? ToolConfirmation }.map { "\($0.request) \($0.standing)" }
    }
}
