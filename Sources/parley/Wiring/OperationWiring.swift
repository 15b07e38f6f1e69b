import AuditEndpoints
import Configuration
import Console
import Conversation
import Endpoints
import EventLog
import KnowledgeSearch
import Live
import LogURL
import OperationEndpoints
import OperationRecords
import OperationReporting
import Operations
import Records
import TenantDirectory
import Views

extension StageParts {
    /// Adds what whoever runs the installation sees of it: the machines' table, and what can be
    /// asked.
    mutating func addOperations(
        _ process: ProcessContext, _ options: ProcessOptions, _ hub: LiveHub,
        _ acts: any EventLogAppender, _ knowledge: KnowledgeSearch
    ) throws -> [Endpoint] {
        let writer = AuditWriter(
            appender: acts, envelope: process.envelope, now: ProcessContext.now)
        let pipeline = try PipelineFile.read(options.pipeline)
        let machines = MachineTable()
        let answers = ProcessAnswers()
        add([LiveRooms.feed(of: machines, hub), LiveRooms.feed(of: answers)], process)
        let isKafka = if case .kafka = try LogURL(options.log) { true } else { false }
        let (data, tenants, channels) = (options.data, process.tenants, process.channels)
        let letters = DeadLetterIndex(process.log, by: process.envelope)
        let looking = DeadLetterEndpoints(
            .init(
                index: letters, log: process.log, envelope: process.envelope, writer: writer,
                now: ProcessContext.now))
        let keys = process.tenantKeys.table
        let tracing = TraceEndpoints(
            MessageTrace(process.log, by: process.envelope, keys: keys),
            MessageLedger(process.log, by: process.envelope, keys: keys),
            search: { try await knowledge.findings($0, $1, limit: $2).passages },
            now: ProcessContext.now)
        let processes = ProcessEndpoints(
            .init(
                machines: machines, answers: answers, writer: writer,
                log: { process, after, lines in
                    ProcessLogFile.read(data.log(of: process), after: after, lines: lines)
                },
                here: MachineIdentity(folder: data.path, startedAt: ProcessContext.now()).machine,
                now: ProcessContext.now))
        return looking.endpoints + tracing.endpoints + processes.endpoints
            + OperationEndpoints(
                .init(
                    logKind: isKafka ? "kafka" : "sqlite",
                    sampling: LogSampling(process.log, now: ProcessContext.now), machines: machines,
                    ownReport: { MachineReporter.kept(in: data) },
                    letters: letters,
                    stages: pipeline.plannedStages,
                    stops: {
                        tenants.all.map(\.settings.tenant).flatMap { tenant in
                            channels.stops(of: tenant).map { stop in
                                PipelineSight.Stop(
                                    tenant: tenant, meaning: stop.entry.meaning,
                                    remedy: stop.entry.remedy)
                            }
                        }
                    }, now: ProcessContext.now)
            ).endpoints
    }
}

extension PipelineFile {
    /// The stages in the order of the pipeline, each with the process that it runs in.
    fileprivate var plannedStages: [OperationEndpoints.PlannedStage] {
        let processes = processes
        return StageName.allCases.compactMap { name in
            guard let process = processes.first(where: { $0.stages.contains(name.rawValue) })
            else { return nil }
            return .init(
                name: name.rawValue, process: process.name,
                inputs: stages[name.rawValue]?.inputs.map(\.topic) ?? [])
        }
    }
}

extension LiveRooms {
    static let operations = "operations"

    /// What keeps what machines answered to wishes.
    static func feed(of answers: ProcessAnswers) -> TopicTable.Feed {
        TopicTable.Feed([.operationsEvents]) { value, _, _ in
            guard case .payload(let event as ProcessEvent) = value else { return }
            answers.put(event)
        }
    }

    /// What keeps the table of machines, and tells pages of each report.
    static func feed(of machines: MachineTable, _ hub: LiveHub) -> TopicTable.Feed {
        TopicTable.Feed([.operationsMachines]) { value, _, _ in
            switch value {
            case .payload(let report as MachineReport):
                machines.put(report)
                hub.hear([RowChanged(operations, .installation, id: report.machine)])
            case .tombstone(let key): machines.remove(key)
            case .payload, .unknown, .erased: return
            }
        }
    }
}
