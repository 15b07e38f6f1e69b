import AccountCommands
import AuditRecords
import Conversation
import ConversationView
import Endpoints
import EventLog
import HTTPServer
import SQLite
import Views

/// Gives agents' commands to the handoff stage and finds the event that answers each.
final class CommandSender: Sendable {
    /// What becomes known of a command.
    enum Outcome: Hashable, Sendable {
        case answered(CommandAnswered)
        /// It did not get into the log.
        case notStored(CommandName, because: String)

        fileprivate var command: CommandName {
            switch self {
            case .answered(let answered): answered.command
            case .notStored(let command, _): command
            }
        }
    }

    /// Told of what becomes of commands.
    typealias Answers = Expectations<Outcome>

    /// A command that was given.
    enum Submission: Sendable {
        case waiting(Answers.Expectation)
        /// The same command was answered before.
        case answered(CommandAnswered)
    }

    private let records: ConsoleRecords
    private let answers: Answers
    private let known: StoredView

    /// `known` has the answers that were given before, for a client that asks again after a broken
    /// connection.
    init(records: ConsoleRecords, answers: Answers, known: StoredView) {
        self.records = records
        self.answers = answers
        self.known = known
    }

    /// Appends a command; commands given one after the other keep their order.
    func submit(_ command: HandoffCommand, in scope: TenantScope) async throws -> Submission {
        let name = CommandName(command)
        let list = try records(of: command, name)
        // An answer that comes while the view is asked is not missed.
        let expectation = answers.expect { $0.command == name }
        do {
            if let answer = try await answer(to: name, in: scope) {
                answers.forget(expectation)
                return .answered(CommandAnswered(command: name, answer: answer))
            }
        } catch {
            answers.forget(expectation)
            throw error
        }
        records.appender.append(list) { [answers] result in
            guard case .failure(let error) = result else { return }
            answers.happened(.notStored(name, because: error.description))
        }
        return .waiting(expectation)
    }

    /// The command, and who gave it for the audit log, under ids by which a repeat is known.
    private func records(
        of command: HandoffCommand, _ name: CommandName
    ) throws -> [Record] {
        let cause = RecordID(name.text)
        var list = [
            try records.record(command, id: .derived(from: cause, by: "console/command"))
        ]
        if let action = Self.auditAction(command.action) {
            let agent = Principal.Agent(
                id: command.agent, name: command.agentName, tenant: command.tenant)
            let asker = Asker(
                AuditActor(.agent(agent), in: command.tenant), origin: AuditOrigin(),
                reference: name.text)
            list.append(
                try records.audit(
                    action, on: AuditTarget("conversation", command.conversation.rawValue),
                    in: command.tenant, for: asker,
                    id: .derived(from: cause, by: "console/audit")))
        }
        return list
    }

    /// What the audit log says was asked for; `nil` for what a conversation's transcript tells
    /// (each message), for what became of a suggestion, and for what no person does (renewals).
    private static func auditAction(_ action: HandoffCommand.Action) -> String? {
        switch action {
        case .claim, .accept: "handoff.claim"
        case .release: "handoff.release"
        case .close, .conclude: "handoff.close"
        case .takeOver: "handoff.takeOver"
        case .relieve: "handoff.relieve"
        case .returnTo: "handoff.return"
        case .transfer: "handoff.transfer"
        case .reopen: "handoff.reopen"
        case .run: "handoff.run"
        case .park: "handoff.park"
        case .resume: "handoff.resume"
        case .send, .resend, .renew, .note, .vacate, .dismiss: nil
        }
    }

    /// What became of a command that was given before; `nil` if that is not known.
    func answer(
        to name: CommandName, in scope: TenantScope
    ) async throws(Problem) -> CommandAnswer? {
        try await known.answer { rows throws(SQLiteError) in
            try ConversationRows(rows, of: scope).answer(to: name)
        }
    }

    /// What became of a command, or `nil` if nothing is known in time.
    func outcome(of submission: Submission, within limit: Duration) async -> Outcome? {
        switch submission {
        case .answered(let answered): .answered(answered)
        case .waiting(let expectation): await answers.event(expectation, within: limit)
        }
    }
}
