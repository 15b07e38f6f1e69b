package import Conversation
package import ConversationView
package import RoutingRecords

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
    /// A suggestion is one no more: it was sent, put aside, or passed over.
    case suggestionEnded(ConversationID, SuggestionEnd)
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
    /// How routing stands for the agent, after `welcome`.
    case routing(RoutingState)
    /// A conversation is offered to the agent.
    case offerMade(AgentOffer)
    /// An offer ended, and how.
    case offerEnded(RecordID, ConversationID, RoutingOffer.End)
    /// Somebody of the team stands otherwise.
    case agentChanged(AgentStanding)
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
        case .suggestionEnded(let conversation, let end):
            self = .suggestionEnded(conversation, end)
        case .delivery(let conversation, let report): self = .delivery(conversation, report)
        }
    }
}

extension AgentMessage: Codable {
    private enum Kind: String, Codable {
        case welcome, queue, updated, ended, line, suggestion, delivery, transcript, refused
        case done = "accepted"
        case error, agents, clockChanged, routing, offerMade, offerEnded, agentChanged
        case reset, opened, sign, probe, pong, goodbye, suggestionEnded
    }

    private enum Field: String, CodingKey {
        case ref = "cmdId"
        case retryAfter
        case type, agent, name, tenant, handoffs, handoff, conversation, by, line, suggestion
        case next, waiting, claimed
        case delivery, transcript, because, holder, code, message, news, agents, clocks
        case status, isReachable, offer, reason, end
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
        case .suggestionEnded:
            self = .suggestionEnded(try read(.conversation), try read(.end))
        case .delivery: self = .delivery(try read(.conversation), try read(.delivery))
        case .transcript: self = .transcript(ref: try read(.ref), try read(.transcript))
        case .done: self = .done(ref: try read(.ref), try read(.conversation))
        case .agents: self = .agents(ref: try read(.ref), try read(.agents))
        case .clockChanged:
            self = .clockChanged(
                ClockNews(conversation: try read(.conversation), clocks: try read(.clocks)))
        case .routing: self = .routing(try RoutingState(from: decoder))
        case .offerMade: self = .offerMade(try AgentOffer(from: decoder))
        case .offerEnded:
            self = .offerEnded(try read(.offer), try read(.conversation), try read(.reason))
        case .agentChanged: self = .agentChanged(try AgentStanding(from: decoder))
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
        func tell(
            _ conversation: ConversationID, _ value: some Encodable, _ field: Field
        ) throws {
            try box.encode(conversation, forKey: .conversation)
            try box.encode(value, forKey: field)
        }
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
        case .line(let conversation, let line): try tell(conversation, line, .line)
        case .suggestion(let conversation, let suggestion):
            try tell(conversation, suggestion, .suggestion)
        case .suggestionEnded(let conversation, let end): try tell(conversation, end, .end)
        case .delivery(let conversation, let report): try tell(conversation, report, .delivery)
        case .clockChanged(let news): try tell(news.conversation, news.clocks, .clocks)
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
        case .routing(let state): try state.encode(to: encoder)
        case .offerMade(let offer): try offer.encode(to: encoder)
        case .offerEnded(let offer, let conversation, let end):
            try box.encode(offer, forKey: .offer)
            try box.encode(conversation, forKey: .conversation)
            try box.encode(end, forKey: .reason)
        case .agentChanged(let standing): try standing.encode(to: encoder)
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
        case .suggestionEnded: .suggestionEnded
        case .delivery: .delivery
        case .clockChanged: .clockChanged
        case .transcript: .transcript
        case .done: .done
        case .refused, .overtaken: .refused
        case .agents: .agents
        case .routing: .routing
        case .offerMade: .offerMade
        case .offerEnded: .offerEnded
        case .agentChanged: .agentChanged
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
