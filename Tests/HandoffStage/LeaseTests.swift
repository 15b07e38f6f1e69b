import Conversation
import HandoffStage
import StageRuntime
import Testing

/// A claim is a lease that the agent's open socket and every command renew.
@Suite("Leases of claims") struct LeaseTests {
    /// How often the console renews while a socket is open.
    private let round = Duration.seconds(240)

    @Test("a line that breaks for 90 seconds between two renewals costs nothing")
    func shortBreak() throws {
        var scene = try Scene.claimed()
        var due: FiredTimer?
        for _ in 0..<6 {
            // The socket is open for a round, then away for a minute and a half.
            scene.now = scene.now + round + .seconds(90)
            due = try scene.agent(Scene.ana, .renew).timer("lease")
        }
        #expect(due?.due == scene.now + HandoffLimits.standardLease)
        #expect(try scene.agent(Scene.ana, .send(.text("still here"))).texts == ["still here"])
    }

    @Test("a timer of a lease that was renewed does nothing")
    func oldTimer() throws {
        var scene = try Scene.queued()
        let first = try scene.agent(Scene.ana, .claim).timer("lease")
        scene.now = scene.now + round
        try scene.agent(Scene.ana, .renew)
        #expect(try scene.fire(first).ignored == "the claim was renewed")
    }

    @Test("a long break loses the claim loudly, and the next agent may have it")
    func longBreak() throws {
        var scene = try Scene.queued()
        let timer = try scene.agent(Scene.ana, .claim).timer("lease")
        let step = try scene.fire(timer)
        #expect(
            step.changes == [
                .released(
                    by: nil, because: "the claim's lease ran out: nothing was heard from Ana")
            ])
        #expect(step.events.first?.mode == .queued)
        #expect(step.owners.map(\.mode) == [.queued])
        // Who comes back finds it gone, and is told so, before and after another has it.
        let late = try scene.agent(Scene.ana, .renew)
        #expect(
            late.changes == [
                .refused(agent: Scene.ana, because: "claim the conversation first", holder: nil)
            ])
        try scene.agent(Scene.ben, .claim)
        guard
            case .refused(_, _, "Ben")? = try scene.agent(Scene.ana, .send(.text("x"))).changes
                .first
        else {
            Issue.record("a claim that was lost is answered with")
            return
        }
    }
}
