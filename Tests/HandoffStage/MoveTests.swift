import Conversation
import HandoffStage
import JSON
import StageRuntime
import Testing

/// A conversation that goes on in another one, as both turned out to be one customer's.
@Suite struct MoveTests {
    private let other = ConversationID("0ther")

    private func move(_ scene: Scene, order: Int64 = 1, back: Bool = false) -> ConversationMove {
        ConversationMove(
            tenant: "sol", conversation: Scene.conversation, into: back ? nil : other,
            order: order, at: scene.now)
    }

    private func join(_ step: Scene.Step) throws -> ConversationJoin {
        try #require(step.payloads.compactMap { $0 as? ConversationJoin }.first)
    }

    @Test("hands over what it knows, once, and leaves the queue")
    func handsOver() throws {
        var scene = try Scene.claimed()
        let step = try scene.put(move(scene))
        let handed = try join(step)
        #expect(handed.conversation == other)
        #expect(handed.mode == .claimed(by: Scene.ana, name: "Ana"))
        #expect(handed.transcript.map(\.text) == ["I want a person", "Soon."])
        #expect(handed.anchor == scene.now)
        #expect(step.changes == [.moved(into: other)])
        #expect(step.events.first?.mode == .bot)
        // A repeat, and an older word that comes late, change nothing.
        #expect(try scene.put(move(scene)).payloads.isEmpty)
        #expect(try scene.put(move(scene, order: 0, back: true)).payloads.isEmpty)
    }

    @Test("of a conversation in which nothing was said nothing is handed over")
    func silent() throws {
        var scene = Scene()
        #expect(try scene.put(move(scene)).payloads.isEmpty)
    }

    @Test("passes on what comes to it later, and says nothing to the customer itself")
    func passesOn() throws {
        var scene = Scene()
        try scene.customer(.text("When do you open?"), "w1")
        try scene.put(move(scene))
        let reply = try scene.bot(.courtesy(text: "At nine."), to: ["w1"])
        #expect(reply.outbound.isEmpty)
        let passed = try #require(reply.payloads.first as? ProposedReply)
        #expect(passed.conversation == other)
        let late = try scene.customer(.text("Hello?"), "w2")
        let message = try #require(late.payloads.first as? InboundMessage)
        #expect(message.conversation == other)
        #expect(message.cameFrom == Scene.conversation)
        #expect(late.outbound.isEmpty)
        let refused = try scene.agent(Scene.ana, .takeOver)
        guard case .refused? = refused.changes.first else {
            return #expect(Bool(false), "\(refused.changes)")
        }
    }

    @Test("goes on by itself again where the link is undone")
    func undone() throws {
        var scene = Scene()
        try scene.customer(.text("When do you open?"), "w1")
        try scene.put(move(scene))
        try scene.put(move(scene, order: 2, back: true))
        try scene.customer(.text("Hello?"), "w2")
        #expect(try scene.bot(.courtesy(text: "At nine."), to: ["w2"]).texts == ["At nine."])
    }

    @Test("a conversation stays with the agent who had the one that goes on in it")
    func staysClaimed() throws {
        var before = try Scene.claimed()
        var handed = try join(try before.put(move(before)))
        handed.conversation = Scene.conversation
        var scene = Scene()
        try scene.customer(.text("It is me again"), "w9")
        let step = try scene.put(handed)
        #expect(step.events.last?.mode == .claimed(by: Scene.ana, name: "Ana"))
        // The bot is silent from here on, and the agent may write.
        let reply = try scene.bot(.courtesy(text: "At nine."), to: ["w9"])
        #expect(reply.outbound.isEmpty)
        #expect(try scene.agent(Scene.ana, .send(.text("Hi!"))).texts == ["Hi!"])
    }

    @Test("an agent keeps a conversation whatever goes on in it")
    func keeps() throws {
        var before = try Scene.queued()
        var handed = try join(try before.put(move(before)))
        handed.conversation = Scene.conversation
        var scene = try Scene.claimed()
        #expect(try scene.put(handed).owners.isEmpty)
        #expect(try scene.agent(Scene.ana, .send(.text("Hi!"))).texts == ["Hi!"])
    }

    @Test("a reply that was under way is said where the conversation goes on")
    func repliesGoOn() throws {
        var before = Scene()
        try before.customer(.text("When do you open?"), "w1")
        var handed = try join(try before.put(move(before)))
        handed.conversation = Scene.conversation
        let reply = try before.bot(.courtesy(text: "At nine."), to: ["w1"])
        var scene = Scene()
        try scene.put(handed)
        let passed = try #require(reply.payloads.first as? ProposedReply)
        #expect(try scene.put(passed).texts == ["At nine."])
    }

    @Test("answers reach a customer under the number of now")
    func changedNumber() throws {
        var scene = Scene()
        try scene.customer(.text("Hi"), "w1")
        try scene.put(
            InboundMessage(
                tenant: "sol", conversation: Scene.conversation, number: "n1", message: "s1",
                contact: Contact(phone: "34999"), sentAt: scene.now, receivedAt: scene.now,
                content: .system(
                    kind: "user_changed_number", body: nil, raw: RawJSON("{}"))))
        let step = try scene.bot(.courtesy(text: "Hello"), to: ["w1"])
        #expect(step.outbound.first?.recipient.phone == "34999")
        #expect(step.outbound.first?.recipient.userID == nil)
    }
}
