import FoundationEssentials
import Lifecycle
import PipelineTesting
import Testing

@Suite(
    "The console's API as strangers try it", .installation("--allow-private-urls"),
    .timeLimit(.minutes(5)))
struct DescribedAPITests {
    private static let isInstalled = FileManager.default.isExecutableFile(
        atPath: ParleyProgram.home + "/.build/test-tools/bin/schemathesis")

    @Test(
        "is what its OpenAPI document says, for right and wrong requests",
        .enabled(if: isInstalled, "Tests/run installs schemathesis"))
    func schemathesis() async throws {
        let installation = try #require(RunningInstallation.shared)
        let key = try #require(installation.console.key)
        let (exit, output) = try await ParleyProgram.script(
            "exec '\(ParleyProgram.home)/Tests/api' '\(installation.console.base)' '\(key)'")
        #expect(exit == .code(0), "\(output.suffix(6_000))")
    }
}
