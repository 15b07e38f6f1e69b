import Conversation
import JSON
import StageRuntime
import Testing

@testable import OrchestratorStage

extension Tool {
    /// What changes nothing.
    static let stock = Tool(
        name: "stock", description: "Tells how many of an article are there.",
        arguments: .object([
            .required("article", .text("Its name.", 1...40)),
            .optional("shop", .words(["north", "south"], "Which shop.")),
        ]), action: .request(changes: false))

    /// What changes something.
    static let book = Tool(
        name: "book", description: "Books a repair.",
        arguments: .object([
            .required("day", .text("The day.", 1...40)),
            .required("people", .integer("How many come.", 1...8)),
        ]), action: .request(changes: true))
}

/// What a model says that calls a tool.
func calls(_ tool: String, _ arguments: String) -> OrchestratorAnswer {
    said("", tools: [ToolCall(id: "t1", name: tool, arguments: arguments)])
}

/// The one request that a plan ends with.
func request(_ plan: Plan<OrchestratorCall>) throws -> ToolRequest {
    guard case .finish(let effects) = plan else { throw Rejection("not finished: \(plan)") }
    #expect(effects.outputs.count == 1)
    return try #require(effects.outputs.first?.payload as? ToolRequest)
}

extension Scene {
    /// What a plan asks the model.
    func asked(_ plan: Plan<OrchestratorCall>) throws -> CompletionRequest {
        guard case .complete(let request) = try call(of: plan) else {
            throw Rejection("no completion asked: \(plan)")
        }
        return request
    }

    /// Begins a turn, in which the model asks for an article.
    mutating func asksForStock() throws -> ToolRequest {
        let plan = try turn("How many red bells do you have?", model: "m")
        return try request(resume(calls("stock", #"{"article": "red bell"}"#), to: plan))
    }

    /// Begins a turn, in which the model wants to book; the customer is asked.
    mutating func asksToBook() throws -> ProposedReply {
        let plan = try turn("Please book a repair on Friday for two", model: "m")
        let question = try reply(
            resume(calls("book", #"{"day": "Friday", "people": 2}"#), to: plan))
        _ = try settle(.asked, of: question)
        return question
    }

    /// Lets the customer say yes.
    mutating func books() throws -> ToolRequest {
        _ = try asksToBook()
        return try request(receive(.text("yes")))
    }
}

@Suite("A turn that asks another stage")
struct ToolTurnTests {
    static func scene() throws -> Scene { try Scene(Scene.atOnce, tools: [.stock, .book]) }

    @Test("the turn outlives its input: it asks, waits, and answers from the result")
    func result() throws {
        var scene = try Self.scene()
        let plan = try scene.turn("How many red bells do you have?", model: "m")
        #expect(try scene.asked(plan).tools.map(\.name) == ["search", "handoff", "stock", "book"])
        let waiting = try scene.resume(calls("stock", #"{"article": "red bell"}"#), to: plan)
        let request = try request(waiting)
        #expect(request.tool == "stock" && request.arguments == ["article": "red bell"])
        #expect(request.message == "wamid.1" && request.confirmedBy == nil)
        guard case .finish(let effects) = waiting else { throw Rejection("not finished") }
        guard case .set(let timer) = try #require(effects.timers.last) else {
            throw Rejection("no timer")
        }
        #expect(timer.name == "tool" && timer.note == request.request.rawValue)
        #expect(timer.due == scene.now + .seconds(20) && request.deadline == timer.due)
        // What is stored is what goes on.
        scene.state = try RecordCodec.decode(
            Dialogue.self, from: RecordCodec.encode(scene.state))
        scene.now = scene.now + .seconds(5)
        let next = try scene.receive(.done(text: "There are 12 red bells."), of: request)
        let last = try #require(try scene.asked(next).messages.last)
        #expect(last.role == .tool && last.toolCallID == "t1")
        #expect(last.content.contains("[2] stock: There are 12 red bells."))
        let proposed = try reply(scene.resume(said("We have 12 red bells [2]."), to: next))
        guard case .answer("We have 12 red bells.", let citations) = proposed.proposal else {
            throw Rejection("\(proposed.proposal)")
        }
        #expect(citations.map(\.documentName) == ["stock"])
        #expect(proposed.answers == ["wamid.1"])
        #expect(scene.state.turn == nil && scene.state.pending.isEmpty)
    }

    @Test("the same work done twice makes the same request")
    func repeated() throws {
        var first = try Self.scene()
        var second = try Self.scene()
        #expect(try first.asksForStock().request == second.asksForStock().request)
    }

    @Test("each request of a turn has an id of its own")
    func several() throws {
        var scene = try Self.scene()
        let first = try scene.asksForStock()
        let next = try scene.receive(.done(text: "None."), of: first)
        let second = try request(
            scene.resume(calls("stock", #"{"article": "bell", "shop": "north"}"#), to: next))
        #expect(second.request != first.request && second.message == first.message)
    }

    @Test("a result that nobody waits for any more is ignored, with a reason")
    func late() throws {
        var scene = try Self.scene()
        let request = try scene.asksForStock()
        scene.now = scene.now + .seconds(20)
        let plan = try scene.fire("tool", note: request.request.rawValue)
        let last = try #require(try scene.asked(plan).messages.last)
        #expect(last.role == .tool && last.content.contains("no answer in time"))
        let proposed = try reply(scene.resume(said("HANDOFF"), to: plan))
        #expect(proposed.handoffReason == .unanswered)
        guard case .ignore = try scene.receive(.done(text: "12"), of: request) else {
            throw Rejection("not ignored")
        }
        guard case .ignore = try scene.fire("tool", note: request.request.rawValue) else {
            throw Rejection("not ignored")
        }
    }

    @Test("a turn never waits beyond half of its time")
    func shortTurn() throws {
        var settings = Scene.atOnce
        settings.turnTime = .seconds(10)
        var scene = try Scene(settings, tools: [.stock])
        let request = try scene.asksForStock()
        #expect(request.deadline == scene.now + .seconds(5))
    }

    @Test(
        "wrong arguments are sent back once with the place, then a person is asked",
        arguments: [
            ("stock", "{}", "article is missing"),
            ("stock", #"{"article": 3}"#, "article is text"),
            ("stock", #"{"article": "a", "shop": "east"}"#, "shop is one of north, south"),
            ("stock", #"{"article": "a", "colour": "red"}"#, "colour is not known"),
            ("stock", "[]", "they are no object"), ("stock", "{article", "not JSON"),
            ("book", #"{"day": "Friday", "people": 9}"#, "people is a whole number from 1 to 8"),
        ])
    func wrongArguments(tool: String, arguments: String, problem: String) throws {
        var scene = try Self.scene()
        let plan = try scene.turn("How many red bells do you have?", model: "m")
        let again = try scene.resume(calls(tool, arguments), to: plan)
        #expect(try scene.asked(again).messages.last?.content.contains(problem) == true)
        let proposed = try reply(scene.resume(calls(tool, arguments), to: again))
        #expect(proposed.handoffReason == .modelFailure)
    }

    @Test("a tool that is not there is no tool")
    func unknownTool() throws {
        var scene = try Self.scene()
        let plan = try scene.turn("How many red bells do you have?", model: "m")
        let again = try scene.resume(calls("delete", "{}"), to: plan)
        #expect(
            try scene.asked(again).messages.last?.content == "There is no such tool.")
    }

    @Test("what a tool's result says stays when the model can only read less")
    func shortened() throws {
        var scene = try Self.scene()
        let request = try scene.asksForStock()
        let plan = try scene.receive(.done(text: "There are 12 red bells."), of: request)
        let shorter = try scene.resume(.tooLong, to: plan)
        #expect(
            try scene.asked(shorter).messages.last?.content.contains("12 red bells") == true)
    }

    @Test("what was found out reaches the person who takes over")
    func summary() throws {
        var scene = try Self.scene()
        let request = try scene.asksForStock()
        let plan = try scene.receive(.notDone(because: "The scanner is off."), of: request)
        guard case .handoff(_, let summary, _) = try reply(scene.fail(plan)).proposal else {
            throw Rejection("no handoff")
        }
        #expect(summary.contains("stock: Not done: The scanner is off."))
    }

    @Test(
        "tools with one name, with no usable name or with arguments that are no object are refused",
        arguments: [
            [Tool.stock, .stock], [.search],
            [Tool(name: "a b", description: "", arguments: .object([]), action: .search)],
            [Tool(name: "", description: "", arguments: .object([]), action: .search)],
            [Tool(name: "a", description: "", arguments: .text(), action: .search)],
        ])
    func registry(tools: [Tool]) {
        #expect(throws: ToolProblem.self) { try ToolRegistry(adding: tools) }
    }

    @Test("tools of before are read, and written as they were")
    func oldTools() throws {
        let old = [
            #"{"arguments":{"query":"What to look for, in a few words."},"#
                + #""description":"Looks for more passages in the business's documents.","#
                + #""name":"search"}"#,
            #"{"arguments":{"reason":"Why a person is needed.","#
                + #""summary":"What the customer wants."},"#
                + #""description":"Passes the customer to a person.","name":"handoff"}"#,
        ]
        for (text, tool) in zip(old, ToolRegistry.standard.tools) {
            let offered = OfferedTool(tool)
            #expect(try RecordCodec.encode(offered) == Array(text.utf8))
            #expect(try RecordCodec.decode(OfferedTool.self, from: Array(text.utf8)) == offered)
        }
        let offered = OfferedTool(.stock)
        let bytes = try RecordCodec.encode(offered)
        #expect(try RecordCodec.decode(OfferedTool.self, from: bytes) == offered)
        #expect(offered.parameters["properties"]?["shop"]?["enum"] == ["north", "south"])
    }
}
