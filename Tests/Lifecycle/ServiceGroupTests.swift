import Glibc
import Synchronization
import Testing

@testable import Lifecycle

/// What services did, in order.
final class Journal: Sendable {
    private let lines = Mutex<[String]>([])
    func add(_ line: String) { lines.withLock { $0.append(line) } }
    var all: [String] { lines.withLock { $0 } }
}

/// A service that runs until it is drained, and takes a while to finish.
final class Draining: DrainingService {
    let name: String
    private let journal: Journal
    private let finishes: Bool
    private let asked: AsyncStream<Void>
    private let ask: AsyncStream<Void>.Continuation

    init(_ name: String, _ journal: Journal, finishes: Bool = true) {
        self.name = name
        self.journal = journal
        self.finishes = finishes
        (asked, ask) = AsyncStream.makeStream()
    }

    func run() async throws {
        for await _ in asked {}
        if !finishes { try await Task.sleep(for: .seconds(600)) }
        journal.add("\(name) finished")
    }

    func drain() async {
        journal.add("\(name) drains")
        ask.finish()
    }
}

private struct Broken: Error, Equatable {}

@Suite("ServiceGroup")
struct ServiceGroupTests {
    private let journal = Journal()

    private func forever(_ name: String) -> ClosureService {
        ClosureService(name) { [journal] in
            do { try await Task.sleep(for: .seconds(600)) } catch {
                journal.add("\(name) cancelled")
                throw error
            }
        }
    }

    @Test("the first failure stops the others in reverse order, and the result names it")
    func failure() async throws {
        let failing = ClosureService("failing") { throw Broken() }
        let group = ServiceGroup([
            Draining("a", journal), forever("b"), failing, Draining("c", journal),
        ])
        let result = await group.run()
        #expect(
            journal.all == ["c drains", "c finished", "b cancelled", "a drains", "a finished"])
        guard case .failed("failing", let error) = result.cause else {
            Issue.record("stopped because of \(result.cause)")
            return
        }
        #expect(error as? Broken == Broken())
        #expect(result.exitCode == 1)
        #expect(result.overdue.isEmpty && result.leftBehind.isEmpty)
    }

    @Test("a service that returns stops the group with exit code 0")
    func returned() async {
        let result = await ServiceGroup([forever("a"), ClosureService("b") {}]).run()
        guard case .returned("b") = result.cause else {
            Issue.record("stopped because of \(result.cause)")
            return
        }
        #expect(result.exitCode == 0)
    }

    @Test("cancelling the caller drains as a signal does")
    func cancelled() async {
        let group = ServiceGroup([Draining("a", journal)])
        let task = Task { await group.run() }
        task.cancel()
        let result = await task.value
        #expect(journal.all == ["a drains", "a finished"])
        #expect(result.exitCode == 0)
    }

    @Test("who has not drained when the limit is over is cancelled")
    func overdue() async {
        let group = ServiceGroup(
            [forever("a"), Draining("slow", journal, finishes: false), ClosureService("c") {}],
            drainLimit: .milliseconds(50))
        let result = await group.run()
        #expect(result.overdue == ["slow", "a"])
        #expect(result.leftBehind.isEmpty)
    }

    @Test("a group without services is done at once")
    func empty() async {
        #expect(await ServiceGroup([]).run().exitCode == 0)
    }

    @Test("the first signal drains, and the process exits 0")
    func firstSignal() async {
        await #expect(processExitsWith: .exitCode(0)) {
            let signals = TerminationSignals()
            let group = ServiceGroup(
                [
                    ClosureService("kills") {
                        kill(getpid(), SIGTERM)
                        try await Task.sleep(for: .seconds(600))
                    }
                ], signals: signals)
            exit(await group.run().exitCode)
        }
    }

    @Test("a second signal ends the process at once")
    func secondSignal() async {
        await #expect(processExitsWith: .exitCode(128 + SIGINT)) {
            let signals = TerminationSignals()
            let stuck = Draining("stuck", Journal(), finishes: false)
            let group = ServiceGroup([stuck], signals: signals) { event in
                if case .stopping = event { kill(getpid(), SIGINT) }
            }
            kill(getpid(), SIGTERM)
            exit(await group.run().exitCode)
        }
    }
}

@Suite("ServiceGroupStateMachine")
struct ServiceGroupStateMachineTests {
    @Test("services are stopped one after the other, the last first")
    func order() {
        var machine = ServiceGroupStateMachine(names: ["a", "b", "c"])
        #expect(machine.stop(because: .signal(15)) == [.beginStopping, .stop(2)])
        #expect(machine.stop(because: .signal(15)) == [])
        #expect(machine.ended(1, nil) == [])
        #expect(machine.ended(2, nil) == [.stop(0)])
        #expect(machine.ended(0, nil) == [.finish])
    }

    @Test("a failure while stopping after a return makes the result a failure")
    func lateFailure() {
        var machine = ServiceGroupStateMachine(names: ["a", "b"])
        #expect(machine.ended(0, nil) == [.beginStopping, .stop(1)])
        #expect(machine.ended(1, Broken()) == [.finish])
        #expect(machine.result.exitCode == 1)
    }

    @Test("after the drain limit all are cancelled, and who remains is left behind")
    func leftBehind() {
        var machine = ServiceGroupStateMachine(names: ["a", "b"])
        #expect(machine.stop(because: .cancelled) == [.beginStopping, .stop(1)])
        #expect(machine.drainLimitPassed() == [.cancel([1, 0])])
        #expect(machine.ended(0, CancellationError()) == [])
        #expect(machine.cancellationLimitPassed() == [.finish])
        #expect(machine.result.leftBehind == ["b"])
        #expect(machine.result.exitCode == 1)
    }
}
