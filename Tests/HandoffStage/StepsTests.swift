import Conversation
import DeskRecords
import HandoffStage
import StageRuntime
import Testing

/// Several things that an agent does together, such as a macro's steps.
@Suite("Steps that are done together") struct StepsTests {
    private func refusal(_ step: Scene.Step) -> String? {
        for case .refused(_, let because, _) in step.changes { return because }
        return nil
    }

    @Test("all of them stand in one commit, and the last word is the answer")
    func together() throws {
        var scene = try Scene.claimed()
        let step = try scene.agent(
            Scene.ana,
            .run([
                HandoffStep(.reply, text: "Bye"), HandoffStep(.note, text: "said bye"),
                HandoffStep(.label, label: "l1"), HandoffStep(.close, text: "solved"),
            ]), reference: "m")
        #expect(step.texts == ["Bye"])
        #expect(step.payloads.compactMap { ($0 as? AgentNote)?.text } == ["said bye"])
        let labels = step.payloads.compactMap { $0 as? DeskCommand }
        #expect(labels.count == 1 && labels.first?.tenant == "sol")
        guard case .label(_, "l1", true)? = labels.first?.action else {
            Issue.record("\(labels)")
            return
        }
        #expect(step.changes.last == .ran(by: Scene.ana))
        #expect(
            step.changes.contains(.concluded(by: Scene.ana, HandoffOutcome("solved"))))
        #expect(step.events.last?.reference == "m")
        #expect(step.events.filter { $0.reference == "m" }.count == 1)
        #expect(step.events.last?.mode == .bot)
    }

    @Test(
        "one that cannot be done leaves nothing done, and says which it was",
        arguments: [
            ([HandoffStep(.reply, text: "Bye"), HandoffStep(.note, text: " ")], "step 2 of 2"),
            ([HandoffStep(.note, text: "n"), HandoffStep(.reply, text: "")], "step 2 of 2"),
            ([HandoffStep(.reply, text: "Bye"), HandoffStep(.label)], "step 2 of 2"),
            ([HandoffStep(.reply, text: "Bye"), HandoffStep(.close, text: "")], "step 2 of 2"),
            ([HandoffStep(.bot), HandoffStep(.reply, text: "Bye")], "the last of them"),
            ([], "1 to 8 steps"),
        ] as [([HandoffStep], String)])
    func none(steps: [HandoffStep], because: String) throws {
        var scene = try Scene.claimed()
        let step = try scene.agent(Scene.ana, .run(steps))
        #expect(refusal(step)?.contains(because) == true, "\(step.changes)")
        #expect(step.texts.isEmpty && step.changes.count == 1)
        #expect(!step.payloads.contains { $0 is AgentNote || $0 is DeskCommand })
        // It is still theirs, and goes on.
        #expect(try scene.agent(Scene.ana, .send(.text("on"))).texts == ["on"])
    }

    @Test("who does not have the conversation does none of it")
    func others() throws {
        var scene = try Scene.claimed()
        let step = try scene.agent(Scene.ben, .run([HandoffStep(.note, text: "mine")]))
        #expect(refusal(step) == "Ana has claimed the conversation")
        #expect(!step.payloads.contains { $0 is AgentNote })
    }
}
