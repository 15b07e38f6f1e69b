import FoundationEssentials
import Glibc
import HTTPClient
import Lifecycle
import PipelineTesting
import Testing

/// Starting where something still is, and at addresses of one's own.
@Suite(.ownInstallation)
struct TakeoverTests {
    @Test("killed with work in hand, it takes its children along")
    func killed() async throws {
        let first = try await RunningInstallation.start()
        let pid = try #require(first.process.pid)
        let children = ProcessTable.children(of: pid)
        // Somebody waits for the console's answer, which a graceful end would give five seconds.
        let indexer = try #require(first.child("indexer"))
        #expect(kill(indexer.pid, SIGSTOP) == 0)
        let path = "/api/v1/tenants/\(RunningInstallation.demo)/documents"
        let asking = Task {
            // It ends with the console.
            try? await first.console.send(
                .post, path + "?name=late.md&wait=60", Array("# Late".utf8))
        }
        try await eventually("the document waits") {
            try await first.console.call(.get, path)["documents"].elements.contains {
                $0["name"].string == "late.md"
            }
        }
        await first.kill9()
        do {
            try await eventually("all children are gone", within: .seconds(3)) {
                children.allSatisfy { !ProcessTable.isAlive($0.pid) }
            }
        } catch {
            for child in children { _ = kill(child.pid, SIGKILL) }
            throw error
        }
        _ = await asking.value
    }

    @Test("killed again and again, it starts again at once")
    func startedAtOnce() async throws {
        var last = try await RunningInstallation.start()
        for _ in 0..<3 {
            last.process.signal(SIGKILL)
            last = try await RunningInstallation.start(after: last)
        }
        let answers = try await isAnswering(last)
        #expect(answers)
        try await last.stop()
    }

    private func isAnswering(_ installation: RunningInstallation) async throws -> Bool {
        try await installation.console.send(.get, "/api/v1/tenants").status == 200
    }

    @Test("one that stops is waited for")
    func stopping() async throws {
        let first = try await RunningInstallation.start()
        first.process.signal(SIGTERM)
        try await RunningInstallation.with(after: first) { second in
            #expect(first.process.status == .code(0), "\(first.output)")
            let answers = try await isAnswering(second)
            #expect(answers)
        }
    }

    @Test("one that goes on running is named and left alone")
    func running() async throws {
        try await RunningInstallation.with { first in
            let pid = try #require(first.process.pid)
            let (exit, output) = try await ParleyProgram.run(
                "up", "--data", first.data, "--port-base", "\(try FreePorts.base())")
            #expect(exit == .code(2), "\(output)")
            #expect(output.contains("process \(pid)"), "\(output)")
            let answers = try await isAnswering(first)
            #expect(answers)
        }
    }

    @Test(
        "webhook and console are where --host says, and are said to be where they are",
        arguments: [("127.0.0.2", "127.0.0.2"), ("0.0.0.0", "127.0.0.1")])
    func host(_ host: String, _ reached: String) async throws {
        try await RunningInstallation.with(["--host", host]) { installation in
            let webhook = "http://\(reached):\(installation.base)/webhook"
            let console = "http://\(reached):\(installation.base + 1)"
            #expect(
                installation.output.contains("ready: webhook \(webhook), console \(console),"),
                "\(installation.output)")
            let listed = try await ParleyProgram.run("tenant", "list", "--data", installation.data)
            #expect(listed.exit == .code(0), "\(listed.output)")
            #expect(listed.output.contains(RunningInstallation.demo))
            let asked = try await ParleyProgram.run(
                "simulate", "message", "--data", installation.data, "--text",
                "What time do you open on Saturday?")
            #expect(asked.exit == .code(0), "\(asked.output)")
        }
    }
}
