package import Conversation
package import SQLite
import Views

/// Which command of an agent's client is meant.
///
/// Tenants name their agents as they like: without the tenant, one would hear another's answer.
package struct CommandName: Hashable, Sendable {
    /// The business.
    package var tenant: TenantID
    /// The conversation.
    package var conversation: ConversationID
    /// The agent.
    package var agent: AgentID
    /// The client's own id of the command.
    package var reference: String

    /// Names a command.
    package init(
        tenant: TenantID, conversation: ConversationID, agent: AgentID, reference: String
    ) {
        self.tenant = tenant
        self.conversation = conversation
        self.agent = agent
        self.reference = reference
    }

    /// The name of a command.
    package init(_ command: HandoffCommand) {
        self.init(
            tenant: command.tenant, conversation: command.conversation, agent: command.agent,
            reference: command.reference)
    }

    /// The name as one text.
    package var text: String { "\(tenant)/\(conversation)/\(agent)/\(reference)" }

    fileprivate var values: [Value] {
        [
            .text(tenant.rawValue), .text(conversation.rawValue), .text(agent.rawValue),
            .text(reference),
        ]
    }
}

/// What became of an agent's command.
package enum CommandAnswer: Hashable, Sendable {
    /// It was done.
    case done
    /// It was refused; `holder` is who has the conversation, if anybody.
    case refused(because: String, holder: String?)
    /// It was not sent: these lines are newer than what its author had seen, or the conversation
    /// was another's meanwhile.
    case overtaken(by: [Handoff.Line])

    /// Of a command that was set aside: no event will answer it.
    static let setAside = Self.refused(
        because: "the command could not be handled and was set aside; an operator finds it "
            + "among the dead letters", holder: nil)
}

/// A command was answered.
package struct CommandAnswered: ViewChange, Hashable {
    /// The command.
    package var command: CommandName
    /// What became of it.
    package var answer: CommandAnswer

    /// Says what became of a command.
    package init(command: CommandName, answer: CommandAnswer) {
        self.command = command
        self.answer = answer
    }

    /// The answer that an event is, if it is one.
    init?(_ event: HandoffEvent) {
        guard let reference = event.reference else { return nil }
        let agent: AgentID
        switch event.change {
        case .refused(let refused, let reason, let holder):
            agent = refused
            answer = .refused(because: reason, holder: holder)
        case .overtaken(let overtaken, let lines):
            agent = overtaken
            answer = .overtaken(
                by: lines.map { Handoff.Line($0) }.prefix(ofJSONBytes: FrameLimits.lines))
        case .claimed(let done, _), .closed(let done), .released(let done?, _),
            .concluded(let done, _), .ran(let done), .relieved(let done, _, _, _),
            .transferred(let done, _, _, _, _), .parked(let done, _), .resumed(let done?):
            agent = done
            answer = .done
        case .suggestionEnded(let end):
            guard let done = end.agent else { return nil }
            agent = done
            answer = .done
        case .said(let entry):
            guard case .agent(let done, _) = entry.speaker else { return nil }
            agent = done
            answer = .done
        default: return nil
        }
        command = CommandName(
            tenant: event.tenant, conversation: event.conversation, agent: agent,
            reference: reference)
    }

    /// The answer that a note is, if it is one.
    init?(_ note: AgentNote) {
        guard let reference = note.reference else { return nil }
        command = CommandName(
            tenant: note.tenant, conversation: note.conversation, agent: note.agent,
            reference: reference)
        answer = .done
    }

    /// Of a command that was set aside.
    init(setAside command: HandoffCommand) {
        self.command = CommandName(command)
        answer = .setAside
    }
}

extension ConversationView {
    /// How long an answer is kept for a client that asks again after a broken connection, in
    /// milliseconds: as long as the handoff stage knows a command that is repeated.
    private static let answersKept: Int64 = 24 * 60 * 60 * 1_000

    /// Keeps the answer that an event is.
    static func note(answerIn event: HandoffEvent, _ rows: Rows) throws(SQLiteError) {
        guard let answered = CommandAnswered(event) else { return }
        try keep(answered, at: event.at, source: 1, rows)
    }

    /// Keeps that a command was set aside.
    static func note(
        setAside command: HandoffCommand, _ rows: Rows
    ) throws(SQLiteError) {
        let answered = CommandAnswered(setAside: command)
        try keep(answered, at: command.at, source: 0, rows)
        rows.announce(answered)
    }

    /// Keeps the newest answer of each command, for a day before the newest of all: which those
    /// are does not depend on the order in which they come.
    static func keep(
        _ answered: CommandAnswered, at moment: Timestamp, source: Int64, _ rows: Rows
    ) throws(SQLiteError) {
        let at = moment.milliseconds
        let newest = try rows.first("SELECT max(at) FROM answers") { $0.int64(0) } ?? 0
        guard at >= newest - answersKept else { return }
        try rows.change("DELETE FROM answers WHERE at < ?", .integer(at - answersKept))
        var refusal: (because: String, holder: String?)?
        var news: [Handoff.Line]?
        switch answered.answer {
        case .done: break
        case .refused(let reason, let holder): refusal = (reason, holder)
        case .overtaken(let lines): news = lines
        }
        let name = answered.command.values
        try rows.change(
            """
            INSERT INTO answers VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            ON CONFLICT DO UPDATE SET at = ?5, source = ?6, refusal = ?7, holder = ?8, news = ?9
            WHERE (at, source) < (?5, ?6)
            """, name[0], name[1], name[2], name[3], .integer(at), .integer(source),
            .text(orNull: refusal?.because), .text(orNull: refusal?.holder),
            .text(orNull: StoredJSON.text(news)))
    }
}

extension ConversationRows {
    /// What became of a command, if it was answered within the last day.
    package func answer(to command: CommandName) throws(SQLiteError) -> CommandAnswer? {
        guard command.tenant == tenant else { return nil }
        return try rows.all(
            """
            SELECT refusal, holder, news FROM answers
            WHERE tenant = ? AND conversation = ? AND agent = ? AND reference = ?
            """, with: command.values
        ) { row -> CommandAnswer in
            if let news = StoredJSON.value([Handoff.Line].self, row, 2) {
                return .overtaken(by: news)
            }
            guard !row.isNull(0) else { return .done }
            return .refused(
                because: row.text(0), holder: row.isNull(1) ? nil : row.text(1))
        }.first
    }
}
