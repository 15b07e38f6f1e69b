import Conversation
import StageRuntime

// What an error means for others than its message is told to the stage `channels`, which tells all
// senders and people, and says when to look again.

extension SenderDecision {
    /// What held the first message back may be over.
    mutating func resume() -> Plan<SenderCall> {
        if state.phase == nil, !state.queue.isEmpty {
            state.queue[0].notBefore = nil
            // If it is still held, that is reported anew.
            state.queue[0].isHeld = nil
        }
        return next(idle: "nothing waits for the line to open")
    }

    /// Reports an error that concerns more than its message.
    mutating func stopped(
        by error: PlatformError, _ failure: SendFailure, until: Timestamp? = nil
    ) {
        guard let reach = failure.reach, let number = state.queue.first?.number ?? state.number
        else { return }
        if until != nil, !state.queue.isEmpty { state.queue[0].isHeld = true }
        report(
            .refused(
                code: error.code, reach: reach,
                until: until ?? now + failure.wait(afterFailures: 1), trace: error.trace), number)
    }

    mutating func report(_ word: ChannelReport.Word, _ number: BusinessNumberID) {
        effects.emit(
            ChannelReport(
                tenant: context.input.tenant, number: number,
                conversation: ConversationID(context.key), word: word,
                token: context.settings(SenderSettings.self).token, at: now))
    }
}

extension SendFailure {
    /// From which wait on others are told: shorter ones are over before they hear of it.
    private static let worthTelling = Duration.seconds(60)

    /// How far it reaches, where that is worth telling all senders.
    var reach: ChannelStop.Reach? {
        guard action == .hold || action == .stopTenant, firstWait >= Self.worthTelling else {
            return nil
        }
        return switch scope {
        case .tenant: .tenant
        case .account: .account
        case .number: .number
        // The app is other businesses', too: each of its senders finds out by itself.
        case .message, .pair, .app: nil
        }
    }
}
