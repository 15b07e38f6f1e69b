package import Conversation
package import OperationRecords
import Synchronization

/// How each machine is: its newest report, and what its stages did in the last half an hour.
///
/// It is built of the topic, in memory: a process that starts knows what compaction has left.
package final class MachineTable: Sendable {
    /// What a stage did at a time.
    package struct Moment: Hashable, Sendable {
        /// When, as the beginning of ``MachineTable/step``.
        package var at: Timestamp
        /// Records each second, of all processes together.
        package var perSecond: Double
        /// Records that waited.
        package var lag: Int
    }

    /// A time within which reports count as of one moment, in milliseconds.
    package static let step: Int64 = 15_000
    /// How many such times are kept.
    package static let steps: Int64 = 120

    private struct Contribution {
        var perSecond: Double
        var lag: Int
    }

    private struct State {
        var machines: [String: MachineReport] = [:]
        /// By step, stage, and process of a machine; who did nothing is left out.
        var history: [Int64: [String: [String: Contribution]]] = [:]
    }

    private let state = Mutex(State())

    /// Knows of no machine.
    package init() {}

    /// Takes a report.
    package func put(_ report: MachineReport) {
        state.withLock { state in
            if let known = state.machines[report.machine], known.at > report.at { return }
            state.machines[report.machine] = report
            let step = report.at.milliseconds / Self.step
            var stages = state.history[step] ?? [:]
            for process in report.processes {
                for stage in process.stages {
                    let place = "\(report.machine)/\(process.name)"
                    stages[stage.stage, default: [:]][place] = Contribution(
                        perSecond: stage.perSecond, lag: stage.lag ?? 0)
                }
            }
            state.history[step] = stages
            if state.history.count > Self.steps {
                state.history = state.history.filter { $0.key > step - Self.steps }
            }
        }
    }

    /// Forgets a machine.
    package func remove(_ machine: String) {
        state.withLock { $0.machines[machine] = nil }
    }

    /// The newest reports, by name.
    package var machines: [MachineReport] {
        state.withLock {
            $0.machines.values.sorted { ($0.host, $0.machine) < ($1.host, $1.machine) }
        }
    }

    /// What a stage did in the last half an hour, oldest first.
    package func history(of stage: String, until now: Timestamp) -> [Moment] {
        let oldest = now.milliseconds / Self.step - Self.steps
        return state.withLock { state in
            state.history.filter { $0.key > oldest }.sorted { $0.key < $1.key }.map { step, all in
                let parts = all[stage] ?? [:]
                return Moment(
                    at: Timestamp(milliseconds: step * Self.step),
                    perSecond: parts.values.reduce(0) { $0 + $1.perSecond },
                    // Each tells of the whole group's.
                    lag: parts.values.map(\.lag).max() ?? 0)
            }
        }
    }
}
