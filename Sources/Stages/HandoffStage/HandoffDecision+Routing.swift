import Conversation
import RoutingRecords
import StageRuntime

/// What routing and the agents whom it serves want of a conversation: this stage stays the gate.
extension HandoffDecision {
    /// What routing has to know of what comes into the queue.
    func routing(of change: HandoffEvent.Change, to queue: RecordID?) -> HandoffRouting? {
        switch change {
        case .queued, .released:
            HandoffRouting(number: state.number, previous: state.lastAgent, queue: queue)
        default: nil
        }
    }

    /// Whoever may supervise ends it, or gives it away, in the place of the agent who has it.
    mutating func standIn(_ command: HandoffCommand) throws(ConversationMode.Refusal) {
        guard let holder = command.actsFor, holder != command.agent, !state.owner.isOnPhone
        else { return }
        _ = try state.owner.relieve(holder, by: command.agent, name: command.agentName)
    }

    /// Notes in which queue it is: what is promised to whoever waits depends on it.
    mutating func note(_ news: RoutingPlace) -> String? {
        let place = news.hasEnded == true ? nil : news.place
        guard place != state.facts?.place else { return "it is there already" }
        let before = serviceLevel
        state.changeFacts { $0.place = place }
        guard case .queued = state.owner.mode, let since = state.queuedSince,
            serviceLevel != before
        else { return "nothing else is promised to who waits" }
        setServiceTimer(since: since)
        return nil
    }

    // MARK: Offers

    /// Claims at the epoch that was offered; a repeat of what was done is done.
    mutating func accept(
        at epoch: Int, _ command: HandoffCommand
    ) throws(ConversationMode.Refusal) {
        let isDone = state.owner.epoch == epoch + 1 && state.owner.isHeld(by: command.agent)
        guard state.owner.epoch == epoch || isDone else {
            throw .init(
                because: "the conversation was somebody else's since it was offered",
                holder: state.owner.holder?.name)
        }
        try claim(command)
    }

    /// Puts back into the queue what its agent, who is gone, has not answered.
    mutating func vacate(
        at epoch: Int, because reason: String, _ command: HandoffCommand
    ) throws(ConversationMode.Refusal) {
        guard state.owner.epoch == epoch, state.owner.isHeld(by: command.agent) else {
            throw .init(
                because: "the conversation was somebody else's meanwhile",
                holder: state.owner.holder?.name)
        }
        guard state.parkedUntil == nil, isCustomersTurnOver else {
            throw .init(because: "the customer waits for no answer", holder: command.agentName)
        }
        try state.owner.expire()
        ownerChanged()
        tell(.released(by: nil, because: reason), reference: command.reference)
        announceOwner()
    }

    /// Whether the customer said something last that no person has answered.
    private var isCustomersTurnOver: Bool {
        let last = state.transcript.reversed().lazy.compactMap(\.entry).first {
            $0.speaker == .customer || $0.isOfPerson
        }
        return last?.speaker == .customer
    }

    // MARK: What is laid aside

    /// Lays the conversation aside: its agent keeps it, and it takes nothing of their time.
    mutating func park(
        until: Timestamp, _ command: HandoffCommand
    ) throws(ConversationMode.Refusal) {
        try state.owner.requireHolder(command.agent)
        guard until > now, until <= now + HandoffLimits.longestParking else {
            throw .init(because: "it is laid aside for a time to come, of at most 30 days")
        }
        state.parkedUntil = until
        effects.setTimer(HandoffTimer.parking, at: until)
        renewLease()
        tell(.parked(by: command.agent, until: until), reference: command.reference)
    }

    mutating func resume(_ command: HandoffCommand) throws(ConversationMode.Refusal) {
        try state.owner.requireHolder(command.agent)
        guard state.parkedUntil != nil else {
            throw .init(because: "the conversation is not laid aside")
        }
        takeUpParked(by: command.agent, reference: command.reference)
    }

    /// Takes up what was laid aside, if it was: its agent has as long as for any claim.
    mutating func takeUpParked(by agent: AgentID?, reference: String? = nil) {
        guard state.parkedUntil != nil else { return }
        forgetParking()
        renewLease()
        tell(.resumed(by: agent), reference: reference)
    }

    mutating func endParking() -> String? {
        guard let until = state.parkedUntil, until <= now else { return "it is not laid aside" }
        takeUpParked(by: nil)
        return nil
    }

    /// Nothing costs anything where nothing is laid aside.
    mutating func forgetParking() {
        guard state.parkedUntil != nil else { return }
        state.parkedUntil = nil
        effects.cancelTimer(HandoffTimer.parking)
    }
}
