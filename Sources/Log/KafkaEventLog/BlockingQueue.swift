import Dispatch
import EventLog
import Synchronization

/// Runs calls that block one after the other on a thread of its own, so that they never hold a
/// thread of the cooperative pool.
final class BlockingQueue: Sendable {
    private let queue: DispatchQueue

    init(_ label: String) {
        queue = DispatchQueue(label: "kafka.\(label)")
    }

    /// Runs the body on the queue and waits for it.
    func run<Value: Sendable>(
        _ body: @escaping @Sendable () throws(EventLogError) -> Value
    ) async throws(EventLogError) -> Value {
        let result = await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: Self.outcome(of: body)) }
        }
        return try result.get()
    }

    /// Runs the body on the queue and waits for it, but not longer than `limit`: after that the
    /// queue must not be used any more, because its thread may never come back.
    func run<Value: Sendable>(
        within limit: Duration, orElse error: EventLogError,
        _ body: @escaping @Sendable () throws(EventLogError) -> Value
    ) async throws(EventLogError) -> Value {
        let result: Result<Value, EventLogError> = await withCheckedContinuation { continuation in
            let waiting = Mutex<CheckedContinuation<Result<Value, EventLogError>, Never>?>(
                continuation)
            let once = Once(waiting)
            queue.async { once.resume(Self.outcome(of: body)) }
            DispatchQueue.global().asyncAfter(
                deadline: .now() + .milliseconds(Int(limit.milliseconds))
            ) { once.resume(.failure(error)) }
        }
        return try result.get()
    }

    /// Runs the body on the queue without waiting.
    func start(_ body: @escaping @Sendable () -> Void) {
        queue.async(execute: body)
    }

    /// Runs the body on the queue some time later.
    func start(after wait: Duration, _ body: @escaping @Sendable () -> Void) {
        queue.asyncAfter(
            deadline: .now() + .milliseconds(Int(wait.milliseconds)), execute: body)
    }

    private static func outcome<Value>(
        of body: () throws(EventLogError) -> Value
    ) -> Result<Value, EventLogError> {
        do throws(EventLogError) {
            return .success(try body())
        } catch {
            return .failure(error)
        }
    }
}

/// Resumes a continuation the first time it is asked to.
private final class Once<Value: Sendable>: Sendable {
    typealias Continuation = CheckedContinuation<Result<Value, EventLogError>, Never>

    private let waiting: Mutex<Continuation?>

    init(_ waiting: consuming Mutex<Continuation?>) {
        self.waiting = waiting
    }

    func resume(_ result: Result<Value, EventLogError>) {
        let continuation = waiting.withLock { waiting in
            defer { waiting = nil }
            return waiting
        }
        continuation?.resume(returning: result)
    }
}
