import Conversation
import StageRuntime
import Testing

@testable import HandoffStage

/// While a business is suspended or deleted, all is kept, nobody answers, and whoever wrote waits
/// for a person.
@Suite("A suspended business")
struct SuspensionTests {
    private static let since = Timestamp(seconds: 1_799_000_000)

    private func suspended(_ notice: String?, since: Timestamp = since) -> HandoffSettings {
        HandoffSettings(
            serviceLevelSeconds: nil, standing: .suspended(since: since, notice: notice))
    }

    @Test("keeps what a customer writes for people, tells the customer once, and says no more")
    func tellsOnce() throws {
        var scene = Scene()
        scene.settings = suspended("We are closed for now.")
        let first = try scene.customer(.text("Hello?"), "w1")
        #expect(first.texts == ["We are closed for now."])
        guard case .queued(.suspended, _, let transcript)? = first.changes.first else {
            Issue.record("nobody will find it: \(first.changes)")
            return
        }
        #expect(transcript.map(\.text).contains("Hello?"))
        // Neither a mark that it was read, nor that somebody types.
        #expect(first.outbound.count == 1)
        let second = try scene.customer(.text("Is anybody there?"), "w2")
        #expect(second.texts.isEmpty && second.changes.count == 1)
        // What the bot was at when it began is never said.
        #expect(try scene.bot(.answer(text: "At ten.", citations: []), to: ["w1"]).texts == [])
    }

    @Test("tells again in another suspension, and nothing where there are no words")
    func again() throws {
        var scene = Scene()
        scene.settings = suspended("Closed.")
        #expect(try scene.customer(.text("a"), "w1").texts == ["Closed."])
        // Other words for the same suspension are no news.
        scene.settings = suspended("Still closed.")
        #expect(try scene.customer(.text("b"), "w2").texts == [])
        scene.settings = HandoffSettings()
        #expect(try scene.customer(.text("c"), "w3").texts == [])
        scene.settings = suspended("Closed again.", since: Self.since + .seconds(10))
        #expect(try scene.customer(.text("d"), "w4").texts == ["Closed again."])
        scene.settings = suspended(nil, since: Self.since + .seconds(20))
        #expect(try scene.customer(.text("e"), "w5").texts == [])
    }

    @Test("lets no agent speak or claim until it goes on, and then a person finds who waited")
    func agents() throws {
        var scene = Scene()
        scene.settings = suspended(nil)
        try scene.customer(.text("Hello?"), "w1")
        for action in [HandoffCommand.Action.claim, .takeOver] {
            guard case .refused(_, let why, _)? = try scene.agent(Scene.ana, action).changes.first
            else {
                Issue.record("\(action) was not refused")
                return
            }
            #expect(why.contains("suspended"))
        }
        scene.settings = HandoffSettings()
        guard case .claimed? = try scene.agent(Scene.ana, .claim).changes.first else {
            Issue.record("it cannot be claimed")
            return
        }
        #expect(try scene.agent(Scene.ana, .send(.text("Yes!"))).texts == ["Yes!"])
    }

    @Test("hands what the bot was about to say to a person, and its own reason with it")
    func underWay() throws {
        var scene = Scene()
        try scene.customer(.text("When do you open?"), "w1")
        scene.settings = suspended("Closed.")
        let kept = try scene.bot(.answer(text: "At ten.", citations: []), to: ["w1"])
        #expect(kept.texts == ["Closed."])
        guard case .queued(.suspended, _, _)? = kept.changes.first else {
            Issue.record("nobody will find it: \(kept.changes)")
            return
        }
        var other = Scene()
        try other.customer(.text("A person, please"), "w1")
        other.settings = HandoffSettings(serviceLevelSeconds: nil, standing: .deleted)
        let handed = try other.bot(
            .handoff(reason: .asked, summary: "wants a person", notice: "Soon."), to: ["w1"])
        #expect(handed.texts == [])
        guard case .queued(.asked, "wants a person", _)? = handed.changes.first else {
            Issue.record("the reason is lost: \(handed.changes)")
            return
        }
    }

    @Test("loses nobody while its stages learn of the suspension one by one")
    func between() throws {
        var scene = Scene()
        try scene.customer(.text("Hello?"), "w1")
        // The bot knows already, the gate not yet: no empty notice goes out.
        let handed = try scene.bot(
            .handoff(reason: .suspended, summary: "wrote", notice: ""), to: ["w1"])
        #expect(handed.texts == [])
        guard case .queued(.suspended, _, _)? = handed.changes.first else {
            Issue.record("nobody will find it: \(handed.changes)")
            return
        }
        scene.settings = suspended("Closed.")
        #expect(try scene.customer(.text("Anybody?"), "w2").texts == ["Closed."])
    }

    @Test("is not overdue while nobody can answer, and is once it goes on")
    func overdue() throws {
        var scene = Scene()
        scene.settings = suspended(nil)
        let queued = try scene.customer(.text("Hello?"), "w1")
        let again = try scene.fire(queued.timer("service-level"))
        #expect(again.changes.isEmpty)
        scene.settings = HandoffSettings()
        guard case .overdue? = try scene.fire(again.timer("service-level")).changes.first else {
            Issue.record("nobody is told")
            return
        }
    }
}
