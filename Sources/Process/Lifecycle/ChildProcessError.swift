/// Why a child process could not be started or did not become ready.
package enum ChildProcessError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The program could not be started, with the system's reason.
    case notStarted(program: String, reason: String)
    /// The file for the child's output could not be opened, with the system's reason.
    case noOutput(path: String, reason: String)
    /// The system had no thread to give.
    case noThread
    /// The child ended before it was ready.
    case endedEarly(program: String, status: ProcessExit)
    /// The child was not ready in time.
    case notReady(program: String, limit: Duration)

    /// The error in words.
    package var description: String {
        switch self {
        case .notStarted(let program, let reason): "cannot start \(program): \(reason)"
        case .noOutput(let path, let reason): "cannot open \(path) for output: \(reason)"
        case .noThread: "the system has no thread to give"
        case .endedEarly(let program, let status):
            "\(program) ended before it was ready (\(status))"
        case .notReady(let program, let limit):
            "\(program) was not ready within \(limit.components.seconds) s"
        }
    }
}

/// How a process ended.
package enum ProcessExit: Hashable, Sendable, CustomStringConvertible {
    /// It exited with this code.
    case code(Int32)
    /// This signal ended it.
    case signal(Int32)

    /// Reads the status that `waitpid(2)` gives.
    init(waitStatus status: Int32) {
        let signal = status & 0x7f
        self = signal == 0 ? .code((status >> 8) & 0xff) : .signal(signal)
    }

    /// The status in words.
    package var description: String {
        switch self {
        case .code(let code): "exit code \(code)"
        case .signal(let signal): "signal \(signal)"
        }
    }
}
