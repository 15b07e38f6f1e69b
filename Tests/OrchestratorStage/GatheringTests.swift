import Conversation
import JSON
import StageRuntime
import Testing

@testable import OrchestratorStage

@Suite("Gathering a burst into one turn")
struct GatheringTests {
    private func due(_ plan: Plan<OrchestratorCall>) throws -> Timestamp {
        guard case .finish(let effects) = plan, effects.outputs.isEmpty,
            case .set(let timer) = try #require(effects.timers.last)
        else { throw Rejection("no timer but \(plan)") }
        return timer.due
    }

    @Test(
        "a text that does not tell its language is answered in the conversation's, else the documents'"
    )
    func languageInDoubt() throws {
        var scene = try Scene(Scene.atOnce)
        _ = try reply(scene.turn("¿A qué hora abren los sábados?"))
        #expect(try reply(scene.turn("Hotel Anna?")).language == "es")
        var new = try Scene(Scene.atOnce)
        #expect(try reply(new.turn("Hotel Anna?")).language == "en")
        let german = Scene.passage("p", "Am Sonntag haben wir geschlossen.", heading: "Zeiten")
        var other = try Scene(Scene.atOnce)
        #expect(try reply(other.turn("Hotel Anna?", passages: [german])).language == "de")
        var greeting = try Scene(Scene.atOnce)
        #expect(
            try reply(greeting.turn("Bom dia")).proposal
                == .courtesy(text: "Olá! Como posso ajudar?"))
    }

    @Test("messages within the pause are answered together, in one reply")
    func burst() throws {
        var scene = try Scene()
        let start = scene.now
        #expect(try due(scene.receive(.text("Hi"))) == start + .milliseconds(1200))
        scene.now = start + .seconds(1)
        #expect(
            try due(scene.receive(.text("What time do you open on Saturday?")))
                == start + .milliseconds(2200))
        scene.now = start + .milliseconds(2200)
        let plan = try scene.fire()
        let proposed = try reply(plan)
        #expect(proposed.answers == ["wamid.1", "wamid.2"])
        #expect(proposed.answerText?.contains("9:00") == true)
        #expect(proposed.provenance.positions.count == 2)
        #expect(scene.state.pending.isEmpty)
        #expect(scene.state.turn == nil)
    }

    @Test(
        "a tenant's own pause counts from the conversation's first message",
        arguments: [(300, 300), (nil, 1200)] as [(Int?, Int)])
    func tenantPause(own: Int?, milliseconds: Int) throws {
        var scene = try Scene()
        scene.tenant.business?.burstPauseMilliseconds = own
        let waiting = try scene.receive(.text("What time do you open on Saturday?"))
        #expect(try due(waiting) == scene.now + .milliseconds(milliseconds))
        var hurried = try Scene()
        hurried.tenant.business?.burstPauseMilliseconds = 0
        let first = try hurried.receive(.text("What time do you open on Saturday?"))
        #expect(try reply(first).answerText?.contains("9:00") == true)
    }

    @Test("a turn waits for a tenant that is added a moment later")
    func lateTenant() throws {
        var scene = try Scene(Scene.atOnce)
        scene.tenant = OrchestratorTenant()
        let waiting = try scene.receive(.text("What time do you open on Saturday?"))
        #expect(try due(waiting) == scene.now + .seconds(1))
        scene.now = scene.now + .seconds(1)
        scene.tenant = OrchestratorTenant(Scene.settings())
        #expect(try reply(scene.fire()).answerText?.contains("9:00") == true)
        #expect(scene.state.tenantMissingSince == nil)
    }

    @Test("a turn whose tenant stays unknown ends with a person, and takes in what comes meanwhile")
    func missingTenant() throws {
        var scene = try Scene()
        scene.tenant = OrchestratorTenant()
        scene.now = try due(scene.receive(.text("What time do you open on Saturday?")))
        let began = scene.now
        var plan = try scene.fire()
        while case .finish(let effects) = plan, effects.outputs.isEmpty {
            scene.now = try due(plan)
            if scene.now.since(began) == .seconds(3) {
                scene.now = try due(scene.receive(.text("And on Sunday?")))
            }
            plan = try scene.fire()
        }
        #expect(scene.now.since(began) > .seconds(7) && scene.now.since(began) < .seconds(10))
        #expect(try reply(plan).handoffReason == .modelFailure)
        #expect(try reply(plan).answers == ["wamid.1", "wamid.2"])
    }

    @Test("a burst that never ends is answered all the same")
    func endless() throws {
        var scene = try Scene()
        let start = scene.now
        var last = start
        for _ in 0..<6 {
            last = try due(scene.receive(.text("more")))
            scene.now = scene.now + .seconds(1)
        }
        #expect(last == start + .seconds(6))
    }

    @Test("a full burst and a pause of zero answer at once")
    func atOnce() throws {
        var scene = try Scene(Scene.atOnce)
        guard case .courtesy = try reply(scene.receive(.text("Hi"))).proposal else {
            throw Rejection("no courtesy")
        }
        var settings = OrchestratorSettings()
        settings.mostBurstMessages = 2
        var full = try Scene(settings)
        _ = try due(full.receive(.text("one")))
        #expect(try reply(full.receive(.text("two"))).answers == ["wamid.1", "wamid.2"])
    }

    @Test("a changed message is answered as changed, a message taken back is not")
    func corrections() throws {
        var scene = try Scene()
        _ = try scene.receive(.text("What time do you open on Sunday?"))
        _ = try scene.receive(.text("Forget this"))
        let edit = try scene.receive(
            .edit(
                of: "wamid.1", text: "What time do you open on Saturday?", raw: RawJSON("{}")))
        guard case .silence = try reply(edit).proposal else { throw Rejection("not silent") }
        _ = try scene.receive(.revoke(of: "wamid.2"))
        #expect(scene.state.words == "What time do you open on Saturday?")
        let proposed = try reply(scene.fire())
        #expect(proposed.answers == ["wamid.1"])
        #expect(proposed.answerText?.contains("9:00") == true)
    }

    @Test("a burst that was taken back wholly ends without a reply")
    func takenBack() throws {
        var scene = try Scene()
        _ = try scene.receive(.text("Hello"))
        let plan = try scene.receive(.revoke(of: "wamid.1"))
        guard case .finish(let effects) = plan else { throw Rejection("not finished") }
        #expect(effects.timers == [.cancel(name: "turn")])
        guard case .ignore = try scene.fire() else { throw Rejection("not ignored") }
    }

    @Test(
        "what asks nothing is met with silence",
        arguments: [
            MessageContent.reaction(to: "wamid.0", emoji: "👍"),
            .system(kind: "x", body: nil, raw: RawJSON("{}")), .sticker(Media(id: "s")),
            .edit(of: "wamid.0", text: "late", raw: RawJSON("{}")), .revoke(of: "wamid.0"),
        ])
    func silence(content: MessageContent) throws {
        var scene = try Scene(Scene.atOnce)
        let proposed = try reply(scene.receive(content))
        guard case .silence = proposed.proposal else { throw Rejection("\(proposed.proposal)") }
        #expect(proposed.answers == ["wamid.1"])
    }

    @Test(
        "what a program cannot read goes to a person",
        arguments: [
            MessageContent.audio(Media(id: "a", voice: true)), .image(Media(id: "i")),
            .video(Media(id: "v")), .document(Media(id: "d")),
            .contacts(RawJSON("[]")),
            .order(text: nil, raw: RawJSON("{}")), .unsupported(kind: nil, errors: []),
            .other(type: "new", raw: RawJSON("{}")), .flow(name: nil, response: "{}"),
        ])
    func unreadable(content: MessageContent) throws {
        var scene = try Scene(Scene.atOnce)
        scene.tenant = OrchestratorTenant(Scene.settings("m"))
        let plan = try scene.receive(content)
        let proposed = try reply(plan)
        guard case .handoff(.unreadable, let summary, let notice) = proposed.proposal else {
            throw Rejection("\(proposed.proposal)")
        }
        #expect(summary.contains("[\(content.kind)]"))
        #expect(!notice.isEmpty)
    }
}
