import Conversation
import Testing

@testable import HandoffStage

@Suite("Sending again what did not arrive") struct ResendTests {
    private static let lost = Delivery.Outcome.failed(
        "w", PlatformError(code: 131_000, title: "Something went wrong"))

    /// A conversation of Ana's, and a message of hers that failed.
    private func failed() throws -> (Scene, RecordID) {
        var scene = try Scene.claimed()
        let step = try scene.agent(Scene.ana, .send(.text("At nine.")))
        let id = try #require(step.ids.first)
        let told = try scene.delivery(of: id, Self.lost)
        #expect(told.changes == [.delivery(of: id, Self.lost)])
        return (scene, id)
    }

    private func reasons(_ step: Scene.Step) -> [String] {
        step.changes.compactMap { change in
            if case .refused(_, let reason, _) = change { reason } else { nil }
        }
    }

    @Test("a message that failed is sent again, once, whoever asks how often")
    func once() throws {
        var (scene, id) = try failed()
        let again = try scene.agent(
            Scene.ana, .resend(of: id, .text("At nine.")), reference: "again")
        #expect(again.texts == ["At nine."])
        #expect(again.outbound.map(\.repeats) == [id])
        #expect(again.ids.first != id)
        #expect(again.events.contains { $0.reference == "again" })
        // The same command comes again, and then another one.
        let repeated = try scene.agent(
            Scene.ana, .resend(of: id, .text("At nine.")), reference: "again")
        #expect(repeated.ignored != nil)
        let second = try scene.agent(Scene.ana, .resend(of: id, .text("At nine.")))
        #expect(second.outbound.isEmpty)
        #expect(reasons(second) == ["this message was sent again already"])
        // A late word about the first one does not allow a second time.
        try scene.delivery(of: id, Self.lost)
        #expect(try scene.agent(Scene.ana, .resend(of: id, .text("x"))).outbound.isEmpty)
        // What was sent again may fail, and be sent again, too.
        let next = try #require(again.ids.first)
        try scene.delivery(of: next, Self.lost)
        #expect(
            try scene.agent(Scene.ana, .resend(of: next, .text("At nine."))).outbound.count == 1)
    }

    @Test("what is under way, has arrived, or is not known is not sent again")
    func notLost() throws {
        var scene = try Scene.claimed()
        let step = try scene.agent(Scene.ana, .send(.text("At nine.")))
        let id = try #require(step.ids.first)
        func refused(_ message: RecordID) throws -> String? {
            let step = try scene.agent(Scene.ana, .resend(of: message, .text("At nine.")))
            #expect(step.outbound.isEmpty)
            return reasons(step).first
        }
        #expect(try refused(id)?.contains("under way") == true)
        try scene.delivery(of: id, .unknown(because: "no answer"))
        #expect(try refused(id)?.contains("under way") == true)
        try scene.delivery(of: id, Self.lost)
        try scene.delivery(of: id, .progressed("w", .delivered))
        #expect(try refused(id)?.contains("arrived") == true)
        #expect(try refused("another")?.contains("latest") == true)
    }

    @Test("an outcome that stayed unknown is a person's to send again")
    func unknown() throws {
        var scene = try Scene.claimed()
        let id = try #require(try scene.agent(Scene.ana, .send(.text("At nine."))).ids.first)
        try scene.delivery(of: id, .dropped(.unknownOutcome))
        let again = try scene.agent(Scene.ana, .resend(of: id, .text("At nine.")))
        #expect(again.texts == ["At nine."])
    }

    @Test("only the agent who has the conversation sends again")
    func others() throws {
        var (scene, id) = try failed()
        let step = try scene.agent(Scene.ben, .resend(of: id, .text("At nine.")))
        #expect(step.outbound.isEmpty)
        #expect(reasons(step).count == 1)
    }

    @Test("after WhatsApp said that the window is closed, a text is refused and a template goes")
    func closedWindow() throws {
        var scene = try Scene.claimed()
        let id = try #require(try scene.agent(Scene.ana, .send(.text("At nine."))).ids.first)
        scene.now = scene.now + .seconds(1)
        try scene.delivery(of: id, .failed("w", PlatformError(code: 131_047)))
        let text = try scene.agent(Scene.ana, .resend(of: id, .text("At nine.")))
        #expect(text.outbound.isEmpty)
        #expect(reasons(text).first?.contains("templates") == true)
        let template = OutboundContent(.template(TemplateMessage(name: "hi", language: "es")))
        #expect(try scene.agent(Scene.ana, .send(template)).outbound.count == 1)
        scene.now = scene.now + .seconds(1)
        try scene.customer(.text("Hello?"), "w2")
        #expect(try scene.agent(Scene.ana, .send(.text("Here."))).texts == ["Here."])
    }

    @Test("the fate of a message is kept in few bytes, and read as it was written")
    func marks() throws {
        for fate in [nil, SentMark.Fate.lost, .repeated] {
            var mark = SentMark(.agent, "c0ffee")
            mark.fate = fate
            let bytes = try RecordCodec.encode([mark])
            #expect(try RecordCodec.decode([SentMark].self, from: bytes) == [mark])
        }
        #expect(SentMark(.bot, "c0ffee").text == "bc0ffee")
    }
}
