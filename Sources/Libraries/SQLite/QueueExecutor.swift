import Dispatch

/// Runs an actor's jobs on a dispatch queue of its own, so that blocking calls never hold a thread
/// of the cooperative pool (Dispatch's own `DispatchSerialQueue` is no executor on Linux).
package final class QueueExecutor: SerialExecutor {
    private let queue: DispatchQueue

    /// Makes a serial queue with that label, which debuggers show.
    package init(label: String) {
        queue = DispatchQueue(label: label)
    }

    /// Runs a job of an actor that is pinned to this executor.
    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { unsafe job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    /// Traps if the caller does not run on this queue.
    package func checkIsolated() {
        dispatchPrecondition(condition: .onQueue(queue))
    }

    /// Runs a closure on the queue after what is already waiting there.
    package func async(_ body: @escaping @Sendable () -> Void) {
        queue.async(execute: body)
    }
}
