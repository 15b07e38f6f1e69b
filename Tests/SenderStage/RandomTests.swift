import Conversation
import SenderStage
import StageRuntime
import Testing

/// A small generator with a seed (SplitMix64).
struct Seeded: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

/// A world that fails at random, and what it knows: which attempts arrived.
struct RandomWorld {
    var line = Line()
    var random: Seeded
    var said: [RecordID] = []
    var outcomes: [RecordID: [Delivery.Outcome]] = [:]
    /// Whether each send arrived at the customer.
    var arrived: [Bool] = []

    init(seed: UInt64, _ wish: TenantSettings.UnknownOutcome) {
        random = Seeded(state: seed)
        line.wish = wish
    }

    mutating func step() throws {
        line.now = line.now + .milliseconds(Int64.random(in: 0...20_000, using: &random))
        line.answers = (0..<4).map { _ in answer() }
        line.crashes = Int.random(in: 0..<8, using: &random) == 0
        switch Int.random(in: 0..<6, using: &random) {
        case 0, 1:
            let text = "m\(said.count)"
            said.append(RecordID(text))
            note(try line.say(text))
        case 2, 3: try fire()
        default: try report()
        }
        try restart()
    }

    private mutating func answer() -> SenderAnswer {
        switch Int.random(in: 0..<12, using: &random) {
        case 0, 1: .unknown(because: "timeout")
        case 2: .notSent(because: "no connection")
        case 3: .refused(PlatformError(code: 131056))
        case 4: .refused(PlatformError(code: 131000))
        case 5: .refused(PlatformError(code: 190))
        case 6: .refused(PlatformError(code: 131026))
        case 7: .held(until: line.now + .seconds(20), because: "the number's rate")
        default: .accepted("taken")
        }
    }

    /// Begins again after deaths, and decides what arrived of what is unknown.
    private mutating func restart() throws {
        repeat {
            for index in arrived.count..<max(arrived.count, line.given.count) {
                switch line.given[index] {
                case .accepted?: arrived.append(true)
                case .unknown?, nil: arrived.append(Bool.random(using: &random))
                default: arrived.append(false)
                }
            }
            // The next process may read other topics first.
            if line.isInterrupted {
                for _ in 0..<Int.random(in: 0..<5, using: &random) { try report() }
            }
            guard let step = try line.restart() else { break }
            note(step)
        } while true
    }

    private mutating func fire() throws {
        let due = line.pending.values.min { ($0.due, $0.name) < ($1.due, $1.name) }
        if let due { note(try line.fire(due)) }
    }

    /// A status of any attempt that arrived, late, early or repeated.
    private mutating func report() throws {
        let candidates = arrived.indices.filter { arrived[$0] }
        guard let index = candidates.randomElement(using: &random) else { return }
        let words: [MessageStatus.Progress] = [.sent, .delivered, .read]
        let word = words[Int.random(in: 0..<3, using: &random)]
        note(try line.status(word, wamid(index), data: line.sends[index].attempt))
    }

    /// What an accepted answer named the message, or would have.
    private func wamid(_ index: Int) -> MessageID {
        if case .accepted(let name, _, _)? = line.given[index] { return name }
        return MessageID("late-\(index)")
    }

    /// Lets everything come to its end.
    mutating func drain() throws {
        line.answers = []
        line.crashes = false
        for _ in 0..<500 where !line.pending.isEmpty {
            try fire()
            try restart()
        }
    }

    private mutating func note(_ step: Line.Step) {
        for delivery in step.deliveries {
            outcomes[delivery.outbound, default: []].append(delivery.outcome)
        }
    }
}

@Suite struct RandomTests {
    @Test(
        "whatever fails: in order, every message told, never twice unless wanted",
        arguments: [TenantSettings.UnknownOutcome.atMostOnce, .atLeastOnce])
    func random(wish: TenantSettings.UnknownOutcome) throws {
        for seed in UInt64(0)..<60 {
            var world = RandomWorld(seed: seed, wish)
            for _ in 0..<60 { try world.step() }
            try world.drain()
            try check(world, "seed \(seed)")
        }
    }

    private func check(_ world: RandomWorld, _ comment: Comment) throws {
        let seen = world.line.sends.indices.filter { world.arrived[$0] }
            .map { world.line.sends[$0].attempt.outbound }
        let order = world.said.enumerated().reduce(into: [RecordID: Int]()) {
            $0[$1.element] = $1.offset
        }
        var firsts: [Int] = []
        var counts: [RecordID: Int] = [:]
        for message in seen {
            counts[message, default: 0] += 1
            if counts[message] == 1 { firsts.append(try #require(order[message])) }
        }
        #expect(firsts == firsts.sorted(), comment)
        if world.line.wish == .atMostOnce {
            #expect(counts.values.allSatisfy { $0 == 1 }, comment)
        }
        for message in world.said {
            let isTold = (world.outcomes[message] ?? []).contains {
                switch $0 {
                case .accepted, .failed, .dropped: true
                case .progressed, .unknown, .held: false
                }
            }
            #expect(isTold, "\(comment): \(message) has no end")
        }
        #expect(Set(world.line.ids).count == world.line.ids.count, comment)
        // What the edge held was never made; its number is used again.
        let made = zip(world.line.sends, world.line.given).filter { send in
            if case .held? = send.1 { false } else { true }
        }
        #expect(Set(made.map(\.0.attempt)).count == made.count, comment)
    }
}
