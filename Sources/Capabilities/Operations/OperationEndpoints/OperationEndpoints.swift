package import Conversation
package import Endpoints
import HTTPServer
import JSON
package import OperationRecords
package import OperationReporting

/// What whoever runs the installation sees of it, and does about it.
package struct OperationEndpoints: Sendable {
    /// A stage as the pipeline file plans it.
    package struct PlannedStage: Sendable {
        /// Its name.
        package var name: String
        /// The process that it runs in.
        package var process: String
        /// The topics that it reads.
        package var inputs: [String]

        /// Names it all.
        package init(name: String, process: String, inputs: [String]) {
            self.name = name
            self.process = process
            self.inputs = inputs
        }
    }

    /// What the installation is shown by.
    package struct Means: Sendable {
        /// `sqlite` or `kafka`.
        package var logKind: String
        /// The log, asked within bounds.
        package var sampling: LogSampling
        /// The machines.
        package var machines: MachineTable
        /// What this machine told while the log took nothing; `nil` where there is no such thing.
        package var ownReport: @Sendable () -> MachineReport?
        /// Dead letters.
        package var letters: DeadLetterIndex
        /// The stages, in the order of the pipeline.
        package var stages: [PlannedStage]
        /// What keeps businesses from sending.
        package var stops: @Sendable () -> [PipelineSight.Stop]
        /// The time.
        package var now: @Sendable () -> Timestamp

        /// Names them all.
        package init(
            logKind: String, sampling: LogSampling, machines: MachineTable,
            ownReport: @escaping @Sendable () -> MachineReport?, letters: DeadLetterIndex,
            stages: [PlannedStage], stops: @escaping @Sendable () -> [PipelineSight.Stop],
            now: @escaping @Sendable () -> Timestamp
        ) {
            self.logKind = logKind
            self.sampling = sampling
            self.machines = machines
            self.ownReport = ownReport
            self.letters = letters
            self.stages = stages
            self.stops = stops
            self.now = now
        }
    }

    let means: Means

    /// Answers by these means.
    package init(_ means: Means) { self.means = means }

    /// The endpoints.
    package var endpoints: [Endpoint] { [pipeline] }

    static let base = "/api/v1/operations"

    private var pipeline: Endpoint {
        .installation(
            .at(
                .get, Self.base + "/pipeline", "operations.pipeline",
                "Shows stages, processes and machines as they are now, and what is wrong."),
            may: .readStatus, .init(gives: Reply<PipelinePicture>.self)
        ) { _ in Reply(await picture()) }
    }

    // MARK: The picture

    private func picture() async -> PipelinePicture {
        let own = means.ownReport()
        if let own { means.machines.put(own) }
        let now = means.now()
        let log = await means.sampling.look()
        let machines = means.machines.machines
        var sight = PipelineSight(now: now, machines: machines)
        sight.lags = log.lags.filter { lag in means.stages.contains { $0.name == lag.key } }
        // A report that waits beside the log is one that it did not take.
        sight.logProblem =
            log.problem
            ?? own.map { _ in "it takes no records: this machine's report could not be stored" }
        sight.stops = means.stops()
        let letters = log.problem == nil ? await means.letters.openByStage() : nil
        sight.deadLetters = letters ?? [:]
        return PipelinePicture(
            at: now,
            log: .init(kind: means.logKind, at: log.at, problem: sight.logProblem),
            findings: sight.findings,
            stages: means.stages.map { stage($0, sight, letters, now) }, rates: log.rates,
            machines: machines.map { .init(report: $0, isSilent: sight.isSilent($0)) })
    }

    private func stage(
        _ planned: PlannedStage, _ sight: PipelineSight, _ letters: [String: Int]?,
        _ now: Timestamp
    ) -> PipelinePicture.Stage {
        let living = sight.machines.filter { !$0.isStopping }
        let processes = living.flatMap(\.processes).filter { $0.process == planned.process }
        let ready = living.filter { !sight.isSilent($0) }.flatMap(\.processes).filter {
            $0.process == planned.process && $0.state == .ready
        }
        var figures = StageFigures(stage: planned.name)
        for each in processes.flatMap(\.stages) where each.stage == planned.name {
            figures.add(each)
        }
        let lag = sight.lags[planned.name]
        if let lag { figures.lag = lag.records }
        return PipelinePicture.Stage(
            name: planned.name, process: planned.process, inputs: planned.inputs,
            ready: ready.count, processes: processes.count, figures: figures,
            oldestSeconds: lag?.oldestSeconds, deadLetters: letters.map { $0[planned.name] ?? 0 },
            history: means.machines.history(of: planned.name, until: now).map {
                .init(at: $0.at, perSecond: $0.perSecond, lag: $0.lag)
            })
    }
}

extension StageFigures {
    /// Adds what another process of the stage did.
    mutating func add(_ other: StageFigures) {
        perSecond += other.perSecond
        dead += other.dead
        retries += other.retries
        inFlight += other.inFlight
        calls += other.calls
        restoring += other.restoring
        // Each tells of the whole group's.
        lag = [lag, other.lag].compactMap(\.self).max()
        latency = other.latency?.slowest(latency) ?? latency
        call = other.call?.slowest(call) ?? call
    }
}

extension InstallationPermission {
    static let readStatus = Self("status:read")
    static let manageDeployments = Self("deployments:manage")
}
