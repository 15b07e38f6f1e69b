import Conversation
import HandoffStage
import Testing

@Suite("Customers who want no messages that they did not ask for") struct OptOutTests {
    private static let template = OutboundContent(
        .template(TemplateMessage(name: "news", language: "es")))

    @Test(
        "a customer who says stop gets no template until they say start; answers still go",
        arguments: [("STOP", "start"), ("Baja.", "ALTA"), ("abmelden", "anmelden")])
    func optOut(stop: String, start: String) throws {
        var scene = try Scene.claimed()
        #expect(try scene.agent(Scene.ana, .send(Self.template)).outbound.count == 1)
        try scene.customer(.text(stop), "w2")
        let refused = try scene.agent(Scene.ana, .send(Self.template))
        #expect(refused.outbound.isEmpty)
        guard case .refused(_, let reason, _)? = refused.changes.first else {
            Issue.record("not refused: \(refused.changes)")
            return
        }
        #expect(reason.contains("did not ask for"))
        #expect(try scene.agent(Scene.ana, .send(.text("As you wish."))).outbound.count == 1)
        try scene.customer(.text(start), "w3")
        #expect(try scene.agent(Scene.ana, .send(Self.template)).outbound.count == 1)
    }

    @Test("a word within a sentence is no opt-out")
    func sentence() throws {
        var scene = try Scene.claimed()
        try scene.customer(.text("Please stop the order 4471"), "w2")
        #expect(try scene.agent(Scene.ana, .send(Self.template)).outbound.count == 1)
    }

    @Test("WhatsApp's own button counts as a word does, and the newest wish, however late it comes")
    func preference() throws {
        var scene = try Scene.claimed()
        func put(_ wish: OptOutWords.Wish, _ ago: Int) throws -> Int {
            _ = try scene.put(
                CustomerPreference(
                    tenant: "sol", conversation: Scene.conversation, number: "n1", wish: wish,
                    category: "marketing_messages", at: scene.now + .seconds(-ago),
                    receivedAt: scene.now))
            return try scene.agent(Scene.ana, .send(Self.template)).outbound.count
        }
        scene.now = scene.now + .seconds(600)
        #expect(try put(.stop, 60) == 0)
        #expect(try put(.resume, 120) == 0)
        #expect(try put(.resume, 30) == 1)
        #expect(try put(.stop, 45) == 1)
        // A time that has not come yet is that of the arrival.
        #expect(try put(.stop, -3_600) == 0)
        scene.now = scene.now + .seconds(60)
        #expect(try put(.resume, 0) == 1)
    }

    @Test("a tapped button counts by its words, and a group's words are nobody's wish")
    func others() throws {
        var scene = try Scene.claimed()
        try scene.customer(.button(text: "Stop promotions", payload: "STOP"), "w2")
        #expect(try scene.agent(Scene.ana, .send(Self.template)).outbound.isEmpty)
        #expect(OptOutWords.wish(of: .text("  ¡BAJA!  ")) == .stop)
        #expect(OptOutWords.wish(of: .text("配信停止")) == .stop)
        #expect(OptOutWords.wish(of: .text("Starting when?")) == nil)
    }
}
