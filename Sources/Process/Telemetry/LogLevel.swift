/// How much a log line matters.
package enum LogLevel: String, CaseIterable, Comparable, Sendable {
    /// What only helps whoever changes the code.
    case debug
    /// What normally happens, once in a while.
    case info
    /// What is normal but worth knowing: started, drained, rebalanced.
    case notice
    /// What went wrong and is being dealt with.
    case warning
    /// What a person has to look at.
    case error

    /// Orders levels by how much they matter.
    package static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .debug: 0
        case .info: 1
        case .notice: 2
        case .warning: 3
        case .error: 4
        }
    }
}
