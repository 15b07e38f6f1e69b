/// What an agent wrote down for colleagues.
///
/// A record of a type of its own, in a topic that nothing reads which sends: no mistake in a stage
/// can let it go to the customer.
package struct AgentNote: Payload {
    package static let type = "parley.handoff.note"
    package static let topic = Topic.handoffEvents
    package static let personal: [FieldPath] = ["agent", "agentName", "text", "reference"]

    /// The business.
    package var tenant: TenantID
    /// The conversation.
    package var conversation: ConversationID
    /// Who wrote it.
    package var agent: AgentID
    /// The agent's name, as others see it.
    package var agentName: String
    /// The words.
    package var text: String
    /// The `reference` of the command that this answers; `nil` for words that came with another.
    package var reference: String?
    /// When.
    package var at: Timestamp

    /// The conversation.
    package var key: String { conversation.rawValue }

    /// Describes a note.
    package init(
        tenant: TenantID, conversation: ConversationID, agent: AgentID, agentName: String,
        text: String, reference: String?, at: Timestamp
    ) {
        self.tenant = tenant
        self.conversation = conversation
        self.agent = agent
        self.agentName = agentName
        self.text = text
        self.reference = reference
        self.at = at
    }
}
