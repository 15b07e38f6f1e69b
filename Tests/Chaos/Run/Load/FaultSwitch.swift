import ChaosChecker

/// Switches the simulator's faults on and off.
struct FaultSwitch {
    struct Fault: Encodable, Sendable {
        var kind: String
        var probability: Double
        var milliseconds: Int?
        var code: Int?
    }

    /// What may go wrong, and how often while it is switched on.
    private static let faults = [
        Fault(kind: "drop_answer", probability: 0.3), Fault(kind: "reset", probability: 0.05),
        Fault(kind: "throttle", probability: 0.3),
        Fault(kind: "graph_error", probability: 0.2, code: 131_056),
        Fault(kind: "graph_error", probability: 0.2, code: 131_000),
        Fault(kind: "server_error", probability: 0.05),
        Fault(kind: "server_error_after", probability: 0.3),
        Fault(kind: "slow", probability: 0.3, milliseconds: 1_500),
        Fault(kind: "disorder", probability: 0.5),
        Fault(kind: "status_first", probability: 0.3, milliseconds: 400),
        Fault(kind: "no_status", probability: 0.3),
        Fault(kind: "echo", probability: 0.5),
        Fault(kind: "repeat_webhook", probability: 0.5),
        Fault(kind: "lost_acknowledgement", probability: 0.5),
        Fault(kind: "skew", probability: 0.5, milliseconds: 120_000),
        Fault(kind: "skew", probability: 0.5, milliseconds: -120_000),
    ]

    let whatsApp: WhatsApp
    var random: SeededRandom

    mutating func run(until deadline: ContinuousClock.Instant) async {
        while ContinuousClock.now < deadline, !Task.isCancelled {
            await change()
            await Time.sleep(random.milliseconds(1_500...5_000))
        }
    }

    private mutating func change() async {
        let count = Int.random(in: 0...3, using: &random)
        let chosen = Self.faults.shuffled(using: &random).prefix(count)
        do {
            try await whatsApp.clearFaults()
            for fault in chosen { try await whatsApp.fault(fault) }
            let names = chosen.map { $0.kind + ($0.code.map { " \($0)" } ?? "") }
            Journal.event("faults", ["on": names.joined(separator: ", ")])
        } catch {
            Journal.say("the simulator's faults could not be changed: \(error)")
        }
    }
}
