package import Conversation

/// What to do about an error of WhatsApp's Graph API, decided by its code alone.
///
/// What each code means stands in ``GraphErrorEntry``; the waits are ours except the pair limit's,
/// which WhatsApp states.
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
        guard GraphErrorEntry.isKnown(error.code) else {
            return error.isTransient == true ? retry(attempts: 10) : permanent
        }
        return failure(error.code, error.entry.treatment)
    }

    /// How long each code makes wait; what becomes of the message, ``GraphErrorEntry`` says.
    private static func failure(
        _ code: Int, _ treatment: GraphErrorEntry.Treatment
    ) -> SendFailure {
        switch treatment {
        case .retry: retry()
        // Three tries of what WhatsApp says to try again are enough to see; 1 may be a request
        // that is wrong.
        case .retryLittle: retry(attempts: code == 1 ? 2 : 3)
        // WhatsApp: 4^X seconds from X = 0; other customers are not concerned.
        case .holdPair: hold(.pair, first: .seconds(1), longest: .seconds(4096), factor: 4)
        case .holdNumber:
            switch code {
            // Restricted for spam or quality: hours, and somebody must look.
            case 131_048:
                hold(.number, first: .seconds(3600), longest: .seconds(6 * 3600))
            // Maintenance for a throughput upgrade: up to a minute.
            case 131_057: hold(.number, first: .seconds(5), longest: .seconds(60))
            default: hold(.number, first: .seconds(1), longest: .seconds(60))
            }
        case .holdAccount:
            code == 131_064
                ? hold(.account, first: .seconds(3600), longest: .seconds(6 * 3600))
                : hold(.account, first: .seconds(60), longest: .seconds(900))
        case .holdApp: hold(.app, first: .seconds(60), longest: .seconds(900))
        case .stopTenant:
            // Registration and display name are one number's: the others go on.
            [131_037, 131_045, 133_010].contains(code) ? stop(.number) : stop(.tenant)
        case .stopRecipient, .needsTemplate, .badTemplate, .giveUp: permanent
        }
    }

    /// For the world's failures without a code: no connection, no name.
    package static let unreachable = SendFailure(
        action: .retry, scope: .message, firstWait: .seconds(1), factor: 2,
        longestWait: .seconds(60), attempts: nil)

    private static let permanent = SendFailure(
        action: .permanent, scope: .message, firstWait: .zero, factor: 1, longestWait: .zero,
        attempts: 1)

    /// Somebody has to act, and nobody tells when they have: a new token is tried soon.
    private static func stop(_ scope: Scope) -> SendFailure {
        SendFailure(
            action: .stopTenant, scope: scope, firstWait: .seconds(60), factor: 2,
            longestWait: .seconds(120), attempts: nil)
    }

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
}
