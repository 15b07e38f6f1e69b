import Conversation
import StageRuntime

// MARK: - A customer's message

extension HandoffDecision {
    /// Notes a message, shows the customer that it was seen, and passes on what waited for it.
    mutating func receive(_ message: InboundMessage, id: RecordID) -> String? {
        state.tenant = message.tenant
        state.number = message.number
        let asks = message.content.asksForAnswer
        if asks || state.contact.identity == nil { state.contact = message.contact }
        if asks { state.anchor = max(state.anchor ?? message.sentAt, message.sentAt) }
        if asks { note(message, id: id) }
        switch state.owner.mode {
        case .bot where asks: acknowledge(message)
        case .queued, .claimed:
            if asks { expectReply(to: message.message) }
            tell(.said(entry(of: message, id: id)))
        case .bot: break
        }
        passOnEarlyReplies(to: message.message)
        return "what came asks for nothing"
    }

    private mutating func note(_ message: InboundMessage, id: RecordID) {
        state.transcript.append(
            TranscriptLine(entry(of: message, id: id)), keeping: HandoffLimits.transcriptLines)
    }

    private func entry(of message: InboundMessage, id: RecordID) -> TranscriptEntry {
        TranscriptEntry(
            id: id, speaker: .customer, text: message.content.transcriptText,
            at: message.sentAt,
            content: message.content.transcript(quoting: message.context?.message))
    }

    /// Marks a message as read and, unless its reply came first, shows that one is being written.
    private mutating func acknowledge(_ message: InboundMessage) {
        // What is written in a group has no single reader to show activity to.
        guard message.group == nil else { return expectReply(to: message.message) }
        if let index = state.answeredEarly.firstIndex(of: message.message) {
            state.answeredEarly.remove(at: index)
            send(.read(message.graphID), by: .system)
        } else {
            let waits = state.early.contains { $0.reply.answers.contains(message.message) }
            send(waits ? .read(message.graphID) : .typing(for: message.graphID), by: .system)
            expectReply(to: message.message)
        }
    }

    private mutating func expectReply(to message: MessageID) {
        state.awaiting.append(message, keeping: HandoffLimits.awaitedMessages)
    }

    private mutating func passOnEarlyReplies(to message: MessageID) {
        guard !state.early.isEmpty else { return }
        let ready = state.early.filter { $0.reply.answers.contains(message) }
        guard !ready.isEmpty else { return }
        state.early.removeAll { $0.reply.answers.contains(message) }
        if state.early.isEmpty { effects.cancelTimer(HandoffTimer.early) }
        for early in ready { _ = decide(early.reply, correlation: early.correlation) }
    }
}

extension MessageContent {
    /// Whether this is something that a customer says, to be read and answered.
    ///
    /// Only that opens the 24-hour window. A reaction, a change of an earlier message or WhatsApp's
    /// own word does not
    /// (whether WhatsApp counts reactions is not documented, so they are not counted).
    var asksForAnswer: Bool {
        switch self {
        case .reaction, .system, .edit, .revoke: false
        default: true
        }
    }
}

// MARK: - A proposed reply

extension HandoffDecision {
    /// Passes a reply on, or keeps it until the message that it answers has been read: without
    /// that message there is nobody to write to, or no open window.
    mutating func consider(_ reply: ProposedReply, correlation: RecordID) -> String? {
        let isKnown = reply.answers.contains { isKnownMessage($0) }
        let canSend =
            state.number != nil && SendingPolicy(lastWrote: state.anchor).isWindowOpen(at: now)
        if isKnown || canSend {
            if !isKnown, let newest = reply.answers.last {
                state.answeredEarly.append(newest, keeping: HandoffLimits.recentOutbound)
            }
            return decide(reply, correlation: correlation)
        }
        if state.early.isEmpty {
            effects.setTimer(HandoffTimer.early, at: now + HandoffLimits.earlyWait)
        }
        state.early.append(
            .init(reply: reply, correlation: correlation), keeping: HandoffLimits.earlyReplies)
        return nil
    }

    private func isKnownMessage(_ message: MessageID) -> Bool {
        state.awaiting.contains(message) || state.stale.contains(message)
    }

    /// Decides about a reply by the conversation's mode.
    mutating func decide(_ reply: ProposedReply, correlation: RecordID) -> String? {
        // The newest message decides: a burst that reaches into this epoch wants its answer.
        let isStale = reply.answers.last.map { state.stale.contains($0) } ?? false
        state.awaiting.removeAll { reply.answers.contains($0) }
        state.stale.removeAll { reply.answers.contains($0) }
        settleQuestion(of: reply, isPassedOn: state.owner.mode == .bot && !isStale, correlation)
        switch (state.owner.mode, reply.proposal) {
        case (_, .silence(let why)): return "the bot has nothing to say: \(why)"
        case (.queued, .handoff), (.claimed, .handoff): return "a person already has it"
        case (.queued, .answer(let text, let citations)),
            (.claimed, .answer(let text, let citations)):
            tell(.suggested(text: text, citations: citations), correlation: correlation)
        case (.queued, .courtesy(let text)), (.claimed, .courtesy(let text)):
            tell(.suggested(text: text, citations: []), correlation: correlation)
        case (.bot, _) where isStale:
            return "the reply is to a message of an earlier epoch; a person has answered since"
        case (.bot, .answer(let text, _)), (.bot, .courtesy(let text)):
            say(
                .text(text), by: .bot(reply.provenance), answering: reply.answers,
                correlation: correlation)
        case (.bot, .handoff(let reason, let summary, let notice)):
            enqueue(
                because: reason, summary: summary, notice: notice, answering: reply.answers,
                correlation: correlation)
        }
        return "the reply is empty"
    }

    /// Says whether the customer is asked to confirm something: only then a yes means that.
    private mutating func settleQuestion(
        of reply: ProposedReply, isPassedOn: Bool, _ correlation: RecordID
    ) {
        if case .silence = reply.proposal { return }
        if isPassedOn { state.asked = reply.asks }
        guard let request = reply.asks else { return }
        publish(isPassedOn ? .asked : .withdrawn, of: request, correlation: correlation)
    }

    /// What the customer was asked to confirm is not to be done any more.
    mutating func withdrawQuestion() {
        guard let request = state.asked else { return }
        state.asked = nil
        publish(.withdrawn, of: request)
    }

    private mutating func publish(
        _ standing: ToolConfirmation.Standing, of request: RecordID,
        correlation: RecordID? = nil
    ) {
        effects.emit(
            ToolConfirmation(
                request: request, tenant: tenant, conversation: conversation, standing: standing,
                at: now), correlation: correlation)
    }

    /// Passes on what waited too long for its message: the window decides at the sender.
    mutating func stopWaitingForMessages() -> String? {
        let early = state.early
        state.early = []
        guard state.number != nil, state.anchor != nil else {
            return "no message of this conversation was ever read, so there is nobody to answer"
        }
        for reply in early { _ = decide(reply.reply, correlation: reply.correlation) }
        return "nothing waited"
    }
}
