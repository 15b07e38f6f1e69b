import FoundationEssentials
import PipelineTesting
import Testing

/// A topic keeps its number of partitions, whatever the pipeline file says later.
@Suite(.ownInstallation)
struct PartitionTests {
    @Test("an installation goes on with the partitions that its topics were created with")
    func kept() async throws {
        let folder = try TemporaryFolder()
        let own = ParleyProgram.text(ParleyProgram.home + "/Pipelines/whatsapp.json5")
        let other = own.replacing("sqlite: 4", with: "sqlite: 3")
        try #require(other != own)
        let file = folder.path + "/three.json5"
        try Data(other.utf8).write(to: URL(filePath: file))
        // The demo business is looked for beside the pipeline file.
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/demo",
            withDestinationPath: ParleyProgram.home + "/Pipelines/demo")
        let first = try await RunningInstallation.start(["--pipeline", file])
        do {
            _ = try await Customer(in: first).ask("What time do you open on Saturday?")
        } catch {
            await first.end()
            throw error
        }
        try await first.stop()
        try await RunningInstallation.with(after: first) { second in
            #expect(second.output.contains("messages.inbound keeps the 3 partitions"))
            let reply = try await Customer(in: second).ask("What time do you open on Saturday?")
            #expect(reply.text.contains("at 9:00"))
        }
    }
}
