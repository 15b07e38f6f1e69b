import FoundationEssentials
import Glibc
import Lifecycle
import PipelineTesting

/// The built program, run as people run it.
enum ParleyProgram {
    /// `PARLEY_EXECUTABLE`, else the one beside the tests' own program.
    static var path: String {
        if let named = ProcessInfo.processInfo.environment["PARLEY_EXECUTABLE"] { return named }
        // The link is always there on Linux.
        let own =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
            ?? CommandLine.arguments[0]
        return URL(filePath: own).deletingLastPathComponent().appending(path: "parley").path
    }

    /// The folder of the machine's own copies of the ledgers of all installations.
    static let ledgers = FileManager.default.temporaryDirectory
        .appending(path: "parley-ledgers").path

    /// The repository, where the pipeline and the prompts are.
    static let home = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    /// Starts the program; it ends with this process at the latest.
    static func start(
        _ words: [String], output: String, environment: [String: String] = [:]
    ) async throws -> ChildProcess {
        var all = ProcessInfo.processInfo.environment
        all["PARLEY_HOME"] = home
        all["PARLEY_LEDGER"] = ledgers
        for name in [
            "PARLEY_DATA", "PARLEY_KEYS", "PARLEY_MODEL_KEY", "PARLEY_SECRET_KEYS",
            "PARLEY_SECRET_KEYS_COMMAND",
        ] { all[name] = nil }
        all.merge(environment) { $1 }
        return try await ChildProcess.start(
            ChildProgram(
                name: "parley", path: path, arguments: words, environment: all,
                readiness: .running, output: .file(output), watchesParent: false))
    }

    /// Runs the program to its end.
    static func run(
        _ words: String..., within limit: Duration = .seconds(150)
    ) async throws -> (exit: ProcessExit?, output: String) {
        try await run(words, within: limit)
    }

    /// Runs the program to its end, or stops it when the time is over.
    static func run(
        _ words: [String], within limit: Duration = .seconds(150),
        environment: [String: String] = [:]
    ) async throws -> (exit: ProcessExit?, output: String) {
        let folder = try TemporaryFolder()
        let file = folder.path + "/output"
        let child = try await start(words, output: file, environment: environment)
        let watch = Task {
            try await Task.sleep(for: limit)
            child.signal(SIGKILL)
        }
        defer { watch.cancel() }
        let exit = await child.waitUntilEnded()
        return (exit, text(file))
    }

    /// Runs a script of bash's to its end, with the program's path as `$1`.
    static func script(_ text: String) async throws -> (exit: ProcessExit?, output: String) {
        let folder = try TemporaryFolder()
        try Data(text.utf8).write(to: URL(filePath: folder.path + "/try.bash"))
        let shell = try await ChildProcess.start(
            ChildProgram(
                name: "bash", path: "/bin/bash", arguments: [folder.path + "/try.bash", path],
                environment: ProcessInfo.processInfo.environment, readiness: .running,
                output: .file(folder.path + "/out"), watchesParent: false))
        let exit = await shell.waitUntilEnded()
        return (exit, Self.text(folder.path + "/out"))
    }

    static func text(_ path: String) -> String {
        String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    }
}
