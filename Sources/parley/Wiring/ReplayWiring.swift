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
        case .handoff: return try await task.run(designs.handoff(), reading: inputs)
        case .sender: return try await task.run(designs.sender(), reading: inputs)
        case .ingester, .console:
            throw ConfigurationError(
                "--stage", "\(name) reads no topic: there is nothing to replay")
        }
    }
}
