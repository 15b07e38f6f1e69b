package import Conversation

/// How often a failed call is tried again, and how long to wait in between.
package struct RetryPolicy: Hashable, Sendable {
    /// How often the call is tried in all; `nil` for as long as it takes.
    package var attempts: Int?
    /// The wait after the first failure; doubled after each further one.
    package var firstWait: Duration
    /// The longest wait.
    package var longestWait: Duration
    /// The longest that the world may ask to wait before the call is given up; `nil` for as long
    /// as it asks.
    package var patience: Duration?
    /// When trying ends: no try begins from then on; `nil` for never.
    package var deadline: Timestamp?

    /// Describes a policy.
    package init(
        attempts: Int?, firstWait: Duration, longestWait: Duration, patience: Duration? = nil,
        deadline: Timestamp? = nil
    ) {
        self.attempts = attempts
        self.firstWait = firstWait
        self.longestWait = longestWait
        self.patience = patience
        self.deadline = deadline
    }

    /// For a world that comes back: for as long as it takes, 0.2 s to 30 s apart.
    package static let standard = Self(
        attempts: nil, firstWait: .milliseconds(200), longestWait: .seconds(30))
    /// How often a call is tried whose failure nobody foresaw.
    package static let unexpectedAttempts = 3

    /// The same for a failure that nobody foresaw: a little, and never more than this allows.
    package var forUnexpected: RetryPolicy {
        var policy = self
        policy.attempts = min(attempts ?? .max, Self.unexpectedAttempts)
        policy.longestWait = min(longestWait, .seconds(2))
        return policy
    }

    /// For a call that must not be repeated.
    package static let never = Self(attempts: 1, firstWait: .zero, longestWait: .zero)

    /// The wait after failure number `attempt` (from 1), or `nil` to give up.
    ///
    /// `jitter` in 0 ..< 1 spreads the wait over its second half, so that many keys do not come
    /// back at once; `atLeast` is the world's own word, and `now` when the call failed.
    package func wait(
        after attempt: Int, jitter: Double, atLeast: Duration?, now: Timestamp
    ) -> Duration? {
        if let attempts, attempt >= attempts { return nil }
        if let patience, let atLeast, atLeast > patience { return nil }
        let doublings = min(attempt - 1, 30)
        let full = min(longestWait, firstWait * (1 << doublings))
        let spread = full / 2 + (full / 2) * jitter
        let wait = max(spread, atLeast ?? .zero)
        if let deadline, now + wait >= deadline { return nil }
        return wait
    }
}
