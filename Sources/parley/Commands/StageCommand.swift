import Configuration
import Lifecycle

/// Runs one stage as a process of its own, or those that share one.
enum StageCommand: Command {
    static let specification = ArgumentSpecification(
        "parley stage", words: "NAME",
        summary: "Runs one stage of the pipeline, or those that the pipeline file lets share a "
            + "process: " + StageName.allCases.map(\.rawValue).joined(separator: ", ") + ".",
        options: ProcessOptions.options)

    static func run(_ arguments: Arguments) async throws -> Int32 {
        let options = try ProcessOptions(arguments)
        let pipeline = try PipelineFile.read(options.pipeline)
        guard arguments.words.count == 1, let process = pipeline.process(arguments.words[0]) else {
            let names = StageName.allCases.map(\.rawValue) + pipeline.shared.keys.sorted()
            throw ConfigurationError(
                "parley stage", "name one stage: " + names.joined(separator: ", "))
        }
        return try await StageProcess(process, of: pipeline, options).run()
    }
}
