import Console
import Conversation
import ConversationView

/// What an agent at a terminal knows, and what their words mean: a pure value.
struct AgentShell {
    /// What a typed line asks for.
    enum Intent: Equatable {
        /// Lines to show, and nothing else.
        case show([TerminalLine])
        /// A request to the console.
        case ask(AgentRequest.Kind, ConversationID, text: String?)
        /// A further page of the queue, or of what was said before.
        case turn(AgentRequest.Kind, ConversationID, cursor: String)
        /// To send a message again that did not arrive.
        case again(ConversationID, line: RecordID)
        /// What agents do among themselves, or what says what was seen.
        case desk(AgentRequest)
        /// To leave.
        case quit
    }

    static let help: [TerminalLine] = [
        "claim [ID]    answer a conversation (default: the one that waits longest)",
        "read [ID]     what was said (default: yours)",
        "earlier       what was said before that",
        "say TEXT      write to the customer; plain text does too while you have one conversation",
        "again         send again what did not arrive last",
        "suggested     send what the bot suggests; `dismiss` puts it aside, for everybody",
        "use ID        which of your conversations `say` writes to",
        "release [ID]  give it back to the queue",
        "close [ID]    end the handoff; the bot answers again",
        "outcome WORD [NOTE]  end it and say what came of it",
        "reopen ID [WHY]      take it back from the bot",
        "transfer TO [NOTE]   give it to a colleague (by id), to queue or to bot",
        "takeover ID [WHY]    take it from the bot, or from a colleague if you supervise",
        "back          give it back to the colleague from whom you took it",
        "note TEXT     write down words for colleagues; the customer never sees them",
        "agents        to whom you can transfer",
        "queues        the teams to which you can give it",
        "team NAME     give it to a team",
        "status WORD   available, busy or away: offers come to who is available",
        "accept        take what is offered to you",
        "decline       let others be offered it",
        "next          take what is next",
        "park MINUTES  lay it aside until then, or until the customer writes",
        "resume [ID]   take it up again",
        "anyway        send what was held because something new had come",
        "list          the queue",
        "more          more of it",
        "quit          leave; what you have claimed stays yours until its lease ends",
        "An ID may be shortened as long as it is clear which is meant.",
    ]

    let agent: AgentID
    private(set) var handoffs: [ConversationID: Handoff] = [:]
    private var current: ConversationID?
    /// How many of the queue were shown.
    private var shown = 0
    /// Where the console's next page of the queue begins.
    private var nextPage: String?
    /// How many wait that the console has not sent.
    private var unlisted = 0
    /// Where what was said before the lines that were read last begins.
    private var earlier: (conversation: ConversationID, cursor: String)?

    /// The line of each conversation that was shown last.
    private var lastLines: [ConversationID: RecordID] = [:]
    /// What was written last, and is to be confirmed if it was overtaken.
    private var written: AgentRequest?
    private var isOvertaken = false

    /// The messages that did not arrive last and may be sent again.
    private var lost: [ConversationID: RecordID] = [:]

    /// The lines that were shown: what comes again is not.
    private var shownLines = RecentLines()
    /// What is offered to this agent, and the queues.
    var routing = ShellRouting()
    /// What the bot suggests in the agent's conversations.
    var suggestions: [ConversationID: Handoff.Suggestion] = [:]

    /// Whether what was said in some conversation was shown.
    var wasRead = false

    /// Rows of the queue that are shown at once.
    private static let rows = 40
    /// Characters of a customer's name that a row shows.
    private static let nameCharacters = 40
    /// Digits of a whole conversation's id.
    private static let idDigits = 32

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
    mutating func receive(_ message: AgentMessage, at now: Timestamp) -> [TerminalLine] {
        switch message {
        case .welcome(_, let name, let tenant):
            return ["connected as \(name) for \(tenant); `help` lists the commands"]
        case .queue(let page, let ref): return receive(page, isFirst: ref == nil, at: now)
        case .updated(let handoff):
            // What was read after it happened is newer.
            let known = handoffs[handoff.conversation]?.version ?? 0
            guard handoff.version ?? .max >= known else { return [] }
            handoffs[handoff.conversation] = handoff
            if claimed.contains(handoff.conversation) { current = handoff.conversation }
            return TextTable.lines([Self.columns(handoff, at: now)])
        case .ended(let conversation, let agent):
            handoffs[conversation] = nil
            let by = agent.map { " by \($0)" } ?? ""
            return ["closed\(by): \(Self.short(conversation)); the bot answers again"]
        case .line(let conversation, let line):
            guard claimed.contains(conversation), shownLines.insert(line.id) else { return [] }
            lastLines[conversation] = line.id
            return [Self.line(line, of: handoffs[conversation], conversation)]
        case .suggestion(let conversation, let suggestion):
            return receive(suggestion, of: conversation)
        case .suggestionEnded(let conversation, let end): return receive(end, of: conversation)
        case .delivery(let conversation, let report):
            guard claimed.contains(conversation) else { return [] }
            return receive(report, of: conversation)
        case .clockChanged(let news): return lines(news)
        case .transcript(_, let transcript): return lines(transcript)
        case .done: return []
        case .overtaken(_, let conversation, _, let news):
            isOvertaken = true
            if let last = news.last { lastLines[conversation] = last.id }
            return news.map { Self.line($0, of: handoffs[conversation], conversation) }
                + ["not sent: that came, or the owner changed, meanwhile; `anyway` sends it"]
        case .agents(_, let agents):
            return TextTable.lines(
                agents.map { [$0.id.rawValue, $0.name, $0.isHere ? "here" : "away"] })
        case .refused(_, let conversation, let reason, _):
            return ["refused: \(reason) (\(Self.short(conversation)))"]
        case .error(_, _, let text): return ["error: \(text)"]
        case .opened(let transcript): return lines(transcript)
        case .reset(let reason): return ["\(reason): all is told anew"]
        case .sign(let sign):
            return sign.doing == .typing
                ? ["[\(Self.short(sign.conversation))] \(sign.name) is writing"] : []
        case .probe, .pong, .goodbye: return []
        case .routing, .offerMade, .offerEnded, .agentChanged:
            return receiveRouting(message) ?? []
        }
    }

    /// Says what became of a message, and what can be done about it.
    private mutating func receive(
        _ report: Handoff.DeliveryReport, of conversation: ConversationID
    ) -> [TerminalLine] {
        let short = Self.short(conversation)
        let detail = report.detail.map { ": \($0)" } ?? ""
        var lines: [TerminalLine] = ["[\(short)] message \(report.state)\(detail)"]
        if let remedy = report.remedy { lines.append("[\(short)] \(remedy)") }
        if report.choices?.contains(.again) == true {
            lost[conversation] = report.message
            lines.append("[\(short)] `again` sends it again")
        } else if lost[conversation] == report.message {
            lost[conversation] = nil
        }
        return lines
    }

    /// Takes in a page of the queue; the first one tells all anew.
    private mutating func receive(
        _ page: HandoffList, isFirst: Bool, at now: Timestamp
    ) -> [TerminalLine] {
        if isFirst { handoffs = [:] }
        for handoff in page.handoffs { handoffs[handoff.conversation] = handoff }
        nextPage = page.next
        unlisted = page.next == nil ? 0 : max(0, page.waiting + page.claimed - handoffs.count)
        return isFirst ? list(at: now) : more(at: now)
    }

    /// All that the console has recorded of, the longest waiting first.
    private var queue: [Handoff] {
        handoffs.values.sorted {
            ($0.waitingSince, $0.conversation) < ($1.waitingSince, $1.conversation)
        }
    }

    /// The beginning of the queue in lines.
    mutating func list(at now: Timestamp) -> [TerminalLine] {
        shown = 0
        guard !handoffs.isEmpty else { return ["the queue is empty"] }
        return more(at: now)
    }

    /// The next rows of the queue, of those that the console has recorded of.
    private mutating func more(at now: Timestamp) -> [TerminalLine] {
        let rows = queue.dropFirst(shown).prefix(Self.rows)
        shown += rows.count
        let rest = handoffs.count - shown + unlisted
        return TextTable.lines(rows.map { Self.columns($0, at: now) })
            + (rest > 0 ? ["… and \(rest) more; `more` shows them"] : [])
    }

    /// A handoff in columns: who, since when, why.
    static func columns(_ handoff: Handoff, at now: Timestamp) -> [String] {
        let name = handoff.customer.name ?? handoff.customer.phone ?? "a customer"
        // A long one would push all other rows apart.
        let customer =
            name.count > nameCharacters ? name.prefix(nameCharacters - 1) + "…" : name
        let status = handoff.holder.map { "claimed by \($0.name)" } ?? "waiting"
        let age = age(of: handoff.waitingSince, at: now)
        return [
            short(handoff.conversation), status, customer,
            age + (handoff.isOverdue ? ", overdue" : ""),
            "\(handoff.reason ?? "unknown"): \(handoff.summary ?? "")",
        ]
    }

    /// How long ago something was, in one unit: `40 s`, `12 min`, `3 h`, `5 d`.
    private static func age(of moment: Timestamp, at now: Timestamp) -> String {
        let seconds = max(0, now.since(moment).components.seconds)
        return switch seconds {
        case ..<120: "\(seconds) s"
        case ..<7_200: "\(seconds / 60) min"
        case ..<172_800: "\(seconds / 3_600) h"
        default: "\(seconds / 86_400) d"
        }
    }

    private mutating func lines(_ transcript: HandoffTranscript) -> [TerminalLine] {
        let conversation = transcript.handoff.conversation
        wasRead = true
        for line in transcript.lines { _ = shownLines.insert(line.id) }
        if let last = transcript.lines.last { lastLines[conversation] = last.id }
        earlier = transcript.next.map { (conversation, $0.rawValue) }
        var lines: [TerminalLine] =
            earlier == nil ? [] : ["… `earlier` shows what was said before"]
        lines += transcript.lines.map {
            Self.line($0, of: transcript.handoff, conversation)
        }
        if let suggestion = transcript.suggestion {
            lines += receive(suggestion, of: conversation)
        }
        return lines.isEmpty ? ["nothing was said yet"] : lines
    }

    private static func line(
        _ line: Handoff.Line, of handoff: Handoff?, _ conversation: ConversationID
    ) -> TerminalLine {
        let who =
            switch line.speaker {
            case .customer: handoff?.customer.name ?? "customer"
            case .bot: "bot"
            case .system: "Parley"
            case .agent: line.name ?? "agent"
            case .owner: "from the business's phone"
            case .note: "note by \(line.name ?? "an agent")"
            }
        return "[\(short(conversation))] \(who): \(line.text)"
    }

    /// Enough of an id to name it.
    static func short(_ conversation: ConversationID) -> String {
        String(conversation.rawValue.prefix(8))
    }

    // MARK: - What the agent says

    /// What a line means.
    mutating func read(_ line: String, at now: Timestamp) -> Intent {
        let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
        guard let verb = words.first?.lowercased() else { return .show([]) }
        let argument = words.count == 2 ? words[1] : nil
        switch (verb, words.count) {
        case ("quit", 1), ("exit", 1): return .quit
        case ("help", 1): return .show(Self.help)
        case ("list", 1): return .show(list(at: now))
        case ("more", 1): return turnPage(at: now)
        case ("earlier", 1):
            guard let earlier else { return .show([nothingEarlier]) }
            return .turn(.read, earlier.conversation, cursor: earlier.cursor)
        case ("claim", 1...2): return ask(.claim, argument, or: waiting.first?.conversation)
        case ("read", 1...2): return ask(.read, argument, or: mine)
        case ("release", 1...2): return ask(.release, argument, or: mine)
        case ("close", 1...2): return ask(.close, argument, or: mine)
        case ("use", 2): return use(words[1])
        case ("again", 1):
            guard let mine, let line = lost[mine] else {
                return .show(["there is nothing that did not arrive and can be sent again"])
            }
            return .again(mine, line: line)
        case ("say", 2...):
            return say(String(line.drop(while: \.isWhitespace).dropFirst(3)), needsOne: false)
        default:
            if let desk = readDesk(verb, words, line) { return desk }
            if let routing = readRouting(verb, words, at: now) { return routing }
            if let doubt = slip(words) { return .show([doubt]) }
            return say(line, needsOne: true)
        }
    }

    /// What to say of a line that is a command with a slip: it is not for the customer's eyes.
    private func slip(_ words: [String]) -> TerminalLine? {
        let namesOne = words.count == 2 && words[1].count > 3 && !matches(words[1]).isEmpty
        guard words.count == 1 || namesOne, let command = AgentSlip.command(meantBy: words[0])
        else { return nil }
        let line = words.joined(separator: " ")
        guard command != words[0].lowercased() else {
            return "`\(command)` lacks a word, see `help`; to send it, write: say \(line)"
        }
        return "'\(line)' is no command; did you mean \(command)? To send it, write: say \(line)"
    }

    /// The next rows: those that the console has recorded of, else its next page.
    private mutating func turnPage(at now: Timestamp) -> Intent {
        if shown < handoffs.count { return .show(more(at: now)) }
        guard let nextPage else { return .show(["that is all"]) }
        return .turn(.list, "", cursor: nextPage)
    }

    /// The conversation that is meant where none is named.
    var mine: ConversationID? {
        let claimed = claimed
        return current.flatMap { claimed.contains($0) ? $0 : nil } ?? claimed.first
    }

    private func ask(
        _ kind: AgentRequest.Kind, _ prefix: String?, or standard: ConversationID?
    ) -> Intent {
        guard let prefix else {
            guard let standard else {
                if kind == .claim, let nextPage {
                    // Others have all that this terminal knows of.
                    return .turn(.list, "", cursor: nextPage)
                }
                return .show([
                    kind == .claim ? "nobody waits" : "you have no conversation; `claim` one"
                ])
            }
            return .ask(kind, standard, text: nil)
        }
        let found = matches(prefix)
        if found.isEmpty, prefix.utf8.count == Self.idDigits {
            // The console knows all of them.
            return .ask(kind, ConversationID(prefix), text: nil)
        }
        guard found.count == 1, let only = found.first else { return .show([doubt(found, prefix)]) }
        return .ask(kind, only, text: nil)
    }

    private mutating func use(_ prefix: String) -> Intent {
        let found = matches(prefix).filter { claimed.contains($0) }
        guard found.count == 1, let only = found.first else { return .show([doubt(found, prefix)]) }
        current = only
        return .show(["`say` writes to \(Self.short(only)) now"])
    }

    mutating func say(
        _ text: String, needsOne: Bool, from suggestion: RecordID? = nil
    ) -> Intent {
        let words = String(
            text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
        guard let mine else {
            return .show(["you have no conversation to write to; `claim` one, or see `help`"])
        }
        guard !needsOne || claimed.count == 1 else {
            return .show(["you have several conversations: `say TEXT`, after `use ID`"])
        }
        guard let handoff = handoffs[mine], let line = lastLines[mine] else {
            return .ask(.send, mine, text: words)
        }
        let request = AgentRequest(
            type: .send, ref: "", conversation: mine, text: words, epoch: handoff.epoch,
            basedOn: line, suggestion: suggestion)
        written = request
        isOvertaken = false
        return .desk(request)
    }

    /// What was held because something new had come, to be sent all the same.
    mutating func confirm() -> Intent {
        guard isOvertaken, var request = written else {
            return .show(["nothing was held that you could send anyway"])
        }
        isOvertaken = false
        request.confirmed = true
        return .desk(request)
    }
}
