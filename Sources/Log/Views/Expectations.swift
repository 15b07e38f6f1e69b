import Synchronization

/// Lets requests wait for events of a view or a table: expect first, act, then wait.
package final class Expectations<Event: Sendable>: Sendable {
    /// An event that somebody waits for.
    package struct Expectation: Sendable {
        fileprivate let number: Int
    }

    private struct Waiter {
        let matches: @Sendable (Event) -> Bool
        var event: Event?
        var continuation: CheckedContinuation<Event?, Never>?
    }

    private struct State {
        var next = 0
        var waiters: [Int: Waiter] = [:]
    }

    private let state = Mutex(State())

    /// Waits for nothing yet.
    package init() {}

    /// Begins to look out for an event; end it with `event(_:within:)` or `forget(_:)`.
    package func expect(_ matches: @escaping @Sendable (Event) -> Bool) -> Expectation {
        state.withLock { state in
            state.next += 1
            state.waiters[state.next] = Waiter(matches: matches)
            return Expectation(number: state.next)
        }
    }

    /// Tells everybody who waits for it.
    package func happened(_ event: Event) {
        let ready = state.withLock { state -> [CheckedContinuation<Event?, Never>] in
            guard !state.waiters.isEmpty else { return [] }
            var ready: [CheckedContinuation<Event?, Never>] = []
            for (number, waiter) in state.waiters
            where waiter.event == nil && waiter.matches(event) {
                if let continuation = waiter.continuation {
                    ready.append(continuation)
                    state.waiters[number] = nil
                } else {
                    state.waiters[number]?.event = event
                }
            }
            return ready
        }
        for continuation in ready { continuation.resume(returning: event) }
    }

    /// The event, or `nil` if it did not come in time or the caller was cancelled.
    package func event(_ expectation: Expectation, within limit: Duration) async -> Event? {
        let timer = Task {
            try await Task.sleep(for: limit)
            forget(expectation)
        }
        defer { timer.cancel() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { wait(for: expectation, $0) }
        } onCancel: {
            forget(expectation)
        }
    }

    /// Stops looking out; a waiting caller gets `nil`.
    package func forget(_ expectation: Expectation) {
        let waiter = state.withLock { $0.waiters.removeValue(forKey: expectation.number) }
        waiter?.continuation?.resume(returning: nil)
    }

    private func wait(
        for expectation: Expectation, _ continuation: CheckedContinuation<Event?, Never>
    ) {
        let answer = state.withLock { state -> Event?? in
            guard let waiter = state.waiters[expectation.number] else { return .some(nil) }
            if let event = waiter.event {
                state.waiters[expectation.number] = nil
                return .some(event)
            }
            state.waiters[expectation.number]?.continuation = continuation
            return .none
        }
        if let answer { continuation.resume(returning: answer) }
    }
}
