import Conversation
import HandoffStage
import RoutingRecords
import StageRuntime
import Testing

@Suite("Promises to who waits, by the queue in which they are") struct PlaceTests {
    private func scene() throws -> Scene {
        var scene = Scene()
        scene.settings = HandoffSettings(
            serviceLevelSeconds: 300,
            targets: [
                .init(queue: "q1", queueWaitSeconds: 60), .init(priority: 1, queueWaitSeconds: 30),
                .init(queue: "q2", queueWaitSeconds: 0),
            ])
        try scene.customer(.text("I want a person"), "w1")
        try scene.bot(.handoff(reason: .asked, summary: "", notice: "Soon."), to: ["w1"])
        return scene
    }

    private func place(
        _ queue: RecordID?, _ priority: Int = 5, hasEnded: Bool? = nil,
        in scene: inout Scene
    ) throws -> Scene.Step {
        try scene.put(
            RoutingPlace(
                tenant: "sol", conversation: Scene.conversation,
                place: queue.map { .init(queue: $0, priority: priority) }, hasEnded: hasEnded,
                at: scene.now))
    }

    @Test("the promise of the queue counts from when they began to wait")
    func queue() throws {
        var scene = try scene()
        let since = scene.now
        scene.now = since + .seconds(10)
        let step = try place("q1", in: &scene)
        #expect(step.timer("service-level")?.due == since + .seconds(60))
        let late = try scene.fire(step.timer("service-level"))
        #expect(late.changes == [.overdue(waiting: since)])
        // The same again changes nothing.
        #expect(try place("q1", in: &scene).timers.isEmpty)
    }

    @Test("what nothing is promised in wakes nobody, and what names more goes before")
    func none() throws {
        var scene = try scene()
        let since = scene.now
        let none = try place("q2", in: &scene)
        #expect(none.timers.contains(.cancel(name: "service-level")))
        let high = try place("q3", 1, in: &scene)
        #expect(high.timer("service-level")?.due == since + .seconds(30))
        let both = try place("q2", 1, in: &scene)
        #expect(both.timers.contains(.cancel(name: "service-level")))
        let back = try place(nil, in: &scene)
        #expect(back.timer("service-level")?.due == since + .seconds(300))
    }

    @Test("a timer that comes before the promise of now runs out wakes nobody")
    func early() throws {
        var scene = try scene()
        let first = try place("q1", in: &scene)
        scene.settings = HandoffSettings(serviceLevelSeconds: 600)
        let step = try scene.fire(first.timer("service-level"))
        #expect(step.changes.isEmpty)
        #expect(step.timer("service-level") != nil)
    }

    @Test("where a conversation is nobody remembers once it ended, and a claim sets no timer")
    func ended() throws {
        var scene = try scene()
        _ = try place("q1", in: &scene)
        try scene.agent(Scene.ana, .claim)
        #expect(try place("q3", 1, in: &scene).timers.isEmpty)
        try scene.agent(Scene.ana, .close)
        _ = try place(nil, hasEnded: true, in: &scene)
        try scene.customer(.text("Again"), "w2")
        let step = try scene.bot(
            .handoff(reason: .asked, summary: "", notice: "Soon."), to: ["w2"])
        #expect(step.timer("service-level")?.due == scene.now + .seconds(300))
    }
}
