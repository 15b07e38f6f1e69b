/// What a service group does next: a value, one method per thing that can happen.
struct ServiceGroupStateMachine {
    /// What the group is to do.
    enum Action: Equatable {
        /// Say that the group stops, and start the drain limit's clock.
        case beginStopping
        /// Stop the service with this number: drain or cancel it.
        case stop(Int)
        /// Cancel these services and start the cancellation limit's clock.
        case cancel([Int])
        /// Return the result.
        case finish
    }

    private let names: [String]
    private var running: Set<Int>
    private var stopping: Int?
    private(set) var cause: GroupResult.Cause?
    private var overdue: [String] = []

    /// Begins with all services running.
    init(names: [String]) {
        self.names = names
        self.running = Set(names.indices)
    }

    /// The result so far.
    var result: GroupResult {
        GroupResult(
            cause: cause ?? .returned(service: nil), overdue: overdue,
            leftBehind: running.sorted().map { names[$0] })
    }

    /// A service has ended: the first to end stops the group.
    mutating func ended(_ index: Int, _ error: (any Error)?) -> [Action] {
        guard running.remove(index) != nil else { return [] }
        var actions: [Action] = []
        if cause == nil {
            cause =
                error.map { .failed(service: names[index], error: $0) }
                ?? .returned(service: names[index])
            actions.append(.beginStopping)
        } else if case .returned? = cause, let error, overdue.isEmpty, !(error is CancellationError)
        {
            // A failure while stopping matters more than that another service had returned.
            cause = .failed(service: names[index], error: error)
        }
        if stopping == index { stopping = nil }
        return actions + next()
    }

    /// A signal came, or the caller was cancelled.
    mutating func stop(because reason: GroupResult.Cause) -> [Action] {
        guard cause == nil else { return [] }
        cause = reason
        return [.beginStopping] + next()
    }

    /// The drain limit is over.
    mutating func drainLimitPassed() -> [Action] {
        guard !running.isEmpty else { return [] }
        let late = running.sorted(by: >)
        overdue = late.map { names[$0] }
        return [.cancel(late)]
    }

    /// The cancellation limit is over: who still runs is left behind.
    func cancellationLimitPassed() -> [Action] { [.finish] }

    private mutating func next() -> [Action] {
        guard let last = running.max() else { return [.finish] }
        guard stopping == nil, overdue.isEmpty else { return [] }
        stopping = last
        return [.stop(last)]
    }
}
