import Conversation
import JSON
import StageRuntime
import Testing

@testable import OrchestratorStage

@Suite("What changes something is confirmed first")
struct ConfirmationTests {
    @Test("the customer is asked, says yes, and exactly that is asked of the other stage")
    func yes() throws {
        var scene = try ToolTurnTests.scene()
        let question = try scene.asksToBook()
        guard case .courtesy(let text) = question.proposal else {
            throw Rejection("\(question.proposal)")
        }
        #expect(text.contains("book (day: Friday; people: 2)") && text.contains("yes or no"))
        scene.state = try RecordCodec.decode(
            Dialogue.self, from: RecordCodec.encode(scene.state))
        scene.now = scene.now + .seconds(60)
        let request = try request(scene.receive(.text("Yes, please!")))
        #expect(request.request == question.asks)
        #expect(request.tool == "book")
        #expect(request.arguments == ["day": "Friday", "people": 2])
        #expect(request.message == "wamid.1" && request.confirmedBy == "wamid.2")
        let plan = try scene.receive(.done(text: "Booked for Friday."), of: request)
        let messages = try scene.asked(plan).messages
        #expect(messages.suffix(2).map(\.role) == [.assistant, .tool])
        #expect(messages.last?.toolCallID == messages.dropLast().last?.toolCalls.first?.id)
        let proposed = try reply(
            scene.resume(said("You are booked for Friday [2]."), to: plan))
        #expect(proposed.answerText == "You are booked for Friday.")
        // Said again, it confirms nothing.
        let again = try scene.receive(.text("yes"))
        guard case .silence = try reply(again).proposal else { throw Rejection("\(again)") }
    }

    @Test("of several messages the one that says yes is named")
    func named() throws {
        var scene = try Scene(tools: [.book])
        scene.tenant = OrchestratorTenant(Scene.settings("m"))
        _ = try scene.receive(.text("Please book a repair on Friday for two"))
        let plan = try scene.fire()
        let question = try reply(
            scene.resume(calls("book", #"{"day": "Friday", "people": 2}"#), to: plan))
        _ = try scene.settle(.asked, of: question)
        _ = try scene.receive(.text("thanks"))
        _ = try scene.receive(.text("yes"))
        #expect(try request(scene.fire()).confirmedBy == "wamid.3")
    }

    @Test("a no does nothing, and says so")
    func no() throws {
        var scene = try ToolTurnTests.scene()
        _ = try scene.asksToBook()
        guard case .courtesy(let text) = try reply(scene.receive(.text("No, thanks"))).proposal
        else { throw Rejection("no courtesy") }
        #expect(text.contains("not done"))
        let late = try scene.receive(.text("yes"))
        guard case .silence = try reply(late).proposal else { throw Rejection("\(late)") }
    }

    @Test(
        "anything else does nothing, and is answered",
        arguments: [
            "Yes, but on Saturday", "What does it cost?", "ok?\nWhen do you open?",
        ])
    func anythingElse(text: String) throws {
        var scene = try ToolTurnTests.scene()
        _ = try scene.asksToBook()
        let plan = try scene.receive(.text(text))
        let asked = try #require(try scene.asked(plan).messages.last?.content)
        #expect(asked.contains("You: Shall I do this"))
        #expect(scene.state.confirmation == nil)
    }

    @Test("a yes that was written before the question does nothing")
    func early() throws {
        var scene = try ToolTurnTests.scene()
        _ = try scene.asksToBook()
        scene.state.confirmation?.at = scene.now + .milliseconds(1)
        let plan = try scene.receive(.text("yes"))
        guard case .silence = try reply(plan).proposal else { throw Rejection("\(plan)") }
    }

    @Test("a yes that comes too late is asked for again")
    func expired() throws {
        var scene = try ToolTurnTests.scene()
        let question = try scene.asksToBook()
        scene.now = scene.now + .seconds(3601)
        let again = try reply(scene.receive(.text("yes")))
        #expect(again.proposal == question.proposal && again.asks == question.asks)
        _ = try scene.settle(.asked, of: again)
        #expect(try request(scene.receive(.text("yes"))).request == question.asks)
    }

    @Test("a wish for a person goes before a yes")
    func person() throws {
        var scene = try ToolTurnTests.scene()
        _ = try scene.asksToBook()
        let proposed = try reply(scene.receive(.text("I want to talk to a person")))
        #expect(proposed.handoffReason == .asked)
        #expect(scene.state.confirmation == nil)
    }

    @Test("a question that a person came after confirms nothing", arguments: [true, false])
    func withdrawn(hasGone: Bool) throws {
        var scene = try ToolTurnTests.scene()
        let question = try scene.asksToBook()
        if !hasGone { scene.state.confirmation?.isAsked = nil }
        _ = try scene.settle(.withdrawn, of: question)
        let plan = try scene.receive(.text("yes"))
        guard case .silence = try reply(plan).proposal else { throw Rejection("\(plan)") }
    }

    @Test("a question of which nobody knows whether it went confirms nothing")
    func notAsked() throws {
        var scene = try ToolTurnTests.scene()
        _ = try scene.asksToBook()
        scene.state.confirmation?.isAsked = nil
        let plan = try scene.receive(.text("yes"))
        guard case .silence = try reply(plan).proposal else { throw Rejection("\(plan)") }
    }

    @Test("what becomes of a question does not touch a request that is out")
    func lateWithdrawal() throws {
        var scene = try ToolTurnTests.scene()
        let question = try scene.asksToBook()
        _ = try request(scene.receive(.text("yes")))
        let before = scene.state
        guard case .ignore = try scene.settle(.withdrawn, of: question) else {
            throw Rejection("not ignored")
        }
        #expect(scene.state == before)
    }

    @Test("a request whose outcome nobody knows goes to a person")
    func unknownOutcome() throws {
        var scene = try ToolTurnTests.scene()
        let request = try scene.books()
        let proposed = try reply(scene.fire("tool", note: request.request.rawValue))
        guard case .handoff(.modelFailure, let summary, _) = proposed.proposal else {
            throw Rejection("\(proposed.proposal)")
        }
        #expect(summary.contains("it may have been done, or not"))
    }

    @Test("every language that has notices has a question, and can say yes and no")
    func languages() throws {
        let book = try PromptsFolder.book()
        #expect(book.confirmations.languages == book.notices.languages)
        for language in book.confirmations.languages {
            let question = book.confirmations.question("book", ["day": "1"], in: language)
            #expect(question.contains("book (day: 1)"), "\(language)")
        }
    }

    @Test("a word that means yes and no is refused, and what is missing is named")
    func broken() throws {
        let head = "---\nname: x\nvariables:\n---\n## en\n- ask: a\n- not done: b\n"
        for (item, problem) in [
            ("- yes: ok\n- no: OK", "'ok' means yes and no"), ("- perhaps: ok", "not known"),
            ("- nonsense", "no 'NAME: text'"),
        ] {
            let file = try PromptFile("\(head)\(item)\n---\n[{input: 'x'}]", file: "x.md")
            let error = #expect(throws: PromptError.self) { try Confirmations(file) }
            #expect(error?.problem.contains(problem) == true, "\(item)")
        }
    }
}
