/// What the bot would say, or its wish to hand over; the handoff stage decides what becomes of it.
package struct ProposedReply: Payload {
    package static let type = "parley.reply.proposed"
    package static let topic = Topic.repliesProposed
    package static let personal: [FieldPath] = ["proposal", "provenance", "followUp"]
    package static let kindField: FieldPath? = "proposal"

    /// What is proposed.
    package enum Proposal: Hashable, Sendable, Codable {
        /// An answer that its citations support.
        case answer(text: String, citations: [Citation])
        /// Words that need no citation: a greeting, thanks, a question back.
        case courtesy(text: String)
        /// A person should take over; `notice` is what the customer is told, in their language.
        case handoff(reason: HandoffReason, summary: String, notice: String)
        /// Nothing to say, with why: a reaction, a system message.
        case silence(because: String)
    }

    /// The business.
    package var tenant: TenantID
    /// The conversation.
    package var conversation: ConversationID
    /// The messages that this answers, oldest first.
    package var answers: [MessageID]
    /// What is proposed.
    package var proposal: Proposal
    /// The customer's language as far as it was recognised: a BCP 47 code.
    package var language: String?
    /// Where it comes from.
    package var provenance: Provenance
    /// When it was made.
    package var at: Timestamp
    /// The request that the customer is asked to confirm by these words; `nil` for none.
    package var asks: RecordID?
    /// What the customer is asked below the answer, such as whether it helped; `nil` for nothing.
    ///
    /// It is no part of what is suggested to a person. Versions before said it in the answer.
    package var followUp: String?
    /// What the customer said to the question whether the answer before helped, or `nil`.
    ///
    /// It is `nil` where that was not the question, and stands beside what is sealed: figures are
    /// counted by it.
    package var hasHelped: Bool?

    /// The conversation.
    package var key: String { conversation.rawValue }

    /// Describes a proposal.
    package init(
        tenant: TenantID, conversation: ConversationID, answers: [MessageID], proposal: Proposal,
        language: String?, provenance: Provenance, at: Timestamp, asks: RecordID? = nil,
        followUp: String? = nil, hasHelped: Bool? = nil
    ) {
        self.tenant = tenant
        self.conversation = conversation
        self.answers = answers
        self.proposal = proposal
        self.language = language
        self.provenance = provenance
        self.at = at
        self.asks = asks
        self.followUp = followUp
        self.hasHelped = hasHelped
    }

    /// A text with what the customer is asked below it.
    package func said(_ text: String) -> String {
        followUp.map { text + "\n\n" + $0 } ?? text
    }
}

/// Why a person should take over.
package enum HandoffReason: String, Hashable, Sendable, Codable {
    /// The customer asked for a person.
    case asked
    /// The documents do not answer the question.
    case unanswered
    /// The model said something that its passages do not support.
    case unsupported
    /// The model failed or took too long.
    case modelFailure
    /// The message cannot be read by a program: a sound, a picture without words.
    case unreadable
    /// A message could not be delivered and a person must decide.
    case undelivered
    /// An agent took the conversation over; nobody had asked.
    case takenOver
    /// The customer wrote, or waited for an answer, while the business was suspended or deleted.
    case suspended
    /// The customer called, and nobody answered.
    case missedCall
    /// WhatsApp lets the business send nothing for now.
    case stopped

    /// Whether documents that say more would have spared the person.
    package var isForWantOfKnowledge: Bool { self == .unanswered || self == .unsupported }
}
