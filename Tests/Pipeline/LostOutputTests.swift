import FoundationEssentials
import Lifecycle
import PipelineTesting
import Testing

@Suite struct LostOutputTests {
    @Test("output that is lost is told and fails, unless its reader went away")
    func lostOutput() async throws {
        let script = """
            "$1" help >/dev/full; echo "full: $?"
            "$1" help >&-; echo "closed: $?"
            "$1" help | true; echo "unread: ${PIPESTATUS[0]}"
            "$1" help >/dev/null; echo "taken: $?"
            """
        let (exit, output) = try await ParleyProgram.script(script)
        #expect(exit == .code(0))
        let lost = "parley: standard output cannot be written:"
        #expect(
            output == """
                \(lost) No space left on device
                full: 1
                \(lost) Bad file descriptor
                closed: 1
                unread: 0
                taken: 0

                """)
    }
}
