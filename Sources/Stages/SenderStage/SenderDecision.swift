import Conversation
import StageRuntime

/// One decision of the sender under way.
struct SenderDecision {
    var state: SenderState
    var effects: Effects
    let context: StageContext
    let limits: SenderLimits

    init(state: SenderState, context: StageContext, limits: SenderLimits) {
        self.state = state
        self.context = context
        self.limits = limits
        // After a crash the same input begins again although an earlier step of it wrote records:
        // what it writes now needs other ids, or it would be taken for a repeat. The turn is
        // stored with every commit, so no two commits share one.
        var named = context
        named.step = state.turn
        effects = Effects(of: named)
    }

    var now: Timestamp { context.now }

    /// The state to keep: what was written used up its turn.
    var kept: SenderState {
        var kept = state
        if !effects.outputs.isEmpty || !effects.timers.isEmpty { kept.turn += 1 }
        return kept
    }

    /// Decides about an input.
    ///
    /// - Throws: ``Rejection`` of a record that the stage says it reads and does not.
    mutating func begin(_ input: StageInput) throws(Rejection) -> Plan<SenderCall> {
        switch input {
        case .timer(let timer):
            return timer.name == SenderTimer.settle ? settle() : next(idle: "nothing is due")
        case .record(let record, let headers, _):
            switch record {
            case let message as OutboundMessage:
                return admit(message, id: headers.id, correlation: headers.correlation)
            case let change as OwnershipChange:
                state.epoch = max(state.epoch, change.epoch)
                dropVoid()
                return next(idle: "nothing waited that the change of owner makes void")
            case is SendingResumed:
                return resume()
            case let status as MessageStatus:
                // The callback data that brought it here is for anyone to choose who sends
                // through a number of ours; a conversation is with one number only.
                guard state.number == nil || state.number == status.number else {
                    return next(idle: "the status is about a message of another business number")
                }
                let why = note(status)
                return next(idle: why ?? "the status brings nothing new")
            default: throw context.noUse
            }
        case .passedOver: throw context.noUse
        }
    }

    /// If the process ended between an intent and its answer, nobody knows whether WhatsApp took
    /// the message.
    mutating func recover() {
        guard state.phase == .calling else { return }
        becomeUnknown(because: "the process ended before WhatsApp's answer came")
    }

    private mutating func admit(
        _ message: OutboundMessage, id: RecordID, correlation: RecordID
    ) -> Plan<SenderCall> {
        switch message.content {
        case .typing(let wamid): mark(message, wamid, typing: true)
        case .read(let wamid): mark(message, wamid, typing: false)
        case .message(let content):
            admit(
                WaitingMessage(content, of: message, id: id, correlation: correlation))
        }
    }

    private mutating func admit(_ message: WaitingMessage) -> Plan<SenderCall> {
        let id = message.id
        let isKnown =
            state.last == id || state.queue.contains { $0.id == id }
            || state.recent.contains { $0.id == id }
        state.last = id
        state.number = state.number ?? message.number
        if !isKnown {
            if message.epoch > state.epoch {
                state.epoch = message.epoch
                dropVoid()
            }
            if state.queue.count >= SenderLimits.waiting {
                tell(
                    .failed(nil, PlatformError(code: -1, title: "too many messages wait")),
                    about: message)
            } else {
                state.queue.append(message)
            }
        }
        return next(idle: "the message is under way already")
    }

    /// Signs are best effort: they never go before, or delay, what waits.
    private func mark(
        _ message: OutboundMessage, _ wamid: WhatsAppMessageID, typing: Bool
    ) -> Plan<SenderCall> {
        guard effects.outputs.isEmpty else { return .finish(effects) }
        guard state.queue.isEmpty else {
            return .ignore(because: "messages wait; a sign would only delay them")
        }
        guard message.epoch >= state.epoch else {
            return .ignore(because: "the owner changed; the sign is void")
        }
        return .call(
            .mark(
                MarkRequest(
                    tenant: message.tenant, number: message.number, message: wamid,
                    typing: typing)))
    }
}

// MARK: - Sending in order

extension SenderDecision {
    /// Sends the first waiting message if it may go now; else ends, with a timer for when it may.
    mutating func next(idle: String = "nothing waits") -> Plan<SenderCall> {
        while let head = state.queue.first, state.phase == nil {
            if isVoid(head) {
                drop(.staleEpoch)
                continue
            }
            let policy = SendingPolicy(lastWrote: head.anchor, closedFor: state.closedFor)
            guard policy.refusal(of: head.content, at: now) == nil else {
                drop(.windowClosed)
                continue
            }
            if let problem = head.content.problems.first {
                removeHead(telling: .failed(nil, PlatformError(problem)))
                continue
            }
            guard head.recipient.identity != nil else {
                let error = PlatformError(code: 131008, title: "the customer has no address")
                removeHead(telling: .failed(nil, error))
                continue
            }
            let free = state.debt.readyAt(
                now, interval: limits.pairInterval, burst: limits.pairBurst)
            let ready = max(free, head.notBefore ?? now)
            if ready > now || context.step >= SenderLimits.sendsPerInput {
                effects.setTimer(SenderTimer.ready, at: ready, correlation: head.correlation)
                break
            }
            return send()
        }
        guard effects.outputs.isEmpty, effects.timers.isEmpty else { return .finish(effects) }
        return .ignore(because: idle)
    }

    /// Makes the intent durable, then calls.
    private mutating func send() -> Plan<SenderCall> {
        state.queue[0].attempts += 1
        state.queue[0].notBefore = nil
        state.phase = .calling
        state.debt.add(limits.pairInterval, at: now)
        let head = state.queue[0]
        return .commit(
            effects,
            then: .send(
                SendRequest(
                    tenant: context.input.tenant, number: head.number, recipient: head.recipient,
                    content: head.content,
                    attempt: AttemptID(
                        conversation: ConversationID(context.key), outbound: head.id,
                        attempt: head.attempts))))
    }

    /// Takes WhatsApp's answer to the first message; `false` if it is not an answer to a send.
    mutating func apply(_ answer: SenderAnswer, to request: SendRequest) -> Bool {
        guard let head = state.queue.first, head.id == request.attempt.outbound,
            state.phase == .calling
        else { return false }
        switch answer {
        case .accepted(let message, let wamid, let endsStop):
            state.debt.accepted()
            if endsStop == true { report(.sent, head.number) }
            settled(head, as: message, wamid, attempt: head.attempts)
        case .refused(let error): refused(error)
        case .notSent(let reason):
            again(after: SendFailure.unreachable, because: reason)
        case .unknown(let reason): becomeUnknown(because: reason)
        case .held(let until, let reason, let stop, let knowing):
            // Nothing was called, so the attempt's number was not used.
            state.queue[0].attempts -= 1
            if stop != nil, head.isHeld != true {
                state.queue[0].isHeld = true
                report(.held(knowing: knowing), head.number)
            }
            wait(until: max(until, now + .milliseconds(100)), because: reason, code: stop)
        case .unknownTenant: drop(.unknownTenant)
        case .marked: return false
        }
        return true
    }

    /// Acts on an error by its class.
    mutating func refused(_ error: PlatformError) {
        let failure = SendFailure.classify(error)
        if error.entry.treatment == .needsTemplate, let head = state.queue.first {
            closeWindow(for: head.anchor)
        }
        switch failure.action {
        case .permanent: removeHead(telling: .failed(nil, error))
        case .hold where failure.scope == .pair:
            state.debt.refused(at: now, failure)
            wait(until: state.debt.heldUntil ?? now, because: error.sentence)
        case .retry, .hold, .stopTenant:
            let tries = state.queue.first.map { $0.failures + 1 } ?? 1
            if let most = failure.attempts, tries >= most {
                removeHead(telling: .failed(nil, error))
            } else {
                again(
                    after: failure, because: error.sentence,
                    code: failure.reach.map { _ in error.code })
                stopped(by: error, failure, until: state.queue[0].notBefore)
            }
        }
    }

    /// WhatsApp says that the window is closed, whatever the clock says: nothing but templates goes
    /// until the customer writes again.
    mutating func closeWindow(for anchor: Timestamp) {
        state.closedFor = max(state.closedFor ?? anchor, anchor)
    }

    private mutating func again(
        after failure: SendFailure, because reason: String, code: Int? = nil
    ) {
        state.queue[0].failures += 1
        let wait = failure.wait(afterFailures: state.queue[0].failures)
        self.wait(until: now + wait, because: reason, code: code)
    }

    private mutating func wait(
        until ready: Timestamp, because reason: String, code: Int? = nil
    ) {
        state.phase = nil
        state.queue[0].notBefore = ready
        if ready.since(now) >= SenderLimits.quietWait {
            tell(.held(because: reason, until: ready, code: code), about: state.queue[0])
        }
    }
}

// MARK: - Leaving the queue

extension SenderDecision {
    /// WhatsApp has the message: what follows is statuses.
    mutating func settled(
        _ message: WaitingMessage, as name: MessageID, _ wamid: WhatsAppMessageID?, attempt: Int
    ) {
        tell(.accepted(name, wamid: wamid), about: message, attempt: attempt)
        remember(message, as: name, attempt: attempt)
        leave(message)
    }

    mutating func drop(_ reason: Delivery.DropReason) {
        removeHead(telling: .dropped(reason))
    }

    private mutating func removeHead(telling outcome: Delivery.Outcome) {
        guard let head = state.queue.first else { return }
        tell(outcome, about: head)
        // An attempt may still turn out to have arrived.
        if head.attempts > 0 { remember(head, as: nil, attempt: head.attempts) }
        leave(head)
    }

    private mutating func leave(_ message: WaitingMessage) {
        if state.queue.first?.id == message.id {
            if case .unknown = state.phase { effects.cancelTimer(SenderTimer.settle) }
            state.phase = nil
        }
        state.queue.removeAll { $0.id == message.id }
    }

    private mutating func remember(_ message: WaitingMessage, as name: MessageID?, attempt: Int) {
        state.recent.append(
            RecentSend(
                id: message.id, correlation: message.correlation, message: name,
                epoch: message.epoch, attempt: attempt, rank: 0, otherRank: 0,
                answers: message.answers))
        if state.recent.count > SenderLimits.recent { state.recent.removeFirst() }
    }

    /// Drops what an earlier epoch left unsent.
    ///
    /// A message whose outcome is unknown stays: it may
    /// have arrived, so it is settled instead.
    mutating func dropVoid() {
        let isSettling = state.phase != nil
        for (index, message) in state.queue.enumerated() where isVoid(message) {
            if index == 0 && isSettling { continue }
            tell(.dropped(.staleEpoch), about: message)
            if message.attempts > 0 { remember(message, as: nil, attempt: message.attempts) }
        }
        let kept = isSettling ? state.queue.first : nil
        state.queue = state.queue.filter { !isVoid($0) || $0.id == kept?.id }
    }

    /// Whether the owner changed since the message was allowed.
    ///
    /// An agent's own words stay good:
    /// to write and then close must not lose what was written.
    private func isVoid(_ message: WaitingMessage) -> Bool {
        message.epoch < state.epoch && !message.isFromAgent
    }

    mutating func tell(
        _ outcome: Delivery.Outcome, about message: WaitingMessage, attempt: Int? = nil
    ) {
        effects.emit(
            Delivery(
                tenant: context.input.tenant, conversation: ConversationID(context.key),
                outbound: message.id, epoch: message.epoch,
                attempt: attempt ?? message.attempts, outcome: outcome, answers: message.answers,
                at: now),
            correlation: message.correlation)
    }
}

extension PlatformError {
    /// What WhatsApp would say of content that is not sent because it could not be taken.
    fileprivate init(_ problem: ContentProblem) {
        // WhatsApp's codes for a kind that it does not take, and for a value that is not valid.
        self.init(
            code: problem.code == .unknownKind ? 131_051 : 131_009, title: problem.sentence)
    }
}

/// The names of the stage's timers.
enum SenderTimer {
    /// The first message may be sent.
    static let ready = "ready"
    /// The wait for a status is over.
    static let settle = "settle"
}
