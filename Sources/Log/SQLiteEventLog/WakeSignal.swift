import Synchronization

/// Why someone who waits is woken.
struct WakeReasons: OptionSet, Sendable {
    let rawValue: Int
    /// There may be new records, or a timer was set.
    static let records = WakeReasons(rawValue: 1)
    /// The group's members or leases may have changed.
    static let group = WakeReasons(rawValue: 2)
    /// The waiting one was closed.
    static let closed = WakeReasons(rawValue: 4)
}

/// Wakes one waiter, and remembers a wake that came while nobody waited.
final class WakeSignal: Sendable {
    private struct State {
        var pending: WakeReasons = []
        var waiter: CheckedContinuation<Void, Never>?
        /// Tells a time-out that its wait is over already.
        var wait = 0
    }

    private let state = Mutex(State())

    /// Wakes the waiter, or the next one at once.
    func wake(_ reasons: WakeReasons) {
        let waiter = state.withLock { state in
            state.pending.formUnion(reasons)
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    /// Gives the reasons that have gathered, and forgets them.
    ///
    /// To collect them before looking at the log, and to wait afterwards, misses nothing.
    func collect() -> WakeReasons {
        state.withLock { state in
            defer { state.pending = [] }
            return state.pending
        }
    }

    /// Waits for a reason, or until the time is over.
    func wait(atMost time: Duration) async {
        guard time > .zero else { return }
        let number = state.withLock { state in
            state.wait += 1
            return state.wait
        }
        let timeout = Task {
            // Cancelled when it was woken: then there is no waiter of this number any more.
            try? await Task.sleep(for: time)
            self.expire(number)
        }
        await withCheckedContinuation { continuation in
            let ready = state.withLock { state in
                guard state.pending.isEmpty, state.wait == number else { return true }
                state.waiter = continuation
                return false
            }
            if ready { continuation.resume() }
        }
        timeout.cancel()
    }

    private func expire(_ number: Int) {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard state.wait == number else { return nil }
            // A time-out that comes before its continuation makes that return at once.
            state.wait += 1
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }
}
