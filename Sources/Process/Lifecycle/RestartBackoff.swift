/// How long to wait before a child that died is started again: a value, given the time.
package struct RestartBackoff: Sendable {
    /// The wait after the first death.
    package static let firstWait: Duration = .milliseconds(200)
    /// The longest wait.
    package static let longestWait: Duration = .seconds(10)
    /// A child that ran this long was healthy: the next wait is the first again.
    ///
    /// What cannot run dies sooner; whoever is killed every few seconds by others must not be kept
    /// waiting for it.
    package static let healthyAfter: Duration = .seconds(5)

    private var next = firstWait

    /// Begins with the first wait.
    package init() {}

    /// The wait before the next start, after a run of this length.
    package mutating func wait(afterRunning length: Duration) -> Duration {
        if length >= Self.healthyAfter { next = Self.firstWait }
        defer { next = min(next * 2, Self.longestWait) }
        return next
    }
}
