package import Conversation
package import NetworkAddress
import RateLimits

/// How fast sign-in may be tried: whoever guesses is slowed down, and nobody is ever locked out.
///
/// Two things hold a guess up. Each pair of account and network (or known browser) has so many
/// attempts; and an account that fails from anywhere lets the next stranger wait, longer each time,
/// up to a minute. A browser that has signed in to the account before is no stranger: its owner
/// comes in while others guess (OWASP Authentication Cheat Sheet; a lock would be a way to shut
/// people out: GHSA-cq42-vhv7-xr7p). Attempts count when they begin, and are given back when they
/// turn out right: fifty at the same moment are fifty.
///
/// An account is whatever was typed, in its normal form, whether it exists or not: so this tells
/// nothing about who does. Each kind of proof has a throttle of its own: wrong passwords must not
/// use up the attempts of the second factor (keycloak#46164).
package struct SignInThrottle: Sendable {
    /// Who tries.
    package enum Source: Hashable, Sendable {
        /// A browser that has signed in to this account before, by the id in its signed cookie.
        case knownBrowser(String)
        /// Any other, by its address's network.
        case stranger(AddressRange)
    }

    /// What an attempt is told.
    package enum Verdict: Hashable, Sendable {
        /// It may be made.
        case goOn
        /// It may be made after so many seconds, one at least; nothing was looked at.
        case wait(seconds: Int)
    }

    private struct Pair: Hashable, Sendable {
        var account: String
        var source: Source
    }

    /// Failures of strangers at an account; they fade.
    private struct Failures: Sendable {
        var count: Double
        var at: Timestamp
    }

    /// Ten at once, then one each minute and a half: a person who has forgotten tries fewer.
    private static let perPair = RateLimit(10, perSeconds: 900)
    /// For all accounts together, so that one network cannot try one password at each.
    private static let perNetwork = RateLimit(100, perSeconds: 900)
    /// Failures after which strangers begin to wait.
    private static let freeFailures = 5.0
    /// The longest wait between the attempts of strangers, in seconds: no lock.
    private static let longestWait = 60.0
    /// In this time one failure is forgotten, in milliseconds.
    private static let fading = 600_000.0

    private var pairs: RateLimiter<Pair>
    private var networks: RateLimiter<AddressRange>
    private var failures: LeastRecentlyUsed<String, Failures>

    /// A throttle that remembers so many accounts, and networks, at a time.
    package init(mostKeys: Int = 50_000) {
        pairs = RateLimiter(Self.perPair, mostKeys: mostKeys)
        networks = RateLimiter(Self.perNetwork, mostKeys: mostKeys)
        failures = LeastRecentlyUsed(most: mostKeys)
    }

    /// Begins an attempt: counts it as a failure until `succeeded` says otherwise, or holds it up,
    /// which counts nothing.
    package mutating func begin(
        account: String, from source: Source, at now: Timestamp
    ) -> Verdict {
        let pair = Pair(account: account, source: source)
        let byPair = pairs.look(pair, at: now)
        guard byPair.isAllowed else { return .wait(seconds: max(1, byPair.resetSeconds)) }
        if case .stranger(let network) = source {
            let byNetwork = networks.look(network, at: now)
            guard byNetwork.isAllowed else { return .wait(seconds: max(1, byNetwork.resetSeconds)) }
            let wait = strangersWait(account, at: now)
            guard wait <= 0 else { return .wait(seconds: max(1, Int(wait.rounded(.up)))) }
            _ = networks.take(network, at: now)
            failures.set(account, Failures(count: count(account, at: now) + 1, at: now))
        }
        _ = pairs.take(pair, at: now)
        return .goOn
    }

    /// Ends an attempt that was right: it does not count, while earlier failures of others do.
    package mutating func succeeded(account: String, from source: Source, at now: Timestamp) {
        pairs.giveBack(Pair(account: account, source: source), at: now)
        if case .stranger(let network) = source {
            networks.giveBack(network, at: now)
            failures.set(account, Failures(count: max(0, count(account, at: now) - 1), at: now))
        }
    }

    private func count(_ account: String, at now: Timestamp) -> Double {
        guard let kept = failures.peek(account) else { return 0 }
        let passed = Double(max(0, now.milliseconds - kept.at.milliseconds))
        return max(0, kept.count - passed / Self.fading)
    }

    /// The seconds until a stranger may try an account: two, four, eight and so on after the last
    /// failure.
    private func strangersWait(_ account: String, at now: Timestamp) -> Double {
        guard let kept = failures.peek(account) else { return 0 }
        let excess = (count(account, at: now) - Self.freeFailures).rounded()
        guard excess >= 0 else { return 0 }
        let wait = min(Self.longestWait, 2 * exponential(excess))
        return wait - Double(max(0, now.milliseconds - kept.at.milliseconds)) / 1000
    }

    /// Two to the power of a whole number, as far as it matters.
    private func exponential(_ excess: Double) -> Double {
        Double(UInt64(1) << UInt64(min(excess, 20)))
    }
}
