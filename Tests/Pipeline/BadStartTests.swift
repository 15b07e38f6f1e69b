import FoundationEssentials
import Glibc
import Lifecycle
import PipelineTesting
import Testing

/// Starts that cannot succeed: a clear reason, an exit code, and nothing left running.
@Suite(.ownInstallation)
struct BadStartTests {
    /// A start that fails.
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var options: [String]
        /// What the person who started it reads.
        var says: [String]
    }

    private static let cases = [
        Case(
            testDescription: "a log of an unknown kind", options: ["--log", "redis:localhost"],
            says: ["--log", "'redis:localhost' is no log", "sqlite:PATH"]),
        Case(
            testDescription: "a log that is no file", options: ["--log", "sqlite:/dev/null/log"],
            says: ["/dev/null/log"]),
        Case(
            testDescription: "an unknown option", options: ["--prot-base", "1"],
            says: ["--prot-base", "--port-base"]),
        Case(
            testDescription: "a model without a name", options: ["--model-url", "http://x"],
            says: ["--model"]),
        Case(
            testDescription: "no pipeline file", options: ["--pipeline", "/nowhere.json5"],
            says: ["/nowhere.json5"]),
        Case(
            testDescription: "a broken pipeline file", options: ["--pipeline", "{broken}"],
            says: ["pipeline.json5"]),
        Case(
            testDescription: "a pipeline file with an unknown topic",
            options: ["--pipeline", "{unknown}"], says: ["pipeline.json5", "messages.inbuond"]),
        Case(
            testDescription: "a pipeline file with a setting that no stage has",
            options: ["--pipeline", "{setting}"], says: ["settings.burstPuase", "burstPause"]),
        Case(
            testDescription: "a host that is not this machine's", options: ["--host", "192.0.2.1"],
            says: ["192.0.2.1"]),
        Case(
            testDescription: "no prompts", options: ["--prompts", "/nowhere"],
            says: ["orchestrator", "/nowhere/answer.md"]),
    ]

    @Test("a start that cannot succeed says why and leaves nothing", arguments: cases)
    func refusal(_ bad: Case) async throws {
        let folder = try TemporaryFolder()
        let file = folder.path + "/pipeline.json5"
        let good = ParleyProgram.text(ParleyProgram.home + "/Pipelines/whatsapp.json5")
        let texts = [
            "{broken}": String(good.prefix(good.count / 2)),
            "{setting}": good.replacing("burstPause:", with: "burstPuase:"),
            "{unknown}": good.replacing("messages.inbound", with: "messages.inbuond"),
        ]
        var options = bad.options
        for (mark, text) in texts {
            guard let index = options.firstIndex(of: mark) else { continue }
            try Data(text.utf8).write(to: URL(filePath: file))
            options[index] = file
        }
        let output = try await fails(
            options, data: folder.path + "/data", base: try FreePorts.base())
        for words in bad.says { #expect(output.contains(words), "\(output)") }
    }

    @Test("a port in use is named", arguments: [0, 1, 2])
    func portInUse(_ index: Int) async throws {
        let base = try FreePorts.base()
        let socket = try #require(FreePorts.listen(on: base + index))
        defer { close(socket) }
        let folder = try TemporaryFolder()
        let output = try await fails([], data: folder.path + "/data", base: base)
        #expect(output.contains("\(base + index)"), "\(output)")
    }

    /// Starts, expects a failure, and answers what was said.
    private func fails(_ options: [String], data: String, base: Int) async throws -> String {
        let (exit, output) = try await ParleyProgram.run(
            ["up", "--data", data, "--port-base", "\(base)", "--no-local-models"] + options)
        #expect(exit == .code(1) || exit == .code(2), "\(exit as Any): \(output)")
        #expect(output.contains("parley: "), "\(output)")
        #expect(!output.contains("ready:"))
        #expect(ProcessTable.naming(data).isEmpty)
        return output
    }
}
