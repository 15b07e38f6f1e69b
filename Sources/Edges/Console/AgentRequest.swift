package import Conversation
package import RoutingRecords

/// What an agent's client says over the WebSocket: one JSON object a message, such as
/// `{"type":"claim","cmdId":"8f31c2","conversation":"…"}`.
package struct AgentRequest: Hashable, Sendable, Codable {
    /// What is wanted.
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// To answer a conversation alone.
        case claim
        /// To put it back into the queue.
        case release
        /// To end the handoff, with what came of it where that is said.
        case close
        /// To write to the customer.
        case send
        /// To send a message again that did not arrive: once.
        case resend
        /// To keep a claim alive; the console does so itself while the socket is open.
        case renew
        /// To take a conversation from the bot although nobody asked; from `agent`, if one is
        /// named, by whoever may supervise.
        case takeOver
        /// To give it back to the agent from whom it was taken.
        case returnTo
        /// To give it to a colleague, to the queue or to the bot.
        case transfer
        /// To take it back from the bot after the handoff ended.
        case reopen
        /// To write down words for colleagues, which no customer ever sees.
        case note
        /// To do several things together, all or none, such as the steps of a macro.
        case run
        /// To say what one is: available, busy or away.
        case setStatus
        /// To accept what is offered, or to decline it.
        case answerOffer
        /// To take what is next.
        case next
        /// To lay a conversation aside until then, or until the customer writes.
        case park
        /// To take it up again.
        case resume
        /// To put aside what the bot would say, for everybody.
        case dismiss
        /// To see to whom a conversation can be given.
        case agents
        /// To read the transcript; with a cursor, the lines before it.
        case read
        /// To see more of the queue, after a cursor.
        case list
    }

    /// What is wanted.
    package var type: Kind
    /// The client's own id of this request, unique among all of the agent's: a command that comes
    /// twice with the same one is done once.
    package var ref: String
    /// The conversation; empty for what is about none: see ``Kind/isAboutConversation``.
    package var conversation: ConversationID
    /// The words, for `send` and `note`.
    package var text: String?
    /// What else to send than words alone, for `send`.
    package var content: OutboundContent?
    /// What the page before gave as `next`, for `list` and `read`.
    package var cursor: String?
    /// The line of the message that did not arrive, for `resend`.
    package var line: RecordID?
    /// Whom it goes to, for `transfer`.
    package var to: Target?
    /// The colleague who gets it, for `transfer`, or who has it, for `takeOver`.
    package var agent: AgentID?
    /// What came of it, for `close`: a word of the tenant's.
    package var outcome: String?
    /// Words for colleagues that go with it: for `transfer`, `takeOver`, `reopen` and `close`.
    package var note: String?
    /// The ownership epoch that the agent knew when they wrote, for `send` and `resend`.
    package var epoch: Int?
    /// The last line that they had seen then, for the same.
    package var basedOn: RecordID?
    /// Whether they have seen what came meanwhile, and want it sent all the same.
    package var confirmed: Bool?
    /// What is done together, for `run`.
    package var steps: [HandoffStep]?

    /// What one is, for `setStatus`.
    package var status: AgentStatus?
    /// Which offer is meant, for `answerOffer`.
    package var offer: RecordID?
    /// Whether it is accepted, for the same.
    package var accept: Bool?
    /// Until when it is laid aside, for `park`.
    package var until: Timestamp?
    /// The queue of the team that gets it, for `transfer`.
    package var queue: RecordID?
    /// The colleague who has it, where whoever may supervise closes it or gives it away in their
    /// place.
    package var from: AgentID?
    /// The suggestion that is put aside, for `dismiss`, or that the words were made from, for
    /// `send`.
    package var suggestion: RecordID?

    private enum CodingKeys: String, CodingKey {
        case type
        case ref = "cmdId"
        case conversation, text, content, cursor, line, to, agent, outcome, note
        case epoch, basedOn, confirmed, steps, status, offer, accept, until, queue, from
        case suggestion
    }

    /// Whom a conversation is given to.
    package enum Target: String, Hashable, Sendable, Codable, CaseIterable {
        /// A colleague.
        case agent
        /// Whoever takes it next.
        case queue
        /// A team.
        case team
        /// The bot.
        case bot
    }

    /// Describes a request.
    package init(
        type: Kind, ref: String, conversation: ConversationID = "", text: String? = nil,
        content: OutboundContent? = nil, cursor: String? = nil, line: RecordID? = nil,
        to: Target? = nil, agent: AgentID? = nil, outcome: String? = nil, note: String? = nil,
        epoch: Int? = nil, basedOn: RecordID? = nil, confirmed: Bool? = nil,
        steps: [HandoffStep]? = nil, status: AgentStatus? = nil, offer: RecordID? = nil,
        accept: Bool? = nil, until: Timestamp? = nil, queue: RecordID? = nil,
        from: AgentID? = nil, suggestion: RecordID? = nil
    ) {
        self.type = type
        self.ref = ref
        self.conversation = conversation
        self.text = text
        self.content = content
        self.cursor = cursor
        self.line = line
        self.to = to
        self.agent = agent
        self.outcome = outcome
        self.note = note
        self.epoch = epoch
        self.basedOn = basedOn
        self.confirmed = confirmed
        self.steps = steps
        self.status = status
        self.offer = offer
        self.accept = accept
        self.until = until
        self.queue = queue
        self.from = from
        self.suggestion = suggestion
    }

    /// Reads a request; some are about no conversation.
    package init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: CodingKeys.self)
        type = try box.decode(Kind.self, forKey: .type)
        ref = try box.decode(String.self, forKey: .ref)
        text = try box.decodeIfPresent(String.self, forKey: .text)
        content = try box.decodeIfPresent(OutboundContent.self, forKey: .content)
        cursor = try box.decodeIfPresent(String.self, forKey: .cursor)
        line = try box.decodeIfPresent(RecordID.self, forKey: .line)
        to = try box.decodeIfPresent(Target.self, forKey: .to)
        agent = try box.decodeIfPresent(AgentID.self, forKey: .agent)
        outcome = try box.decodeIfPresent(String.self, forKey: .outcome)
        note = try box.decodeIfPresent(String.self, forKey: .note)
        epoch = try box.decodeIfPresent(Int.self, forKey: .epoch)
        basedOn = try box.decodeIfPresent(RecordID.self, forKey: .basedOn)
        confirmed = try box.decodeIfPresent(Bool.self, forKey: .confirmed)
        steps = try box.decodeIfPresent([HandoffStep].self, forKey: .steps)
        status = try box.decodeIfPresent(AgentStatus.self, forKey: .status)
        offer = try box.decodeIfPresent(RecordID.self, forKey: .offer)
        accept = try box.decodeIfPresent(Bool.self, forKey: .accept)
        until = try box.decodeIfPresent(Timestamp.self, forKey: .until)
        queue = try box.decodeIfPresent(RecordID.self, forKey: .queue)
        from = try box.decodeIfPresent(AgentID.self, forKey: .from)
        suggestion = try box.decodeIfPresent(RecordID.self, forKey: .suggestion)
        conversation =
            type.isAboutConversation
            ? try box.decode(ConversationID.self, forKey: .conversation) : ""
    }
}

extension AgentRequest.Kind {
    /// Whether it names a conversation.
    package var isAboutConversation: Bool {
        switch self {
        case .list, .agents, .setStatus, .answerOffer, .next: false
        default: true
        }
    }
}
