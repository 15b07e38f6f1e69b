import Synchronization

/// Runs programs as child processes and starts again what dies.
///
/// As a service it ends only when it is asked to drain (or cancelled): then it stops all children
/// and waits for them, so that none is left behind.
package final class Supervisor: DrainingService {
    /// What happens to a child, for the log and the terminal.
    package enum Event: Sendable {
        /// It runs under this process id.
        case started(program: String, pid: Int32)
        /// It said that it is ready, this long after its start.
        case ready(program: String, after: Duration)
        /// It ended though nobody had asked it to; it is started again after the wait.
        case died(program: String, status: ProcessExit, restartAfter: Duration)
        /// It could not be started; that is tried again after the wait.
        case failed(program: String, error: ChildProcessError, restartAfter: Duration)
        /// It ended as asked.
        case stopped(program: String, status: ProcessExit?)
    }

    /// How long a child may take to stop before it is killed; longer than a child's own drain
    /// limit, ``ServiceGroup/standardDrainLimit``, and its cancellation limit.
    package static let standardStopLimit: Duration = .seconds(25)

    /// The service's name.
    package let name = "supervisor"
    private let programs: [ChildProgram]
    private let stopLimit: Duration
    private let observe: @Sendable (Event) -> Void
    private let draining = OneTimeValue<Void>()
    private let children = Mutex<[String: ChildProcess]>([:])
    private let firstReady: [String: OneTimeValue<Result<Duration, ChildProcessError>>]

    /// Lists the programs, whose names differ.
    package init(
        _ programs: [ChildProgram], stopLimit: Duration = standardStopLimit,
        observe: @escaping @Sendable (Event) -> Void = { _ in }
    ) {
        precondition(
            Set(programs.map(\.name)).count == programs.count, "the programs' names differ")
        self.programs = programs
        self.stopLimit = stopLimit
        self.observe = observe
        self.firstReady = Dictionary(
            uniqueKeysWithValues: programs.map { ($0.name, OneTimeValue()) })
    }

    /// Starts all programs, and restarts them until it is drained or cancelled.
    package func run() async throws {
        await withTaskGroup { group in
            for program in programs {
                group.addTask { @concurrent in await self.keepRunning(program) }
            }
            await withTaskCancellationHandler {
                await group.waitForAll()
            } onCancel: {
                self.draining.set(())
            }
        }
    }

    /// Asks all children to end.
    package func drain() async { draining.set(()) }

    /// The process id of a program's child while it runs.
    package func pid(of program: String) -> Int32? { children.withLock { $0[program]?.pid } }

    /// Waits until these programs (all, unless told otherwise) were ready once.
    ///
    /// - Throws: ``ChildProcessError`` of the first child that failed to become ready in time.
    package func waitUntilReady(
        _ names: [String]? = nil, within limit: Duration
    ) async throws(ChildProcessError) {
        let clock = ContinuousClock()
        let deadline = clock.now + limit
        for name in names ?? programs.map(\.name) {
            let ready = await firstReady[name]?.get(within: deadline - clock.now)
            guard let ready else { throw .notReady(program: name, limit: limit) }
            _ = try ready.get()
        }
    }

    private func keepRunning(_ program: ChildProgram) async {
        var backoff = RestartBackoff()
        let clock = ContinuousClock()
        var last: ProcessExit?
        while draining.current == nil {
            let begun = clock.now
            do {
                let child = try await ChildProcess.start(program.after(last))
                children.withLock { $0[program.name] = child }
                observe(.started(program: program.name, pid: child.pid ?? 0))
                let status = await attend(child, since: begun)
                last = status
                guard draining.current == nil else {
                    observe(.stopped(program: program.name, status: status))
                    return
                }
                let wait = backoff.wait(afterRunning: clock.now - begun)
                observe(
                    .died(
                        program: program.name, status: status ?? .code(0), restartAfter: wait))
                _ = await draining.get(within: wait)
            } catch {
                let wait = backoff.wait(afterRunning: .zero)
                firstReady[program.name]?.set(.failure(error))
                observe(.failed(program: program.name, error: error, restartAfter: wait))
                _ = await draining.get(within: wait)
            }
        }
    }

    /// Waits for the end of a child, or for the supervisor's and then the child's.
    private func attend(
        _ child: ChildProcess, since begun: ContinuousClock.Instant
    ) async -> ProcessExit? {
        let name = child.program.name
        // Unstructured: the group's cancellation must not lose a child.
        let watch = Task { @concurrent in
            do throws(ChildProcessError) {
                try await child.waitUntilReady(within: .seconds(600))
                let taken = ContinuousClock.now - begun
                self.firstReady[name]?.set(.success(taken))
                self.observe(.ready(program: name, after: taken))
            } catch {
                self.firstReady[name]?.set(.failure(error))
            }
        }
        let stopper = Task { @concurrent in
            guard await self.draining.get() != nil else { return }
            _ = await child.stop(within: self.stopLimit)
        }
        let status = await Task { await child.waitUntilEnded() }.value
        watch.cancel()
        stopper.cancel()
        return status
    }
}
