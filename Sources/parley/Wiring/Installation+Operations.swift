import Configuration
import Conversation
import EventLog
import Lifecycle
import OperationRecords
import Records
import TenantKeys

/// What an installation tells the log of its machine, and hears from it.
extension Installation {
    /// This machine.
    var identity: MachineIdentity {
        MachineIdentity(folder: options.data.path, startedAt: ProcessContext.now())
    }

    /// What tells the log how this machine is.
    func reporter(
        _ board: ProcessBoard, over log: any EventLog
    ) async throws -> MachineReporter {
        try MachineReporter(
            board, of: identity, file: MachineReporter.file(in: options.data),
            appender: try await log.openAppender(),
            // Nothing of it is anybody's.
            envelope: try Catalogue.envelope(sealing: NothingSealed()))
    }

    /// What does with the processes as is wished.
    func orders(
        _ supervisor: Supervisor, _ board: ProcessBoard, _ pipeline: PipelineFile,
        _ lock: InstallationLock, over log: any EventLog
    ) async throws -> ClosureService {
        let orders = ProcessOrders(
            machine: identity.machine, supervisor: supervisor, board: board, log: log,
            appender: try await log.openAppender(),
            envelope: try Catalogue.envelope(sealing: NothingSealed()),
            make: { name, replica, count in
                replicaProgram(
                    name, replica, of: count, beside: board.entries, pipeline, holding: lock)
            })
        return ClosureService("orders") { try await orders.run() }
    }

    /// One of several processes of a kind; `nil` where there can be only one, or no more.
    private func replicaProgram(
        _ name: String, _ replica: Int, of count: Int, beside entries: [ProcessBoard.Entry],
        _ pipeline: PipelineFile, holding lock: InstallationLock
    ) -> PlannedProgram? {
        guard let process = pipeline.process(name),
            !process.stages.contains(StageName.console.rawValue) || count == 1
        else { return nil }
        // Behind the webhook's ports come those of other programs.
        guard
            !process.stages.contains(StageName.ingester.rawValue)
                || addresses.webhookPort(replica) < addresses.readingEmbeddingsPort
        else { return nil }
        let slot = "\(process.name)-\(replica)"
        let known = entries.first { $0.report.name == slot }?.plan.telemetryPort
        let used = entries.compactMap(\.plan.telemetryPort)
        let next = (used.max() ?? addresses.telemetryPort(0)) + 1 + replica
        let port = known ?? next
        var program = stage(process, replica, of: count, telemetry: port)
        program.holds = lock.processes
        return PlannedProgram(
            program: program, process: process.name, stages: process.stages, telemetryPort: port)
    }
}
