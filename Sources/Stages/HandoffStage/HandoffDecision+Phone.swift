import Conversation
import StageRuntime

/// What the business writes on its phone is a person's answer: the bot is silent for a time.
extension HandoffDecision {
    /// Takes in what was written on the phone, unless it is what Parley itself sent.
    mutating func receive(_ echo: EchoedMessage, id: RecordID) -> String? {
        state.tenant = echo.tenant
        state.number = state.number ?? echo.number
        if state.contact.identity == nil { state.contact = echo.recipient }
        if echo.group != nil { state.isGroup = true }
        guard !isOwn(echo) else { return "the message was sent from here" }
        if let change = HandoffState.Change(echo.content) {
            return apply(change, by: echo, id: id)
        }
        guard !mayBeOwn(echo) else {
            hold(echo, id: id)
            return nil
        }
        return take(echo, id: id)
    }

    private func isOwn(_ echo: EchoedMessage) -> Bool {
        state.recent.contains { $0.name == echo.message }
    }

    /// Whether it says the same as a message that is under way, or of which not all names are
    /// known: WhatsApp's word of it may come before WhatsApp's answer to the send, which may never
    /// come.
    ///
    /// What is not words alone need not be told in the same words: the kind must be the same.
    private func mayBeOwn(_ echo: EchoedMessage) -> Bool {
        let unnamed = Set(state.recent.filter(\.mayBeUnnamed).map(\.id))
        guard !unnamed.isEmpty else { return false }
        let words = TranscriptLine.words(echo.content.transcriptText)
        let kind = echo.content.kind
        return state.transcript.contains { line in
            guard let entry = line.entry, unnamed.contains(entry.id) else { return false }
            if entry.text == words { return true }
            return kind != "text" && entry.content?.kind == kind
        }
    }

    private mutating func hold(_ echo: EchoedMessage, id: RecordID) {
        let until = now + HandoffLimits.echoWait
        var held = state.phone?.held ?? []
        held.append(.init(echo: echo, id: id, until: until), keeping: HandoffLimits.heldEchoes)
        state.change { $0.held = held }
        effects.setTimer(HandoffTimer.echo, at: until)
    }

    /// Notes what the business said, and lets the bot be silent.
    private mutating func take(_ echo: EchoedMessage, id: RecordID) -> String? {
        let known = state.changed?.last { $0.message == echo.message }
        if let known, known.text == nil { return "it was taken back before it came" }
        var entry = TranscriptEntry(
            id: id, speaker: .owner, text: echo.content.transcriptText, at: echo.sentAt,
            content: echo.content.transcript(quoting: echo.context?.message))
        if let known { entry = known.changed(entry) }
        state.transcript.append(TranscriptLine(entry), keeping: HandoffLimits.transcriptLines)
        if echo.content.asksForAnswer, echo.group == nil {
            ignoreSuggestions(because: .phone)
            claimForPhone(since: echo.sentAt)
            state.change { $0.asked = nil }
        }
        if state.owner.mode != .bot { tell(.said(entry)) }
        remind([entry])
        return nil
    }

    /// Gives the conversation to the phone, unless an agent has it.
    private mutating func claimForPhone(since said: Timestamp) {
        // While the business is suspended nobody answers, and what waits goes on waiting.
        guard !isClosed, let time = context.settings(HandoffSettings.self).phoneClaim,
            said + time > now
        else { return }
        let until = said + time
        do throws(ConversationMode.Refusal) {
            switch state.owner.mode {
            case .claimed where state.owner.isOnPhone:
                return holdLease(until: max(until, state.leaseUntil ?? until))
            case .claimed: return
            case .bot:
                try state.owner.enqueue()
                ownerChanged()
                tell(
                    .queued(
                        reason: .takenOver, summary: "The business answered on its phone.",
                        transcript: state.transcript.compactMap(\.entry)))
            case .queued: break
            }
            _ = try state.owner.claim(by: .phone, name: ConversationMode.phoneName)
        } catch {
            return
        }
        ownerChanged()
        holdLease(until: until)
        tell(.claimed(by: .phone, name: ConversationMode.phoneName))
        announceOwner()
    }

    /// Ends the time in which the bot is silent: what the customer has asked since waits for a
    /// person, else the bot answers again.
    mutating func endPhoneClaim() {
        let isOpen = state.phone?.asked != nil
        state.owner.leavePhone(isOpen: isOpen)
        ownerChanged()
        if isOpen {
            tell(
                .released(
                    by: nil,
                    because: "the business answered on its phone, and the customer has written "
                        + "since"))
        } else {
            tell(.closed(by: .phone))
            remind([], isHandedBack: true)
        }
        announceOwner()
    }

    /// Tells the model what the business said, and what of that holds no more.
    private mutating func remind(
        _ lines: [TranscriptEntry], instead withdrawn: [TranscriptEntry]? = nil,
        isHandedBack: Bool = false
    ) {
        // Nobody answers in a group.
        guard state.isGroup != true else { return }
        effects.emit(
            ConversationPast(
                tenant: tenant, conversation: conversation, lines: lines, withdrawn: withdrawn,
                isHandedBack: isHandedBack, at: now))
    }

    private mutating func remind(
        of change: HandoffState.Change, instead withdrawn: TranscriptEntry
    ) {
        let lines = change.text == nil ? [] : [change.changed(withdrawn)]
        remind(lines, instead: [withdrawn])
    }
}

// MARK: - Changes, and names of what was sent

extension HandoffDecision {
    /// Follows what the business changed or took back on its phone, of what it wrote there or what
    /// was sent from here.
    private mutating func apply(
        _ change: HandoffState.Change, by echo: EchoedMessage, id: RecordID
    ) -> String? {
        note(change)
        let sent = state.recent.last { $0.name == change.message }
        let line = sent?.id ?? RecordID(change.message.rawValue)
        let withdrawn = show(change, on: line)
        if state.owner.mode != .bot {
            tell(
                .said(
                    TranscriptEntry(
                        id: id, speaker: .owner, text: echo.content.transcriptText,
                        at: echo.sentAt, content: echo.content.transcript(quoting: nil))))
        }
        guard let withdrawn else { return "nothing is known of what it changes" }
        remind(of: change, instead: withdrawn)
        return nil
    }

    /// Notes WhatsApp's name of a message that was sent, with what waited for it.
    mutating func learn(_ name: MessageID, at index: Int) {
        state.recent[index].name = name
        if let change = state.changed?.last(where: { $0.message == name }),
            let withdrawn = show(change, on: state.recent[index].id)
        {
            remind(of: change, instead: withdrawn)
        }
    }

    /// Decides about what is held, now that more is known of what was sent.
    mutating func settleHeld() {
        if let held = state.phone?.held { settle(held) { _ in false } }
    }

    /// Decides about what is held: what turned out to be sent from here is dropped, and what can be
    /// nobody else's is the business's.
    ///
    /// What is due and might be either was sent from here, as far as anybody will ever know.
    private mutating func settle(
        _ held: [PhoneState.Held], isDue: (PhoneState.Held) -> Bool
    ) {
        state.change { $0.held = nil }
        for one in held where !isOwn(one.echo) {
            guard mayBeOwn(one.echo) else {
                _ = take(one.echo, id: one.id)
                continue
            }
            if !isDue(one) { state.change { $0.held = ($0.held ?? []) + [one] } }
        }
        if let next = state.phone?.held?.map(\.until).min() {
            effects.setTimer(HandoffTimer.echo, at: next)
        } else {
            effects.cancelTimer(HandoffTimer.echo)
        }
    }

    /// Stops waiting for the names of what was sent.
    mutating func endEchoWait() -> String? {
        let reason = "what was held was sent from here"
        guard let held = state.phone?.held else { return reason }
        let moment = now
        settle(held) { $0.until <= moment }
        return reason
    }
}

extension SentMark {
    /// Whether WhatsApp may have it under a name that is not known here.
    fileprivate var mayBeUnnamed: Bool {
        wasRetried || (name == nil && (fate == nil || fate == .doubted))
    }
}

extension HandoffState {
    /// Changes what is remembered of the phone; nothing is kept where there is nothing.
    mutating func change(_ body: (inout PhoneState) -> Void) {
        var phone = phone ?? PhoneState()
        body(&phone)
        self.phone = phone.isEmpty ? nil : phone
    }
}

extension HandoffState.Change {
    /// What a message changes or takes back; `nil` for one that says something itself.
    init?(_ content: MessageContent) {
        switch content {
        case .revoke(let target): self.init(message: target, text: nil)
        case .edit(let target, let text?, _) where !VisibleText.isBlank(text):
            self.init(
                message: target, text: String(text.prefix(HandoffLimits.transcriptCharacters)))
        default: return nil
        }
    }
}
