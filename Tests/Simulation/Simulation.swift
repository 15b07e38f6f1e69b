import Conversation
import EventLog

@testable import StageRuntime

/// A world to simulate: members over one log, an outside, and what must hold.
protocol SimulatedWorld: AnyObject {
    var log: SimulatedLog { get }
    var members: [any Member] { get }
    /// Violations found while running.
    var violations: [String] { get }
    /// Makes something happen outside, if there is anything; says what.
    func outsideEvent(unkind: Bool, _ dice: inout Dice) -> String?
    /// Whether the outside has nothing more to bring.
    var isOutsideQuiet: Bool { get }
    /// What must hold once everything has come to rest.
    func finalViolations() -> [String]
    /// How far the clock may go on at once.
    func longestJump(_ dice: inout Dice) -> Duration
}

/// A run of a world from a seed: first unkind, then kind until all is at rest.
struct Simulation {
    private let world: any SimulatedWorld
    private var dice: Dice
    private let traces: Bool
    private(set) var trace: [String] = []
    private(set) var steps = 0

    init(_ world: any SimulatedWorld, seed: UInt64, traces: Bool) {
        self.world = world
        self.traces = traces
        world.log.traces = traces
        dice = Dice(seed: seed)
    }

    /// Runs, and answers what was violated.
    mutating func run(unkindSteps: Int) -> [String] {
        for _ in 0..<unkindSteps {
            unkindStep()
            if !world.violations.isEmpty { return world.violations }
        }
        note("from here on, kind")
        guard settle() else {
            return world.violations + ["nothing comes to rest: \(leftovers())"]
        }
        return world.violations + world.finalViolations()
    }

    // MARK: Unkind

    private mutating func unkindStep() {
        switch dice.below(20) {
        case 0: jump()
        case 1: rebalance()
        case 2...5:
            if let event = world.outsideEvent(unkind: true, &dice) { note(event) }
        default: move()
        }
    }

    private mutating func move() {
        let member = world.members[dice.below(world.members.count)]
        let moves = member.moves(unkind: dice.once(in: 4))
        var left = dice.below(moves.reduce(0) { $0 + $1.weight })
        for move in moves {
            left -= move.weight
            if left < 0 { return make(move, member) }
        }
    }

    private mutating func make(_ move: Move, _ member: any Member) {
        steps += 1
        member.make(move, &dice)
        if traces {
            note("\(member.group)/\(member.slot) \(move) \(member.words)")
        }
    }

    private mutating func jump() {
        let span = world.longestJump(&dice).wholeMilliseconds
        let wait = Duration.milliseconds(dice.below(Int(max(1, span))))
        world.log.now = world.log.now + wait
        if traces { note("clock +\(wait)") }
    }

    /// Partitions wander, or a lease runs out.
    private mutating func rebalance() {
        let member = world.members[dice.below(world.members.count)]
        if dice.once(in: 2) {
            world.log.groups[member.group]?.turn += 1
            note("\(member.group): partitions wander")
        } else {
            world.log.expel(member.slot, from: member.group)
            note("\(member.group)/\(member.slot): its lease ran out")
        }
    }

    // MARK: Kind

    /// Goes on without trouble until nothing is left to do; `false` if that never comes.
    private mutating func settle() -> Bool {
        for _ in 0..<400 {
            var isIdle = true
            while let event = world.outsideEvent(unkind: false, &dice) {
                note(event)
                isIdle = false
            }
            for member in world.members {
                let before = world.log.groups[member.group]?.positions
                if goOn(member) || before != world.log.groups[member.group]?.positions {
                    isIdle = false
                }
            }
            guard world.violations.isEmpty else { return true }
            guard isIdle else { continue }
            if isAtRest { return true }
            guard let due = nextTimer() else { continue }
            world.log.now = max(world.log.now, due)
            if traces { note("clock to \(due.milliseconds)") }
        }
        return isAtRest
    }

    /// Makes all kind moves of a member and one poll; whether it did more than to poll.
    private mutating func goOn(_ member: any Member) -> Bool {
        var hasPolled = false
        var didWork = false
        for _ in 0..<100 {
            let moves = member.moves(unkind: false).filter { $0 != .poll || !hasPolled }
            guard let move = moves.first else { break }
            if move == .poll { hasPolled = true } else { didWork = true }
            make(move, member)
        }
        return didWork
    }

    private var isAtRest: Bool {
        guard world.isOutsideQuiet else { return false }
        for (name, group) in world.log.groups {
            guard group.timers.isEmpty else { return false }
            for topic in group.topics {
                for partition in 0..<world.log.partitions {
                    let topicPartition = TopicPartition(topic, partition)
                    let isDone =
                        (group.positions[topicPartition] ?? 0) == world.log.end(of: topicPartition)
                        || finishedAhead(name, topicPartition) == world.log.end(of: topicPartition)
                    guard isDone else { return false }
                }
            }
        }
        return world.members.allSatisfy { $0.inFlight == 0 }
    }

    /// The end of what is finished ahead of the position, where nothing is missing before it.
    private func finishedAhead(_ group: String, _ topicPartition: TopicPartition) -> Int64? {
        let name = StateKey(
            partition: topicPartition.partition, store: Store.ahead, key: topicPartition.topic)
        guard let stored = world.log.groups[group]?.state[name] else { return nil }
        var next = world.log.groups[group]?.positions[topicPartition] ?? 0
        for range in OffsetRanges.decode(stored.bytes) where range.contains(next) {
            next = range.upperBound + 1
        }
        return next
    }

    private func nextTimer() -> Timestamp? {
        world.log.groups.values.flatMap(\.timers.values).map(\.due).min()
            .map { Timestamp(milliseconds: $0) }
    }

    private func leftovers() -> String {
        var words: [String] = []
        for name in world.log.groups.keys.sorted() {
            guard let group = world.log.groups[name] else { continue }
            for timer in group.timers.keys { words.append("\(name) timer \(timer.name)") }
            for topic in group.topics {
                for partition in 0..<world.log.partitions {
                    let topicPartition = TopicPartition(topic, partition)
                    let position = group.positions[topicPartition] ?? 0
                    if position != world.log.end(of: topicPartition) {
                        words.append(
                            "\(name) \(topicPartition) at \(position)/\(world.log.end(of: topicPartition))"
                        )
                    }
                }
            }
        }
        for member in world.members where member.inFlight > 0 {
            words.append("\(member.group)/\(member.slot) holds \(member.inFlight)")
        }
        return words.sorted().joined(separator: ", ")
    }

    private mutating func note(_ words: @autoclosure () -> String) {
        if traces { trace.append(words()) }
    }
}
