import Configuration
import Conversation
import EventLog
import Operations
import Records
import StageRuntime

/// What is done with a stage's past.
protocol ReplayTask: Sendable {
    func run<S: Stage>(_ stage: S, reading inputs: [InputTopic]) async throws -> Int32
}

/// Makes a stage without its edge.
///
/// No token, endpoint or model is opened: there is nothing that a replay could send with.
struct ReplayWiring {
    let options: ProcessOptions
    let log: any EventLog
    let envelope: RecordEnvelope

    func run(_ task: some ReplayTask, of name: StageName) async throws -> Int32 {
        let pipeline = try PipelineFile.read(options.pipeline)
        let stage = pipeline.stages[name.rawValue]
        let inputs = stage?.inputTopics(among: envelope.types) ?? []
        let settings = try StageSettings.forReplay(of: name, stage, options)
        let designs = StageDesigns(settings: settings)
        switch name {
        case .indexer: return try await task.run(designs.indexer(), reading: inputs)
        case .retrieval: return try await task.run(designs.retrieval(), reading: inputs)
        case .media: return try await task.run(designs.media(), reading: inputs)
        case .orchestrator:
            return try await task.run(try designs.orchestrator(), reading: inputs)
        case .identity: return try await task.run(designs.identity(), reading: inputs)
        case .handoff: return try await task.run(designs.handoff(), reading: inputs)
        case .sender: return try await task.run(designs.sender(), reading: inputs)
        case .accounts: return try await task.run(designs.accounts(), reading: inputs)
        case .addresses: return try await task.run(designs.addresses(), reading: inputs)
        case .organisations: return try await task.run(designs.organisations(), reading: inputs)
        case .installation: return try await task.run(designs.installation(), reading: inputs)
        case .audit: return try await task.run(designs.audit(), reading: inputs)
        case .mailer: return try await task.run(designs.mailer(), reading: inputs)
        case .channels: return try await task.run(designs.channels(), reading: inputs)
        case .desk: return try await task.run(designs.desk(), reading: inputs)
        case .serviceLevels:
            return try await task.run(designs.serviceLevels(), reading: inputs)
        case .customers: return try await task.run(designs.customers(), reading: inputs)
        case .cases: return try await task.run(designs.cases(), reading: inputs)
        case .arrivals: return try await task.run(designs.arrivals(), reading: inputs)
        case .routing: return try await task.run(designs.routing(), reading: inputs)
        case .sites: return try await task.run(designs.sites(), reading: inputs)
        case .waiting: return try await task.run(designs.waiting(), reading: inputs)
        case .announcements: return try await task.run(designs.announcements(), reading: inputs)
        case .operators: return try await task.run(designs.operators(), reading: inputs)
        case .notifications: return try await task.run(designs.notifications(), reading: inputs)
        case .ingester, .console:
            throw ConfigurationError(
                "--stage", "\(name) reads no topic: there is nothing to replay")
        }
    }
}
