/// Runs a process's services until one of them ends or a termination signal comes.
///
/// Then it stops them in reverse order, each before those that started before it. A draining
/// service is asked to drain, any other is cancelled. Who is not done when the drain limit is
/// over is cancelled, and who still is not done then is left behind.
package struct ServiceGroup: Sendable {
    /// What happens to a group, for the log.
    package enum Event: Sendable {
        /// The group begins to stop, and why.
        case stopping(because: GroupResult.Cause)
        /// A service has ended, with its error if it failed.
        case ended(service: String, error: (any Error)?)
        /// The drain limit is over; these services are cancelled.
        case overdue(services: [String])
    }

    /// The time that services have to drain in all, unless told otherwise: containers commonly
    /// get 30 s between SIGTERM and SIGKILL.
    package static let standardDrainLimit: Duration = .seconds(20)
    /// The time that cancelled services have to return before they are left behind.
    static let cancellationLimit: Duration = .seconds(3)

    private let services: [any Service]
    private let drainLimit: Duration
    private let signals: TerminationSignals?
    private let observe: @Sendable (Event) -> Void

    /// Lists the services in the order in which they start.
    package init(
        _ services: [any Service], drainLimit: Duration = standardDrainLimit,
        signals: TerminationSignals? = nil,
        observe: @escaping @Sendable (Event) -> Void = { _ in }
    ) {
        self.services = services
        self.drainLimit = drainLimit
        self.signals = signals
        self.observe = observe
    }

    /// Runs all services and returns when all have ended or were left behind.
    ///
    /// Cancelling the caller's task stops the group as a signal does.
    package func run() async -> GroupResult {
        guard !services.isEmpty else { return ServiceGroupStateMachine(names: []).result }
        let (happenings, report) = AsyncStream.makeStream(of: Happening.self)
        let listener = signals.map { signals in
            Task { for await signal in signals.received { report.yield(.signal(signal)) } }
        }
        defer { listener?.cancel() }
        // A task of its own: it has to go on when the caller's is cancelled.
        let follower = Task { await follow(happenings, report) }
        return await withTaskCancellationHandler {
            await follower.value
        } onCancel: {
            report.yield(.cancelled)
        }
    }

    /// What the group hears while it runs.
    private enum Happening: Sendable {
        case ended(Int, (any Error)?)
        case signal(Int32)
        case cancelled
        case drainLimitPassed
        case cancellationLimitPassed
    }

    private func follow(
        _ happenings: AsyncStream<Happening>, _ report: AsyncStream<Happening>.Continuation
    ) async -> GroupResult {
        var machine = ServiceGroupStateMachine(names: services.map(\.name))
        let tasks = services.indices.map { start($0, report) }
        var timers: [Task<Void, any Error>] = []
        defer { for timer in timers { timer.cancel() } }
        for await happening in happenings {
            for action in decide(happening, &machine) {
                switch action {
                case .beginStopping:
                    if let cause = machine.cause { observe(.stopping(because: cause)) }
                    timers.append(after(drainLimit, .drainLimitPassed, report))
                case .stop(let index):
                    stop(index, tasks[index])
                case .cancel(let late):
                    observe(.overdue(services: late.map { services[$0].name }))
                    for index in late { tasks[index].cancel() }
                    timers.append(after(Self.cancellationLimit, .cancellationLimitPassed, report))
                case .finish:
                    return machine.result
                }
            }
        }
        return machine.result
    }

    private func decide(
        _ happening: Happening, _ machine: inout ServiceGroupStateMachine
    ) -> [ServiceGroupStateMachine.Action] {
        switch happening {
        case .ended(let index, let error):
            observe(.ended(service: services[index].name, error: error))
            return machine.ended(index, error)
        case .signal(let signal): return machine.stop(because: .signal(signal))
        case .cancelled: return machine.stop(because: .cancelled)
        case .drainLimitPassed: return machine.drainLimitPassed()
        case .cancellationLimitPassed: return machine.cancellationLimitPassed()
        }
    }

    private func start(
        _ index: Int, _ report: AsyncStream<Happening>.Continuation
    ) -> Task<Void, Never> {
        let service = services[index]
        return Task { @concurrent in
            do {
                try await service.run()
                report.yield(.ended(index, nil))
            } catch {
                report.yield(.ended(index, error))
            }
        }
    }

    private func stop(_ index: Int, _ task: Task<Void, Never>) {
        if let draining = services[index] as? any DrainingService {
            Task { @concurrent in await draining.drain() }
        } else {
            task.cancel()
        }
    }

    private func after(
        _ limit: Duration, _ happening: Happening,
        _ report: AsyncStream<Happening>.Continuation
    ) -> Task<Void, any Error> {
        Task {
            try await Task.sleep(for: limit)
            report.yield(happening)
        }
    }
}
