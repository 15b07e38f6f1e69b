import Conversation
import StageRuntime
import Testing

@testable import OrchestratorStage

@Suite("The bot of a number that WhatsApp lets send nothing")
struct StoppedNumberTests {
    private func proposal(stopped: [BusinessNumberID]) throws -> Scene {
        var scene = try Scene()
        var settings = Scene.settings("a model")
        settings.stopped = stopped
        scene.tenant = OrchestratorTenant(settings)
        _ = try scene.receive(.text("When do you open?"))
        scene.now = scene.now + .seconds(10)
        return scene
    }

    @Test("asks no model and leaves the burst to a person, with nothing said to the customer")
    func leaves() throws {
        let number = try number()
        var scene = try proposal(stopped: [number])
        let reply = try reply(scene.fire())
        guard case .handoff(.stopped, let summary, let notice) = reply.proposal else {
            Issue.record("it proposes \(reply.proposal)")
            return
        }
        #expect(summary.contains("When do you open?") && notice.isEmpty)
    }

    @Test("another number of the business goes on")
    func others() throws {
        var scene = try proposal(stopped: ["another number"])
        _ = try scene.fire()
        #expect(scene.state.turn != nil)
    }

    /// The number that customers of the scene write to.
    private func number() throws -> BusinessNumberID {
        var scene = try Scene()
        _ = try scene.receive(.text("Hello"))
        return try #require(scene.state.pending.first?.question.message.number)
    }
}
