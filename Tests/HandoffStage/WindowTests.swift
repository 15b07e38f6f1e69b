import Conversation
import HandoffStage
import Testing

@Suite("What goes of the business's own accord") struct WindowTests {
    private static let reopening = TenantSettings.Reopening(
        template: "write_again", language: "es", parameters: ["Sol"])

    /// A conversation of Ana's in a business with a template to open the window again.
    private func claimed() throws -> Scene {
        var scene = try Scene.claimed()
        scene.settings = HandoffSettings(serviceLevelSeconds: nil, reopening: Self.reopening)
        return scene
    }

    private func templates(_ step: Scene.Step) -> [String] {
        step.outbound.compactMap { message in
            guard case .template(let template)? = message.content.message?.body else { return nil }
            return "\(template.name) \(template.language) \(template.parameters.map(\.text))"
        }
    }

    @Test("a window that closed over a message is opened again by the business's template, once")
    func once() throws {
        var scene = try claimed()
        let id = try #require(try scene.agent(Scene.ana, .send(.text("At nine."))).ids.first)
        let other = try #require(try scene.agent(Scene.ana, .send(.text("Or ten."))).ids.first)
        scene.now = scene.now + .seconds(60)
        let failed = Delivery.Outcome.failed("w", PlatformError(code: 131_047))
        let step = try scene.delivery(of: id, failed)
        #expect(templates(step) == [#"write_again es ["Sol"]"#])
        #expect(templates(try scene.delivery(of: id, failed)).isEmpty)
        #expect(templates(try scene.delivery(of: other, .dropped(.windowClosed))).isEmpty)
        // The customer writes, and much later it happens again.
        scene.now = scene.now + .seconds(600)
        try scene.customer(.text("Yes?"), "w2")
        let next = try #require(try scene.agent(Scene.ana, .send(.text("Nine."))).ids.first)
        #expect(templates(try scene.delivery(of: next, .dropped(.windowClosed))).count == 1)
    }

    @Test("without such a template, or for any other failure, nothing goes by itself")
    func nothing() throws {
        var scene = try Scene.claimed()
        let id = try #require(try scene.agent(Scene.ana, .send(.text("At nine."))).ids.first)
        #expect(templates(try scene.delivery(of: id, .dropped(.windowClosed))).isEmpty)
        var other = try claimed()
        let message = try #require(try other.agent(Scene.ana, .send(.text("Nine."))).ids.first)
        let failed = Delivery.Outcome.failed("w", PlatformError(code: 131_026))
        #expect(templates(try other.delivery(of: message, failed)).isEmpty)
    }

    @Test(
        "a customer who says stop gets no template, neither by itself nor by an agent, until start",
        arguments: [("STOP", "start"), ("Baja.", "ALTA"), ("abmelden", "anmelden")])
    func optOut(stop: String, start: String) throws {
        var scene = try claimed()
        try scene.customer(.text(stop), "w2")
        let template = OutboundContent(.template(TemplateMessage(name: "news", language: "es")))
        let refused = try scene.agent(Scene.ana, .send(template))
        #expect(refused.outbound.isEmpty)
        // What answers them still goes.
        let id = try #require(try scene.agent(Scene.ana, .send(.text("As you wish."))).ids.first)
        #expect(templates(try scene.delivery(of: id, .dropped(.windowClosed))).isEmpty)
        try scene.customer(.text(start), "w3")
        #expect(try scene.agent(Scene.ana, .send(template)).outbound.count == 1)
    }
}
