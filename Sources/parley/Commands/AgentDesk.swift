import Console
import Conversation

/// What an agent at a terminal knows, and what their words mean: a pure value.
struct AgentDesk {
    /// What a typed line asks for.
    enum Wish: Equatable {
        /// Lines to show, and nothing else.
        case show([String])
        /// A request to the console.
        case ask(AgentRequest.Kind, ConversationID, text: String?)
        /// To leave.
        case quit
    }

    static let help = [
        "claim [ID]    answer a conversation (default: the one that waits longest)",
        "read [ID]     what was said (default: yours)",
        "say TEXT      write to the customer; plain text does too while you have one conversation",
        "use ID        which of your conversations `say` writes to",
        "release [ID]  give it back to the queue",
        "close [ID]    end the handoff; the bot answers again",
        "list          the queue",
        "quit          leave; what you have claimed stays yours until its lease ends",
        "An ID may be shortened as long as it is clear which is meant.",
    ]

    let agent: AgentID
    private(set) var handoffs: [ConversationID: Handoff] = [:]
    private var current: ConversationID?

    init(agent: AgentID) {
        self.agent = agent
    }

    /// The conversations that this agent has.
    var claimed: [ConversationID] {
        handoffs.values.filter { $0.holder?.id == agent }.map(\.conversation).sorted()
    }

    private var waiting: [Handoff] {
        handoffs.values.filter { $0.status == .queued }.sorted {
            ($0.waitingSince, $0.conversation) < ($1.waitingSince, $1.conversation)
        }
    }

    // MARK: - What the console says

    /// The lines that a message becomes.
    mutating func take(_ message: AgentMessage, at now: Timestamp) -> [String] {
        switch message {
        case .welcome(_, let name, let tenant):
            return ["connected as \(name) for \(tenant); `help` lists the commands"]
        case .queue(let all):
            handoffs = Dictionary(all.map { ($0.conversation, $0) }) { $1 }
            return list(at: now)
        case .updated(let handoff):
            handoffs[handoff.conversation] = handoff
            if claimed.contains(handoff.conversation) { current = handoff.conversation }
            return TextTable.lines([Self.columns(handoff, at: now)])
        case .ended(let conversation, let agent):
            handoffs[conversation] = nil
            let by = agent.map { " by \($0)" } ?? ""
            return ["closed\(by): \(Self.short(conversation)); the bot answers again"]
        case .line(let conversation, let line):
            guard claimed.contains(conversation) else { return [] }
            return [Self.line(line, of: handoffs[conversation], conversation)]
        case .suggestion(let conversation, let suggestion):
            guard claimed.contains(conversation) else { return [] }
            return ["[\(Self.short(conversation))] the bot suggests: \(suggestion.text)"]
        case .delivery(let conversation, let report):
            guard claimed.contains(conversation) else { return [] }
            let detail = report.detail.map { ": \($0)" } ?? ""
            return ["[\(Self.short(conversation))] message \(report.state)\(detail)"]
        case .transcript(_, let transcript): return Self.lines(transcript)
        case .done: return []
        case .refused(_, let conversation, let reason, _):
            return ["refused: \(reason) (\(Self.short(conversation)))"]
        case .error(_, _, let text): return ["error: \(text)"]
        }
    }

    /// The queue in lines.
    func list(at now: Timestamp) -> [String] {
        let all = handoffs.values.sorted { $0.waitingSince < $1.waitingSince }
        guard !all.isEmpty else { return ["the queue is empty"] }
        return TextTable.lines(all.map { Self.columns($0, at: now) })
    }

    /// A handoff in columns: who, since when, why.
    static func columns(_ handoff: Handoff, at now: Timestamp) -> [String] {
        let customer = handoff.customer.name ?? handoff.customer.phone ?? "a customer"
        let status = handoff.holder.map { "claimed by \($0.name)" } ?? "waiting"
        let age = TextTable.age(of: handoff.waitingSince, at: now)
        return [
            short(handoff.conversation), status, customer,
            age + (handoff.isOverdue ? ", overdue" : ""),
            "\(handoff.reason ?? "unknown"): \(handoff.summary ?? "")",
        ]
    }

    private static func lines(_ transcript: HandoffTranscript) -> [String] {
        let conversation = transcript.handoff.conversation
        var lines = transcript.lines.map { line($0, of: transcript.handoff, conversation) }
        if let suggestion = transcript.suggestion {
            lines.append("[\(short(conversation))] the bot suggests: \(suggestion.text)")
        }
        return lines.isEmpty ? ["nothing was said yet"] : lines
    }

    private static func line(
        _ line: Handoff.Line, of handoff: Handoff?, _ conversation: ConversationID
    ) -> String {
        let who =
            switch line.speaker {
            case .customer: handoff?.customer.name ?? "customer"
            case .bot: "bot"
            case .system: "Parley"
            case .agent: line.name ?? "agent"
            }
        return "[\(short(conversation))] \(who): \(line.text)"
    }

    /// Enough of an id to name it.
    static func short(_ conversation: ConversationID) -> String {
        String(conversation.rawValue.prefix(8))
    }

    // MARK: - What the agent says

    /// What a line means.
    mutating func read(_ line: String, at now: Timestamp) -> Wish {
        let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
        guard let verb = words.first?.lowercased() else { return .show([]) }
        let argument = words.count == 2 ? words[1] : nil
        switch (verb, words.count) {
        case ("quit", 1), ("exit", 1): return .quit
        case ("help", 1): return .show(Self.help)
        case ("list", 1): return .show(list(at: now))
        case ("claim", 1...2): return ask(.claim, argument, or: waiting.first?.conversation)
        case ("read", 1...2): return ask(.read, argument, or: mine)
        case ("release", 1...2): return ask(.release, argument, or: mine)
        case ("close", 1...2): return ask(.close, argument, or: mine)
        case ("use", 2): return use(words[1])
        case ("say", 2...):
            return say(String(line.drop(while: \.isWhitespace).dropFirst(3)), needsOne: false)
        default: return say(line, needsOne: true)
        }
    }

    /// The conversation that is meant where none is named.
    private var mine: ConversationID? {
        let claimed = claimed
        return current.flatMap { claimed.contains($0) ? $0 : nil } ?? claimed.first
    }

    private func ask(
        _ kind: AgentRequest.Kind, _ prefix: String?, or standard: ConversationID?
    ) -> Wish {
        guard let prefix else {
            guard let standard else {
                return .show([
                    kind == .claim ? "nobody waits" : "you have no conversation; `claim` one"
                ])
            }
            return .ask(kind, standard, text: nil)
        }
        let found = matches(prefix)
        guard found.count == 1, let only = found.first else { return .show([doubt(found, prefix)]) }
        return .ask(kind, only, text: nil)
    }

    private mutating func use(_ prefix: String) -> Wish {
        let found = matches(prefix).filter { claimed.contains($0) }
        guard found.count == 1, let only = found.first else { return .show([doubt(found, prefix)]) }
        current = only
        return .show(["`say` writes to \(Self.short(only)) now"])
    }

    private func say(_ text: String, needsOne: Bool) -> Wish {
        let words = String(
            text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
        guard let mine else {
            return .show(["you have no conversation to write to; `claim` one, or see `help`"])
        }
        guard !needsOne || claimed.count == 1 else {
            return .show(["you have several conversations: `say TEXT`, after `use ID`"])
        }
        return .ask(.send, mine, text: words)
    }

    private func matches(_ prefix: String) -> [ConversationID] {
        handoffs.keys.filter { $0.rawValue.hasPrefix(prefix) }.sorted()
    }

    private func doubt(_ found: [ConversationID], _ prefix: String) -> String {
        found.isEmpty
            ? "no conversation here begins with \(prefix); `list` shows them"
            : "\(prefix) may mean " + found.map(\.rawValue).joined(separator: " or ")
    }
}
