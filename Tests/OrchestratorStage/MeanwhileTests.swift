import Conversation
import JSON
import StageRuntime
import Testing

@testable import OrchestratorStage

@Suite("What a customer writes while a turn waits")
struct MeanwhileTests {
    private func silence(_ plan: Plan<OrchestratorCall>) throws -> ProposedReply {
        let proposed = try reply(plan)
        guard case .silence = proposed.proposal else { throw Rejection("\(proposed.proposal)") }
        return proposed
    }

    private func expectNothing(_ plan: Plan<OrchestratorCall>) throws {
        guard case .finish(let effects) = plan else { throw Rejection("not finished: \(plan)") }
        #expect(effects.outputs.isEmpty && effects.timers.isEmpty)
    }

    @Test("a message joins the turn: its words and passages are put before the model")
    func joins() throws {
        var scene = try ToolTurnTests.scene()
        let request = try scene.asksForStock()
        let parking = Scene.passage("parking", "The car park is free.", heading: "Parking")
        try expectNothing(scene.receive(.text("And can I park there?"), passages: [parking]))
        let plan = try scene.receive(.done(text: "There are 12 red bells."), of: request)
        let messages = try scene.asked(plan).messages
        #expect(messages.suffix(2).map(\.role) == [.tool, .user])
        let news = try #require(messages.last?.content)
        #expect(news.contains("How many red bells do you have?\nAnd can I park there?"))
        #expect(news.contains("[3] Parking: The car park is free."))
        let proposed = try reply(
            scene.resume(said("We have 12 red bells [2]. The car park is free [3]."), to: plan))
        #expect(proposed.answers == ["wamid.1", "wamid.2"])
        #expect(proposed.answerText == "We have 12 red bells. The car park is free.")
    }

    @Test("a changed message is put before the model as it is now")
    func edited() throws {
        var scene = try ToolTurnTests.scene()
        let request = try scene.asksForStock()
        _ = try silence(
            scene.receive(
                .edit(of: "wamid.1", text: "How many blue bells?", raw: RawJSON("{}"))))
        let plan = try scene.receive(.done(text: "There are 12."), of: request)
        #expect(
            try scene.asked(plan).messages.last?.content.contains("How many blue bells?") == true)
    }

    @Test("a reaction is met with silence and changes nothing")
    func reaction() throws {
        var scene = try ToolTurnTests.scene()
        let request = try scene.asksForStock()
        _ = try silence(scene.receive(.reaction(to: "wamid.0", emoji: "👍")))
        let plan = try scene.receive(.done(text: "There are 12."), of: request)
        #expect(try scene.asked(plan).messages.last?.role == .tool)
    }

    @Test("a turn whose every message is taken back ends, and its result is ignored")
    func revoked() throws {
        var scene = try ToolTurnTests.scene()
        let request = try scene.asksForStock()
        let plan = try scene.receive(.revoke(of: "wamid.1"))
        _ = try silence(plan)
        guard case .finish(let effects) = plan else { throw Rejection("not finished") }
        #expect(effects.timers == [.cancel(name: "tool")])
        #expect(scene.state.turn == nil)
        guard case .ignore = try scene.receive(.done(text: "12"), of: request) else {
            throw Rejection("not ignored")
        }
    }

    @Test("who asks for a person meanwhile is passed on at once")
    func person() throws {
        var scene = try ToolTurnTests.scene()
        _ = try scene.asksForStock()
        let proposed = try reply(scene.receive(.text("I want to talk to a person")))
        #expect(proposed.handoffReason == .asked)
        #expect(proposed.answers == ["wamid.1", "wamid.2"])
    }

    @Test("a timer of the burst that fires meanwhile begins no second turn")
    func burstTimer() throws {
        var scene = try ToolTurnTests.scene()
        _ = try scene.asksForStock()
        let before = scene.state
        guard case .ignore = try scene.fire() else { throw Rejection("not ignored") }
        #expect(scene.state == before)
    }

    @Test("while something is being changed a message waits, and is the next input")
    func waits() throws {
        var scene = try ToolTurnTests.scene()
        let request = try scene.books()
        try expectNothing(scene.receive(.text("What time do you open on Saturday?")))
        scene.state = try RecordCodec.decode(
            Dialogue.self, from: RecordCodec.encode(scene.state))
        let plan = try scene.receive(.done(text: "Booked for Friday."), of: request)
        #expect(
            try scene.asked(plan).messages.allSatisfy { !$0.content.contains("Saturday?") })
        let end = try scene.resume(said("You are booked for Friday [2]."), to: plan)
        #expect(try reply(end).answers == ["wamid.2"])
        guard case .finish(let effects) = end,
            case .set(let timer) = try #require(effects.timers.last)
        else { throw Rejection("no timer") }
        #expect(timer.name == "turn" && timer.due == scene.now)
        #expect(timer.correlation == "wamid.3")
        #expect(scene.state.later == nil && scene.state.pending.count == 1)
        let next = try scene.asked(scene.fire())
        #expect(next.messages.last?.content.contains("open on Saturday?") == true)
    }

    @Test("nothing overtakes what waits, although the turn waits for something harmless now")
    func order() throws {
        var scene = try ToolTurnTests.scene()
        let booking = try scene.books()
        try expectNothing(scene.receive(.text("Saturday?")))
        let plan = try scene.receive(.done(text: "Booked for Friday."), of: booking)
        let stock = try request(scene.resume(calls("stock", #"{"article": "a"}"#), to: plan))
        try expectNothing(scene.receive(.text("Sunday?")))
        #expect(scene.state.later?.map(\.words) == ["Saturday?", "Sunday?"])
        let end = try scene.receive(.done(text: "None."), of: stock)
        #expect(try reply(scene.fail(end)).answers == ["wamid.2"])
        #expect(scene.state.words == "Saturday?\nSunday?")
    }

    @Test("what waits is corrected and taken back as a burst is")
    func waitingIsCorrected() throws {
        var scene = try ToolTurnTests.scene()
        _ = try scene.books()
        try expectNothing(scene.receive(.text("Sunday?")))
        _ = try silence(
            scene.receive(.edit(of: "wamid.3", text: "Saturday?", raw: RawJSON("{}"))))
        #expect(scene.state.later?.map(\.words) == ["Saturday?"])
        _ = try silence(scene.receive(.revoke(of: "wamid.3")))
        #expect(scene.state.later == nil)
    }

    @Test("a changed message that is being acted on is the next input; taken back, it is acted on")
    func actedOn() throws {
        var scene = try ToolTurnTests.scene()
        let request = try scene.books()
        try expectNothing(
            scene.receive(.edit(of: "wamid.2", text: "yes, at noon", raw: RawJSON("{}"))))
        _ = try silence(scene.receive(.revoke(of: "wamid.2")))
        #expect(scene.state.pending.count == 1 && scene.state.later?.count == 1)
        let plan = try scene.receive(.done(text: "Booked for Friday."), of: request)
        #expect(try reply(scene.fail(plan)).answers == ["wamid.2"])
        #expect(scene.state.words == "yes, at noon")
    }
}
