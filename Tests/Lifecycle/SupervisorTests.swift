import FoundationEssentials
import Glibc
import Synchronization
import Testing

@testable import Lifecycle

/// A folder for one test, removed with the value.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path =
            FileManager.default.temporaryDirectory
            .appending(path: "parley-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }  // The system clears it as well.

    func text(_ name: String) -> String? {
        // A file that is not there yet has no text.
        (try? Data(contentsOf: URL(filePath: "\(path)/\(name)")))
            .map { String(decoding: $0, as: UTF8.self) }
    }
}

/// Waits for a condition that another process brings about.
func eventually(
    within limit: Duration = .seconds(60), _ condition: () -> Bool
) async throws -> Bool {
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline {
        if condition() { return true }
        try await Task.sleep(for: .milliseconds(5))
    }
    return condition()
}

/// Whether a process runs and is no zombie.
func isAlive(_ pid: Int32) -> Bool {
    guard let stat = try? Data(contentsOf: URL(filePath: "/proc/\(pid)/stat")) else {
        return false  // No such process.
    }
    let text = String(decoding: stat, as: UTF8.self)
    return text.split(separator: ")").last?.hasPrefix(" Z") == false
}

private func shell(
    _ name: String, _ script: String, output: ChildProgram.Output = .inherited,
    readiness: ChildProgram.Readiness = .message
) -> ChildProgram {
    ChildProgram(
        name: name, path: "sh", arguments: ["-c", script],
        environment: ["PATH": "/usr/bin:/bin"], readiness: readiness, output: output)
}

/// What a supervised shell says when it is ready.
private let sayReady = "echo ready >&3"

@Suite("Supervisor")
struct SupervisorTests {
    @Test("children become ready, and all are gone after a drain")
    func startAndStop() async throws {
        let programs = (0..<4).map { shell("child \($0)", "\(sayReady); exec sleep 600") }
        let supervisor = Supervisor(programs)
        let running = Task { try await supervisor.run() }
        try await supervisor.waitUntilReady(within: .seconds(60))
        let pids = programs.compactMap { supervisor.pid(of: $0.name) }
        #expect(pids.count == 4)
        #expect(pids.allSatisfy(isAlive))
        await supervisor.drain()
        try await running.value
        #expect(pids.allSatisfy { kill($0, 0) != 0 })
    }

    @Test("a child that dies is started again")
    func restart() async throws {
        let events = Mutex<[ProcessExit]>([])
        let supervisor = Supervisor([shell("child", "\(sayReady); exec sleep 600")]) { event in
            if case .died(_, let status, _) = event { events.withLock { $0.append(status) } }
        }
        let running = Task { try await supervisor.run() }
        try await supervisor.waitUntilReady(within: .seconds(60))
        let first = try #require(supervisor.pid(of: "child"))
        kill(first, SIGKILL)
        #expect(
            try await eventually {
                supervisor.pid(of: "child").map { $0 != first } ?? false
            })
        #expect(events.withLock { $0 } == [.signal(SIGKILL)])
        running.cancel()
        try await running.value
        #expect(supervisor.pid(of: "child") == nil)
    }

    @Test("a child that ignores SIGTERM is killed after the limit, with what it started")
    func stubborn() async throws {
        let folder = try TemporaryFolder()
        let script = """
            trap '' TERM; sleep 600 & echo $! > \(folder.path)/grandchild; \(sayReady); wait; wait
            """
        let supervisor = Supervisor(
            [shell("stubborn", script)], stopLimit: .milliseconds(100))
        let running = Task { try await supervisor.run() }
        try await supervisor.waitUntilReady(within: .seconds(60))
        let text = try #require(folder.text("grandchild"))
        let grandchild = try #require(Int32(text.filter(\.isNumber)))
        let pid = try #require(supervisor.pid(of: "stubborn"))
        #expect(isAlive(grandchild))
        await supervisor.drain()
        try await running.value
        #expect(!isAlive(pid))
        #expect(try await eventually { !isAlive(grandchild) })
    }

    @Test("a child that ends before it is ready is an error that names it and its exit code")
    func endsEarly() async throws {
        let supervisor = Supervisor([shell("broken", "exit 3")])
        let running = Task { try await supervisor.run() }
        await #expect(
            throws: ChildProcessError.endedEarly(program: "broken", status: .code(3))
        ) {
            try await supervisor.waitUntilReady(within: .seconds(60))
        }
        await supervisor.drain()
        try await running.value
    }

    @Test("a program that does not exist is an error that names it")
    func missing() async throws {
        let program = ChildProgram(
            name: "missing", path: "/nowhere/program", arguments: [], environment: [:])
        let error = await #expect(throws: ChildProcessError.self) {
            _ = try await ChildProcess.start(program)
        }
        #expect(error?.description == "cannot start /nowhere/program: No such file or directory")
    }

    @Test("a child's output goes to its file, and a large file is set aside first")
    func output() async throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/child.log"
        #expect(FileManager.default.createFile(atPath: path, contents: nil))
        let truncated = unsafe truncate(path, ChildProgram.largestLogBytes + 1)
        #expect(truncated == 0)
        let child = try await ChildProcess.start(
            shell("child", "echo out; echo err >&2; exit 7", output: .file(path)))
        #expect(await child.waitUntilEnded() == .code(7))
        #expect(folder.text("child.log") == "out\nerr\n")
        #expect(FileManager.default.fileExists(atPath: path + ".1"))
    }

    @Test("a child has no descriptors but its standard ones and the supervisor's")
    func descriptors() async throws {
        let folder = try TemporaryFolder()
        let leak = unsafe open("/dev/null", O_RDONLY)
        defer { close(leak) }
        let child = try await ChildProcess.start(
            shell("child", "ls /proc/$$/fd; true", output: .file("\(folder.path)/out")))
        #expect(await child.waitUntilEnded() == .code(0))
        #expect(folder.text("out") == "0\n1\n2\n3\n")
    }

    @Test("a child holds what it is given, such as a lock, for as long as it lives")
    func holding() async throws {
        let folder = try TemporaryFolder()
        let file = unsafe open("\(folder.path)/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        #expect(flock(file, LOCK_EX | LOCK_NB) == 0)
        for ours in [true, false] {
            let name = "out-\(ours)"
            var program = shell(
                "child", "ls /proc/$$/fd; sleep 600", output: .file("\(folder.path)/\(name)"),
                readiness: .running)
            program.watchesParent = ours
            program.holds = file
            let child = try await ChildProcess.start(program)
            let expected = ours ? "0\n1\n2\n3\n4\n" : "0\n1\n2\n3\n"
            #expect(
                try await eventually { folder.text(name) == expected },
                "\(folder.text(name) ?? "")")
            _ = await child.stop(within: .seconds(10))
        }
        let child = try await ChildProcess.start(
            ChildProgram(
                name: "holder", path: "sleep", arguments: ["600"],
                environment: ["PATH": "/usr/bin:/bin"], readiness: .running, holds: file))
        close(file)
        let other = unsafe open("\(folder.path)/lock", O_RDWR | O_CLOEXEC)
        defer { close(other) }
        #expect(flock(other, LOCK_EX | LOCK_NB) != 0)
        child.signal(SIGKILL)
        _ = await child.waitUntilEnded()
        // What the shells before had begun ends with them, but nobody waits for it.
        #expect(try await eventually { flock(other, LOCK_EX | LOCK_NB) == 0 })
    }

    @Test("a foreign program does not begin when its supervisor is gone already")
    func supervisorGoneBefore() async throws {
        let folder = try TemporaryFolder()
        var foreign = shell("foreign", "touch \(folder.path)/begun")
        foreign.watchesParent = false
        for (supervisor, code) in [(getpid(), Int32(0)), (1, 1)] {
            let line = foreign.commandLine(from: supervisor)
            let child = try await ChildProcess.start(
                ChildProgram(
                    name: "line", path: line[0], arguments: Array(line.dropFirst()),
                    environment: foreign.environment, readiness: .running))
            #expect(await child.waitUntilEnded() == .code(code))
            #expect((folder.text("begun") != nil) == (code == 0))
            _ = unsafe unlink("\(folder.path)/begun")
        }
    }

    @Test("one of ours whose supervisor is gone already ends at once")
    func ownSupervisorGone() async {
        await #expect(processExitsWith: .signal(SIGKILL)) {
            let link = dup(STDIN_FILENO)
            _ = ParentWatch(environment: [
                "PARLEY_SUPERVISOR_FD": "\(link)", "PARLEY_SUPERVISOR_PID": "1",
            ])
        }
    }

    @Test("a child has default signal actions though its supervisor ignores some")
    func signalActions() async throws {
        let child = try await ChildProcess.start(shell("child", "kill -TERM $$; exit 0"))
        #expect(await child.waitUntilEnded() == .signal(SIGTERM))
    }

    @Test("a supervisor killed by SIGKILL takes its children along, ours and foreign")
    func supervisorKilled() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let own = shell(
                "own",
                "echo $$ > \(path)/o; mv \(path)/o \(path)/own; \(sayReady); read line <&3; exit 0")
            var foreign = shell(
                "foreign",
                "trap '' TERM; echo $$ > \(path)/f; mv \(path)/f \(path)/foreign; exec sleep 600")
            foreign.watchesParent = false
            foreign.readiness = .running
            let supervisor = Supervisor([own, foreign])
            let running = Task { try await supervisor.run() }
            try await supervisor.waitUntilReady(within: .seconds(60))
            _ = try await eventually {
                ["own", "foreign"].allSatisfy {
                    FileManager.default.fileExists(atPath: "\(path)/\($0)")
                }
            }
            kill(getpid(), SIGKILL)
            try await running.value
        }
        for name in ["own", "foreign"] {
            let text = try #require(folder.text(name))
            let pid = try #require(Int32(text.filter(\.isNumber)))
            #expect(try await eventually { !isAlive(pid) }, "\(name) outlived its supervisor")
        }
    }
}

@Suite("RestartBackoff")
struct RestartBackoffTests {
    @Test("waits double from 0.2 s to 10 s, and begin again after a healthy run")
    func waits() {
        var backoff = RestartBackoff()
        let waits = (0..<8).map { _ in backoff.wait(afterRunning: .seconds(1)).components }
        #expect(waits.map(\.seconds) == [0, 0, 0, 1, 3, 6, 10, 10])
        #expect(backoff.wait(afterRunning: .seconds(6)) == .milliseconds(200))
        #expect(backoff.wait(afterRunning: .seconds(1)) == .milliseconds(400))
    }
}
