package import Conversation

/// A conversation that waits for a person or has one, as agents see it; in JSON as it stands.
package struct Handoff: Hashable, Sendable, Codable {
    /// Whether somebody has it.
    package enum Status: String, Hashable, Sendable, Codable {
        /// It waits.
        case queued
        /// An agent has it.
        case claimed
    }

    /// The agent who has it.
    package struct Holder: Hashable, Sendable, Codable {
        /// The agent.
        package var id: AgentID
        /// The agent's name.
        package var name: String
    }

    /// The conversation.
    package var conversation: ConversationID
    /// The business.
    package var tenant: TenantID
    /// The customer.
    package var customer: Contact
    /// Whether somebody has it.
    package var status: Status
    /// Who has it.
    package var holder: Holder?
    /// Why a person is needed: a ``HandoffReason``'s name.
    package var reason: String?
    /// What it is about.
    package var summary: String?
    /// Since when it is in the queue, or was until it was claimed.
    package var waitingSince: Timestamp
    /// Whether it waits longer than the tenant promises.
    package var isOverdue: Bool
    /// The ownership epoch.
    package var epoch: Int
    /// When something about it changed; what was said does not count.
    package var updatedAt: Timestamp
    /// What was said last, in lists and news; not kept.
    package var last: LastWords?
    /// When the customer last wrote, in lists and news; not kept.
    package var customerAt: Timestamp?
    /// The labels that it bears, in lists and news; not kept.
    package var labels: [RecordID]?
    /// By when the agent to whom it was given has to show themselves.
    package var takeUpBy: Timestamp?
    /// From whom the agent who has it took it, and may give it back in one step.
    package var returnsTo: Holder?
    /// Which state of it this is: it only rises.
    ///
    /// Clients drop what is older than what they have.
    package var version: Int64?
    /// Until when its agent laid it aside.
    package var parkedUntil: Timestamp?
    /// The queue in which it waits, or did until somebody took it; not kept here.
    package var queue: RecordID?

    /// A handoff of which this event is the first that is known.
    init(_ event: HandoffEvent) {
        conversation = event.conversation
        tenant = event.tenant
        customer = event.contact.bounded
        status = .queued
        waitingSince = event.at
        isOverdue = false
        epoch = event.epoch
        updatedAt = event.at
    }

    /// Follows what an event says about owner, reason and waiting.
    mutating func apply(_ event: HandoffEvent) {
        customer = event.contact.bounded
        let former = holder
        if epoch != event.epoch {
            takeUpBy = nil
            returnsTo = nil
            parkedUntil = nil
        }
        epoch = event.epoch
        if case .claimed(let agent, let name) = event.mode {
            status = .claimed
            holder = Holder(id: agent, name: name.cut(toJSONBytes: FrameLimits.name))
            isOverdue = false
        } else {
            status = .queued
            holder = nil
        }
        switch event.change {
        case .queued(let why, let what, _):
            reason = why.rawValue
            summary = what.cut(toJSONBytes: FrameLimits.sentence)
            waitingSince = event.at
            isOverdue = false
        case .released: waitingSince = event.at
        case .claimed: takeUpBy = nil
        case .transferred(_, _, _, _, let until): takeUpBy = until
        case .relieved(_, _, let from, _) where from.rawValue.first != "@":
            returnsTo = former?.id == from ? former : Holder(id: from, name: from.rawValue)
        case .parked(_, let until): parkedUntil = until
        case .resumed: parkedUntil = nil
        case .overdue(let since):
            waitingSince = since
            isOverdue = true
        default: break
        }
    }
}

extension Handoff {
    /// One line of a transcript.
    package struct Line: Hashable, Sendable, Codable {
        /// Who speaks.
        package enum Speaker: String, Hashable, Sendable, Codable {
            /// The customer.
            case customer
            /// The bot.
            case bot
            /// An agent.
            case agent
            /// Parley itself.
            case system
            /// The business, on its phone.
            case owner
            /// An agent, for colleagues alone: the customer never sees it.
            case note
        }

        /// The record that it comes from.
        package var id: RecordID
        /// Who spoke.
        package var speaker: Speaker
        /// The agent's name.
        package var name: String?
        /// What was said.
        package var text: String
        /// When.
        package var at: Timestamp
        /// What it holds besides words.
        package var content: TranscriptContent?
        /// What became of it: see ``DeliveryReport/state``.
        package var delivery: String?
        /// Why, where it did not simply arrive.
        package var deliveryDetail: String?
        /// WhatsApp's code of the error.
        package var deliveryCode: Int?
        /// What can be done about it, in plain words.
        package var remedy: String?
        /// What an agent may do about it: see ``DeliveryReport/choices``.
        package var choices: [DeliveryChoice]?
        /// What WhatsApp says that it costs.
        package var pricing: MessagePricing?
        /// The line of the message that did not arrive and was sent again by this one.
        package var repeats: RecordID?
        /// The line of the message by which it was sent again.
        package var sentAgainAs: RecordID?

        /// A line as a handoff's event tells of it.
        package init(_ entry: TranscriptEntry) {
            id = entry.id
            text = entry.text.cut(toJSONBytes: FrameLimits.text)
            at = entry.at
            content = entry.content.map(Self.fitting)
            switch entry.speaker {
            case .customer: speaker = .customer
            case .bot: speaker = .bot
            case .system: speaker = .system
            case .owner: speaker = .owner
            case .agent(_, let name):
                speaker = .agent
                self.name = name.cut(toJSONBytes: FrameLimits.name)
            }
        }

        /// The content, or only its kind where it is larger than any real one.
        private static func fitting(_ content: TranscriptContent) -> TranscriptContent {
            let bytes = try? RecordCodec.encode(content).count  // what cannot be written is large
            return bytes ?? .max <= FrameLimits.content
                ? content : TranscriptContent(kind: content.kind)
        }
    }

    /// What the bot would say.
    package struct Suggestion: Hashable, Sendable, Codable {
        /// What it is called: whoever sends it or puts it aside says so.
        package var id: RecordID?
        /// Its words.
        package var text: String
        /// What they rest on.
        package var citations: [Citation]

        /// Holds the bot's words, and as many citations as fit into a frame with them.
        package init(id: RecordID? = nil, text: String, citations: [Citation]) {
            self.id = id
            self.text = text.cut(toJSONBytes: FrameLimits.suggestion)
            self.citations = Self.fitting(citations)
        }

        private static func fitting(_ citations: [Citation]) -> [Citation] {
            let first = citations.prefix(ofJSONBytes: FrameLimits.suggestion)
            let bytes = try? RecordCodec.encode(first).count  // what cannot be written is dropped
            return bytes ?? .max <= FrameLimits.suggestion + FrameLimits.sentence ? first : []
        }
    }

    /// What became of a message to the customer.
    package struct DeliveryReport: Hashable, Sendable, Codable {
        /// The message: the ``Line/id`` of its line.
        package var message: RecordID
        /// `accepted`, `failed`, `unknown` (whether WhatsApp took it), `dropped`, `held`, or
        /// WhatsApp's word: `sent`, `delivered`, `read`.
        package var state: String
        /// Why, where it did not simply arrive.
        package var detail: String?
        /// WhatsApp's code of the error.
        package var code: Int?
        /// What can be done about it, in plain words.
        package var remedy: String?
        /// What an agent may do about it.
        package var choices: [DeliveryChoice]?

        /// Says what an outcome means.
        package init(of message: RecordID, _ outcome: Delivery.Outcome) {
            self.message = message
            switch outcome {
            case .accepted: state = "accepted"
            case .progressed(_, let progress): state = progress.rawValue
            case .failed(_, let error):
                state = "failed"
                let words = error.details ?? error.title ?? error.entry.meaning
                detail = "\(words.cut(toJSONBytes: FrameLimits.sentence)) (\(error.code))"
                code = error.code
            case .unknown(let reason):
                state = "unknown"
                detail = reason.cut(toJSONBytes: FrameLimits.sentence)
            case .dropped(let reason):
                // Nobody decided that it should not arrive: nobody knows whether it did.
                state = reason == .unknownOutcome ? "unknown" : "dropped"
                detail = Self.sentence(reason)
            case .held(let reason, let until, let held):
                code = held
                state = "held"
                detail =
                    "\(reason.cut(toJSONBytes: FrameLimits.sentence)), until \(until.rfc3339)"
            }
            let advice = DeliveryAdvice(outcome)
            remedy = advice.remedy
            choices = advice.choices
        }

        /// What is kept of it for the line.
        var advice: DeliveryAdvice? {
            remedy == nil && choices == nil ? nil : DeliveryAdvice(remedy, choices)
        }

        private static func sentence(_ reason: Delivery.DropReason) -> String {
            switch reason {
            case .staleEpoch: "the conversation's owner changed before it was sent"
            case .windowClosed: "the customer last wrote more than 24 hours ago"
            case .unknownOutcome: "whether WhatsApp took it is unknown; it is not sent twice"
            case .unknownTenant: "the business number is not set up any more"
            }
        }
    }
}

/// An open handoff with what was said in it.
package struct HandoffTranscript: Hashable, Sendable, Codable {
    /// Where it stands.
    package var handoff: Handoff
    /// What was said, oldest first.
    package var lines: [Handoff.Line]
    /// What the bot would say, if it proposed something lately.
    package var suggestion: Handoff.Suggestion?
    /// The first line shown, where older ones are kept: what to ask for to read those before it.
    package var next: RecordID?

    /// Describes a handoff.
    package init(
        handoff: Handoff, lines: [Handoff.Line], suggestion: Handoff.Suggestion? = nil,
        next: RecordID? = nil
    ) {
        self.handoff = handoff
        self.lines = lines
        self.suggestion = suggestion
        self.next = next
    }
}
