import ChaosChecker

/// One thing that the nemesis does: planned by the seed.
enum Action: Sendable {
    /// Kills a stage's process with SIGKILL.
    case kill(slot: String)
    /// Stops a process for a while, shorter than its lease.
    case stop(slot: String, for: Duration)
    /// Stops a process beyond its lease, so that another takes over and it finds itself fenced.
    case fence(slot: String, for: Duration)
    /// Ends a process gracefully; it is started again.
    case restart(slot: String)
    /// Kills `parley up` itself; it is started again on the same data.
    case killAll
    /// Cuts all clients off from the broker.
    case broker(down: Duration)
    /// No file may grow for a while: a full disk.
    case disk(full: Duration)
    /// WhatsApp sends a business's webhooks to another ingester.
    case endpoint(tenant: String, ingester: Int)
    /// All secrets and keys are encrypted anew.
    case rotate
    /// A business is removed for good.
    case purge(tenant: String)

    var name: String {
        switch self {
        case .kill: "kill"
        case .stop: "stop"
        case .fence: "fence"
        case .restart: "restart"
        case .killAll: "killall"
        case .broker: "broker"
        case .disk: "disk"
        case .endpoint: "endpoint"
        case .rotate: "rotate"
        case .purge: "purge"
        }
    }

    var details: [String: String] {
        switch self {
        case .kill(let slot), .restart(let slot): ["slot": slot]
        case .stop(let slot, let time), .fence(let slot, let time):
            ["slot": slot, "for": "\(time)"]
        case .killAll, .rotate: [:]
        case .purge(let tenant): ["tenant": tenant]
        case .broker(let time), .disk(let time): ["for": "\(time)"]
        case .endpoint(let tenant, let ingester):
            ["tenant": tenant, "ingester": "\(ingester)"]
        }
    }
}

/// Chooses what to do next.
struct Plan {
    /// How often each is chosen, of all.
    private static let weights: [(name: String, weight: Int)] = [
        ("kill", 10), ("stop", 4), ("restart", 3), ("fence", 2), ("endpoint", 2), ("killall", 1),
        ("broker", 1), ("disk", 2), ("rotate", 2), ("purge", 2),
    ]

    let slots: [String]
    let shared: [String]
    let tenants: [String]
    let ingesters: Int
    /// Those that are not removed yet.
    var bystanders: [String]
    let names: Set<String>
    var random: SeededRandom

    init(_ options: Options, tenants: [String], bystanders: [String], hasBroker: Bool) {
        func all(_ stages: [String]) -> [String] {
            stages.flatMap { stage in (0..<options.replicas).map { "\(stage)-\($0)" } }
        }
        shared = all(["retrieval", "orchestrator", "handoff", "sender"])
        slots = shared + all(["ingester"]) + ["console-0", "platform-0"]
        self.tenants = tenants
        ingesters = options.replicas
        self.bystanders = bystanders
        random = SeededRandom(seed: options.seed, purpose: 2)
        var names = options.only ?? Set(Self.weights.map(\.name))
        names.remove(hasBroker ? "disk" : "broker")
        if options.replicas < 2 { names.subtract(["fence", "endpoint"]) }
        self.names = names
    }

    /// The next action, and how long to wait before it.
    mutating func next() -> (wait: Duration, action: Action)? {
        let choices = Self.weights.filter { names.contains($0.name) }
        guard !choices.isEmpty else { return nil }
        var mark = Int.random(in: 0..<choices.map(\.weight).reduce(0, +), using: &random)
        let wait = random.milliseconds(800...4_000)
        for choice in choices {
            mark -= choice.weight
            if mark < 0 { return (wait, action(choice.name)) }
        }
        return nil
    }

    private mutating func action(_ name: String) -> Action {
        let slot = slots.randomElement(using: &random) ?? slots[0]
        switch name {
        case "kill": return .kill(slot: slot)
        case "stop": return .stop(slot: slot, for: random.milliseconds(500...5_000))
        case "restart": return .restart(slot: slot)
        case "killall": return .killAll
        case "broker": return .broker(down: random.milliseconds(500...3_000))
        case "disk": return .disk(full: random.milliseconds(1_000...4_000))
        case "purge": return bystanders.popLast().map { .purge(tenant: $0) } ?? .rotate
        case "rotate": return .rotate
        case "endpoint":
            let tenant = tenants.randomElement(using: &random) ?? tenants[0]
            return .endpoint(
                tenant: tenant, ingester: Int.random(in: 0..<ingesters, using: &random))
        default:
            let slot = shared.randomElement(using: &random) ?? shared[0]
            // SQLite's lease is 10 s and Kafka's session 6 s and more.
            return .fence(slot: slot, for: random.milliseconds(12_000...16_000))
        }
    }
}
