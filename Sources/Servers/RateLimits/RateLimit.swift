/// How much of something one caller may have: so many at once, as many again within a window.
package struct RateLimit: Sendable, Hashable {
    /// The most at once, and within a window in the long run.
    package let quota: Int
    /// The time in which the quota fills again, in whole seconds.
    package let windowSeconds: Int

    /// A quota for a window; both at least one.
    package init(_ quota: Int, perSeconds windowSeconds: Int) {
        precondition(quota > 0 && windowSeconds > 0, "a limit lets something through in some time")
        self.quota = quota
        self.windowSeconds = windowSeconds
    }

    /// The time in which one more is let through, in milliseconds.
    var millisecondsEach: Double { Double(windowSeconds) * 1000 / Double(quota) }
}

/// What a limit said to one request.
package struct RateLimitVerdict: Sendable, Hashable {
    /// The limit.
    package let limit: RateLimit
    /// Whether the request may go on.
    package let isAllowed: Bool
    /// How many more would be let through now.
    package let remaining: Int
    /// The whole seconds until there is more: until one request is let through where none is left,
    /// else until the whole quota is there again.
    package let resetSeconds: Int

    /// A verdict from its parts.
    package init(limit: RateLimit, isAllowed: Bool, remaining: Int, resetSeconds: Int) {
        self.limit = limit
        self.isAllowed = isAllowed
        self.remaining = remaining
        self.resetSeconds = resetSeconds
    }
}
