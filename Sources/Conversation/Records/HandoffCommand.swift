/// What an agent wants done with a conversation.
package struct HandoffCommand: Payload {
    package static let type = "parley.handoff.command"
    package static let topic = Topic.handoffCommands
    package static let personal: [FieldPath] = [
        "agent", "agentName", "action", "reference", "seen", "actsFor",
    ]

    /// What is wanted.
    package enum Action: Hashable, Sendable {
        /// To answer this conversation alone.
        case claim
        /// To put it back into the queue.
        case release
        /// To end the handoff; the bot answers again.
        case close
        /// To end it and say what came of it.
        case conclude(HandoffOutcome)
        /// To write to the customer; the claim is renewed.
        case send(OutboundContent)
        /// To send a message again that did not arrive, once; the claim is renewed.
        case resend(of: RecordID, OutboundContent)
        /// To keep the claim alive: the agent is there.
        case renew
        /// To put a conversation into the queue although nobody asked for it.
        case takeOver
        /// To take it from the agent who has it: by whoever may supervise, which the edge knows.
        case relieve(AgentID, because: String?)
        /// To give it back to the agent from whom it was taken.
        case returnTo
        /// To give it to somebody else, with words for them.
        case transfer(HandoffTarget, note: String?)
        /// To take it back from the bot after a handoff ended, and why.
        case reopen(because: String?)
        /// To write down words for colleagues, which no customer ever sees.
        case note(String)
        /// To do several things together, all or none.
        case run([HandoffStep])
        /// To claim what was offered, at the epoch of the offer and no other.
        case accept(offer: RecordID, epoch: Int)
        /// To put it back into the queue because the agent is gone, at this epoch and only while
        /// the customer waits for an answer: routing says so.
        case vacate(epoch: Int, because: String)
        /// To lay it aside until then, or until the customer writes: the claim stays.
        case park(until: Timestamp)
        /// To take it up again.
        case resume
        /// To put aside what the bot would say, for everybody: it is of no use.
        case dismiss(RecordID)
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
    /// What the agent had seen when they wrote; `nil` from clients that do not say.
    package var seen: SeenSoFar?
    /// The agent who has it, where whoever may supervise closes it or gives it away in their
    /// place, which the edge knows; `nil` for one's own.
    package var actsFor: AgentID?
    /// The suggestion that what is sent was made from; `nil` where it was made from none.
    package var suggestion: RecordID?
    /// When it was given.
    package var at: Timestamp

    /// The conversation.
    package var key: String { conversation.rawValue }

    /// Describes a command.
    package init(
        tenant: TenantID, conversation: ConversationID, agent: AgentID, agentName: String,
        action: Action, reference: String, seen: SeenSoFar? = nil, actsFor: AgentID? = nil,
        suggestion: RecordID? = nil, at: Timestamp
    ) {
        self.tenant = tenant
        self.conversation = conversation
        self.agent = agent
        self.agentName = agentName
        self.action = action
        self.reference = reference
        self.seen = seen
        self.actsFor = actsFor
        self.suggestion = suggestion
        self.at = at
    }
}

/// Whom a conversation is given to.
package enum HandoffTarget: Hashable, Sendable, Codable {
    /// An agent, by id and name: they have it once they show themselves.
    case agent(AgentID, name: String)
    /// Whoever takes it next.
    case queue
    /// A team, by its queue's id and name.
    case team(RecordID, name: String)
    /// The bot.
    case bot
}

/// What came of a handoff, in the words of whoever ended it.
package struct HandoffOutcome: Hashable, Sendable, Codable {
    /// Bytes of an outcome's name.
    package static let wordBytes = 64

    /// A name, one of few.
    package var word: String
    /// What is to be known besides.
    package var note: String?

    /// Describes an outcome.
    package init(_ word: String, note: String? = nil) {
        self.word = word
        self.note = note
    }
}

/// What an agent had seen of a conversation when they wrote.
package struct SeenSoFar: Hashable, Sendable, Codable {
    /// The ownership epoch that they knew.
    package var epoch: Int?
    /// The last line that they had seen; behind it those before it, which stand for it where the
    /// handoff stage does not keep such a line.
    package var lines: [RecordID]?
    /// Whether they have seen what came meanwhile, and want it sent all the same.
    package var isConfirmed: Bool?

    /// Describes what was seen.
    package init(epoch: Int? = nil, lines: [RecordID]? = nil, isConfirmed: Bool? = nil) {
        self.epoch = epoch
        self.lines = lines
        self.isConfirmed = isConfirmed
    }
}

/// The JSON form: `{ACTION: {…}}`; what is sent stands in `text` or in `content`.
extension HandoffCommand.Action: Codable {
    private enum Name: String, CodingKey, CaseIterable {
        case claim, release, close, send, resend, renew, takeOver, returnTo, transfer, reopen, note
        case run, park, resume, dismiss
    }

    private enum Field: String, CodingKey {
        case text, content, message, outcome, from, because, to, note, steps, offer, epoch, until
        case suggestion
    }

    /// Reads the form above.
    package init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: Name.self)
        guard let name = box.allKeys.first, box.allKeys.count == 1 else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "this is no action"))
        }
        let field = try box.nestedContainer(keyedBy: Field.self, forKey: name)
        switch name {
        case .claim:
            let offer = try field.decodeIfPresent(RecordID.self, forKey: .offer)
            let epoch = try field.decodeIfPresent(Int.self, forKey: .epoch)
            self = offer.map { .accept(offer: $0, epoch: epoch ?? 0) } ?? .claim
        case .release:
            let epoch = try field.decodeIfPresent(Int.self, forKey: .epoch)
            let reason = try field.decodeIfPresent(String.self, forKey: .because)
            self = epoch.map { .vacate(epoch: $0, because: reason ?? "") } ?? .release
        case .park: self = .park(until: try field.decode(Timestamp.self, forKey: .until))
        case .resume: self = .resume
        case .dismiss: self = .dismiss(try field.decode(RecordID.self, forKey: .suggestion))
        case .close:
            let outcome = try field.decodeIfPresent(HandoffOutcome.self, forKey: .outcome)
            self = outcome.map { .conclude($0) } ?? .close
        case .renew: self = .renew
        case .takeOver:
            let holder = try field.decodeIfPresent(AgentID.self, forKey: .from)
            let reason = try field.decodeIfPresent(String.self, forKey: .because)
            self = holder.map { .relieve($0, because: reason) } ?? .takeOver
        case .returnTo: self = .returnTo
        case .transfer:
            self = .transfer(
                try field.decode(HandoffTarget.self, forKey: .to),
                note: try field.decodeIfPresent(String.self, forKey: .note))
        case .reopen:
            self = .reopen(because: try field.decodeIfPresent(String.self, forKey: .because))
        case .note: self = .note(try field.decode(String.self, forKey: .text))
        case .run: self = .run(try field.decode([HandoffStep].self, forKey: .steps))
        case .send: self = .send(try field.content(text: .text, whole: .content))
        case .resend:
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
        case .conclude(let outcome): try field.encode(outcome, forKey: .outcome)
        case .relieve(let holder, let reason):
            try field.encode(holder, forKey: .from)
            try field.encodeIfPresent(reason, forKey: .because)
        case .transfer(let target, let note):
            try field.encode(target, forKey: .to)
            try field.encodeIfPresent(note, forKey: .note)
        case .reopen(let reason): try field.encodeIfPresent(reason, forKey: .because)
        case .note(let text): try field.encode(text, forKey: .text)
        case .run(let steps): try field.encode(steps, forKey: .steps)
        case .accept(let offer, let epoch):
            try field.encode(offer, forKey: .offer)
            try field.encode(epoch, forKey: .epoch)
        case .vacate(let epoch, let reason):
            try field.encode(epoch, forKey: .epoch)
            try field.encode(reason, forKey: .because)
        case .park(let until): try field.encode(until, forKey: .until)
        case .dismiss(let suggestion): try field.encode(suggestion, forKey: .suggestion)
        case .claim, .release, .close, .renew, .takeOver, .returnTo, .resume: break
        }
    }

    private var name: Name {
        switch self {
        case .claim, .accept: .claim
        case .release, .vacate: .release
        case .park: .park
        case .resume: .resume
        case .dismiss: .dismiss
        case .close, .conclude: .close
        case .send: .send
        case .resend: .resend
        case .renew: .renew
        case .takeOver, .relieve: .takeOver
        case .returnTo: .returnTo
        case .transfer: .transfer
        case .reopen: .reopen
        case .note: .note
        case .run: .run
        }
    }
}
