import AccountAccess
import Conversation
import ConversationView
import DeskRecords
import Endpoints
import HTTPServer
import SQLite
import Views

/// What agents do among themselves, as far as the handoff stage does not know it: who is in the
/// team, and who may take conversations from others.
extension AgentSession {
    static let overtaken =
        "something was said, or the owner changed, since what you saw last; confirm to send it"

    /// Renews what the agent is given while the socket is open, and what they were given before.
    func takeUp(_ given: AsyncStream<ConversationID>) async -> Bool {
        for await conversation in given { await renew(conversation) }
        return false
    }

    /// What the agent had seen when they wrote.
    func seen(by request: AgentRequest) async throws(Problem) -> SeenSoFar? {
        guard request.epoch != nil || request.basedOn != nil else { return nil }
        var lines: [RecordID]?
        if let line = request.basedOn {
            let (scope, conversation) = (scope, request.conversation)
            lines = try await conversations.answer { rows throws(SQLiteError) in
                try ConversationRows(rows, of: scope).lines(upTo: line, in: conversation)
            }
        }
        return SeenSoFar(epoch: request.epoch, lines: lines, isConfirmed: request.confirmed)
    }

    /// Those to whom a conversation can be given.
    func agents(_ request: AgentRequest) async throws(Problem) -> Step {
        let here = hub.agents(of: scope.tenant)
        var found: [AgentID: AgentMessage.Colleague] = [:]
        for member in try await options.accounts?.agents(in: scope) ?? [] where member.mayAnswer {
            found[member.id] = .init(
                id: member.id, name: member.name, isHere: here[member.id] != nil)
        }
        for (id, name) in here where found[id] == nil {
            found[id] = .init(id: id, name: name, isHere: true)
        }
        found[agent.id] = nil
        let all = found.values.sorted { ($0.name, $0.id) < ($1.name, $1.id) }
        return .answer(.agents(ref: request.ref, all.prefix(ofJSONBytes: FrameLimits.page)))
    }

    /// What is done among agents; refused here where it is for people whom the handoff stage does
    /// not know.
    func deskCommand(_ request: AgentRequest) async throws(Problem) -> Step {
        let words = [request.text, request.note, request.outcome, request.agent?.rawValue]
        guard words.allSatisfy({ $0?.utf8.count ?? 0 <= FrameLimits.text }) else {
            return .answer(Self.refusal(of: request, because: "that is too much text"))
        }
        switch request.type {
        case .returnTo: return try await giveBack(request)
        case .reopen: return try await submit(.reopen(because: request.note), for: request)
        case .note: return try await submit(.note(request.text ?? ""), for: request)
        case .run: return try await run(request)
        case .close where request.outcome == nil: return try await submit(.close, for: request)
        case .close:
            let outcome = HandoffOutcome(request.outcome ?? "", note: request.note)
            return try await submit(.conclude(outcome), for: request)
        case .takeOver: return try await relieve(request)
        case .park:
            guard let until = request.until else {
                return .answer(Self.refusal(of: request, because: "say until when"))
            }
            return try await submit(.park(until: until), for: request)
        case .transfer: return try await transfer(request)
        case .dismiss:
            guard let suggestion = request.suggestion else {
                return .answer(Self.refusal(of: request, because: "say which suggestion"))
            }
            return try await submit(.dismiss(suggestion), for: request)
        default: return .answer(Self.refusal(of: request, because: "that is no command"))
        }
    }

    /// Several things at once; words in which something is still to be filled in go to nobody.
    private func run(_ request: AgentRequest) async throws(Problem) -> Step {
        let steps = request.steps ?? []
        guard steps.allSatisfy({ $0.text?.utf8.count ?? 0 <= FrameLimits.text }) else {
            return .answer(Self.refusal(of: request, because: "that is too much text"))
        }
        for step in steps where step.kind == .reply {
            for case .variable(let name) in CannedText(step.text ?? "").parts
            where CannedText.Variable(rawValue: name) != nil {
                return .answer(
                    Self.refusal(
                        of: request,
                        because: "{\(name)} is not filled in; write what it stands for"))
            }
        }
        return try await submit(.run(steps), for: request)
    }

    private func relieve(_ request: AgentRequest) async throws(Problem) -> Step {
        guard let holder = request.agent else { return try await submit(.takeOver, for: request) }
        guard try await maySupervise() else {
            return .answer(Self.refusal(of: request, because: Self.needsSupervision))
        }
        return try await submit(.relieve(holder, because: request.note), for: request)
    }

    /// What the agent may see at this moment.
    func viewer() async throws(Problem) -> Viewer {
        let member = try await options.accounts?.agent(agent.id, in: scope)
        return Viewer(
            agent.id, supervises: agent.supervises || member?.maySupervise ?? false,
            seesAllNumbers: member?.seesAllNumbers ?? false)
    }

    /// The business, as the agent may see it at this moment.
    func seen() async throws(Problem) -> TenantScope { scope.seen(by: try await viewer()) }

    func maySupervise() async throws(Problem) -> Bool { try await viewer().supervises }

    private func transfer(_ request: AgentRequest) async throws(Problem) -> Step {
        switch request.to {
        case .queue: return try await submit(.transfer(.queue, note: request.note), for: request)
        case .bot: return try await submit(.transfer(.bot, note: request.note), for: request)
        case .team: return try await transferToTeam(request)
        case .agent, nil: break
        }
        guard let wanted = request.agent else {
            return .answer(
                Self.refusal(of: request, because: "say to whom: agent, queue or bot"))
        }
        guard let name = try await name(of: wanted) else {
            return .answer(
                Self.refusal(
                    of: request,
                    because: "nobody of the team who answers customers is \(wanted)"
                        .cut(toJSONBytes: FrameLimits.sentence)))
        }
        guard try await maySee(request.conversation, wanted) else {
            return .answer(
                Self.refusal(
                    of: request,
                    because: "\(name) may not see what is written to this number"
                        .cut(toJSONBytes: FrameLimits.sentence)))
        }
        return try await submit(
            .transfer(.agent(wanted, name: name), note: request.note), for: request)
    }

    /// Gives a conversation back to whom it was taken from, where they may still see its number.
    private func giveBack(_ request: AgentRequest) async throws(Problem) -> Step {
        let (scope, conversation) = (try await seen(), request.conversation)
        let former = try await conversations.answer { rows throws(SQLiteError) in
            try ConversationRows(rows, of: scope).handoff(of: conversation)?.returnsTo
        }
        guard let former, try await !maySee(conversation, former.id) else {
            return try await submit(.returnTo, for: request)
        }
        return .answer(
            Self.refusal(
                of: request,
                because: "\(former.name) may not see what is written to this number any more"
                    .cut(toJSONBytes: FrameLimits.sentence)))
    }

    /// Whether somebody who is to have a conversation may see its number.
    private func maySee(
        _ conversation: ConversationID, _ wanted: AgentID
    ) async throws(Problem) -> Bool {
        let scope = try await seen()
        let isShown = try await conversations.answer { rows throws(SQLiteError) in
            try ConversationRows(rows, of: scope).showsNumber(of: conversation, to: wanted)
        }
        if isShown { return true }
        return try await options.accounts?.agent(wanted, in: scope)?.seesAllNumbers ?? false
    }

    /// What somebody is called who can have a conversation; `nil` for anybody else.
    private func name(of wanted: AgentID) async throws(Problem) -> String? {
        if let member = try await options.accounts?.agent(wanted, in: scope) {
            return member.mayAnswer ? member.name : nil
        }
        return hub.agents(of: scope.tenant)[wanted]
    }
}

extension AgentRequest {
    /// Whether it is done by agents among themselves, or says more than a command of before.
    var isAmongAgents: Bool {
        switch type {
        case .returnTo, .transfer, .reopen, .note, .run, .park, .dismiss: true
        case .close: outcome != nil || from != nil
        case .takeOver: agent != nil
        case .claim, .release, .send, .resend, .renew, .read, .list, .agents, .resume, .setStatus,
            .answerOffer, .next:
            false
        }
    }
}

extension AgentRequest.Kind {
    /// Whether it may be about a conversation that the bot answers.
    var isForAnyConversation: Bool { self == .reopen || self == .note }
}

extension TenantPermission {
    static let superviseConversations = Self("conversations:supervise")
}
