import Conversation
import StageRuntime
import Testing

@testable import OrchestratorStage

@Suite("The bot of a suspended business")
struct SuspendedBusinessTests {
    @Test("asks no model, says nothing, and leaves the whole burst to a person")
    func leaves() throws {
        var scene = try Scene()
        var closed = Scene.settings("a model")
        closed.isClosed = true
        scene.tenant = OrchestratorTenant(closed)
        _ = try scene.receive(.text("When do you open?"))
        _ = try scene.receive(.text("On Saturday?"))
        scene.now = scene.now + .seconds(10)
        let reply = try reply(scene.fire())
        #expect(reply.answers == ["wamid.1", "wamid.2"])
        guard case .handoff(.suspended, let summary, let notice) = reply.proposal else {
            Issue.record("it proposes \(reply.proposal)")
            return
        }
        #expect(summary.contains("When do you open?") && notice.isEmpty)
        // Once the business goes on, it answers what is written then.
        scene.tenant = OrchestratorTenant(Scene.settings())
        _ = try scene.receive(.text("When do you open on Saturday?"))
        scene.now = scene.now + .seconds(10)
        _ = try scene.fire()
        #expect(scene.state.turn != nil || scene.state.pending.isEmpty)
    }
}
