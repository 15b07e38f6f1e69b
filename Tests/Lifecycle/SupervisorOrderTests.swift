import Glibc
import Synchronization
import Testing

@testable import Lifecycle

/// What somebody wishes of a supervisor's children while they run.
@Suite("A supervisor's orders")
struct SupervisorOrderTests {
    /// What happened, in order.
    private final class Heard: Sendable {
        let events = Mutex<[String]>([])

        func hear(_ event: Supervisor.Event) {
            let words: String? =
                switch event {
                case .started(let name, _): "\(name) started"
                case .stopped(let name, _): "\(name) stopped"
                case .died(let name, _, _): "\(name) died"
                case .ready, .failed: nil
                }
            if let words { events.withLock { $0.append(words) } }
        }

        var all: [String] { events.withLock { $0 } }
    }

    private static func child(_ name: String, _ seconds: Int = 600) -> ChildProgram {
        ChildProgram(
            name: name, path: "sh", arguments: ["-c", "echo ready >&3; exec sleep \(seconds)"],
            environment: ["PATH": "/usr/bin:/bin"])
    }

    /// Runs a body with a supervisor of one child that is ready.
    private static func with(
        _ body: (Supervisor, Heard) async throws -> Void
    ) async throws {
        let heard = Heard()
        let supervisor = Supervisor([child("one")]) { heard.hear($0) }
        let running = Task { try await supervisor.run() }
        try await supervisor.waitUntilReady(within: .seconds(60))
        try await body(supervisor, heard)
        await supervisor.drain()
        try await running.value
        #expect(supervisor.pid(of: "one") == nil)
    }

    @Test("one that is stopped stays so until it is started, and is not taken for dead")
    func stopAndStart() async throws {
        try await Self.with { supervisor, heard in
            let first = try #require(supervisor.pid(of: "one"))
            #expect(!supervisor.order(.start, "one"))
            #expect(supervisor.order(.stop, "one"))
            #expect(try await eventually { heard.all == ["one started", "one stopped"] })
            #expect(!isAlive(first))
            #expect(!supervisor.order(.stop, "one"))
            #expect(supervisor.order(.start, "one"))
            #expect(try await eventually { supervisor.pid(of: "one").map { $0 != first } ?? false })
            #expect(heard.all == ["one started", "one stopped", "one started"])
        }
    }

    @Test("one that is restarted ends gracefully and begins at once")
    func restart() async throws {
        try await Self.with { supervisor, heard in
            let first = try #require(supervisor.pid(of: "one"))
            #expect(supervisor.order(.restart, "one"))
            #expect(try await eventually { supervisor.pid(of: "one").map { $0 != first } ?? false })
            #expect(heard.all == ["one started", "one stopped", "one started"])
            #expect(!supervisor.order(.restart, "nobody"))
        }
    }

    @Test("one more is run, given another command line, and removed for good")
    func addAndRemove() async throws {
        try await Self.with { supervisor, heard in
            #expect(supervisor.add(Self.child("two")))
            #expect(!supervisor.add(Self.child("two")))
            #expect(try await eventually { supervisor.pid(of: "two") != nil })
            let first = try #require(supervisor.pid(of: "two"))
            #expect(supervisor.replace(Self.child("two", 601)))
            #expect(try await eventually { supervisor.pid(of: "two").map { $0 != first } ?? false })
            let second = try #require(supervisor.pid(of: "two"))
            #expect(supervisor.remove("two"))
            #expect(!supervisor.remove("two"))
            #expect(try await eventually { !isAlive(second) })
            #expect(!heard.all.contains("two died"))
        }
    }
}
