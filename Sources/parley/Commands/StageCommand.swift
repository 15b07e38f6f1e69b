import Configuration
import Lifecycle

/// Runs one stage as a process of its own.
enum StageCommand: Command {
    static let specification = ArgumentSpecification(
        "parley stage", words: "NAME",
        summary: "Runs one stage of the pipeline: "
            + StageName.allCases.map(\.rawValue).joined(separator: ", ") + ".",
        options: ProcessOptions.options)

    static func run(_ arguments: Arguments) async throws -> Int32 {
        guard arguments.words.count == 1, let name = StageName(rawValue: arguments.words[0]) else {
            throw ConfigurationError(
                "parley stage",
                "name one stage: " + StageName.allCases.map(\.rawValue).joined(separator: ", "))
        }
        let options = try ProcessOptions(arguments)
        return try await StageProcess(name, options).run()
    }
}
