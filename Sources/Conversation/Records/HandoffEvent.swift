/// What happened to a conversation that a person has to do with: the console is a fold of these.
package struct HandoffEvent: Payload {
    package static let type = "parley.handoff.event"
    package static let topic = Topic.handoffEvents
    package static let personal: [FieldPath] = [
        "contact", "mode", "change", "reference", "routing",
    ]
    package static let kindField: FieldPath? = "change"

    /// What happened.
    package enum Change: Hashable, Sendable, Codable {
        /// The conversation waits for an agent, with what was said so far.
        case queued(reason: HandoffReason, summary: String, transcript: [TranscriptEntry])
        /// An agent took it.
        case claimed(by: AgentID, name: String)
        /// A claim came too late or made no sense; `holder` is the agent who has it, if any.
        case refused(agent: AgentID, because: String, holder: String?)
        /// A message was not sent, because the customer or a colleague had written, or the owner
        /// had changed, since what its author had seen last; `lines` are what is new.
        case overtaken(agent: AgentID, lines: [TranscriptEntry])
        /// An agent took it from the one who had it, and may give it back.
        case relieved(by: AgentID, name: String, from: AgentID, because: String?)
        /// It was given to an agent, who shows themselves by then or loses it.
        case transferred(by: AgentID, to: AgentID, name: String, note: String?, until: Timestamp)
        /// It went back into the queue: given back, or the claim's lease ran out.
        case released(by: AgentID?, because: String)
        /// The handoff ended; the bot answers again.
        case closed(by: AgentID)
        /// The handoff ended, and whoever ended it says what came of it; the bot answers again.
        case concluded(by: AgentID, HandoffOutcome)
        /// Several things that an agent wished together are done, each of which was told before.
        case ran(by: AgentID)
        /// Something was said, by whomever.
        case said(TranscriptEntry)
        /// The bot would have said this; the agent may use it.
        case suggested(text: String, citations: [Citation])
        /// What became of a suggestion: it is one no more.
        case suggestionEnded(SuggestionEnd)
        /// What became of a message that an agent or the system sent.
        case delivery(of: RecordID, Delivery.Outcome)
        /// The agent who has it laid it aside until then, or until the customer writes.
        case parked(by: AgentID, until: Timestamp)
        /// It is taken up again: by its agent, or as it is time or the customer wrote.
        case resumed(by: AgentID?)
        /// It goes on in another conversation, as both are one customer's.
        case moved(into: ConversationID)
        /// The conversation has waited longer than the tenant promises.
        case overdue(waiting: Timestamp)
    }

    /// The business.
    package var tenant: TenantID
    /// The conversation.
    package var conversation: ConversationID
    /// The customer.
    package var contact: Contact
    /// The ownership epoch after the change.
    package var epoch: Int
    /// Who answers after the change.
    package var mode: Mode
    /// What happened.
    package var change: Change
    /// The `reference` of the command that this answers.
    package var reference: String?
    /// What decides where it goes, when it comes into the queue; `nil` otherwise.
    package var routing: HandoffRouting?
    /// What a suggestion answers and who made it, or what a handoff for want of knowledge could not
    /// answer; `nil` otherwise.
    package var origin: SuggestionOrigin?
    /// When.
    package var at: Timestamp

    /// The conversation.
    package var key: String { conversation.rawValue }

    /// Describes an event.
    package init(
        tenant: TenantID, conversation: ConversationID, contact: Contact, epoch: Int, mode: Mode,
        change: Change, reference: String?, routing: HandoffRouting? = nil,
        origin: SuggestionOrigin? = nil, at: Timestamp
    ) {
        self.tenant = tenant
        self.conversation = conversation
        self.contact = contact
        self.epoch = epoch
        self.mode = mode
        self.change = change
        self.reference = reference
        self.routing = routing
        self.origin = origin
        self.at = at
    }
}

/// What decides to whom a conversation goes that comes into the queue.
package struct HandoffRouting: Hashable, Sendable, Codable {
    /// The business number to which the customer wrote.
    package var number: BusinessNumberID?
    /// The agent who had the conversation last.
    package var previous: AgentID?
    /// The queue that somebody gave it to.
    package var queue: RecordID?

    /// Describes it.
    package init(
        number: BusinessNumberID? = nil, previous: AgentID? = nil, queue: RecordID? = nil
    ) {
        self.number = number
        self.previous = previous
        self.queue = queue
    }
}

/// One line of a transcript.
package struct TranscriptEntry: Hashable, Sendable, Codable {
    /// Who spoke.
    package enum Speaker: Hashable, Sendable, Codable {
        /// The customer.
        case customer
        /// The bot.
        case bot
        /// An agent.
        case agent(AgentID, name: String)
        /// Parley itself.
        case system
        /// The business, on its phone.
        case owner
    }

    /// What stands in place of a message that its author took back.
    package static let takenBack = "[taken back]"

    /// The record that it comes from: an inbound message's or an outbound message's id.
    package var id: RecordID
    /// Who spoke.
    package var speaker: Speaker
    /// What was said; for what is not text, its kind in brackets, such as `[image]`.
    package var text: String
    /// When.
    package var at: Timestamp
    /// What it holds besides words; `nil` for what is words alone.
    package var content: TranscriptContent?

    /// Whether a person of the business said it.
    package var isOfPerson: Bool {
        switch speaker {
        case .agent, .owner: true
        case .customer, .bot, .system: false
        }
    }

    /// Describes a line.
    package init(
        id: RecordID, speaker: Speaker, text: String, at: Timestamp,
        content: TranscriptContent? = nil
    ) {
        self.id = id
        self.speaker = speaker
        self.text = text
        self.at = at
        self.content = content
    }
}
