package import Conversation

/// Keeps a server from being asked that fails again and again: whoever waits for it is better
/// served at once by what stands in for it.
///
/// Some failures in a row open it for a while; then one call tries, and its outcome decides. Each
/// time the while doubles.
package struct CircuitBreaker: Hashable, Sendable {
    /// So many failures in a row open it.
    package static let mostFailures = 5
    /// For how long at first.
    package static let firstPause = Duration.seconds(15)
    /// For how long at most.
    package static let longestPause = Duration.seconds(300)

    private var failures = 0
    private var pause = firstPause
    private var openUntil: Timestamp?
    private var isTrying = false

    /// A server that nothing is known of.
    package init() {}

    /// Whether the server is taken for able to answer.
    package var isClosed: Bool { openUntil == nil }

    /// Until when nothing is asked; `nil` where a call may go now.
    package mutating func admit(at now: Timestamp) -> Timestamp? {
        guard let openUntil else { return nil }
        guard now >= openUntil, !isTrying else { return max(openUntil, now + .seconds(1)) }
        isTrying = true
        return nil
    }

    /// A call was answered.
    package mutating func succeeded() { self = Self() }

    /// A call failed.
    package mutating func failed(at now: Timestamp) {
        failures += 1
        if isTrying {
            isTrying = false
            pause = min(pause * 2, Self.longestPause)
        } else if failures < Self.mostFailures || openUntil != nil {
            return
        }
        openUntil = now + pause
    }

    /// A call ended without telling anything of the server, as when it was cancelled.
    package mutating func leftOpen() { isTrying = false }
}
