import Conversation
import Lifecycle
import OperationRecords
import Synchronization

/// A program of an installation, with what it is there for.
struct PlannedProgram: Sendable {
    /// The program as it is started.
    var program: ChildProgram
    /// The process of the pipeline file that it is one of; `nil` where it is none of those.
    var process: String?
    /// Its stages.
    var stages: [String] = []
    /// The loopback port where it tells of itself.
    var telemetryPort: Int?
}

/// Where each process of an installation stands, as its supervisor tells.
final class ProcessBoard: Sendable {
    /// A process, and what is known of it.
    struct Entry: Sendable {
        var plan: PlannedProgram
        var report: ProcessReport
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var order: [String] = []
        var changes = 0
    }

    private let state = Mutex(State())
    private let now: @Sendable () -> Timestamp

    /// Lists programs, none of which runs yet.
    init(_ programs: [PlannedProgram], now: @escaping @Sendable () -> Timestamp) {
        self.now = now
        for program in programs { add(program) }
    }

    /// Adds a program that does not run yet.
    func add(_ plan: PlannedProgram) {
        let name = plan.program.name
        let report = ProcessReport(
            name: name, process: plan.process, state: .starting, since: now())
        state.withLock { state in
            if state.entries[name] == nil { state.order.append(name) }
            state.entries[name] = Entry(plan: plan, report: report)
            state.changes += 1
        }
    }

    /// Keeps what is known of a process, which goes on with another command line.
    func replace(_ plan: PlannedProgram) {
        state.withLock { $0.entries[plan.program.name]?.plan = plan }
    }

    /// Forgets a process that is there no more.
    func remove(_ name: String) {
        state.withLock { state in
            state.entries[name] = nil
            state.order.removeAll { $0 == name }
            state.changes += 1
        }
    }

    /// Takes what the supervisor tells.
    func hear(_ event: Supervisor.Event) {
        let now = now()
        switch event {
        case .started(let name, let pid):
            change(name) { report in
                report.state = .starting
                report.since = now
                report.pid = Int(pid)
                if report.lastEnd != nil { report.restarts += 1 }
            }
        case .ready(let name, _):
            change(name) { report in
                report.state = .ready
                report.since = now
            }
        case .died(let name, let status, _):
            change(name) { report in
                report.state = .died
                report.since = now
                report.pid = nil
                report.lastEnd = "\(status)"
            }
        case .failed(let name, let error, _):
            change(name) { report in
                report.state = .failed
                report.since = now
                report.pid = nil
                report.lastEnd = String("\(error)".prefix(300))
            }
        case .stopped(let name, let status):
            change(name) { report in
                report.state = .stopped
                report.since = now
                report.pid = nil
                report.lastEnd = status.map { "\($0)" }
            }
        }
    }

    private func change(_ name: String, _ body: (inout ProcessReport) -> Void) {
        state.withLock { state in
            guard var entry = state.entries[name] else { return }
            body(&entry.report)
            state.entries[name] = entry
            state.changes += 1
        }
    }

    /// The processes, in the order in which they were listed.
    var entries: [Entry] {
        state.withLock { state in state.order.compactMap { state.entries[$0] } }
    }

    /// How much has changed so far.
    var changes: Int { state.withLock { $0.changes } }
}
