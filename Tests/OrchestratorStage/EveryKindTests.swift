import Conversation
import JSON
import StageRuntime
import Testing

@testable import OrchestratorStage

/// What the model reads of each kind, and what is no question.
@Suite("Kinds of messages in a turn")
struct EveryKindTests {
    private func modelScene() throws -> Scene {
        var scene = try Scene(Scene.atOnce)
        scene.tenant = OrchestratorTenant(Scene.settings("m"))
        return scene
    }

    private func prompt(_ plan: Plan<OrchestratorCall>) throws -> String {
        guard case .call(.complete(let request)) = plan else { throw Rejection("\(plan)") }
        return try #require(request.messages.last).content
    }

    @Test(
        "places, cards, orders and forms reach the prompt, and a tap with its payload",
        arguments: [
            (.location(Location(latitude: 1, longitude: 2, name: "Sol")), "[location: Sol, 1.0"),
            (.contacts(RawJSON(#"[{"name":{"formatted_name":"Bo"}}]"#)), "[contact: Bo]"),
            (
                .order(
                    text: nil,
                    raw: RawJSON(
                        #"{"product_items":[{"product_retailer_id":"A","quantity":2,"item_price":3,"currency":"EUR"}]}"#
                    )), "[order: 2 × A at 3 EUR; in all 6 EUR]"
            ),
            (.flow(name: nil, response: #"{"size":"L"}"#), "[form: size: L]"),
            (.button(text: "Yes", payload: "CONFIRM_7"), "Yes [button: CONFIRM_7]"),
            (.choice(id: "CANCEL_7", title: "Yes", description: nil), "Yes [chosen: CANCEL_7]"),
        ] as [(MessageContent, String)])
    func kinds(content: MessageContent, expected: String) throws {
        var scene = try modelScene()
        #expect(try prompt(scene.receive(content)).contains(expected))
    }

    @Test("a text in which nothing can be seen, a call and a group's message ask nothing")
    func silence() throws {
        for content in [
            MessageContent.text("\u{200b}\u{200d}\u{2060}\u{feff}"), .text(" \n\u{a0}"),
            .call(PhoneCall(id: "w", event: "connect", isIncoming: true)),
        ] {
            var scene = try modelScene()
            guard case .silence = try reply(scene.receive(content)).proposal else {
                return #expect(Bool(false), "\(content)")
            }
        }
    }

    @Test("who opens the chat is greeted, also without a model")
    func welcome() throws {
        var scene = try Scene(Scene.atOnce)
        let plan = try scene.receive(.other(type: "request_welcome", raw: RawJSON("{}")))
        guard case .courtesy(let text) = try reply(plan).proposal else {
            return #expect(Bool(false), "\(plan)")
        }
        #expect(text == "Hello! How can I help you?")
    }

    @Test("what was taken back before it came is no question")
    func takenBackFirst() throws {
        var scene = try modelScene()
        // `Scene` names the messages by their count.
        _ = try scene.receive(.revoke(of: "wamid.2"))
        guard case .silence = try reply(scene.receive(.text("4111 1111"))).proposal else {
            return #expect(Bool(false), "it was answered")
        }
    }

    @Test("an edit that came first is the question")
    func editedFirst() throws {
        var scene = try modelScene()
        _ = try scene.receive(.edit(of: "wamid.2", text: "On Sunday?", raw: RawJSON("{}")))
        let text = try prompt(scene.receive(.text("On Saturday?")))
        #expect(text.contains("Question: On Sunday?"))
    }

    @Test("the model reads of the past what is left of it")
    func history() throws {
        var scene = try Scene(Scene.atOnce)
        _ = try scene.turn("Ship it to 12 Elm Street")
        _ = try scene.turn("My card is 4111 1111")
        _ = try scene.receive(.edit(of: "wamid.1", text: "Ship it to 21 Elm", raw: RawJSON("{}")))
        _ = try scene.receive(.revoke(of: "wamid.2"))
        scene.tenant = OrchestratorTenant(Scene.settings("m"))
        let text = try prompt(scene.receive(.text("When do you open on Saturday?")))
        #expect(text.contains("21 Elm"))
        #expect(!text.contains("12 Elm"))
        #expect(!text.contains("4111"))
    }
}
