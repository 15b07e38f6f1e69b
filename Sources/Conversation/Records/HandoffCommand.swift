/// What an agent wants done with a conversation.
package struct HandoffCommand: Payload {
    package static let type = "parley.handoff.command"
    package static let topic = Topic.handoffCommands
    package static let personal: [FieldPath] = ["agentName", "action"]

    /// What is wanted.
    package enum Action: Hashable, Sendable, Codable {
        /// To answer this conversation alone.
        case claim
        /// To put it back into the queue.
        case release
        /// To end the handoff; the bot answers again.
        case close
        /// To write to the customer; the claim is renewed.
        case send(text: String)
        /// To keep the claim alive: the agent is there.
        case renew
        /// To put a conversation into the queue although nobody asked for it.
        case takeOver
    }

    /// The business.
    package var tenant: TenantID
    /// The conversation.
    package var conversation: ConversationID
    /// Who wants it.
    package var agent: AgentID
    /// The agent's name, as others see it.
    package var agentName: String
    /// What is wanted.
    package var action: Action
    /// The client's own id of the command, echoed in the event that answers it.
    package var reference: String
    /// When it was given.
    package var at: Timestamp

    /// The conversation.
    package var key: String { conversation.rawValue }

    /// Describes a command.
    package init(
        tenant: TenantID, conversation: ConversationID, agent: AgentID, agentName: String,
        action: Action, reference: String, at: Timestamp
    ) {
        self.tenant = tenant
        self.conversation = conversation
        self.agent = agent
        self.agentName = agentName
        self.action = action
        self.reference = reference
        self.at = at
    }
}
