package import Conversation
package import ConversationView

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
    /// The conversation; empty for `list` and `agents`.
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

    private enum CodingKeys: String, CodingKey {
        case type
        case ref = "cmdId"
        case conversation, text, content, cursor, line, to, agent, outcome, note
        case epoch, basedOn, confirmed, steps
    }

    /// Whom a conversation is given to.
    package enum Target: String, Hashable, Sendable, Codable, CaseIterable {
        /// A colleague.
        case agent
        /// Whoever takes it next.
        case queue
        /// The bot.
        case bot
    }

    /// Describes a request.
    package init(
        type: Kind, ref: String, conversation: ConversationID = "", text: String? = nil,
        content: OutboundContent? = nil, cursor: String? = nil, line: RecordID? = nil,
        to: Target? = nil, agent: AgentID? = nil, outcome: String? = nil, note: String? = nil,
        epoch: Int? = nil, basedOn: RecordID? = nil, confirmed: Bool? = nil,
        steps: [HandoffStep]? = nil
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
    }

    /// Reads a request; only `list` and `agents` are about no conversation.
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
        if type == .list || type == .agents {
            conversation = ""
        } else {
            conversation = try box.decode(ConversationID.self, forKey: .conversation)
        }
    }
}

/// What the console says to an agent's client: one JSON object a message, told apart by `type`.
package enum AgentMessage: Hashable, Sendable {
    /// The socket is open for this agent of this tenant.
    case welcome(AgentID, name: String, TenantID)
    /// A page of the open handoffs: the first after `welcome`, or one that was asked for.
    case queue(HandoffList, ref: String?)
    /// A handoff is new or changed.
    case updated(Handoff)
    /// A handoff ended; the bot answers again.
    case ended(ConversationID, by: AgentID?)
    /// Something was said.
    case line(ConversationID, Handoff.Line)
    /// The bot would say this.
    case suggestion(ConversationID, Handoff.Suggestion)
    /// What became of a message.
    case delivery(ConversationID, Handoff.DeliveryReport)
    /// A conversation's clocks are other than before.
    case clockChanged(ClockNews)
    /// The transcript that was asked for.
    case transcript(ref: String, HandoffTranscript)
    /// A command was done.
    case done(ref: String, ConversationID)
    /// A command was refused; `holder` names the agent who has the conversation, if any.
    case refused(ref: String, ConversationID, because: String, holder: String?)
    /// A message was not sent, as its author had not seen these lines, or the conversation was
    /// another's meanwhile: `refused` with the code `overtaken`.
    case overtaken(ref: String, ConversationID, because: String, [Handoff.Line])
    /// Those to whom a conversation can be given.
    case agents(ref: String, [Colleague])
    /// A request could not be understood, or nobody knows whether it was done.
    case error(ref: String?, code: String, message: String)
    /// What the client shows is to be read anew: a page of the queue follows.
    case reset(because: String)
    /// The conversation that the client had open, after a page of the queue that came unasked.
    case opened(HandoffTranscript)
    /// Somebody writes in a conversation that this agent looks at, or looks at it, too.
    case sign(AgentSign)
    /// The client is to say that its messages are read.
    case probe
    /// The line lives, and all before its cursor was told.
    case pong
    /// The socket is about to be closed; to come back after so many seconds.
    case goodbye(code: String, retryAfter: Int)
}

extension AgentMessage {
    /// Somebody to whom a conversation can be given.
    package struct Colleague: Hashable, Sendable, Codable {
        /// The agent.
        package var id: AgentID
        /// The agent's name.
        package var name: String
        /// Whether their socket is open.
        package var isHere: Bool

        /// Describes a colleague.
        package init(id: AgentID, name: String, isHere: Bool) {
            self.id = id
            self.name = name
            self.isHere = isHere
        }
    }

    /// What agents hear of a change in the view.
    init(_ change: HandoffChange) {
        switch change {
        case .updated(let handoff): self = .updated(handoff)
        case .ended(let conversation, let agent): self = .ended(conversation, by: agent)
        case .line(let conversation, let line): self = .line(conversation, line)
        case .suggestion(let conversation, let words): self = .suggestion(conversation, words)
        case .delivery(let conversation, let report): self = .delivery(conversation, report)
        }
    }
}

extension AgentMessage: Codable {
    private enum Kind: String, Codable {
        case welcome, queue, updated, ended, line, suggestion, delivery, transcript, refused
        case done = "accepted"
        case error, agents, clockChanged
        case reset, opened, sign, probe, pong, goodbye
    }

    private enum Field: String, CodingKey {
        case ref = "cmdId"
        case retryAfter
        case type, agent, name, tenant, handoffs, handoff, conversation, by, line, suggestion
        case next, waiting, claimed
        case delivery, transcript, because, holder, code, message, news, agents, clocks
    }

    /// Reads a message by its `type`.
    package init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: Field.self)
        func read<Value: Decodable>(_ field: Field) throws -> Value {
            try box.decode(Value.self, forKey: field)
        }
        func maybe<Value: Decodable>(_ field: Field) throws -> Value? {
            try box.decodeIfPresent(Value.self, forKey: field)
        }
        switch try box.decode(Kind.self, forKey: .type) {
        case .welcome: self = .welcome(try read(.agent), name: try read(.name), try read(.tenant))
        case .queue: self = .queue(try HandoffList(from: decoder), ref: try maybe(.ref))
        case .updated: self = .updated(try read(.handoff))
        case .ended: self = .ended(try read(.conversation), by: try maybe(.by))
        case .line: self = .line(try read(.conversation), try read(.line))
        case .suggestion: self = .suggestion(try read(.conversation), try read(.suggestion))
        case .delivery: self = .delivery(try read(.conversation), try read(.delivery))
        case .transcript: self = .transcript(ref: try read(.ref), try read(.transcript))
        case .done: self = .done(ref: try read(.ref), try read(.conversation))
        case .agents: self = .agents(ref: try read(.ref), try read(.agents))
        case .clockChanged:
            self = .clockChanged(
                ClockNews(conversation: try read(.conversation), clocks: try read(.clocks)))
        case .refused:
            if let news: [Handoff.Line] = try maybe(.news) {
                self = .overtaken(
                    ref: try read(.ref), try read(.conversation), because: try read(.because), news)
                return
            }
            self = .refused(
                ref: try read(.ref), try read(.conversation), because: try read(.because),
                holder: try maybe(.holder))
        case .error:
            self = .error(ref: try maybe(.ref), code: try read(.code), message: try read(.message))
        case .reset: self = .reset(because: try read(.because))
        case .opened: self = .opened(try read(.transcript))
        case .sign: self = .sign(try AgentSign(from: decoder))
        case .probe: self = .probe
        case .pong: self = .pong
        case .goodbye:
            self = .goodbye(code: try read(.code), retryAfter: try read(.retryAfter))
        }
    }

    /// Writes a message with its `type`.
    package func encode(to encoder: any Encoder) throws {
        var box = encoder.container(keyedBy: Field.self)
        try box.encode(kind, forKey: .type)
        switch self {
        case .welcome(let agent, let name, let tenant):
            try box.encode(agent, forKey: .agent)
            try box.encode(name, forKey: .name)
            try box.encode(tenant, forKey: .tenant)
        case .queue(let page, let ref):
            try box.encode(page.handoffs, forKey: .handoffs)
            try box.encodeIfPresent(page.next, forKey: .next)
            try box.encode(page.waiting, forKey: .waiting)
            try box.encode(page.claimed, forKey: .claimed)
            try box.encodeIfPresent(ref, forKey: .ref)
        case .updated(let handoff): try box.encode(handoff, forKey: .handoff)
        case .ended(let conversation, let agent):
            try box.encode(conversation, forKey: .conversation)
            try box.encodeIfPresent(agent, forKey: .by)
        case .line(let conversation, let line):
            try box.encode(conversation, forKey: .conversation)
            try box.encode(line, forKey: .line)
        case .suggestion(let conversation, let suggestion):
            try box.encode(conversation, forKey: .conversation)
            try box.encode(suggestion, forKey: .suggestion)
        case .delivery(let conversation, let report):
            try box.encode(conversation, forKey: .conversation)
            try box.encode(report, forKey: .delivery)
        case .clockChanged(let news):
            try box.encode(news.conversation, forKey: .conversation)
            try box.encode(news.clocks, forKey: .clocks)
        case .transcript(let ref, let transcript):
            try box.encode(ref, forKey: .ref)
            try box.encode(transcript, forKey: .transcript)
        case .done(let ref, let conversation):
            try box.encode(ref, forKey: .ref)
            try box.encode(conversation, forKey: .conversation)
        case .refused(let ref, let conversation, let reason, let holder):
            try box.encode(ref, forKey: .ref)
            try box.encode(conversation, forKey: .conversation)
            try box.encode(reason, forKey: .because)
            try box.encodeIfPresent(holder, forKey: .holder)
        case .overtaken(let ref, let conversation, let reason, let news):
            try box.encode(ref, forKey: .ref)
            try box.encode(conversation, forKey: .conversation)
            try box.encode(reason, forKey: .because)
            try box.encode(Self.overtakenCode, forKey: .code)
            try box.encode(news, forKey: .news)
        case .agents(let ref, let agents):
            try box.encode(ref, forKey: .ref)
            try box.encode(agents, forKey: .agents)
        case .error(let ref, let code, let message):
            try box.encodeIfPresent(ref, forKey: .ref)
            try box.encode(code, forKey: .code)
            try box.encode(message, forKey: .message)
        case .reset(let reason): try box.encode(reason, forKey: .because)
        case .opened(let transcript): try box.encode(transcript, forKey: .transcript)
        case .sign(let sign): try sign.encode(to: encoder)
        case .probe, .pong: break
        case .goodbye(let code, let seconds):
            try box.encode(code, forKey: .code)
            try box.encode(seconds, forKey: .retryAfter)
        }
    }

    /// The code of a refusal that something came meanwhile.
    static let overtakenCode = "overtaken"

    private var kind: Kind {
        switch self {
        case .welcome: .welcome
        case .queue: .queue
        case .updated: .updated
        case .ended: .ended
        case .line: .line
        case .suggestion: .suggestion
        case .delivery: .delivery
        case .clockChanged: .clockChanged
        case .transcript: .transcript
        case .done: .done
        case .refused, .overtaken: .refused
        case .agents: .agents
        case .error: .error
        case .reset: .reset
        case .opened: .opened
        case .sign: .sign
        case .probe: .probe
        case .pong: .pong
        case .goodbye: .goodbye
        }
    }
}
