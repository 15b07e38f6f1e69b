import Conversation
import StageRuntime

extension HandoffDecision {
    /// Notes what became of a message: agents see how theirs fare, and what the bot could not
    /// deliver goes to a person.
    mutating func note(_ delivery: Delivery) -> String? {
        guard let index = state.recent.lastIndex(where: { $0.id == delivery.outbound }) else {
            return "the message is not one of the latest of this conversation"
        }
        let sent = state.recent[index]
        let isLost = delivery.outcome.isLost
        remember(delivery, at: index)
        if sent.speaker != .system { reopen(after: delivery) }
        if case .accepted(let name, _) = delivery.outcome { learn(name, at: index) }
        settleHeld()
        if case .bot = state.owner.mode {
            guard isLost, sent.speaker != .system else {
                // Whoever closes a conversation as they write the last word has answered with it.
                guard sent.speaker == .agent, case .accepted = delivery.outcome else {
                    return "the bot has the conversation and the message is on its way"
                }
                tell(.delivery(of: delivery.outbound, delivery.outcome))
                return nil
            }
            enqueue(because: .undelivered, summary: delivery.outcome.summary)
        } else {
            guard sent.speaker != .bot || isLost else { return "a bot's message fares well" }
            tell(.delivery(of: delivery.outbound, delivery.outcome))
        }
        return nil
    }

    /// What a person may do about the message now, and what WhatsApp's word means for the next.
    private mutating func remember(_ delivery: Delivery, at index: Int) {
        if case .failed(_, let error) = delivery.outcome, error.entry.treatment == .needsTemplate {
            state.closedFor = max(state.closedFor ?? delivery.at, delivery.at)
        }
        if delivery.attempt > 1 { state.recent[index].wasRetried = true }
        guard state.recent[index].fate != .repeated else { return }
        switch delivery.outcome {
        case .accepted, .progressed: state.recent[index].fate = nil
        case .dropped(.unknownOutcome): state.recent[index].fate = .doubted
        case .failed, .dropped:
            if delivery.outcome.isLost { state.recent[index].fate = .lost }
        case .unknown, .held: break
        }
    }

    /// Acts on a timer, unless what it was set for is over.
    mutating func fire(_ timer: FiredTimer) -> String? {
        switch timer.name {
        case HandoffTimer.serviceLevel:
            guard case .queued = state.owner.mode, let since = state.queuedSince else {
                return "the conversation does not wait any more"
            }
            // Nobody can answer: it is overdue once the business goes on.
            guard !isClosed else {
                let wait = serviceLevel ?? .seconds(ServiceLevels.standardQueueWaitSeconds)
                effects.setTimer(HandoffTimer.serviceLevel, at: now + wait)
                return nil
            }
            guard hasWaitedTooLong(since: since) else {
                setServiceTimer(since: since)
                return nil
            }
            // A timer that comes late, after a halt, wakes nobody at night.
            if let opening = openingBeforeAlarm() {
                effects.setTimer(HandoffTimer.serviceLevel, at: opening)
                return nil
            }
            tell(.overdue(waiting: since))
        case HandoffTimer.lease: return endLease()
        case HandoffTimer.early: return stopWaitingForMessages()
        case HandoffTimer.echo: return endEchoWait()
        case HandoffTimer.parking: return endParking()
        default: return "no timer is called \(timer.name)"
        }
        return nil
    }

    private mutating func endLease() -> String? {
        guard let until = state.leaseUntil, until <= now else { return "the claim was renewed" }
        if state.owner.isOnPhone {
            endPhoneClaim()
            return nil
        }
        do throws(ConversationMode.Refusal) {
            let holder = state.owner.holder?.name ?? "the agent"
            let giver = state.desk?.givenBy
            try state.owner.expire()
            ownerChanged()
            tell(
                .released(
                    by: nil,
                    because: giver.map { "\(holder) did not take up what \($0) gave them" }
                        ?? "the claim's lease ran out: nothing was heard from \(holder)"))
            announceOwner()
            return nil
        } catch {
            return error.because
        }
    }
}

extension Delivery.Outcome {
    /// What an agent reads about a lost message.
    var summary: String {
        switch self {
        case .failed(_, let error):
            "A message could not be delivered: "
                + "\(error.details ?? error.title ?? error.entry.meaning) (code \(error.code)). "
                + error.entry.remedy
        case .dropped(.windowClosed):
            "A message was not sent: the customer last wrote more than 24 hours ago."
        case .dropped(.unknownOutcome):
            "Whether WhatsApp took a message is unknown; it was not sent again."
        case .dropped(.unknownTenant): "A message was not sent: its number is not set up."
        default: "A message was not delivered."
        }
    }
}
