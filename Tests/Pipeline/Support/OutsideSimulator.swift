import Lifecycle
import PipelineTesting
import Testing

/// Runs a simulator that outlives installations, as WhatsApp does.
func withOutsideSimulator(_ body: (LocalAPI) async throws -> Void) async throws {
    let folder = try TemporaryFolder()
    let port = try FreePorts.base()
    let process = try await ParleyProgram.start(
        ["simulate", "serve", "--data", folder.path, "--port", "\(port)"],
        output: folder.path + "/output")
    do {
        try await eventually("the simulator is ready") {
            ParleyProgram.text(folder.path + "/output").contains("ready: simulator")
        }
        try await body(LocalAPI(base: "http://127.0.0.1:\(port)"))
    } catch {
        _ = await process.stop(within: .seconds(10))
        throw error
    }
    #expect(await process.stop(within: .seconds(10)) == .code(0))
}
