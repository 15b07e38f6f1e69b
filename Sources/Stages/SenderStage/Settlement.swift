import Conversation
import StageRuntime

// MARK: - Unknown outcomes

extension SenderDecision {
    /// The first message's outcome is unknown: it waits for a status that carries its attempt.
    mutating func becomeUnknown(because reason: String) {
        guard let head = state.queue.first else { return }
        let until = now + limits.settleWait
        state.phase = .unknown(until: until)
        tell(.unknown(because: reason), about: head)
        effects.setTimer(SenderTimer.settle, at: until, correlation: head.correlation)
    }

    /// The wait for a status is over: as the tenant wants, the message is given up, or sent again
    /// as a new attempt.
    mutating func settle() -> Plan<SenderCall> {
        guard case .unknown(let until) = state.phase, until <= now else {
            return next(idle: "the outcome is known by now")
        }
        guard let head = state.queue.first else { return next() }
        let wish = context.settings(SenderSettings.self).unknownOutcome ?? .atMostOnce
        if wish == .atLeastOnce, head.attempts <= SenderLimits.resends {
            state.phase = nil
        } else {
            drop(.unknownOutcome)
        }
        return next()
    }
}

// MARK: - Statuses

extension SenderDecision {
    /// Matches a status, by its attempt first and by the message's name second; says why it is of
    /// no use where that is so.
    mutating func note(_ status: MessageStatus) -> String? {
        let attempt = status.callbackData.flatMap(AttemptID.init).flatMap {
            $0.conversation.rawValue == context.key ? $0 : nil
        }
        if let attempt {
            if let index = state.queue.firstIndex(where: { $0.id == attempt.outbound }) {
                return settle(index, attempt.attempt, status)
            }
            if let index = state.recent.lastIndex(where: { $0.id == attempt.outbound }) {
                return progress(index, attempt.attempt, status)
            }
        }
        if let index = state.recent.lastIndex(where: { status.isAbout($0) }) {
            return progress(index, state.recent[index].attempt, status)
        }
        return "the status is about a message that is not one of the latest: another program's, "
            + "or an old one"
    }

    /// A status of a message that is not settled: an attempt has arrived after all, or failed.
    private mutating func settle(
        _ index: Int, _ attempt: Int, _ status: MessageStatus
    ) -> String? {
        let message = state.queue[index]
        guard attempt <= message.attempts else { return "the attempt was never made" }
        guard status.progress != .failed else {
            guard index == 0, attempt == message.attempts, case .unknown = state.phase else {
                return "an attempt failed that was refused already"
            }
            effects.cancelTimer(SenderTimer.settle)
            refused(status.error)
            return nil
        }
        guard status.progress.rank != nil else { return "the status word is not known" }
        if attempt < message.attempts { effects.count("late_attempt") }
        settled(message, as: status.message, status.wamid, attempt: attempt)
        if let last = state.recent.indices.last { _ = progress(last, attempt, status) }
        return nil
    }

    /// A status of a message that left the queue: only ever forwards.
    private mutating func progress(
        _ index: Int, _ attempt: Int, _ status: MessageStatus
    ) -> String? {
        if status.progress == .failed { return failed(index, attempt, status) }
        guard let rank = status.progress.rank else { return "the status word is not known" }
        let sent = state.recent[index]
        if sent.message == nil {
            // It had been given up, and has arrived after all.
            state.recent[index].message = status.message
            state.recent[index].attempt = attempt
            state.recent[index].rank = 0
            effects.count("late_attempt")
            tell(
                .accepted(status.message, wamid: status.wamid), about: index, attempt,
                at: status.at)
        } else if attempt != sent.attempt {
            guard rank > sent.otherRank else { return "the status brings nothing new" }
            // The customer has the message twice: counted once.
            if sent.otherRank == 0 { effects.count("second_arrival") }
            state.recent[index].otherRank = rank
            tell(.progressed(status.message, status.progress), about: index, attempt, at: status.at)
            return nil
        }
        let price = takePrice(of: status, index)
        let isProgress = RecentSend.order(of: rank) > RecentSend.order(of: state.recent[index].rank)
        guard isProgress || price != nil else { return "the status brings nothing new" }
        if isProgress { state.recent[index].rank = rank }
        tell(
            .progressed(status.message, status.progress), about: index, attempt, at: status.at,
            price: price)
        let isOver = status.progress == .read && attempt == 1
        if isOver { state.recent.remove(at: index) }
        return nil
    }

    /// What the message costs, as far as this is the first word about it: WhatsApp tells it with
    /// more than one status, or with a late one.
    private mutating func takePrice(
        of status: MessageStatus, _ index: Int
    ) -> MessagePricing? {
        guard !state.recent[index].isPriced, let raw = status.pricing,
            let price = MessagePricing(raw)
        else { return nil }
        state.recent[index].isPriced = true
        return price
    }

    private mutating func failed(
        _ index: Int, _ attempt: Int, _ status: MessageStatus
    ) -> String? {
        let sent = state.recent[index]
        guard sent.message != nil, attempt == sent.attempt else {
            return "an attempt failed that does not count any more"
        }
        guard sent.rank <= 1 else { return "a message cannot fail once it was delivered" }
        let failure = SendFailure.classify(status.error)
        if failure.scope == .pair { state.debt.refused(at: now, failure) }
        if status.error.entry.treatment == .needsTemplate { closeWindow(for: status.at) }
        stopped(by: status.error, failure)
        state.recent[index].rank = RecentSend.failedRank
        tell(.failed(status.message, status.error), about: index, attempt, at: status.at)
        return nil
    }

    private mutating func tell(
        _ outcome: Delivery.Outcome, about index: Int, _ attempt: Int, at moment: Timestamp,
        price: MessagePricing? = nil
    ) {
        let sent = state.recent[index]
        effects.emit(
            Delivery(
                tenant: context.input.tenant, conversation: ConversationID(context.key),
                outbound: sent.id, epoch: sent.epoch, attempt: attempt, outcome: outcome,
                answers: sent.answers, at: moment, pricing: price),
            correlation: sent.correlation)
    }
}

extension MessageStatus {
    /// Whether it is about a message that was sent, which has WhatsApp's own name where it was
    /// sent before ours was another one.
    fileprivate func isAbout(_ sent: RecentSend) -> Bool {
        guard let name = sent.message else { return false }
        return name == message || name.rawValue == wamid?.rawValue
    }

    /// Why it failed; WhatsApp's "unknown" where it gives no reason.
    var error: PlatformError {
        errors?.first ?? PlatformError(code: 131000, title: "no reason given")
    }
}
