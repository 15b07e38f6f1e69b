import Dispatch
import Glibc

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

/// Has the processes that tests start from here on write no backtraces.
///
/// The `swift-backtrace` of a crashed one can wait for ever for a process that is gone (seen with
/// 6.3.1), and keeps open what it has inherited: the runner then waits for the end of a pipe.
private let childrenCrashSilently: Void = {
    unsafe setenv("SWIFT_BACKTRACE", "enable=no", 1)
}()

/// Runs a body apart from the threads that all async functions share, of which there are as many
/// as processors.
///
/// An exit test blocks its thread until its process has ended: as many of them as there are
/// processors stop every other test, and for ever where a process waits for a word of its test.
package nonisolated(nonsending) func onThreadsOfTheirOwn<Result: Sendable>(
    _ body: nonisolated(nonsending) () async throws -> Result
) async rethrows -> Result {
    childrenCrashSilently
    return try await withTaskExecutorPreference(ThreadsOfTheirOwn()) { try await body() }
}
