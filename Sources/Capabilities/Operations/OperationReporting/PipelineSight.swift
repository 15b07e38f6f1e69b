package import Conversation
package import OperationRecords

/// All that is known of the pipeline at a moment, and what is wrong with it.
package struct PipelineSight: Sendable {
    /// What keeps a business from sending.
    package struct Stop: Hashable, Sendable {
        /// The business.
        package var tenant: TenantID
        /// What that means, in WhatsApp's words.
        package var meaning: String
        /// What can be done about it.
        package var remedy: String

        /// Names it all.
        package init(tenant: TenantID, meaning: String, remedy: String) {
            self.tenant = tenant
            self.meaning = meaning
            self.remedy = remedy
        }
    }

    /// How far a stage is behind, as the log tells.
    package struct Lag: Hashable, Sendable {
        /// Records that wait.
        package var records: Int
        /// Seconds that the oldest of them has waited; `nil` where none does.
        package var oldestSeconds: Double?

        /// Names both.
        package init(records: Int, oldestSeconds: Double?) {
            self.records = records
            self.oldestSeconds = oldestSeconds
        }
    }

    /// From when on something is wrong.
    enum Bounds {
        /// A machine has missed so many reports.
        static let missedReports = 4
        /// Seconds that a process may take to be ready.
        static let readiness = 60.0
        /// Seconds that a record may wait before it is worth a word, and before it is bad.
        static let wait = (warn: 30.0, bad: 120.0)
        /// Seconds that a call to the world may take, the slowest 5 of a hundred aside.
        static let call = 8.0
        /// The same for stages whose calls read whole files.
        static let longCall = ["indexer": 120.0, "media": 60.0]
        /// Calls that may fail between two reports.
        static let failures = 5
        /// Parts of a hundred of the disk that should be free.
        static let disk = (warn: 10, bad: 3)
        /// Hours after which a machine that is gone is no news any more.
        static let forgotten = 24 * 3_600.0
    }

    /// The time.
    package var now: Timestamp
    /// The newest report of each machine.
    package var machines: [MachineReport]
    /// Each stage's lag; those that read nothing, or of which it is not known, are left out.
    package var lags: [String: Lag] = [:]
    /// Why the log does not answer; `nil` where it does.
    package var logProblem: String?
    /// Dead letters about which nothing was done, by the stage that set them aside.
    package var deadLetters: [String: Int] = [:]
    /// What keeps businesses from sending.
    package var stops: [Stop] = []

    /// Begins with the machines.
    package init(now: Timestamp, machines: [MachineReport]) {
        self.now = now
        self.machines = machines
    }

    /// Whether a machine should have told of itself by now, and has not.
    package func isSilent(_ machine: MachineReport) -> Bool {
        !machine.isStopping
            && age(machine) > Double(machine.everySeconds * Bounds.missedReports)
    }

    private func age(_ machine: MachineReport) -> Double { seconds(since: machine.at) }

    private func seconds(since moment: Timestamp) -> Double {
        max(0, Double(now.milliseconds - moment.milliseconds) / 1_000)
    }

    /// What is wrong, the worst first.
    package var findings: [PipelineFinding] {
        var found: [PipelineFinding] = []
        if let logProblem {
            var finding = PipelineFinding(.logUnreachable, .bad)
            finding.detail = logProblem
            found.append(finding)
        }
        for machine in machines.sorted(by: { $0.machine < $1.machine }) where !machine.isStopping {
            found += findings(of: machine)
        }
        for (stage, lag) in lags.sorted(by: { $0.key < $1.key }) {
            found += finding(of: stage, lag).map { [$0] } ?? []
        }
        found += models + letters + stops.map(Self.finding)
        return found.filter { $0.level == .bad } + found.filter { $0.level == .warn }
    }

    // MARK: Machines and processes

    private func findings(of machine: MachineReport) -> [PipelineFinding] {
        guard !isSilent(machine) else {
            // The log may be the reason, and then says so.
            guard logProblem == nil, age(machine) < Bounds.forgotten else { return [] }
            var finding = PipelineFinding(.machineSilent, .bad)
            finding.seconds = age(machine)
            return [at(machine, finding)]
        }
        let processes = machine.processes.flatMap { process in
            [finding(of: process)].compactMap(\.self) + calls(of: process)
                + unaccounted(process)
        }
        return ([disk(machine)].compactMap(\.self) + processes).map { at(machine, $0) }
    }

    private func at(_ machine: MachineReport, _ finding: PipelineFinding) -> PipelineFinding {
        var finding = finding
        finding.machine = machine.machine
        finding.host = machine.host
        return finding
    }

    private func finding(of process: ProcessReport) -> PipelineFinding? {
        var finding: PipelineFinding
        switch process.state {
        case .ready: return nil
        case .died: finding = PipelineFinding(.processDied, .bad)
        case .failed: finding = PipelineFinding(.processFailed, .bad)
        case .silent: finding = PipelineFinding(.processSilent, .bad)
        case .stopped:
            let waits = process.stages.compactMap { lags[$0.stage]?.records }.reduce(0, +)
            finding = PipelineFinding(.processStopped, waits > 0 ? .bad : .warn)
        case .starting, .unready:
            guard seconds(since: process.since) > Bounds.readiness else { return nil }
            finding = PipelineFinding(.processUnready, .warn)
        }
        finding.process = process.name
        finding.count = process.restarts
        finding.seconds = seconds(since: process.since)
        finding.detail = process.lastEnd
        return finding
    }

    private func calls(of process: ProcessReport) -> [PipelineFinding] {
        process.stages.flatMap { stage -> [PipelineFinding] in
            var found: [PipelineFinding] = []
            let bound = Bounds.longCall[stage.stage] ?? Bounds.call
            if let call = stage.call, call.p95 > bound {
                var finding = PipelineFinding(.callsSlow, .bad)
                finding.seconds = call.p95
                found.append(finding)
            }
            if stage.retries >= Bounds.failures {
                var finding = PipelineFinding(.callsFail, .warn)
                finding.count = stage.retries
                found.append(finding)
            }
            return found.map { finding in
                var finding = finding
                finding.stage = stage.stage
                finding.process = process.name
                return finding
            }
        }
    }

    private func unaccounted(_ process: ProcessReport) -> [PipelineFinding] {
        guard let count = process.unaccounted, count > 0 else { return [] }
        var finding = PipelineFinding(.unaccounted, .bad)
        finding.count = count
        return [finding]
    }

    private func disk(_ machine: MachineReport) -> PipelineFinding? {
        guard let free = machine.diskFree, let total = machine.diskTotal, total > 0 else {
            return nil
        }
        let percent = Int(Double(free) / Double(total) * 100)
        guard percent < Bounds.disk.warn else { return nil }
        var finding = PipelineFinding(.diskLow, percent < Bounds.disk.bad ? .bad : .warn)
        finding.count = free
        finding.percent = percent
        return finding
    }

    // MARK: Stages and businesses

    private func finding(of stage: String, _ lag: Lag) -> PipelineFinding? {
        guard let age = lag.oldestSeconds, lag.records > 0, age > Bounds.wait.warn else {
            return nil
        }
        var finding = PipelineFinding(.stageLate, age > Bounds.wait.bad ? .bad : .warn)
        finding.stage = stage
        finding.count = lag.records
        finding.seconds = age
        return finding
    }

    private var letters: [PipelineFinding] {
        deadLetters.sorted { $0.key < $1.key }.filter { $0.value > 0 }.map { stage, count in
            var finding = PipelineFinding(.deadLetters, .warn)
            finding.stage = stage
            finding.count = count
            return finding
        }
    }

    /// Each server once, whoever finds that it fails.
    private var models: [PipelineFinding] {
        let living = machines.filter { !$0.isStopping && !isSilent($0) }
        var seen: Set<String> = []
        return living.flatMap(\.processes).flatMap { $0.models ?? [] }.filter {
            !$0.isAvailable && seen.insert("\($0.kind) \($0.server)").inserted
        }.map { model in
            var finding = PipelineFinding(.modelDown, .bad)
            finding.detail = "\(model.kind): \(model.server)"
            finding.remedy = model.words
            return finding
        }
    }

    private static func finding(_ stop: Stop) -> PipelineFinding {
        var finding = PipelineFinding(.lineClosed, .bad)
        finding.tenant = stop.tenant
        finding.detail = stop.meaning
        finding.remedy = stop.remedy
        return finding
    }
}
