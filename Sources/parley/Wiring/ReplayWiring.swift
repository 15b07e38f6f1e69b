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
        case .orchestrator:
            return try await task.run(try designs.orchestrator(), reading: inputs)
        case .handoff:
            let levels = try await serviceLevels()
            return try await task.run(designs.handoff { levels[$0] }, reading: inputs)
        case .sender: return try await task.run(designs.sender(), reading: inputs)
        case .ingester, .console:
            throw ConfigurationError(
                "--stage", "\(name) reads no topic: there is nothing to replay")
        }
    }

    /// The service levels that tenants have set: all that the stage wants to know of them.
    private func serviceLevels() async throws -> [TenantID: Int] {
        // A tenant whose settings cannot be read has the standard level, as in the stage.
        try await TenantTable.read(log, by: envelope)
            .compactMapValues(\.handoffServiceLevelSeconds)
    }
}
