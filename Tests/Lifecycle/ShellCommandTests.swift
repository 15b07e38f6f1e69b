import Lifecycle
import Testing

@Suite("A command of the operator's")
struct ShellCommandTests {
    private func output(
        _ command: String, within limit: Duration = .seconds(30)
    ) throws(ShellCommandError) -> String {
        String(
            decoding: try ShellCommand.output(of: command, within: limit, atMost: 1_000),
            as: UTF8.self)
    }

    @Test("gives what it writes, its errors excepted")
    func written() throws {
        #expect(try output("printf 'a b\\n'; echo trouble >&2") == "a b\n")
        #expect(try output("exec true").isEmpty)
        #expect(try output("cat") == "", "it has nothing to read")
    }

    @Test("that fails, by its code or by a signal, gives nothing")
    func failed() {
        #expect(throws: ShellCommandError.failed(.code(3))) { try output("echo half; exit 3") }
        #expect(throws: ShellCommandError.failed(.code(127))) { try output("/nowhere/at/all") }
        #expect(throws: ShellCommandError.failed(.signal(9))) { try output("kill -9 $$") }
    }

    @Test("that never ends, or never ends to write, is killed with what it started")
    func endless() {
        let limit = Duration.milliseconds(300)
        #expect(throws: ShellCommandError.tooSlow(limit: limit)) {
            try output("sleep 3600 & sleep 3600", within: limit)
        }
        #expect(throws: ShellCommandError.tooSlow(limit: limit)) {
            try output("exec >&-; sleep 3600", within: limit)
        }
        #expect(throws: ShellCommandError.tooLong(bytes: 1_000)) { try output("yes") }
    }
}
