package import Conversation

/// What to do about an error of WhatsApp's Graph API, decided by its code alone.
///
/// Meanings and classes: WhatsApp, "Error codes" (fetched 2026-09-11); waits are ours except the
/// pair limit's, which WhatsApp states.
package struct SendFailure: Hashable, Sendable {
    /// What to do with the message.
    package enum Action: Hashable, Sendable {
        /// Send it again after a wait.
        case retry
        /// Hold the scope, then send it again.
        case hold
        /// Give it up.
        case permanent
        /// Stop the tenant's sends until someone acts; look again now and then.
        case stopTenant
    }

    /// How far the trouble reaches.
    package enum Scope: String, Hashable, Sendable {
        case message, pair, number, account, app, tenant
    }

    /// What to do with the message.
    package var action: Action
    /// How far the trouble reaches.
    package var scope: Scope
    /// The wait after the first failure.
    package var firstWait: Duration
    /// What each further failure multiplies the wait by.
    package var factor: Int
    /// The longest wait.
    package var longestWait: Duration
    /// How often the message is tried in all; `nil` until its window closes.
    package var attempts: Int?

    /// The wait after failure number `failures`, from 1.
    package func wait(afterFailures failures: Int) -> Duration {
        var wait = firstWait
        for _ in 1..<max(1, min(failures, 32)) where wait < longestWait { wait = wait * factor }
        return min(wait, longestWait)
    }

    /// What to do about an error.
    ///
    /// An unknown code is permanent unless WhatsApp itself calls it transient.
    package static func classify(_ error: PlatformError) -> SendFailure {
        if let known = table[error.code] { return known }
        if permissionCodes.contains(error.code) { return stop }
        return error.isTransient == true ? retry(attempts: 10) : permanent
    }

    /// For the world's failures without a code: no connection, no name.
    package static let unreachable = SendFailure(
        action: .retry, scope: .message, firstWait: .seconds(1), factor: 2,
        longestWait: .seconds(60), attempts: nil)

    private static let permanent = SendFailure(
        action: .permanent, scope: .message, firstWait: .zero, factor: 1, longestWait: .zero,
        attempts: 1)

    private static let stop = SendFailure(
        action: .stopTenant, scope: .tenant, firstWait: .seconds(60), factor: 2,
        longestWait: .seconds(900), attempts: nil)

    private static func retry(attempts: Int? = nil) -> SendFailure {
        SendFailure(
            action: .retry, scope: .message, firstWait: .seconds(1), factor: 2,
            longestWait: .seconds(300), attempts: attempts)
    }

    private static func hold(
        _ scope: Scope, first: Duration, longest: Duration, factor: Int = 2
    ) -> SendFailure {
        SendFailure(
            action: .hold, scope: scope, firstWait: first, factor: factor, longestWait: longest,
            attempts: nil)
    }

    /// Missing or withdrawn permissions.
    private static let permissionCodes = 200...299

    /// The classes by code; codes of one class share a line.
    package static let table: [Int: SendFailure] = {
        var table: [Int: SendFailure] = [
            // WhatsApp: 4^X seconds from X = 0; other customers are not concerned.
            131056: hold(.pair, first: .seconds(1), longest: .seconds(4096), factor: 4),
            130429: hold(.number, first: .seconds(1), longest: .seconds(60)),
            // Maintenance for a throughput upgrade: up to a minute.
            131057: hold(.number, first: .seconds(5), longest: .seconds(60)),
            // Restricted for spam or quality: hours, and somebody must look.
            131048: hold(.number, first: .seconds(3600), longest: .seconds(6 * 3600)),
            80007: hold(.account, first: .seconds(60), longest: .seconds(900)),
            131064: hold(.account, first: .seconds(3600), longest: .seconds(6 * 3600)),
            4: hold(.app, first: .seconds(60), longest: .seconds(900)),
            // Unknown: WhatsApp says to try again; three tries are enough to see.
            131000: retry(attempts: 3),
            // A bad request or a server error, nobody knows.
            1: retry(attempts: 2),
        ]
        for code in [131016, 133004, 2] { table[code] = retry() }
        for code in permanentCodes { table[code] = permanent }
        for code in tenantCodes { table[code] = stop }
        return table
    }()

    private static let permanentCodes = [
        131049, 135000, 131047, 131026, 131050, 130403, 130472, 131021, 131030, 131051, 131052,
        131053, 131008, 131009, 100, 131062, 131063, 132000, 132001, 132005, 132007, 132012,
        132018, 132015, 132016, 132068, 132069, 137000, 130497, 131060, 2_494_191,
    ]

    /// Token, permission, payment, lock, display name, registration, deleted number.
    private static let tenantCodes = [
        190, 0, 10, 3, 131005, 131042, 131031, 368, 131037, 131045, 133010, 33,
    ]
}
