import FoundationEssentials
import HTTPClient
import Lifecycle
import PipelineTesting
import Testing

/// What a stage was told at its start decides what it did.
@Suite(.ownInstallation)
struct StageSettingsTests {
    @Test("a past is repeated with the settings that the stages ran with, without a word of them")
    func settings() async throws {
        let folder = try TemporaryFolder()
        let file = folder.path + "/pipeline.json5"
        let plain = ParleyProgram.text(ParleyProgram.home + "/Pipelines/whatsapp.json5")
        let told = plain.replacing(
            "// Calls to WhatsApp at once.", with: "settings: { settleWait: \"90s\" },")
        try #require(told != plain)
        try Data(told.utf8).write(to: URL(filePath: file))
        try await withOutsideSimulator { simulator in
            let installation = try await RunningInstallation.start(
                ["--pipeline", file, "--burst-pause", "0"], simulator: simulator)
            do {
                _ = try await installation.connect("settled", documents: Facts.documents)
                let customer = Customer(of: "settled", in: installation)
                // It waits for a status that does not come, for as long as it was told.
                try await installation.fault("drop_answer", of: "settled")
                try await installation.fault("no_status", of: "settled")
                try await customer.write(Facts.questions[0])
                try await eventually("the outcome is unknown") {
                    let (_, output) = try await ParleyProgram.run(
                        "tail", "messages.delivery", "--content", "--data", installation.data)
                    return output.contains("unknown")
                }
            } catch {
                await installation.end()
                throw error
            }
            try await installation.stop()
            for stage in ["sender", "orchestrator"] {
                let (exit, output) = try await ParleyProgram.run(
                    "replay", "--stage", stage, "--data", installation.data)
                #expect(exit == .code(0) && output.hasPrefix("identical: "), "\(output)")
                let state = try await ParleyProgram.run(
                    "replay", "--stage", stage, "--rebuild-state", "--data", installation.data)
                #expect(state.exit == .code(0), "\(stage): \(state.output)")
            }
            // Named, the other file is what is asked for.
            let other = try await ParleyProgram.run(
                "replay", "--stage", "sender", "--rebuild-state", "--data", installation.data,
                "--pipeline", ParleyProgram.home + "/Pipelines/whatsapp.json5")
            #expect(other.exit == .code(1), "\(other.output)")
        }
    }
}
