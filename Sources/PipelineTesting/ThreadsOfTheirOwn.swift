import Dispatch

/// Gives every job of a task a thread of its own.
private final class ThreadsOfTheirOwn: TaskExecutor {
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        // A serial queue is never kept waiting by what blocks others.
        DispatchQueue(label: "parley.test.job").async {
            unsafe job.runSynchronously(on: self.asUnownedTaskExecutor())
        }
    }
}

/// Runs a body apart from the threads that all async functions share, of which there are as many
/// as processors.
///
/// An exit test blocks its thread until its process has ended: as many of them as there are
/// processors stop every other test, and for ever where a process waits for a word of its test.
package nonisolated(nonsending) func onThreadsOfTheirOwn<Result: Sendable>(
    _ body: nonisolated(nonsending) () async throws -> Result
) async rethrows -> Result {
    try await withTaskExecutorPreference(ThreadsOfTheirOwn()) { try await body() }
}
