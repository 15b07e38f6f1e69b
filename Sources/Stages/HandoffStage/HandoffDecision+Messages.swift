import Conversation
import StageRuntime

// MARK: - A customer's message

extension HandoffDecision {
    /// Notes a message, shows the customer that it was seen, and passes on what waited for it.
    mutating func receive(_ message: InboundMessage, id: RecordID) -> String? {
        state.tenant = message.tenant
        state.number = message.number
        noteWish(of: message)
        let isTakenBack = follow(message)
        let asks = message.content.asksForAnswer && message.group == nil && !isTakenBack
        if asks || state.contact.identity == nil { state.contact = message.contact }
        if case .system(let kind, _, _) = message.content, kind.hasPrefix("user_changed_") {
            // Answers reach the customer under the names of now.
            state.contact.userID = message.contact.userID
            state.contact.phone = message.contact.phone ?? state.contact.phone
        }
        openWindow(message)
        // A group is answered by nobody: its words are there to be read.
        let isSaid = asks || message.group != nil || message.content.kind == "call"
        if message.group != nil { state.isGroup = true }
        if isSaid { note(message, id: id) }
        switch state.owner.mode {
        case .bot where asks && isClosed:
            keepForPeople(answering: [message.message])
            expectReply(to: message.message)
        case .bot where asks: acknowledge(message)
        case .bot: missCall(message)
        case .queued, .claimed:
            if asks { expectReply(to: message.message) }
            if asks { takeUpParked(by: nil) }
            if asks, state.owner.isOnPhone { state.change { $0.asked = message.message } }
            tell(.said(entry(of: message, id: id)))
            if asks { tellOfSuspension(answering: [message.message]) }
            if asks { tellOfHours(answering: [message.message]) }
        }
        passOnEarlyReplies(to: message.message)
        return "what came asks for nothing"
    }

    /// Notes when the customer last said or asked something, by WhatsApp's clock but never later
    /// than it came: a time of the future would hold the window open until then.
    private mutating func openWindow(_ message: InboundMessage) {
        guard message.group == nil, message.content.opensWindow else { return }
        let wrote = min(message.sentAt, message.receivedAt)
        let known = state.anchor.flatMap { $0 > now + SendingPolicy.skew ? nil : $0 }
        state.anchor = max(known ?? wrote, wrote)
    }

    /// A call that nobody answered waits for a person.
    private mutating func missCall(_ message: InboundMessage) {
        guard case .call(let call) = message.content, call.isMissed else { return }
        enqueue(
            because: .missedCall, summary: "The customer called, and nobody answered.",
            answering: [message.message])
    }

    private mutating func note(_ message: InboundMessage, id: RecordID) {
        state.transcript.append(
            TranscriptLine(entry(of: message, id: id)), keeping: HandoffLimits.transcriptLines)
    }

    private func entry(of message: InboundMessage, id: RecordID) -> TranscriptEntry {
        // What came in another conversation has its line there.
        let id = message.cameFrom == nil ? id : RecordID(message.message.rawValue)
        let entry = TranscriptEntry(
            id: id, speaker: .customer, text: message.transcriptText, at: message.sentAt,
            content: message.transcript)
        return state.changed?.last { $0.message == message.message }.map { $0.changed(entry) }
            ?? entry
    }

    /// Follows what a message changes or takes back in what was said; says whether the message
    /// itself was taken back before it came.
    private mutating func follow(_ message: InboundMessage) -> Bool {
        guard let change = HandoffState.Change(message.content) else {
            return isTakenBack(message.message)
        }
        guard !isTakenBack(change.message) else { return false }
        note(change)
        _ = show(change, on: RecordID(change.message.rawValue))
        return false
    }

    private func isTakenBack(_ message: MessageID) -> Bool {
        state.changed?.contains { $0.message == message && $0.text == nil } == true
    }

    /// Remembers a change, unless the message was taken back.
    mutating func note(_ change: HandoffState.Change) {
        guard !isTakenBack(change.message) else { return }
        var changed = state.changed ?? []
        changed.removeAll { $0.message == change.message }
        changed.append(change, keeping: HandoffLimits.changedMessages)
        state.changed = changed
    }

    /// Changes a line of the transcript; answers it as it was, `nil` if it is not there or was
    /// taken back.
    mutating func show(_ change: HandoffState.Change, on target: RecordID) -> TranscriptEntry? {
        var before: TranscriptEntry?
        state.transcript = state.transcript.map { line in
            guard line.text.contains(target.rawValue), let entry = line.entry, entry.id == target,
                entry.text != TranscriptEntry.takenBack
            else { return line }
            before = entry
            return TranscriptLine(change.changed(entry))
        }
        return before
    }

    /// Marks a message as read and, unless its reply came first, shows that one is being written.
    private mutating func acknowledge(_ message: InboundMessage) {
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
    /// Only that and a call open the 24-hour window. A reaction, a change of an earlier message or
    /// WhatsApp's own word does not (whether WhatsApp counts reactions is not documented, so they
    /// are not counted).
    var asksForAnswer: Bool {
        switch self {
        case .reaction, .system, .edit, .revoke, .call: false
        default: !isBlankText
        }
    }

    /// Whether the customer opened the 24-hour window with it: by what they said, or by calling
    /// (WhatsApp, "Service messages").
    var opensWindow: Bool {
        if case .call(let call) = self { call.isIncoming } else { asksForAnswer }
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
        language = reply.language
        settleQuestion(
            of: reply, isPassedOn: state.owner.mode == .bot && !isStale && !isClosed, correlation)
        if !isStale, keep(reply, correlation: correlation) { return nil }
        switch (state.owner.mode, reply.proposal) {
        case (_, .silence(let why)): return "the bot has nothing to say: \(why)"
        case (.queued, .handoff), (.claimed, .handoff): return "a person already has it"
        case (.queued, .answer(let text, let citations)),
            (.claimed, .answer(let text, let citations)):
            suggest(text, citing: citations, of: reply, correlation: correlation)
            return nil
        case (.queued, .courtesy(let text)), (.claimed, .courtesy(let text)):
            // Thanks want no answer.
            if let asked = state.phone?.asked, reply.answers.contains(asked) {
                state.change { $0.asked = nil }
            }
            suggest(text, citing: [], of: reply, correlation: correlation)
            return nil
        case (.bot, _) where isStale:
            return "the reply is to a message of an earlier epoch; a person has answered since"
        case (.bot, .answer(let text, let citations)):
            say(text, citing: citations, of: reply, correlation: correlation)
        case (.bot, .courtesy(let text)):
            say(text, citing: nil, of: reply, correlation: correlation)
        case (.bot, .handoff(let reason, let summary, let notice)):
            enqueue(
                because: reason, summary: summary, notice: notice, answering: reply.answers,
                origin: reason.isForWantOfKnowledge ? SuggestionOrigin(reply) : nil,
                correlation: correlation)
        }
        return "the reply is empty"
    }

    /// Says what the bot proposed.
    private mutating func say(
        _ text: String, citing citations: [Citation]?, of reply: ProposedReply,
        correlation: RecordID
    ) {
        // What was offered besides stands in the proposal, of which the message's decision tells.
        var provenance = reply.provenance
        provenance.passages = []
        provenance.citations = citations
        say(
            .text(reply.said(text)), by: .bot(provenance), answering: reply.answers,
            correlation: correlation)
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
