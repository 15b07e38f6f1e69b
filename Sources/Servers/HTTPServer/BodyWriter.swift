import Synchronization

/// Where a body goes that is made piece by piece; for one writer at a time, from any thread.
///
/// What the peer has not taken yet is bounded: the writer waits, so that a slow reader slows down
/// what is read for it. When the peer is gone, or too slow, the writer is told and ends.
package final class BodyWriter: Sendable {
    /// The peer is gone, or the server ends.
    package struct Gone: Error {
        /// Says so.
        package init() {}
    }

    /// Makes a body.
    package typealias Producer = @Sendable (BodyWriter) async throws -> Void

    private struct State {
        var bytes: [UInt8] = []
        /// Octets that the loop took and the socket did not take yet.
        var inLoop = 0
        var isScheduled = false
        var isClosed = false
        var waiters: [CheckedContinuation<Void, Never>] = []
        var task: Task<Void, Never>?
    }

    private let capacity: Int
    private let isFlushWanted: @Sendable () -> Void
    private let state = Mutex(State())

    /// A writer that holds `capacity` octets at most and says when some can be taken.
    init(capacity: Int, isFlushWanted: @escaping @Sendable () -> Void) {
        self.capacity = capacity
        self.isFlushWanted = isFlushWanted
    }

    /// Sends octets; waits while the peer reads too slowly.
    ///
    /// - Throws: ``Gone`` once nobody reads any more.
    package func write(_ bytes: [UInt8]) async throws(Gone) {
        var start = 0
        while start < bytes.count {
            let end = min(start + capacity, bytes.count)
            let part = bytes[start..<end]
            while try !offer(part) { await room() }
            start = end
        }
    }

    /// Whether the octets found room.
    private func offer(_ part: ArraySlice<UInt8>) throws(Gone) -> Bool {
        enum Outcome { case gone, full, taken(mustSchedule: Bool) }
        let outcome = state.withLock { state -> Outcome in
            if state.isClosed { return .gone }
            let queued = state.bytes.count + state.inLoop
            guard queued == 0 || queued + part.count <= capacity else { return .full }
            state.bytes.append(contentsOf: part)
            defer { state.isScheduled = true }
            return .taken(mustSchedule: !state.isScheduled)
        }
        switch outcome {
        case .gone: throw Gone()
        case .full: return false
        case .taken(let mustSchedule):
            if mustSchedule { isFlushWanted() }
            return true
        }
    }

    private func room() async {
        await withCheckedContinuation { continuation in
            let goesOn = state.withLock { state in
                guard !state.isClosed, state.bytes.count + state.inLoop > 0 else { return true }
                state.waiters.append(continuation)
                return false
            }
            if goesOn { continuation.resume() }
        }
    }

    // MARK: The loop's side

    /// Runs what makes the body; `ended` hears whether all of it was made.
    func start(_ produce: @escaping Producer, ended: @escaping @Sendable (Bool) -> Void) {
        let task = Task {
            do {
                try await produce(self)
                ended(true)
            } catch {
                // The peer sees that the body is cut off; whoever made it knows why.
                ended(false)
            }
        }
        let isLate = state.withLock { state in
            state.task = task
            return state.isClosed
        }
        if isLate { task.cancel() }
    }

    /// The octets that were written since the last time.
    func takeWritten() -> [UInt8] {
        state.withLock { state in
            state.isScheduled = false
            state.inLoop += state.bytes.count
            defer { state.bytes = [] }
            return state.bytes
        }
    }

    /// Notes how many octets the loop still holds.
    func noteRemaining(_ count: Int) {
        let waiters = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            state.inLoop = count
            guard state.bytes.count + count <= capacity / 2 else { return [] }
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Ends the writer: nobody reads any more.
    func close() {
        let (waiters, task) = state.withLock { state in
            state.isClosed = true
            defer { state.waiters = [] }
            return (state.waiters, state.task)
        }
        for waiter in waiters { waiter.resume() }
        task?.cancel()
    }
}
