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

    /// What somebody wishes of a child.
    package enum Order: String, Sendable, CaseIterable {
        /// To run, where it was stopped.
        case start
        /// To end, and not to be started again by itself.
        case stop
        /// To end gracefully, and to be started again at once.
        case restart
    }

    /// What a child is meant to do.
    private struct Control {
        enum Wish { case running, stopped, removed }

        var program: ChildProgram
        var wish: Wish
        /// Set as soon as something else is meant than before.
        var change = OneTimeValue<Void>()
    }

    /// The service's name.
    package let name = "supervisor"
    private let programs: [ChildProgram]
    private let stopLimit: Duration
    private let observe: @Sendable (Event) -> Void
    private let draining = OneTimeValue<Void>()
    private let children = Mutex<[String: ChildProcess]>([:])
    private let controls: Mutex<[String: Control]>
    private let added: AsyncStream<String>
    private let adding: AsyncStream<String>.Continuation
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
        controls = Mutex(
            Dictionary(
                uniqueKeysWithValues: programs.map {
                    ($0.name, Control(program: $0, wish: .running))
                }))
        (added, adding) = AsyncStream.makeStream(of: String.self)
        self.firstReady = Dictionary(
            uniqueKeysWithValues: programs.map { ($0.name, OneTimeValue()) })
    }

    /// Starts all programs, and restarts them until it is drained or cancelled.
    package func run() async throws {
        await withTaskGroup { group in
            for program in programs {
                group.addTask { @concurrent in await self.keepRunning(program.name) }
            }
            await withTaskCancellationHandler {
                for await name in added {
                    group.addTask { @concurrent in await self.keepRunning(name) }
                }
                await group.waitForAll()
            } onCancel: {
                self.end()
            }
        }
    }

    /// Asks all children to end.
    package func drain() async { end() }

    private func end() {
        draining.set(())
        adding.finish()
        controls.withLock { controls in
            for control in controls.values { control.change.set(()) }
        }
    }

    /// The process id of a program's child while it runs.
    package func pid(of program: String) -> Int32? { children.withLock { $0[program]?.pid } }

    // MARK: Wishes

    /// Does as somebody wishes with a program; answers whether it is otherwise than before.
    ///
    /// `false` where there is no such program, or where it stands so already.
    package func order(_ order: Order, _ name: String) -> Bool {
        controls.withLock { controls in
            guard let control = controls[name], control.wish != .removed else { return false }
            switch (order, control.wish) {
            case (.start, .running), (.stop, .stopped): return false
            case (.start, _), (.restart, _): controls[name]?.wish = .running
            case (.stop, _): controls[name]?.wish = .stopped
            }
            control.change.set(())
            return true
        }
    }

    /// Runs one more program; answers whether there was none of that name.
    package func add(_ program: ChildProgram) -> Bool {
        let isNew: Bool? = controls.withLock { controls in
            guard let control = controls[program.name] else {
                controls[program.name] = Control(program: program, wish: .running)
                return true
            }
            // It is just being removed: it goes on instead.
            guard control.wish == .removed else { return nil }
            controls[program.name]?.program = program
            controls[program.name]?.wish = .running
            control.change.set(())
            return false
        }
        if isNew == true { adding.yield(program.name) }
        return isNew != nil
    }

    /// Ends a program for good; answers whether there was one.
    package func remove(_ name: String) -> Bool {
        controls.withLock { controls in
            guard let control = controls[name], control.wish != .removed else { return false }
            controls[name]?.wish = .removed
            control.change.set(())
            return true
        }
    }

    /// Runs a program with another command line: it ends gracefully, and begins again with that.
    package func replace(_ program: ChildProgram) -> Bool {
        controls.withLock { controls in
            guard let control = controls[program.name], control.wish != .removed else {
                return false
            }
            controls[program.name]?.program = program
            control.change.set(())
            return true
        }
    }

    /// What is meant now, and what is set when that changes; `nil` where the program is gone.
    private func control(of name: String) -> Control? {
        controls.withLock { controls -> Control? in
            guard let control = controls[name] else { return nil }
            if control.wish == .removed {
                controls[name] = nil
                return nil
            }
            controls[name]?.change = OneTimeValue()
            return controls[name]
        }
    }

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

    private func keepRunning(_ name: String) async {
        var backoff = RestartBackoff()
        let clock = ContinuousClock()
        var last: ProcessExit?
        while let control = control(of: name), draining.current == nil {
            guard control.wish == .running else {
                _ = await control.change.get()
                backoff = RestartBackoff()
                continue
            }
            let begun = clock.now
            do {
                let child = try await ChildProcess.start(control.program.after(last))
                children.withLock { $0[name] = child }
                observe(.started(program: name, pid: child.pid ?? 0))
                let status = await attend(child, since: begun, until: control.change)
                last = status
                guard draining.current == nil else {
                    observe(.stopped(program: name, status: status))
                    return
                }
                guard control.change.current == nil else {
                    children.withLock { $0[name] = nil }
                    observe(.stopped(program: name, status: status))
                    last = nil
                    backoff = RestartBackoff()
                    continue
                }
                let wait = backoff.wait(afterRunning: clock.now - begun)
                observe(
                    .died(program: name, status: status ?? .code(0), restartAfter: wait))
                _ = await control.change.get(within: wait)
            } catch {
                let wait = backoff.wait(afterRunning: .zero)
                firstReady[name]?.set(.failure(error))
                observe(.failed(program: name, error: error, restartAfter: wait))
                _ = await control.change.get(within: wait)
            }
        }
    }

    /// Waits for the end of a child, or for something else to be meant and then the child's.
    private func attend(
        _ child: ChildProcess, since begun: ContinuousClock.Instant,
        until change: OneTimeValue<Void>
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
            guard await change.get() != nil else { return }
            _ = await child.stop(within: self.stopLimit)
        }
        let status = await Task { await child.waitUntilEnded() }.value
        watch.cancel()
        stopper.cancel()
        return status
    }
}
