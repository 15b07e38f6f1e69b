import FoundationEssentials
import Lifecycle
import PipelineTesting
import Testing

@Suite struct LostOutputTests {
    @Test("output that is lost is told and fails, unless its reader went away")
    func lostOutput() async throws {
        let folder = try TemporaryFolder()
        let script = """
            "$1" help >/dev/full; echo "full: $?"
            "$1" help >&-; echo "closed: $?"
            "$1" help | true; echo "unread: ${PIPESTATUS[0]}"
            "$1" help >/dev/null; echo "taken: $?"
            """
        try Data(script.utf8).write(to: URL(filePath: folder.path + "/try.bash"))
        let shell = try await ChildProcess.start(
            ChildProgram(
                name: "bash", path: "/bin/bash",
                arguments: [folder.path + "/try.bash", ParleyProgram.path],
                environment: ProcessInfo.processInfo.environment, readiness: .running,
                output: .file(folder.path + "/out"), watchesParent: false))
        #expect(await shell.waitUntilEnded() == .code(0))
        let lost = "parley: standard output cannot be written:"
        #expect(
            ParleyProgram.text(folder.path + "/out") == """
                \(lost) No space left on device
                full: 1
                \(lost) Bad file descriptor
                closed: 1
                unread: 0
                taken: 0

                """)
    }
}
