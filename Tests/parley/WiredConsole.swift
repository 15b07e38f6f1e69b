import Configuration
import Console
import EventLog
import PipelineTesting
import Telemetry
import Testing

@testable import parley

/// The console as the program wires it, over an empty data folder: what lands later is tried
/// without a word here.
enum WiredConsole {
    static func with(_ body: (ConsoleService) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        let arguments = try Arguments(
            [
                "--data", folder.path + "/data", "--keys", folder.path + "/keys", "--port", "0",
            ], ArgumentSpecification("test", summary: "Test.", options: ProcessOptions.options))
        let options = try ProcessOptions(arguments)
        try options.data.create()
        _ = try ConsoleKey.open(options.data)
        let pipeline = try PipelineFile.read(options.pipeline)
        let process = try #require(pipeline.process("console"))
        let made = StageProcess(process, of: pipeline, options)
        let logger = Logger(service: "test", to: LogSinks.discard)
        let (context, places) = try await made.context(logger)
        let parts = try await StageParts(places, context, options)
        try await body(try #require(parts.console))
        await context.log.close()
    }
}
