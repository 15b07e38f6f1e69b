import Conversation
import StageRuntime

/// What the bot would say while a person has the conversation, and what became of it: whoever
/// answers sends it, sends other words that they made from it, puts it aside, or none of that.
extension HandoffDecision {
    /// Tells agents what the bot would say, and remembers it until something has become of it.
    mutating func suggest(
        _ text: String, citing citations: [Citation], of reply: ProposedReply,
        correlation: RecordID
    ) {
        var open = state.facts?.suggestions ?? []
        while open.count >= HandoffLimits.suggestions {
            endSuggestion(open.removeFirst().id, .ignored, because: .replaced)
        }
        let id = tell(
            .suggested(text: text, citations: citations), origin: SuggestionOrigin(reply),
            correlation: correlation)
        open.append(OpenSuggestion(id: id, text: text))
        keep(open)
    }

    /// Puts a suggestion aside, for everybody.
    mutating func dismiss(
        _ suggestion: RecordID, _ command: HandoffCommand
    ) throws(ConversationMode.Refusal) {
        try state.owner.requireHolder(command.agent)
        var open = state.facts?.suggestions ?? []
        guard let index = open.firstIndex(where: { $0.id == suggestion }) else {
            throw .init(because: "it is no suggestion any more", holder: command.agentName)
        }
        renewLease()
        open.remove(at: index)
        keep(open)
        endSuggestion(
            suggestion, .dismissed, agent: command.agent, reference: command.reference)
    }

    /// Says of all suggestions what became of them, now that an agent has answered: the one that
    /// the answer was made from is sent or edited, the others were not wanted.
    mutating func endSuggestions(
        _ content: OutboundContent, sentAs messages: [RecordID], by command: HandoffCommand
    ) {
        guard let open = state.facts?.suggestions, !messages.isEmpty else { return }
        keep([])
        var text: String?
        if case .text(let words, _) = content.body { text = words }
        // Whoever sends the very words sends the suggestion, whether their client says so or not.
        let used = text.flatMap { text in
            open.last { $0.id == command.suggestion }
                ?? open.last { SuggestionComparison.isSame($0.text, text) }
        }
        // The newest last: it is what everybody sees.
        for one in open {
            guard let text, one.id == used?.id else {
                endSuggestion(
                    one.id, .ignored, because: .answered, agent: command.agent,
                    messages: messages)
                continue
            }
            let edit = SuggestionComparison.edit(from: one.text, to: text)
            endSuggestion(
                one.id, edit == nil ? .sent : .edited, agent: command.agent, edit: edit,
                messages: messages)
        }
    }

    /// Says of all suggestions that nobody said anything of them.
    mutating func ignoreSuggestions(because cause: SuggestionEnd.Cause) {
        guard let open = state.facts?.suggestions else { return }
        keep([])
        for one in open { endSuggestion(one.id, .ignored, because: cause) }
    }

    private mutating func endSuggestion(
        _ suggestion: RecordID, _ outcome: SuggestionEnd.Outcome,
        because cause: SuggestionEnd.Cause? = nil, agent: AgentID? = nil,
        edit: SuggestionEdit? = nil, messages: [RecordID]? = nil, reference: String? = nil
    ) {
        tell(
            .suggestionEnded(
                SuggestionEnd(
                    of: suggestion, outcome, because: cause, agent: agent, edit: edit,
                    messages: messages)), reference: reference)
    }

    private mutating func keep(_ suggestions: [OpenSuggestion]) {
        state.changeFacts { $0.suggestions = suggestions.isEmpty ? nil : suggestions }
    }
}

/// What the handoff stage remembers of a conversation for the desk, whoever has it.
struct DeskFacts: Hashable, Sendable, Codable {
    /// What the bot would say, the newest last; `nil` for nothing.
    var suggestions: [OpenSuggestion]?
    /// In which queue it is; `nil` for none.
    var place: ServiceLevels.Place?

    var isEmpty: Bool { suggestions == nil && place == nil }

    private enum CodingKeys: String, CodingKey {
        case suggestions = "s"
        case place = "p"
    }
}

/// A suggestion of which nothing has become yet.
struct OpenSuggestion: Hashable, Sendable, Codable {
    /// The id of the event that told of it.
    var id: RecordID
    /// Its words.
    var text: String

    private enum CodingKeys: String, CodingKey {
        case id = "i"
        case text = "t"
    }
}

extension HandoffState {
    /// Changes what is remembered for the desk; nothing is kept where there is nothing.
    mutating func changeFacts(_ body: (inout DeskFacts) -> Void) {
        var facts = facts ?? DeskFacts()
        body(&facts)
        self.facts = facts.isEmpty ? nil : facts
    }
}
