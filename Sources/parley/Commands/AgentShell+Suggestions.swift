import Console
import Conversation
import ConversationView

/// What the bot suggests, at a terminal.
extension AgentShell {
    mutating func receive(
        _ suggestion: Handoff.Suggestion, of conversation: ConversationID
    ) -> [TerminalLine] {
        suggestions[conversation] = suggestion
        guard claimed.contains(conversation) else { return [] }
        return ["[\(Self.short(conversation))] the bot suggests: \(suggestion.text)"]
    }

    mutating func receive(
        _ end: SuggestionEnd, of conversation: ConversationID
    ) -> [TerminalLine] {
        guard suggestions[conversation]?.id == end.suggestion else { return [] }
        suggestions[conversation] = nil
        guard end.outcome == .dismissed, claimed.contains(conversation) else { return [] }
        return ["[\(Self.short(conversation))] the suggestion was put aside"]
    }

    /// To send what the bot suggests as it is, or to put it aside.
    mutating func readSuggestion(_ verb: String) -> Intent {
        guard let mine, let suggestion = suggestions[mine] else {
            return .show(["the bot suggests nothing"])
        }
        if verb == "suggested" {
            return say(suggestion.text, needsOne: false, from: suggestion.id)
        }
        guard let id = suggestion.id else { return .show(["it cannot be put aside here"]) }
        return .desk(
            AgentRequest(type: .dismiss, ref: "", conversation: mine, suggestion: id))
    }
}
