/// A program of the system, and where it comes from.
package struct ConfinedTool: Sendable, Equatable {
    /// The program's name.
    package var name: String
    /// The program's absolute path.
    package var path: String
    /// Debian's package that holds it.
    package var debianPackage: String

    /// A program by its three names.
    package init(name: String, path: String, debianPackage: String) {
        self.name = name
        self.path = path
        self.debianPackage = debianPackage
    }
}

/// What one run of a tool may use up.
package struct ToolLimits: Sendable, Equatable {
    /// Wall-clock time.
    package var wallTime: Duration
    /// Processor time, in whole seconds (`RLIMIT_CPU`).
    package var processorSeconds: Int
    /// Address space, in bytes (`RLIMIT_AS`).
    package var memoryBytes: Int
    /// The largest file that it may write, in bytes (`RLIMIT_FSIZE`).
    package var fileBytes: Int
    /// The most that it may print, in bytes.
    package var outputBytes: Int

    /// Takes all limits.
    package init(
        wallTime: Duration, processorSeconds: Int, memoryBytes: Int, fileBytes: Int,
        outputBytes: Int
    ) {
        self.wallTime = wallTime
        self.processorSeconds = processorSeconds
        self.memoryBytes = memoryBytes
        self.fileBytes = fileBytes
        self.outputBytes = outputBytes
    }
}

/// Why a tool did not run to its end.
package enum ToolError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The program is not installed.
    case missing(tool: String, debianPackage: String)
    /// It took longer than the limit on wall-clock or processor time.
    case timedOut(after: Duration)
    /// It printed more than the limit.
    case outputTooLarge(limitBytes: Int)
    /// The child process could not be started or confined.
    case notStarted(detail: String)
    /// The task that asked was cancelled.
    case cancelled

    /// One sentence that says what was wrong and what to do.
    package var description: String {
        switch self {
        case .missing(let tool, let package):
            "The program \(tool) is missing on the server: install Debian's package \(package)."
        case .timedOut(let limit): "It took longer than \(limit.components.seconds) seconds."
        case .outputTooLarge(let limit): "It gave more than \(limit) bytes."
        case .notStarted(let detail): "The process could not be started: \(detail)"
        case .cancelled: "It was cancelled."
        }
    }
}
