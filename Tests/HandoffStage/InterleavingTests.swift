import Conversation
import Foundation
import HandoffStage
import StageRuntime
import Testing

/// One source of chance: a seed says all that happens.
private struct Chance {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x2545_f491_4f6c_dd1d &+ 0x1234_5678 }

    mutating func below(_ limit: Int) -> Int {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return Int(truncatingIfNeeded: ((z ^ (z >> 31)) >> 33) % UInt64(limit))
    }

    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[below(elements.count)]
    }
}

/// A conversation to which everything happens in any order.
private struct Tangle {
    static let agents: [AgentID] = [Scene.ana, Scene.ben, "eve"]

    var scene = Scene()
    var chance: Chance
    var timers: [String: FiredTimer] = [:]
    /// Timers that were set over or cancelled, and fire all the same.
    var lateTimers: [FiredTimer] = []
    var asked: [MessageID] = []
    var sent: [RecordID] = []
    var lines: [RecordID] = []
    var mode = Mode.bot
    var epoch = 0
    var owners: [Int: Mode] = [0: .bot]
    var said: [String] = []
    var problems: [String] = []
    var count = 0

    init(seed: UInt64) { chance = Chance(seed) }

    private mutating func action() -> HandoffCommand.Action {
        let other = chance.pick(Self.agents)
        let reason = chance.below(2) == 0 ? "why \(count)" : nil
        let all: [HandoffCommand.Action] = [
            .claim, .claim, .takeOver, .release, .close, .renew, .send(.text("agent \(count)")),
            .send(.text("agent \(count)")), .transfer(.agent(other, name: "N"), note: reason),
            .transfer(.queue, note: reason), .transfer(.bot, note: reason),
            .relieve(other, because: reason), .returnTo, .returnTo,
            .conclude(HandoffOutcome("done", note: reason)), .reopen(because: reason),
            .note("note \(count)"),
        ]
        return chance.pick(all)
    }

    /// Something happens.
    mutating func step() throws {
        count += 1
        scene.now = scene.now + .seconds(chance.pick([0, 0, 1, 5, 30, 100, 500, 2_000]))
        let before = mode
        let step: Scene.Step
        switch chance.below(10) {
        case 0, 1:
            let message = MessageID("w\(count)")
            asked.append(message)
            step = try scene.customer(.text("customer \(count)"), message)
            lines.append(RecordID("record-\(scene.count)"))
        case 2 where !asked.isEmpty:
            let proposals: [ProposedReply.Proposal] = [
                .answer(text: "bot \(count)", citations: []),
                .handoff(reason: .asked, summary: "s", notice: "Soon."),
            ]
            step = try scene.bot(chance.pick(proposals), to: [chance.pick(asked)])
        case 4 where !timers.isEmpty:
            guard let timer = timers.values.min(by: { ($0.due, $0.name) < ($1.due, $1.name) })
            else { return }
            timers[timer.name] = nil
            step = try scene.fire(timer)
        case 5 where !lateTimers.isEmpty:
            let timer = chance.pick(lateTimers)
            guard timer.due <= scene.now else { return }
            step = try scene.fire(timer)
        case 6 where !sent.isEmpty:
            let error = PlatformError(code: 131_026, title: "not there")
            let outcomes: [Delivery.Outcome] = [.accepted("wamid.o"), .failed(nil, error)]
            step = try scene.delivery(of: chance.pick(sent), chance.pick(outcomes))
        default:
            let agent = chance.pick(Self.agents)
            let seen = SeenSoFar(
                epoch: chance.below(3) == 0 ? epoch - chance.below(2) : nil,
                lines: chance.below(3) == 0 ? lines.suffix(1 + chance.below(2)).prefix(1) + [] : nil
            )
            step = try scene.put(
                HandoffCommand(
                    tenant: "sol", conversation: Scene.conversation, agent: agent,
                    agentName: agent.rawValue, action: action(),
                    reference: chance.below(8) == 0 ? "again" : "r\(count)",
                    seen: chance.below(2) == 0 ? seen : nil, at: scene.now))
        }
        follow(step, from: before)
    }

    private mutating func follow(_ step: Scene.Step, from before: Mode) {
        for effect in step.timers {
            switch effect {
            case .set(let timer):
                if let old = timers[timer.name] { lateTimers.append(old) }
                timers[timer.name] = timer
            case .cancel(let name):
                if let old = timers.removeValue(forKey: name) { lateTimers.append(old) }
            }
        }
        for event in step.events {
            if event.epoch < epoch { problems.append("the epoch goes back to \(event.epoch)") }
            if let owner = owners[event.epoch], owner != event.mode {
                problems.append("epoch \(event.epoch) is \(owner)'s and \(event.mode)'s")
            }
            owners[event.epoch] = event.mode
            (epoch, mode) = (event.epoch, event.mode)
            if case .said(let entry) = event.change, entry.text.hasPrefix("note") {
                problems.append("a note was said")
            }
        }
        for change in step.owners where change.epoch != epoch || change.mode != mode {
            problems.append("the sender is told of \(change.mode), agents of \(mode)")
        }
        for (payload, id) in zip(step.payloads, step.ids) {
            guard let message = payload as? OutboundMessage,
                let text = message.content.message?.transcriptText
            else { continue }
            sent.append(id)
            lines.append(id)
            said.append(text)
            switch message.author {
            case .bot where before != .bot || mode != .bot:
                problems.append("the bot speaks in \(before), \(mode)")
            case .agent(let agent, _):
                guard case .claimed(agent, _) = mode else {
                    problems.append("\(agent) speaks in \(mode)")
                    continue
                }
            default: break
            }
            if message.epoch != epoch { problems.append("it goes in epoch \(message.epoch)") }
            if text.hasPrefix("note") || text.hasPrefix("why") {
                problems.append("a note goes to the customer")
            }
        }
        if case .claimed = mode, timers["lease"] == nil {
            problems.append("a claim without end")
        }
        if case .queued = mode, timers["service-level"] == nil, count == 0 {
            problems.append("nobody hears of who waits")
        }
    }

    /// Everybody has gone home: whoever comes next can end it.
    mutating func end() throws {
        for _ in 0..<20 {
            guard case .claimed = mode, let lease = timers.removeValue(forKey: "lease") else {
                break
            }
            follow(try scene.fire(lease), from: mode)
        }
        if case .claimed(let agent, _) = mode { problems.append("\(agent) has it for ever") }
        guard mode != .bot else { return }
        follow(try scene.agent("zoe", .claim, reference: "zoe-1"), from: mode)
        follow(try scene.agent("zoe", .send(.text("bye")), reference: "zoe-2"), from: mode)
        follow(try scene.agent("zoe", .close, reference: "zoe-3"), from: mode)
        if mode != .bot { problems.append("zoe cannot end it: \(mode)") }
    }
}

@Suite("Whatever agents, customers, the bot and clocks do in any order")
struct InterleavingTests {
    /// `PARLEY_INTERLEAVINGS=N` runs so many steps.
    private static let steps =
        ProcessInfo.processInfo.environment["PARLEY_INTERLEAVINGS"].flatMap { Int($0) } ?? 24_000
    private static let stepsOfOne = 120

    @Test("a conversation has one owner, the bot is silent beside people, and somebody can end it")
    func interleavings() async throws {
        var sayings = 0
        for seed in 0..<UInt64(Self.steps / Self.stepsOfOne) {
            await Task.yield()
            var tangle = Tangle(seed: seed)
            for _ in 0..<Self.stepsOfOne where tangle.problems.isEmpty { try tangle.step() }
            try tangle.end()
            sayings += tangle.said.count
            guard tangle.problems.isEmpty else {
                Issue.record("seed \(seed), step \(tangle.count): \(tangle.problems)")
                return
            }
        }
        // It is about something.
        #expect(sayings > Self.steps / 50)
    }
}
