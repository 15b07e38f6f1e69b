package import Conversation
import Synchronization

/// The tokens that each tenant used today (UTC), as all processes counted them: what the topic of
/// counts says, and what this process counts itself.
package final class TokenTable: Sendable {
    private struct Count: Sendable {
        var day: Int
        var tokens: Int
    }

    private let counts = Mutex<[TenantID: [String: Count]]>([:])

    /// A table in which nobody has used anything.
    package init() {}

    /// Takes what a process counted; an older count of the same day changes nothing.
    package func put(_ use: TokenUse) {
        counts.withLock { counts in
            let known = counts[use.tenant]?[use.slot]
            if let known, (known.day, known.tokens) >= (use.day, use.tokens) { return }
            counts[use.tenant, default: [:]][use.slot] = Count(day: use.day, tokens: use.tokens)
        }
    }

    /// Forgets a count, by its key.
    package func remove(_ key: String) {
        let parts = key.split(separator: "/", maxSplits: 1)
        guard parts.count == 2 else { return }
        counts.withLock { counts in
            let tenant = TenantID(String(parts[0]))
            counts[tenant]?[String(parts[1])] = nil
            if counts[tenant]?.isEmpty == true { counts[tenant] = nil }
        }
    }

    /// Counts what a call of this process used; answers all that it counted today, to be told to
    /// the others.
    package func count(
        _ tokens: Int, of tenant: TenantID, by slot: String, at now: Timestamp
    ) -> TokenUse {
        let day = TokenUse.day(of: now)
        let sum = counts.withLock { counts in
            let known = counts[tenant]?[slot].flatMap { $0.day == day ? $0.tokens : nil } ?? 0
            counts[tenant, default: [:]][slot] = Count(day: day, tokens: known + tokens)
            return known + tokens
        }
        return TokenUse(tenant: tenant, slot: slot, day: day, tokens: sum, at: now)
    }

    /// The tokens that a tenant used today.
    package func used(by tenant: TenantID, at now: Timestamp) -> Int {
        let day = TokenUse.day(of: now)
        return counts.withLock { counts in
            (counts[tenant] ?? [:]).values.reduce(0) { $0 + ($1.day == day ? $1.tokens : 0) }
        }
    }
}
