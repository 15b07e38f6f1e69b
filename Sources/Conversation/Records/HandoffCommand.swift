/// What an agent wants done with a conversation.
package struct HandoffCommand: Payload {
    package static let type = "parley.handoff.command"
    package static let topic = Topic.handoffCommands
    package static let personal: [FieldPath] = ["agent", "agentName", "action", "reference"]

    /// What is wanted.
    package enum Action: Hashable, Sendable {
        /// To answer this conversation alone.
        case claim
        /// To put it back into the queue.
        case release
        /// To end the handoff; the bot answers again.
        case close
        /// To write to the customer; the claim is renewed.
        case send(OutboundContent)
        /// To send a message again that did not arrive, once; the claim is renewed.
        case resend(of: RecordID, OutboundContent)
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

/// The JSON form: `{ACTION: {…}}`; what is sent stands in `text` or in `content`.
extension HandoffCommand.Action: Codable {
    private enum Name: String, CodingKey, CaseIterable {
        case claim, release, close, send, resend, renew, takeOver
    }

    private enum Field: String, CodingKey {
        case text, content, message
    }

    /// Reads the form above.
    package init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: Name.self)
        guard let name = box.allKeys.first, box.allKeys.count == 1 else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "this is no action"))
        }
        switch name {
        case .claim: self = .claim
        case .release: self = .release
        case .close: self = .close
        case .renew: self = .renew
        case .takeOver: self = .takeOver
        case .send:
            let field = try box.nestedContainer(keyedBy: Field.self, forKey: name)
            self = .send(try field.content(text: .text, whole: .content))
        case .resend:
            let field = try box.nestedContainer(keyedBy: Field.self, forKey: name)
            self = .resend(
                of: try field.decode(RecordID.self, forKey: .message),
                try field.content(text: .text, whole: .content))
        }
    }

    /// Writes the form above.
    package func encode(to encoder: any Encoder) throws {
        var box = encoder.container(keyedBy: Name.self)
        var field = box.nestedContainer(keyedBy: Field.self, forKey: name)
        switch self {
        case .send(let content): try field.encode(content, text: .text, whole: .content)
        case .resend(let message, let content):
            try field.encode(message, forKey: .message)
            try field.encode(content, text: .text, whole: .content)
        case .claim, .release, .close, .renew, .takeOver: break
        }
    }

    private var name: Name {
        switch self {
        case .claim: .claim
        case .release: .release
        case .close: .close
        case .send: .send
        case .resend: .resend
        case .renew: .renew
        case .takeOver: .takeOver
        }
    }
}
