import Conversation
import StageRuntime

extension HandoffDecision {
    /// Notes what became of a message: agents see how theirs fare, and what the bot could not
    /// deliver goes to a person.
    mutating func note(_ delivery: Delivery) -> String? {
        guard let sent = state.recent.last(where: { $0.id == delivery.outbound }) else {
            return "the message is not one of the latest of this conversation"
        }
        let isLost = delivery.outcome.isLost
        if case .bot = state.owner.mode {
            guard isLost, sent.speaker != .system else {
                return "the bot has the conversation and the message is on its way"
            }
            enqueue(because: .undelivered, summary: delivery.outcome.summary)
        } else {
            guard sent.speaker != .bot || isLost else { return "a bot's message fares well" }
            tell(.delivery(of: delivery.outbound, delivery.outcome))
        }
        return nil
    }

    /// Acts on a timer, unless what it was set for is over.
    mutating func fire(_ timer: FiredTimer) -> String? {
        switch timer.name {
        case HandoffTimer.serviceLevel:
            guard case .queued = state.owner.mode, let since = state.queuedSince else {
                return "the conversation does not wait any more"
            }
            tell(.overdue(waiting: since))
        case HandoffTimer.lease: return endLease()
        case HandoffTimer.early: return stopWaitingForMessages()
        default: return "no timer is called \(timer.name)"
        }
        return nil
    }

    private mutating func endLease() -> String? {
        guard let until = state.leaseUntil, until <= now else { return "the claim was renewed" }
        do throws(ConversationMode.Refusal) {
            let holder = state.owner.holder?.name ?? "the agent"
            try state.owner.expire()
            ownerChanged()
            tell(
                .released(
                    by: nil,
                    because: "the claim's lease ran out: nothing was heard from \(holder)"))
            announceOwner()
            return nil
        } catch {
            return error.because
        }
    }
}

extension Delivery.Outcome {
    /// Whether the customer will never see the message and nobody wanted it so.
    var isLost: Bool {
        switch self {
        case .failed: true
        case .dropped(let reason): reason != .staleEpoch
        case .accepted, .progressed, .unknown, .held: false
        }
    }

    /// What an agent reads about a lost message.
    var summary: String {
        switch self {
        case .failed(_, let error):
            "A message could not be delivered: "
                + "\(error.details ?? error.title ?? "no reason given") (code \(error.code))."
        case .dropped(.windowClosed):
            "A message was not sent: the customer last wrote more than 24 hours ago."
        case .dropped(.unknownOutcome):
            "Whether WhatsApp took a message is unknown; it was not sent again."
        case .dropped(.unknownTenant): "A message was not sent: its number is not set up."
        default: "A message was not delivered."
        }
    }
}
