import Conversation
import Endpoints
import EventLog
import Synchronization
import Views

/// Gives agents' commands to the handoff stage and finds the event that answers each.
final class CommandDesk: Sendable {
    /// What became of a command.
    enum Answer: Hashable, Sendable {
        case done
        case refused(because: String, holder: String?)
        /// It did not get into the log.
        case notStored(because: String)
    }

    /// A command that was given.
    enum Submission: Sendable {
        case waiting(Expectations<(name: String, answer: Answer)>.Expectation)
        /// The same command was answered before.
        case answered(Answer)
    }

    /// Answers remembered, so that a client that asks again after a broken connection learns what
    /// became of its command.
    private static let mostAnswers = 2_000

    private struct Answers {
        var byName: [String: Answer] = [:]
        var order: [String] = []
    }

    private let records: ConsoleRecords
    private let expectations = Expectations<(name: String, answer: Answer)>()
    private let answers = Mutex(Answers())

    init(records: ConsoleRecords) {
        self.records = records
    }

    /// Appends a command; commands given one after the other keep their order.
    func submit(_ command: HandoffCommand) throws -> Submission {
        let name = Self.name(
            command.tenant, command.conversation, command.agent, command.reference)
        if let answer = answers.withLock({ $0.byName[name] }) { return .answered(answer) }
        let id = RecordID.derived(from: RecordID(name), by: "console/command")
        var list = [try records.record(command, id: id)]
        if let action = Self.auditAction(command.action) {
            let agent = Principal.Agent(
                id: command.agent, name: command.agentName, tenant: command.tenant)
            list.append(
                try records.audit(
                    action, of: command.conversation.rawValue, tenant: command.tenant,
                    actor: Principal.agent(agent).actor,
                    id: .derived(from: RecordID(name), by: "console/audit")))
        }
        let expectation = expectations.expect { $0.name == name }
        records.appender.append(list) { result in
            guard case .failure(let error) = result else { return }
            let answer = Answer.notStored(because: error.description)
            self.expectations.happened((name, answer))
        }
        return .waiting(expectation)
    }

    /// What the audit log says was asked for; `nil` for what a conversation's transcript tells
    /// (each message) and for what no person does (renewals).
    private static func auditAction(_ action: HandoffCommand.Action) -> String? {
        switch action {
        case .claim: "handoff.claim"
        case .release: "handoff.release"
        case .close: "handoff.close"
        case .takeOver: "handoff.takeOver"
        case .send, .renew: nil
        }
    }

    /// Whether a command of that reference was answered before.
    func knows(
        _ tenant: TenantID, _ conversation: ConversationID, _ agent: AgentID, _ reference: String
    ) -> Bool {
        let name = Self.name(tenant, conversation, agent, reference)
        return answers.withLock { $0.byName[name] != nil }
    }

    /// What became of a command, or `nil` if nothing is known in time.
    func answer(to submission: Submission, within limit: Duration) async -> Answer? {
        switch submission {
        case .answered(let answer): answer
        case .waiting(let expectation):
            await expectations.event(expectation, within: limit)?.answer
        }
    }

    /// Takes in an event of the handoff stage.
    func note(_ event: HandoffEvent) {
        guard let reference = event.reference, let (agent, answer) = Self.answer(in: event) else {
            return
        }
        note(answer, to: Self.name(event.tenant, event.conversation, agent, reference))
    }

    /// Takes in that a command was set aside: no event will answer it.
    func note(setAside command: HandoffCommand) {
        note(
            .refused(
                because: "the command could not be handled and was set aside; an operator finds "
                    + "it among the dead letters", holder: nil),
            to: Self.name(
                command.tenant, command.conversation, command.agent, command.reference))
    }

    private func note(_ answer: Answer, to name: String) {
        let isFirst = answers.withLock { answers in
            guard answers.byName[name] == nil else { return false }
            answers.byName[name] = answer
            answers.order.append(name)
            if answers.order.count > Self.mostAnswers {
                answers.byName[answers.order.removeFirst()] = nil
            }
            return true
        }
        if isFirst { expectations.happened((name, answer)) }
    }

    private static func answer(in event: HandoffEvent) -> (AgentID, Answer)? {
        switch event.change {
        case .refused(let agent, let reason, let holder):
            (agent, .refused(because: reason, holder: holder))
        case .claimed(let agent, _), .closed(let agent), .released(let agent?, _): (agent, .done)
        case .said(let entry):
            if case .agent(let agent, _) = entry.speaker { (agent, .done) } else { nil }
        default: nil
        }
    }

    /// Tenants name their agents as they like: without the tenant, one would hear another's answer.
    private static func name(
        _ tenant: TenantID, _ conversation: ConversationID, _ agent: AgentID, _ reference: String
    ) -> String {
        "\(tenant)/\(conversation)/\(agent)/\(reference)"
    }
}
