import Confinement
import FoundationEssentials
import Glibc
import Testing

@testable import DocumentText

@Suite struct SandboxTests {
    /// Runs a shell script in the sandbox, in a scratch parent of its own that must end up empty.
    private func run(
        _ script: String, limits: ExtractionLimits = ExtractionLimits()
    ) async throws -> ToolOutput {
        let parent = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
        defer {
            let left = try? FileManager.default.contentsOfDirectory(atPath: parent.path)
            #expect(left == [])
            try? FileManager.default.removeItem(at: parent)  // a leftover is reported above
        }
        let sandbox = Sandbox(limits: limits.tool, scratchParent: parent.path)
        let shell = ConfinedTool(name: "sh", path: "/bin/sh", debianPackage: "dash")
        return try await sandbox.run(shell, ["-c", script], file: "in", bytes: Array("x".utf8))
    }

    private func text(_ script: String) async throws -> String {
        String(decoding: try await run(script).output, as: UTF8.self)
    }

    @Test("the child sees only its own environment, no open files and its scratch directory")
    func surroundings() async throws {
        let open = unsafe fopen("/dev/null", "r")
        defer { if let open = unsafe open { unsafe fclose(open) } }
        #expect(try await text("ls /proc/$$/fd | tr '\\n' ' '").hasPrefix("0 1 2 "))
        let names = try await text("env | cut -d= -f1 | sort")
        let expected: Set = [
            "HOME", "LC_ALL", "OMP_THREAD_LIMIT", "PATH", "PYTHONDONTWRITEBYTECODE", "TMPDIR",
        ]
        let shellsOwn: Set = ["PWD", "OLDPWD", "SHLVL", "_"]
        let found = Set(names.split(separator: "\n").map(String.init))
        #expect(found.subtracting(shellsOwn) == expected)
        #expect(try await text("ls") == "in\n")
    }

    @Test("the child has no network where namespaces are permitted, and is not root")
    func isolation() async throws {
        let isolation = await DocumentTextExtractor().isolation()
        if isolation.networkIsCut {
            let interfaces = try await text("tail -n +3 /proc/self/net/dev | cut -d: -f1")
            #expect(interfaces.trimmed == "lo")
            #expect(try await text("cat /proc/self/net/route | tail -n +2") == "")
        }
        #expect(try await text("id -u") != "0\n")
    }

    @Test("a child that runs too long is killed with all that it started")
    func wallTime() async throws {
        var limits = ExtractionLimits()
        limits.wallTime = .milliseconds(300)
        let mark = "3\(UInt32.random(in: 100_000...999_999))"
        let start = ContinuousClock.now
        await #expect(throws: ToolError.timedOut(after: .milliseconds(300))) {
            try await run("sleep \(mark) & sleep \(mark)", limits: limits)
        }
        #expect(ContinuousClock.now - start < .seconds(10))
        #expect(try !processExists(withArgument: mark))
    }

    @Test("what a finished child left running is killed and does not delay the result")
    func stragglers() async throws {
        let mark = "4\(UInt32.random(in: 100_000...999_999))"
        let start = ContinuousClock.now
        #expect(try await text("sleep \(mark) & echo done") == "done\n")
        #expect(ContinuousClock.now - start < .seconds(10))
        #expect(try !processExists(withArgument: mark))
    }

    @Test("a child is killed with the process that wants its words, however that ends")
    func orphan() async throws {
        let mark = "6\(UInt32.random(in: 100_000...999_999))"
        let parent = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: parent) }  // the system clears it as well
        let path = parent.path
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [mark = mark as String, path = path as String] in
            let sandbox = Sandbox(limits: ExtractionLimits().tool, scratchParent: path)
            let shell = ConfinedTool(name: "sh", path: "/bin/sh", debianPackage: "dash")
            let running = Task {
                try await sandbox.run(shell, ["-c", "exec sleep \(mark)"], file: "in", bytes: [])
            }
            while try !processExists(withArgument: mark) {
                try await Task.sleep(for: .milliseconds(5))
            }
            kill(getpid(), SIGKILL)
            _ = try await running.value
        }
        let deadline = ContinuousClock.now + .seconds(10)
        while try processExists(withArgument: mark), ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(5))
        }
        #expect(try !processExists(withArgument: mark))
    }

    @Test("a child that burns processor time is stopped")
    func processorTime() async throws {
        var limits = ExtractionLimits()
        limits.processorSeconds = 1
        await #expect(throws: ToolError.timedOut(after: limits.wallTime)) {
            try await run("while :; do :; done", limits: limits)
        }
    }

    @Test("a child that prints too much is stopped")
    func output() async throws {
        var limits = ExtractionLimits()
        limits.toolOutputBytes = 100_000
        await #expect(throws: ToolError.outputTooLarge(limitBytes: 100_000)) {
            try await run("yes", limits: limits)
        }
    }

    @Test("a child that wants too much memory or writes too large a file fails")
    func memoryAndFiles() async throws {
        var limits = ExtractionLimits()
        limits.memoryBytes = 64 << 20
        limits.unpackedBytes = 1 << 20
        let memory = try await run(
            "head -c 200m /dev/zero | sort -S 300M >/dev/null", limits: limits)
        #expect(memory.ending != .exited(0))
        let file = try await run("head -c 3000000 /dev/zero > big; wc -c < big", limits: limits)
        #expect(String(decoding: file.output, as: UTF8.self).trimmed == "1048576")
    }

    @Test("a cancelled task ends its child")
    func cancelled() async throws {
        let mark = "5\(UInt32.random(in: 100_000...999_999))"
        let task = Task { try await run("sleep \(mark)") }
        let start = ContinuousClock.now
        while try !processExists(withArgument: mark) {
            guard ContinuousClock.now - start < .seconds(20) else {
                task.cancel()
                Issue.record("the child never began: \(await task.result)")
                return
            }
            await Task.yield()
        }
        task.cancel()
        await #expect(throws: ToolError.cancelled) { try await task.value }
        #expect(try !processExists(withArgument: mark))
    }

    @Test("many extractions at once do not block each other")
    func concurrency() async throws {
        let bytes = try fixture("two-pages.pdf")
        let extractor = DocumentTextExtractor()
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<24 {
                group.addTask {
                    try await extractor.extract(name: "a.pdf", bytes: bytes).sections.count
                }
            }
            for try await count in group { #expect(count == 2) }
        }
    }
}

/// Whether a `sleep` runs for that long.
private func processExists(withArgument mark: String) throws -> Bool {
    try FileManager.default.contentsOfDirectory(atPath: "/proc").contains { entry in
        guard Int(entry) != nil,
            // A process may end between the listing and the reading.
            let line = try? Data(contentsOf: URL(filePath: "/proc/\(entry)/cmdline"))
        else { return false }
        return line.split(separator: 0) == [Data("sleep".utf8), Data(mark.utf8)]
    }
}
