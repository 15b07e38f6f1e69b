package import Conversation

/// A bucket that fills at a steady rate: each message takes one token.
package struct TokenBucket: Hashable, Sendable {
    /// Tokens a second.
    package var rate: Double
    /// The most tokens at once.
    package var burst: Double
    private var tokens: Double
    private var filledAt: Timestamp

    /// A full bucket.
    package init(rate: Double, burst: Double, at now: Timestamp) {
        self.rate = max(rate, 0.001)
        self.burst = max(burst, 1)
        tokens = self.burst
        filledAt = now
    }

    /// Takes a token, in debt if need be, and says how long to wait before using it.
    package mutating func consumeToken(at now: Timestamp) -> Duration {
        let passed = Double(max(0, now.milliseconds - filledAt.milliseconds)) / 1000
        tokens = min(burst, tokens + passed * rate) - 1
        filledAt = max(filledAt, now)
        return tokens >= 0 ? .zero : .milliseconds(Int64((-tokens / rate * 1000).rounded(.up)))
    }
}

/// What a business number owes for its messages to one customer: each adds an interval of debt,
/// which time repays; a burst may run up debt to a limit.
package struct PairDebt: Hashable, Sendable, Codable {
    /// When all is repaid.
    package var repaidAt: Timestamp?
    /// Until when WhatsApp's own word (131056) holds the pair.
    package var heldUntil: Timestamp?
    /// How often in a row WhatsApp refused.
    package var refusals = 0

    /// No debt.
    package init() {}

    /// When the next message may go.
    package func readyAt(_ now: Timestamp, interval: Duration, burst: Int) -> Timestamp {
        let allowed = interval * (burst - 1)
        let byDebt = repaidAt.map { $0 - allowed } ?? now
        return max(now, byDebt, heldUntil ?? now)
    }

    /// Owes for one message more.
    package mutating func add(_ interval: Duration, at now: Timestamp) {
        repaidAt = max(repaidAt ?? now, now) + interval
    }

    /// WhatsApp refused: waits as it says.
    package mutating func refused(at now: Timestamp, _ failure: SendFailure) {
        refusals += 1
        heldUntil = now + failure.wait(afterFailures: refusals)
    }

    /// WhatsApp accepted: its hold is over.
    package mutating func accepted() {
        refusals = 0
        heldUntil = nil
    }
}
