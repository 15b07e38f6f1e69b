package import Conversation

/// Who answers a conversation, and the legal changes of it.
///
/// Every change of owner raises the epoch. What is not legal throws a ``Refusal`` that says why,
/// so exactly one of two agents who claim at once wins, and the other learns who did.
package struct ConversationMode: Hashable, Sendable, Codable {
    /// Why a change was refused.
    package struct Refusal: Error, Hashable, Sendable {
        /// A sentence for the agent.
        package var because: String
        /// The name of the agent who has the conversation, if any.
        package var holder: String?

        /// Says why.
        package init(because: String, holder: String? = nil) {
            self.because = because
            self.holder = holder
        }
    }

    /// Who answers.
    package private(set) var mode: Mode = .bot
    /// How often the owner changed.
    package private(set) var epoch = 0

    /// A conversation that the bot answers.
    package init() {}

    /// The agent who has claimed the conversation.
    package var holder: (id: AgentID, name: String)? {
        guard case .claimed(let id, let name) = mode else { return nil }
        return (id, name)
    }

    /// Whether this agent has claimed the conversation.
    package func isHeld(by agent: AgentID) -> Bool { holder?.id == agent }

    /// From the bot into the queue.
    package mutating func enqueue() throws(Refusal) {
        switch mode {
        case .bot: become(.queued)
        case .queued: throw Refusal(because: "the conversation is already in the queue")
        case .claimed(_, let name): throw claimed(by: name)
        }
    }

    /// From the queue to an agent; says whether that changed anything (the holder may ask again).
    package mutating func claim(by agent: AgentID, name: String) throws(Refusal) -> Bool {
        switch mode {
        case .bot:
            throw Refusal(because: "the bot answers this conversation; take it over instead")
        case .queued:
            become(.claimed(by: agent, name: name))
            return true
        case .claimed(let id, let holderName):
            if id == agent { return false }
            // Nobody sits at the phone who could give it back.
            guard id == .phone else { throw claimed(by: holderName) }
            become(.claimed(by: agent, name: name))
            return true
        }
    }

    /// From the business's phone into the queue, or to the bot if nothing is open.
    package mutating func leavePhone(isOpen: Bool) {
        if isOnPhone { become(isOpen ? .queued : .bot) }
    }

    /// From an agent back into the queue.
    package mutating func release(by agent: AgentID) throws(Refusal) {
        try requireHolder(agent)
        become(.queued)
    }

    /// From the agent who has it to another one.
    package mutating func transfer(
        by agent: AgentID, to other: AgentID, name: String
    ) throws(Refusal) {
        try requireHolder(agent)
        guard other != agent else {
            throw Refusal(because: "you have the conversation yourself", holder: name)
        }
        guard other != .phone else { throw Refusal(because: "nobody is called so") }
        become(.claimed(by: other, name: name))
    }

    /// From one agent to another who may take it from them; answers whose it was.
    package mutating func relieve(
        _ former: AgentID, by agent: AgentID, name: String
    ) throws(Refusal) -> String {
        guard let holder else { throw Refusal(because: "nobody has claimed the conversation") }
        guard holder.id == former else { throw claimed(by: holder.name) }
        guard former != agent else {
            throw Refusal(because: "you have the conversation yourself", holder: name)
        }
        become(.claimed(by: agent, name: name))
        return holder.name
    }

    /// From an agent who went silent back into the queue.
    package mutating func expire() throws(Refusal) {
        guard holder != nil else { throw Refusal(because: "nobody has claimed the conversation") }
        become(.queued)
    }

    /// Back to the bot: by the holder, or by anyone while nobody has claimed it but the phone.
    package mutating func close(by agent: AgentID) throws(Refusal) {
        switch mode {
        case .bot: throw Refusal(because: "the bot already answers this conversation")
        case .queued: become(.bot)
        case .claimed:
            if !isOnPhone { try requireHolder(agent) }
            become(.bot)
        }
    }

    /// From whoever answers to nobody: the conversation goes on in another one.
    package mutating func leave() { become(.bot) }

    /// Refuses unless this agent has claimed the conversation.
    package func requireHolder(_ agent: AgentID) throws(Refusal) {
        guard !isHeld(by: agent) else { return }
        if let holder { throw claimed(by: holder.name) }
        throw Refusal(because: "claim the conversation first")
    }

    private func claimed(by name: String) -> Refusal {
        Refusal(because: "\(name) has claimed the conversation", holder: name)
    }

    private mutating func become(_ next: Mode) {
        mode = next
        epoch += 1
    }
}
