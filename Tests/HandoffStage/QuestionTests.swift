import Conversation
import StageRuntime
import Testing

@testable import HandoffStage

/// A customer's yes counts only where the bot's question went to them, and no person came since.
@Suite("A question whether to do something")
struct QuestionTests {
    private func ask(_ desk: inout Desk, _ request: RecordID, to message: MessageID) throws
        -> Desk.Step
    {
        try desk.put(
            ProposedReply(
                tenant: "sol", conversation: Desk.conversation, answers: [message],
                proposal: .courtesy(text: "Shall I?"), language: "en",
                provenance: Provenance(passages: [], model: "m"), at: desk.now, asks: request))
    }

    private func asked() throws -> Desk {
        var desk = Desk()
        try desk.customer(.text("Please book"), "w1")
        let step = try ask(&desk, "r1", to: "w1")
        #expect(step.texts == ["Shall I?"])
        #expect(step.standings == ["r1 asked"])
        return desk
    }

    @Test("goes to the customer, and that is said")
    func goes() throws { _ = try asked() }

    @Test("is withdrawn once, when a person comes")
    func person() throws {
        var desk = try asked()
        #expect(try desk.agent(Desk.ana, .takeOver).standings == ["r1 withdrawn"])
        #expect(try desk.agent(Desk.ana, .claim).standings == [])
    }

    @Test("is void after the bot's next words")
    func next() throws {
        var desk = try asked()
        try desk.customer(.reaction(to: "w0", emoji: "👍"), "w2")
        try desk.bot(.silence(because: "a reaction"), to: ["w2"])
        #expect(desk.state.asked == "r1")
        try desk.customer(.text("no"), "w3")
        try desk.bot(.courtesy(text: "All right."), to: ["w3"])
        #expect(try desk.agent(Desk.ana, .takeOver).standings == [])
    }

    @Test("never goes while a person has the conversation, and that is said")
    func claimed() throws {
        var desk = try Desk.claimed()
        try desk.customer(.text("Please book"), "w2")
        let step = try ask(&desk, "r2", to: "w2")
        #expect(step.texts == [] && step.standings == ["r2 withdrawn"])
    }

    @Test("never goes as a reply to a message of an earlier epoch")
    func stale() throws {
        var desk = Desk()
        try desk.customer(.text("Please book"), "w1")
        try desk.agent(Desk.ana, .takeOver)
        try desk.agent(Desk.ana, .close)
        let step = try ask(&desk, "r1", to: "w1")
        #expect(step.texts == [] && step.standings == ["r1 withdrawn"])
    }
}

extension Desk.Step {
    /// What became of questions.
    fileprivate var standings: [String] {
        payloads.compactMap { $0 as? ToolConfirmation }.map { "\($0.request) \($0.standing)" }
    }
}
