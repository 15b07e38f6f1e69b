import Conversation
import StageRuntime

extension HandoffDecision {
    /// Does what an agent wants, or says why not; a repeated command does nothing.
    mutating func obey(_ command: HandoffCommand) -> String? {
        let reference = "\(command.agent.rawValue)/\(command.reference)"
        guard !state.references.contains(reference) else {
            return "the command was handled before"
        }
        state.references.append(reference, keeping: HandoffLimits.references)
        guard state.number != nil else {
            refuse(command, .unknownConversation)
            return nil
        }
        takeUp(command)
        let before = state.owner
        do throws(ConversationMode.Refusal) {
            try act(command)
        } catch {
            // Half a command is none: who stood in for somebody does not keep what they have.
            state.owner = before
            refuse(command, error)
        }
        return nil
    }

    /// Tells who gave a command that it is not done.
    mutating func refuse(_ command: HandoffCommand, _ refusal: ConversationMode.Refusal) {
        tell(
            .refused(agent: command.agent, because: refusal.because, holder: refusal.holder),
            reference: command.reference)
    }

    private mutating func act(_ command: HandoffCommand) throws(ConversationMode.Refusal) {
        let agent = command.agent
        if isClosed { try requireSilent(command.action) }
        switch command.action {
        case .claim: try claim(command)
        case .takeOver:
            if case .bot = state.owner.mode { try takeOver(command) } else { try claim(command) }
        case .release:
            try state.owner.release(by: agent)
            ownerChanged()
            tell(
                .released(by: agent, because: "\(command.agentName) gave it back"),
                reference: command.reference)
            announceOwner()
        case .close: try end(command, .closed(by: agent))
        case .conclude(let outcome):
            try requireFitting(outcome)
            try end(command, .concluded(by: agent, outcome))
        case .renew:
            try state.owner.requireHolder(agent)
            renewLease()
            tell(.claimed(by: agent, name: command.agentName), reference: command.reference)
        case .send(let content):
            try state.owner.requireHolder(agent)
            renewLease()
            if tellIfOvertaken(command) { return }
            try speak(content, command)
        case .resend(let message, let content):
            try state.owner.requireHolder(agent)
            renewLease()
            if tellIfOvertaken(command) { return }
            try requireLost(message)
            try speak(content, command, instead: message)
            let index = state.recent.lastIndex { $0.id == message }
            if let index { state.recent[index].fate = .repeated }
        case .relieve(let holder, let reason): try relieve(holder, because: reason, command)
        case .returnTo: try giveBack(command)
        case .transfer(let target, let note): try transfer(to: target, note: note, command)
        case .reopen(let reason): try reopen(because: reason, command)
        case .note(let text):
            try requireFittingNote(text)
            write(note: text, command, isAnswer: true)
        case .run(let steps): try run(steps, command)
        case .accept(_, let epoch): try accept(at: epoch, command)
        case .vacate(let epoch, let reason): try vacate(at: epoch, because: reason, command)
        case .park(let until): try park(until: until, command)
        case .resume: try resume(command)
        case .dismiss(let suggestion): try dismiss(suggestion, command)
        }
    }

    /// Ends the handoff: the bot answers again, and knows what people said.
    mutating func end(
        _ command: HandoffCommand, _ change: HandoffEvent.Change
    ) throws(ConversationMode.Refusal) {
        try standIn(command)
        try state.owner.close(by: command.agent)
        ownerChanged()
        tell(change, reference: command.reference)
        announceOwner()
        effects.emit(
            ConversationPast(
                tenant: tenant, conversation: conversation,
                lines: state.transcript.compactMap(\.entry).filter(\.isOfPerson),
                isHandedBack: true, at: now))
    }

    /// While the business is suspended or deleted a conversation can be given back, no more.
    private func requireSilent(
        _ action: HandoffCommand.Action
    ) throws(ConversationMode.Refusal) {
        switch action {
        case .release, .close, .conclude, .renew, .note, .transfer(.queue, _), .transfer(.bot, _),
            .transfer(.team, _), .vacate, .park, .resume, .dismiss:
            break
        case .accept, .claim, .takeOver, .send, .resend, .relieve, .returnTo, .transfer, .reopen,
            .run:
            throw .closedBusiness
        }
    }

    mutating func claim(_ command: HandoffCommand) throws(ConversationMode.Refusal) {
        let isNew = try state.owner.claim(by: command.agent, name: command.agentName)
        if isNew { ownerChanged() } else { renewLease() }
        tell(
            .claimed(by: command.agent, name: command.agentName), reference: command.reference)
        if isNew { announceOwner() }
    }

    /// Queue and claim at once: the console sees both, the sender only the last owner.
    mutating func takeOver(
        _ command: HandoffCommand, summary: String? = nil
    ) throws(ConversationMode.Refusal) {
        try state.owner.enqueue()
        ownerChanged()
        tell(
            .queued(
                reason: .takenOver,
                summary: summary ?? "\(command.agentName) took the conversation over.",
                transcript: state.transcript.compactMap(\.entry)))
        try claim(command)
    }

    mutating func speak(
        _ content: OutboundContent, _ command: HandoffCommand, instead lost: RecordID? = nil
    ) throws(ConversationMode.Refusal) {
        // An answer would reach one of its people in private.
        if state.isGroup == true {
            throw .init(because: "what is written in a group is not answered here", holder: nil)
        }
        if case .text(let text, _) = content.body {
            try requireFitting(text)
        } else if let problem = content.problems.first {
            throw .init(because: problem.sentence, holder: nil)
        }
        let policy = SendingPolicy(
            lastWrote: state.anchor, closedFor: state.closedFor, isOptedOut: state.optedOut != nil)
        if let refusal = policy.refusal(of: content, at: now) {
            throw .init(because: refusal.sentence, holder: nil)
        }
        let sent = say(
            content, by: .agent(command.agent, name: command.agentName),
            reference: command.reference, instead: lost)
        endSuggestions(content, sentAs: sent, by: command)
    }

    /// Only what did not arrive is sent again, and only once, whoever asks.
    private func requireLost(_ message: RecordID) throws(ConversationMode.Refusal) {
        guard let sent = state.recent.last(where: { $0.id == message }) else {
            throw .init(
                because: "this message is not one of the latest that were sent here", holder: nil)
        }
        switch sent.fate {
        case .lost, .doubted: return
        case .repeated: throw .init(because: "this message was sent again already", holder: nil)
        case nil:
            throw .init(
                because: "this message has arrived or is under way: nothing is sent twice",
                holder: nil)
        }
    }

    private func requireFitting(_ text: String) throws(ConversationMode.Refusal) {
        let pieces = MessageText.split(text)
        guard !pieces.isEmpty else {
            throw .init(because: "there is nothing to send: the text is empty", holder: nil)
        }
        guard pieces.count <= HandoffLimits.textParts else {
            let most = HandoffLimits.textParts * HandoffLimits.textUnits
            throw .init(
                because: "the text is too long: at most about \(most) characters", holder: nil)
        }
    }
}

extension ConversationMode.Refusal {
    /// What is said of a conversation that the tenant does not have.
    static let unknownConversation = Self(because: "this conversation is not known", holder: nil)
    /// What is said while the business is suspended or deleted.
    static let closedBusiness = Self(
        because: "the business is suspended: nobody answers its customers until it goes on",
        holder: nil)
}
