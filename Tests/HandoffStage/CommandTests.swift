import Conversation
import HandoffStage
import StageRuntime
import Testing

@Suite struct CommandTests {
    /// Who acts on what mode, and what comes of it: the whole table of races.
    struct Race: Sendable, CustomStringConvertible {
        var description: String
        var actions: [(AgentID, HandoffCommand.Action)]
        /// The holder at the end, or `nil`.
        var holder: AgentID?
        /// Refusals, as agent and the holder's name that it is told.
        var refused: [(AgentID, String?)]
        var epoch: Int
    }

    static let races: [Race] = [
        Race(
            description: "the first of two claims wins",
            actions: [(Scene.ana, .claim), (Scene.ben, .claim)], holder: Scene.ana,
            refused: [(Scene.ben, "Ana")], epoch: 2),
        Race(
            description: "the other order, the other winner",
            actions: [(Scene.ben, .claim), (Scene.ana, .claim)], holder: Scene.ben,
            refused: [(Scene.ana, "Ben")], epoch: 2),
        Race(
            description: "the holder may claim again",
            actions: [(Scene.ana, .claim), (Scene.ana, .claim)], holder: Scene.ana, refused: [],
            epoch: 2),
        Race(
            description: "taking over what another has is refused",
            actions: [(Scene.ana, .claim), (Scene.ben, .takeOver)], holder: Scene.ana,
            refused: [(Scene.ben, "Ana")], epoch: 2),
        Race(
            description: "given back, it can be claimed by another",
            actions: [(Scene.ana, .claim), (Scene.ana, .release), (Scene.ben, .claim)],
            holder: Scene.ben, refused: [], epoch: 4),
        Race(
            description: "only the holder gives back, closes, writes and renews",
            actions: [
                (Scene.ana, .claim), (Scene.ben, .release), (Scene.ben, .close),
                (Scene.ben, .send(.text("hi"))), (Scene.ben, .renew),
            ],
            holder: Scene.ana,
            refused: [
                (Scene.ben, "Ana"), (Scene.ben, "Ana"), (Scene.ben, "Ana"), (Scene.ben, "Ana"),
            ],
            epoch: 2),
        Race(
            description: "nobody writes before a claim", actions: [(Scene.ana, .send(.text("hi")))],
            holder: nil, refused: [(Scene.ana, nil)], epoch: 1),
        Race(
            description: "closed, it is the bot's, and a claim is refused",
            actions: [(Scene.ana, .claim), (Scene.ana, .close), (Scene.ben, .claim)], holder: nil,
            refused: [(Scene.ben, nil)], epoch: 3),
        Race(
            description: "what waits can be closed by anyone", actions: [(Scene.ben, .close)],
            holder: nil, refused: [], epoch: 2),
    ]

    @Test("exactly one agent has a conversation", arguments: races)
    func race(_ race: Race) throws {
        var scene = try Scene.queued()
        var refused: [(AgentID, String?)] = []
        var mode = Mode.queued
        var epoch = 1
        for (index, (agent, action)) in race.actions.enumerated() {
            let step = try scene.agent(agent, action, reference: "r\(index)")
            #expect(step.events.first?.reference == "r\(index)")
            for change in step.changes {
                if case .refused(let agent, let because, let holder) = change {
                    #expect(!because.isEmpty)
                    refused.append((agent, holder))
                }
            }
            if let last = step.events.last {
                mode = last.mode
                epoch = last.epoch
            }
            #expect(step.owners.allSatisfy { $0.epoch == epoch && $0.mode == mode })
        }
        #expect(refused.map(\.0) == race.refused.map(\.0))
        #expect(refused.map(\.1) == race.refused.map(\.1))
        #expect(epoch == race.epoch)
        if case .claimed(let holder, _) = mode {
            #expect(holder == race.holder)
        } else {
            #expect(race.holder == nil)
        }
    }

    @Test("a command with a reference that was handled does nothing again")
    func repeated() throws {
        var scene = try Scene.claimed()
        #expect(try scene.agent(Scene.ana, .send(.text("Hi")), reference: "one").texts == ["Hi"])
        let again = try scene.agent(Scene.ana, .send(.text("Hi")), reference: "one")
        #expect(again.payloads.isEmpty)
        #expect(again.ignored != nil)
        // Another agent may use the same reference.
        #expect(try scene.agent(Scene.ben, .claim, reference: "one").events.count == 1)
    }

    @Test("the holder's words go out in the claim's epoch and renew the lease")
    func send() throws {
        var scene = try Scene.claimed()
        scene.now = scene.now + .seconds(60)
        let step = try scene.agent(Scene.ana, .send(.text("Hello, Ana here.")), reference: "s")
        let outbound = try #require(step.outbound.first)
        #expect(outbound.author == .agent(Scene.ana, name: "Ana"))
        #expect(outbound.epoch == 2)
        #expect(step.timer("lease")?.due == scene.now + .seconds(900))
        guard case .said(let entry)? = step.changes.first else {
            Issue.record("nothing said")
            return
        }
        #expect(entry.text == "Hello, Ana here.")
        #expect(entry.id == step.ids.first)
        let fate = try scene.delivery(of: entry.id, .progressed("m", .delivered))
        #expect(fate.changes == [.delivery(of: entry.id, .progressed("m", .delivered))])
    }

    @Test(
        "text that cannot go out is refused with the reason",
        arguments: [("  ", "empty"), (String(repeating: "a", count: 60_000), "too long")])
    func refusedText(text: String, word: String) throws {
        var scene = try Scene.claimed()
        let step = try scene.agent(Scene.ana, .send(.text(text)))
        #expect(step.outbound.isEmpty)
        guard case .refused(_, let because, nil)? = step.changes.first else {
            Issue.record("not refused")
            return
        }
        #expect(because.contains(word))
    }

    @Test("an agent is told that the 24-hour window is closed")
    func windowClosed() throws {
        var scene = try Scene.claimed()
        scene.now = scene.now + .seconds(24 * 3600)
        let step = try scene.agent(Scene.ana, .send(.text("Hi")))
        #expect(step.outbound.isEmpty)
        guard case .refused(_, let because, nil)? = step.changes.first else {
            Issue.record("not refused")
            return
        }
        #expect(because.contains("24 hours"))
    }

    @Test("taking over a bot conversation queues and claims at once, with one change of owner")
    func takeOver() throws {
        var scene = Scene()
        try scene.customer(.text("Hello"), "w1")
        let step = try scene.agent(Scene.ana, .takeOver, reference: "t")
        #expect(step.changes.count == 2)
        #expect(step.changes.last == .claimed(by: Scene.ana, name: "Ana"))
        #expect(step.owners.map(\.mode) == [.claimed(by: Scene.ana, name: "Ana")])
        #expect(step.owners.map(\.epoch) == [2])
        #expect(step.timer("service-level") == nil)
        #expect(step.timer("lease") != nil)
    }

    @Test("an unknown conversation cannot be taken")
    func unknown() throws {
        var scene = Scene()
        let step = try scene.agent(Scene.ana, .takeOver)
        guard case .refused? = step.changes.first else {
            Issue.record("not refused")
            return
        }
    }

    @Test("a claim without a sign of its agent ends; a renewed one does not")
    func lease() throws {
        var scene = try Scene.queued()
        let claim = try scene.agent(Scene.ana, .claim)
        let lease = try #require(claim.timer("lease"))
        scene.now = scene.now + .seconds(600)
        let renewed = try scene.agent(Scene.ana, .renew)
        scene.now = lease.due
        #expect(try scene.fire(lease).ignored != nil)
        let ended = try scene.fire(renewed.timer("lease"))
        guard case .released(nil, let because)? = ended.changes.first else {
            Issue.record("not released: \(ended.changes)")
            return
        }
        #expect(because.contains("lease"))
        #expect(ended.owners.map(\.mode) == [.queued])
        #expect(ended.timer("service-level") != nil)
    }

    @Test("what waits longer than promised is overdue, what was claimed is not")
    func overdue() throws {
        var scene = Scene()
        try scene.customer(.text("Person!"), "w1")
        let since = scene.now
        let step = try scene.bot(
            .handoff(reason: .asked, summary: "", notice: "Soon."), to: ["w1"])
        let timer = step.timer("service-level")
        var claimed = scene
        #expect(try scene.fire(timer).changes == [.overdue(waiting: since)])
        try claimed.agent(Scene.ana, .claim)
        #expect(try claimed.fire(timer).ignored != nil)
    }
}
