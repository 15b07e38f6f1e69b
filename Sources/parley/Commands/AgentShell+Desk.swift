import Console
import Conversation
import ConversationView

/// What agents do among themselves, at a terminal.
extension AgentShell {
    /// What a line means that begins with such a command; `nil` for any other.
    mutating func readDesk(_ verb: String, _ words: [String], _ line: String) -> Intent? {
        switch (verb, words.count) {
        case ("agents", 1): return .desk(AgentRequest(type: .agents, ref: ""))
        case ("anyway", 1): return confirm()
        case ("back", 1): return request(.returnTo)
        case ("suggested", 1), ("dismiss", 1): return readSuggestion(verb)
        case ("note", 1): return .show(["say what to note: note TEXT"])
        case ("note", 2...): return request(.note, text: Self.rest(of: line, after: 1))
        case ("outcome", 2...):
            return request(.close, outcome: words[1], note: Self.rest(of: line, after: 2))
        case ("transfer", 2...):
            let target = AgentRequest.Target(rawValue: words[1].lowercased()) ?? .agent
            return request(
                .transfer, to: target, agent: target == .agent ? AgentID(words[1]) : nil,
                note: Self.rest(of: line, after: 2))
        case ("takeover", 2...), ("reopen", 2...): return take(verb, words, line)
        default: return nil
        }
    }

    /// A conversation that waits or has somebody is named by its beginning, any other as a whole.
    private func take(_ verb: String, _ words: [String], _ line: String) -> Intent {
        let found = matches(words[1])
        guard found.count < 2 else { return .show([doubt(found, words[1])]) }
        let conversation = found.first ?? ConversationID(words[1])
        return .desk(
            AgentRequest(
                type: verb == "reopen" ? .reopen : .takeOver, ref: "", conversation: conversation,
                agent: verb == "reopen" ? nil : handoffs[conversation]?.holder?.id,
                note: Self.rest(of: line, after: 2)))
    }

    private func request(
        _ kind: AgentRequest.Kind, text: String? = nil, to: AgentRequest.Target? = nil,
        agent: AgentID? = nil, outcome: String? = nil, note: String? = nil
    ) -> Intent {
        guard let mine else { return .show(["you have no conversation; `claim` one"]) }
        return .desk(
            AgentRequest(
                type: kind, ref: "", conversation: mine, text: text, to: to, agent: agent,
                outcome: outcome, note: note))
    }

    /// What follows the first words of a line; `nil` for nothing.
    private static func rest(of line: String, after count: Int) -> String? {
        var rest = line.drop(while: \.isWhitespace)
        for _ in 0..<count {
            rest = rest.drop { !$0.isWhitespace }.drop(while: \.isWhitespace)
        }
        return rest.isEmpty ? nil : String(rest)
    }
}

extension AgentShell {
    /// What of one's own runs out, or was missed.
    func lines(_ news: ClockNews) -> [TerminalLine] {
        guard claimed.contains(news.conversation) else { return [] }
        return news.clocks.filter { $0.isRunning && $0.level != "fine" }.map { face in
            let what = face.level == "breached" ? "is late" : "runs out soon"
            return "[\(Self.short(news.conversation))] \(face.clock.rawValue) \(what)"
        }
    }
}

// MARK: - Names in short, and what is not there

extension AgentShell {
    func matches(_ prefix: String) -> [ConversationID] {
        handoffs.keys.filter { $0.rawValue.hasPrefix(prefix) }.sorted()
    }

    func doubt(_ found: [ConversationID], _ prefix: String) -> TerminalLine {
        found.isEmpty
            ? "no conversation here begins with \(prefix); `list` shows them"
            : "\(prefix) may mean \(found.map(\.rawValue).joined(separator: " or "))"
    }

    /// Why there is nothing earlier to show, and where it is to be found.
    var nothingEarlier: TerminalLine {
        wasRead
            ? "no earlier lines are kept here; older ones are in the log: "
                + "`parley tail --from beginning --key CONVERSATION` shows them"
            : "there is nothing earlier; `read` first"
    }
}
