import HTTPClient
import Synchronization

/// Measures how long a killed stage takes until it has committed again.
final class Recoveries: Sendable {
    private struct Victim {
        var slot: String
        var pid: Int32
        var since: ContinuousClock.Instant
    }

    private struct State {
        var victims: [Victim] = []
        var measured: [(slot: String, seconds: Double)] = []
        /// Kills that something else followed before the recovery.
        var disturbed = 0
    }

    private let state = Mutex(State())
    private let installation: Installation

    init(_ installation: Installation) { self.installation = installation }

    func killed(_ slot: String, _ pid: Int32) {
        state.withLock { state in
            state.disturbed += state.victims.count { $0.slot == slot }
            state.victims.removeAll { $0.slot == slot }
            state.victims.append(Victim(slot: slot, pid: pid, since: .now))
        }
    }

    /// Something bigger happened: what is not measured yet says nothing.
    func disturbed() {
        state.withLock { state in
            state.disturbed += state.victims.count
            state.victims = []
        }
    }

    /// Looks every 50 ms until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            for victim in state.withLock({ $0.victims }) where await isBack(victim) {
                state.withLock { state in
                    guard let index = state.victims.firstIndex(where: { $0.pid == victim.pid })
                    else { return }
                    state.victims.remove(at: index)
                    let wait = ContinuousClock.now - victim.since
                    state.measured.append((victim.slot, wait / .seconds(1)))
                    Journal.event(
                        "recovered", ["slot": victim.slot, "after": "\(wait)"])
                }
            }
            await Time.sleep(.milliseconds(50))
        }
    }

    /// Whether a new process of the slot has committed, or is ready where it may have nothing to.
    private func isBack(_ victim: Victim) async -> Bool {
        guard let entry = installation.process(of: victim.slot), entry.pid != victim.pid,
            let port = entry.telemetryPort
        else { return false }
        let api = JSONAPI(base: "http://127.0.0.1:\(port)", timeout: .seconds(1))
        // These read no topic, or have little to do.
        let rests = ["ingester", "console", "platform"].contains { victim.slot.hasPrefix($0) }
        // A process that does not answer yet is not back.
        if rests { return (try? await api.call(.get, "/ready")) != nil }
        guard let bytes = try? await api.call(.get, "/metrics") else { return false }
        let name = "parley_stage_commit_seconds_count"
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").contains { line in
            line.hasPrefix(name) && line.split(separator: " ").last != "0"
        }
    }

    /// The distribution in seconds, as a sentence.
    var text: String {
        let (all, disturbed) = state.withLock {
            ($0.measured.map(\.seconds).sorted(), $0.disturbed)
        }
        guard !all.isEmpty else { return "recovery: no kill was measured" }
        func rank(_ share: Double) -> String {
            let seconds = all[min(all.count - 1, Int(Double(all.count) * share))]
            return "\((seconds * 100).rounded() / 100) s"
        }
        return "recovery after \(all.count) kills: median \(rank(0.5)), 90 % \(rank(0.9)), "
            + "longest \(rank(1)); \(disturbed) more were followed by another fault"
    }
}
