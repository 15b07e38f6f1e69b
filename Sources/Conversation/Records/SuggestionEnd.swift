/// Of what a suggestion was made: it is named by the id of the event that tells of it.
package struct SuggestionOrigin: Hashable, Sendable, Codable {
    /// The messages that it answers, oldest first.
    package var answers: [MessageID]
    /// The prompt's name, if a model was asked.
    package var prompt: String?
    /// The hash of the prompt file.
    package var promptHash: String?
    /// The model, or `built-in` for the answerer that quotes.
    package var model: String
    /// The customer's language as far as it was recognised: a BCP 47 code.
    package var language: String?

    /// Describes where it comes from.
    package init(
        answers: [MessageID], prompt: String? = nil, promptHash: String? = nil, model: String,
        language: String? = nil
    ) {
        self.answers = answers
        self.prompt = prompt
        self.promptHash = promptHash
        self.model = model
        self.language = language
    }

    /// Where a proposed reply comes from.
    package init(_ reply: ProposedReply) {
        self.init(
            answers: reply.answers, prompt: reply.provenance.prompt,
            promptHash: reply.provenance.promptHash, model: reply.provenance.model,
            language: reply.language)
    }
}

/// What became of a suggestion.
///
/// It holds no words: what was proposed stands in the event that told of it, what was sent in the
/// messages that it names.
package struct SuggestionEnd: Hashable, Sendable, Codable {
    /// What became of it.
    package enum Outcome: String, Hashable, Sendable, Codable, CaseIterable {
        /// An agent sent it as it was; spaces do not count.
        case sent
        /// An agent sent other words that were made from it.
        case edited
        /// An agent put it aside.
        case dismissed
        /// Nobody said anything of it.
        case ignored
    }

    /// Why nobody said anything of it.
    package enum Cause: String, Hashable, Sendable, Codable, CaseIterable {
        /// An agent answered otherwise.
        case answered
        /// The business answered on its phone.
        case phone
        /// Newer ones came.
        case replaced
        /// The bot has the conversation again.
        case closed
    }

    /// The suggestion: the id of the event that told of it.
    package var suggestion: RecordID
    /// What became of it.
    package var outcome: Outcome
    /// Why, where it was ignored.
    package var because: Cause?
    /// Who sent it or put it aside, or answered otherwise.
    package var agent: AgentID?
    /// How what was sent differs from it, where it was edited.
    package var edit: SuggestionEdit?
    /// The messages that were sent instead of it, or are it.
    package var messages: [RecordID]?

    /// Says what became of it.
    package init(
        of suggestion: RecordID, _ outcome: Outcome, because: Cause? = nil, agent: AgentID? = nil,
        edit: SuggestionEdit? = nil, messages: [RecordID]? = nil
    ) {
        self.suggestion = suggestion
        self.outcome = outcome
        self.because = because
        self.agent = agent
        self.edit = edit
        self.messages = messages
    }
}

/// How words that were sent differ from those that were suggested.
package struct SuggestionEdit: Hashable, Sendable, Codable {
    /// How much of it is other.
    package enum Extent: String, Hashable, Sendable, Codable, CaseIterable {
        /// At most a tenth of the words.
        case slight
        /// At most half of them.
        case partial
        /// More than half: little is left of it.
        case rewritten
    }

    /// Words that were put in, left out or replaced, the fewest that make one of the other; letters
    /// of scripts without spaces count as words.
    package var distance: Int
    /// Words of the longer of the two.
    package var words: Int
    /// Whether figures, times, amounts, addresses or a denial are other than before.
    package var changesFacts: Bool

    /// How much of it is other.
    package var extent: Extent {
        if distance * 10 <= words { return .slight }
        return distance * 2 <= words ? .partial : .rewritten
    }

    /// Describes a difference.
    package init(distance: Int, words: Int, changesFacts: Bool) {
        self.distance = distance
        self.words = words
        self.changesFacts = changesFacts
    }
}
