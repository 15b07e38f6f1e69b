import Conversation
import StageRuntime

/// What agents do among themselves: give a conversation to each other, take it and give it back,
/// write notes, and learn what came while they wrote.
extension HandoffDecision {
    /// Whoever was given the conversation shows themselves: it is theirs like any other now.
    mutating func takeUp(_ command: HandoffCommand) {
        guard state.desk?.givenBy != nil, state.owner.isHeld(by: command.agent) else { return }
        state.changeDesk { $0.givenBy = nil }
        renewLease()
        switch command.action {
        case .claim, .renew: break  // they are told so in any case
        default: tell(.claimed(by: command.agent, name: command.agentName))
        }
    }

    /// Gives the conversation to somebody else, with words for colleagues.
    mutating func transfer(
        to target: HandoffTarget, note: String?, _ command: HandoffCommand
    ) throws(ConversationMode.Refusal) {
        try standIn(command)
        try state.owner.requireHolder(command.agent)
        if let note { try requireFittingNote(note) }
        switch target {
        case .agent(let agent, let name):
            try state.owner.transfer(by: command.agent, to: agent, name: name)
            hand(to: agent, name, note: note, command)
        case .queue:
            try state.owner.release(by: command.agent)
            ownerChanged()
            tell(
                .released(
                    by: command.agent,
                    because: note ?? "\(command.agentName) gave it back"),
                reference: command.reference)
            announceOwner()
        case .team(let queue, let name):
            try state.owner.release(by: command.agent)
            ownerChanged()
            tell(
                .released(
                    by: command.agent,
                    because: note ?? "\(command.agentName) gave it to \(name)"),
                reference: command.reference, to: queue)
            announceOwner()
        case .bot: try end(command, .closed(by: command.agent))
        }
        if let note { write(note: note, command, isAnswer: false) }
    }

    /// Takes the conversation from the agent who has it; it can be given back in one step for as
    /// long as nobody else had it.
    mutating func relieve(
        _ holder: AgentID, because reason: String?, _ command: HandoffCommand
    ) throws(ConversationMode.Refusal) {
        if let reason { try requireFittingNote(reason) }
        let name = try state.owner.relieve(holder, by: command.agent, name: command.agentName)
        ownerChanged()
        // Nobody sits at the phone who could take it back.
        if holder != .phone {
            state.changeDesk { $0.former = .init(id: holder, name: name) }
        }
        tell(
            .relieved(
                by: command.agent, name: command.agentName, from: holder, because: reason),
            reference: command.reference)
        announceOwner()
        if let reason { write(note: reason, command, isAnswer: false) }
    }

    /// Gives the conversation back to the agent from whom it was taken.
    mutating func giveBack(_ command: HandoffCommand) throws(ConversationMode.Refusal) {
        try state.owner.requireHolder(command.agent)
        guard let former = state.desk?.former else {
            throw .init(because: "it was taken from nobody to whom it could be given back")
        }
        try state.owner.transfer(by: command.agent, to: former.id, name: former.name)
        hand(to: former.id, former.name, note: nil, command)
    }

    /// What another agent is given is theirs at once, so that nobody else takes it, but not for
    /// long unless they show themselves.
    private mutating func hand(
        to agent: AgentID, _ name: String, note: String?, _ command: HandoffCommand
    ) {
        ownerChanged()
        let until = now + min(limits.lease, HandoffLimits.takeUpWait)
        holdLease(until: until)
        state.changeDesk { $0.givenBy = command.agentName }
        tell(
            .transferred(by: command.agent, to: agent, name: name, note: note, until: until),
            reference: command.reference)
        announceOwner()
    }

    /// Takes the conversation back from the bot after a handoff ended, while the customer can
    /// still be written to.
    mutating func reopen(
        because reason: String?, _ command: HandoffCommand
    ) throws(ConversationMode.Refusal) {
        if let reason { try requireFittingNote(reason) }
        guard case .bot = state.owner.mode else {
            throw .init(
                because: "no handoff of the conversation has ended",
                holder: state.owner.holder?.name)
        }
        guard state.owner.epoch > 0 else {
            throw .init(because: "the conversation was never handed off; take it over instead")
        }
        let policy = SendingPolicy(lastWrote: state.anchor, closedFor: state.closedFor)
        guard policy.isWindowOpen(at: now) else {
            throw .init(
                because: "the customer last wrote more than 24 hours ago; take the conversation "
                    + "over to send a template")
        }
        let because = reason.map { ": \($0)" } ?? "."
        try takeOver(command, summary: "\(command.agentName) reopened it\(because)")
        if let reason { write(note: reason, command, isAnswer: false) }
    }

    /// Writes words down for colleagues, in a record that no stage reads which sends.
    mutating func write(note text: String, _ command: HandoffCommand, isAnswer: Bool) {
        effects.emit(
            AgentNote(
                tenant: tenant, conversation: conversation, agent: command.agent,
                agentName: command.agentName, text: text,
                reference: isAnswer ? command.reference : nil, at: now))
    }

    func requireFittingNote(_ text: String) throws(ConversationMode.Refusal) {
        guard !VisibleText.isBlank(text) else { throw .init(because: "the note is empty") }
        guard text.utf8.count <= HandoffLimits.noteBytes else {
            throw .init(
                because: "the note is too long: at most \(HandoffLimits.noteBytes) bytes")
        }
    }

    func requireFitting(_ outcome: HandoffOutcome) throws(ConversationMode.Refusal) {
        let word = outcome.word
        guard !VisibleText.isBlank(word), word.utf8.count <= HandoffOutcome.wordBytes else {
            throw .init(
                because: "an outcome has a name of at most \(HandoffOutcome.wordBytes) bytes")
        }
        if let note = outcome.note { try requireFittingNote(note) }
    }
}

// MARK: - What came while somebody wrote

extension HandoffDecision {
    /// Tells who wrote a message, instead of sending it, what they have not seen; says whether
    /// there is something.
    mutating func tellIfOvertaken(_ command: HandoffCommand) -> Bool {
        guard let seen = command.seen, seen.isConfirmed != true else { return false }
        let news = news(since: seen.lines, for: command.agent)
        let isOfNow = seen.epoch.map { $0 == state.owner.epoch } ?? true
        guard !isOfNow || !news.isEmpty else { return false }
        tell(.overtaken(agent: command.agent, lines: news), reference: command.reference)
        return true
    }

    /// What the customer and colleagues said after a line.
    ///
    /// What is older than all that is kept is older than everything in it.
    private func news(since lines: [RecordID]?, for agent: AgentID) -> [TranscriptEntry] {
        guard let lines else { return [] }
        let entries = state.transcript.compactMap(\.entry)
        let last = lines.lazy.compactMap { line in entries.lastIndex { $0.id == line } }.first
        return entries.dropFirst(last.map { $0 + 1 } ?? 0).filter { entry in
            switch entry.speaker {
            case .customer, .owner: true
            case .agent(let author, _): author != agent
            case .bot, .system: false
            }
        }
    }
}
