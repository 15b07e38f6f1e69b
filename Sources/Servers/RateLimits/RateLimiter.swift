package import Conversation

/// A token bucket for each key, in bounded memory: a value that time and requests change.
///
/// A bucket that makes room for another counts as full when its key comes again. Whoever could
/// make that happen at will has more addresses than `mostKeys`; so keys of addresses are networks.
package struct RateLimiter<Key: Hashable & Sendable>: Sendable {
    /// Tokens at a moment; they grow with time.
    private struct Bucket: Sendable {
        var tokens: Double
        var at: Timestamp
    }

    /// What rounding may have lost of a token: less than a microsecond of any window.
    private static var tolerance: Double { 1e-9 }

    /// The limit that all keys have.
    package let limit: RateLimit
    private var buckets: LeastRecentlyUsed<Key, Bucket>

    /// A limiter that remembers so many keys at a time; each takes about 100 bytes and the key's.
    package init(_ limit: RateLimit, mostKeys: Int) {
        self.limit = limit
        buckets = LeastRecentlyUsed(most: mostKeys)
    }

    /// Lets one request of a key through and counts it, or refuses it, which costs nothing.
    package mutating func take(_ key: Key, at now: Timestamp) -> RateLimitVerdict {
        var bucket = bucket(of: key, at: now)
        let isAllowed = bucket.tokens >= 1 - Self.tolerance
        if isAllowed { bucket.tokens = max(0, bucket.tokens - 1) }
        buckets.set(key, bucket)
        return verdict(isAllowed: isAllowed, bucket.tokens)
    }

    /// What a request would be told, without counting it.
    package func look(_ key: Key, at now: Timestamp) -> RateLimitVerdict {
        let tokens = bucket(of: key, at: now).tokens
        return verdict(isAllowed: tokens >= 1 - Self.tolerance, tokens)
    }

    /// Gives back what a request took: it was not what the limit is about.
    package mutating func giveBack(_ key: Key, at now: Timestamp) {
        var bucket = bucket(of: key, at: now)
        bucket.tokens = min(bucket.tokens + 1, Double(limit.quota))
        buckets.set(key, bucket)
    }

    /// Keys that are remembered.
    var keyCount: Int { buckets.count }

    private func bucket(of key: Key, at now: Timestamp) -> Bucket {
        guard var bucket = buckets.peek(key) else {
            return Bucket(tokens: Double(limit.quota), at: now)
        }
        // A clock that was set back takes nothing away.
        let passed = Double(max(0, now.milliseconds - bucket.at.milliseconds))
        bucket.tokens = min(
            bucket.tokens + passed / limit.millisecondsEach, Double(limit.quota))
        bucket.at = now
        return bucket
    }

    private func verdict(isAllowed: Bool, _ tokens: Double) -> RateLimitVerdict {
        let tokens = tokens + Self.tolerance
        let missing = max(0, tokens >= 1 ? Double(limit.quota) - tokens : 1 - tokens)
        let seconds = (missing * limit.millisecondsEach / 1000).rounded(.up)
        return RateLimitVerdict(
            limit: limit, isAllowed: isAllowed, remaining: Int(tokens),
            resetSeconds: Int(seconds))
    }
}
