/// How a service group ended.
package struct GroupResult: Sendable {
    /// Why the group stopped.
    package enum Cause: Sendable {
        /// A service returned (or there was none).
        case returned(service: String?)
        /// A service failed.
        case failed(service: String, error: any Error)
        /// A termination signal came.
        case signal(Int32)
        /// The caller's task was cancelled.
        case cancelled
    }

    /// Why the group stopped.
    package let cause: Cause
    /// The services that had to be cancelled as the drain limit was over.
    package let overdue: [String]
    /// The services that did not even return then.
    package let leftBehind: [String]

    /// The exit code of a process that did nothing but run the group: 0 if it stopped because it
    /// was asked to or was done, else 1.
    package var exitCode: Int32 {
        if case .failed = cause { return 1 }
        return leftBehind.isEmpty ? 0 : 1
    }
}
