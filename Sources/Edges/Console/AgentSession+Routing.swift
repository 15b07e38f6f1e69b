import Conversation
import ConversationView
import Endpoints
import HTTPServer
import RoutingRecords
import RoutingView
import SQLite
import Views
import WebSocket

/// What an agent has to do with routing: what they chose to be, offers, and what they lay aside.
extension AgentSession {
    /// Tells how routing stands for this agent, before anything that changed after the cursor.
    func tellRouting(_ connection: WebSocketConnection) async throws(Problem) {
        guard let desk = options.routing else { return }
        let (agent, scope, now) = (agent.id, scope, records.now)
        let state = try await desk.view.answer { rows throws(SQLiteError) in
            let routing = RoutingRows(rows, of: scope)
            let queues = try routing.queues().map { queue in
                RoutingState.Queue(
                    id: queue.id, name: queue.name, isMine: queue.members.contains(agent))
            }
            return RoutingState(
                status: try routing.agent(agent)?.status ?? .available,
                queues: queues.prefix(ofJSONBytes: FrameLimits.page),
                offers: try routing.offers(to: agent).map { AgentOffer($0, at: now()) })
        }
        await send(AgentMessage.routing(state).message, connection)
    }

    /// Says that a socket of the agent is open, for as long as it is.
    func report(mayAnswer: Bool, isNew: Bool = false) {
        options.routing?.appear(agent, mayAnswer: mayAnswer, isNew: isNew, by: records)
    }

    /// What is wished of routing alone.
    func routingCommand(_ request: AgentRequest) -> Step? {
        let action: RoutingCommand.Action
        switch request.type {
        case .setStatus:
            guard let status = request.status else {
                return .answer(Self.refusal(of: request, because: "say what you are: status"))
            }
            action = .setStatus(agent.id, name: agent.name, status)
        case .answerOffer:
            guard let offer = request.offer, let isAccepted = request.accept else {
                return .answer(
                    Self.refusal(of: request, because: "say which offer, and whether you accept"))
            }
            action = .answer(offer, agent.id, isAccepted: isAccepted)
        case .next: action = .next(agent.id, name: agent.name)
        default: return nil
        }
        return .routing(request, action)
    }

    /// Gives a command to routing, and says what became of it.
    func ask(_ action: RoutingCommand.Action, for request: AgentRequest) async -> AgentMessage {
        guard let desk = options.routing else {
            return Self.refusal(of: request, because: "there is no routing here")
        }
        do throws(Problem) {
            let event = try await desk.send(
                action, "\(agent.id)/\(request.ref)", in: scope)
            return Self.answer(event, to: request)
        } catch {
            let isLate = error.kind == .notVisible
            return .error(
                ref: request.ref, code: isLate ? "no_answer" : "not_stored",
                message: isLate
                    ? "the command is stored, but routing has not answered yet; is it running?"
                    : "the command was not stored, so nothing was done")
        }
    }

    private static func answer(_ event: RoutingEvent, to request: AgentRequest) -> AgentMessage {
        switch event.change {
        case .offerEnded(let offer, .accepted): .done(ref: request.ref, offer.conversation)
        case .offerEnded: refusal(of: request, because: words(.lost))
        case .refused(let refusal): Self.refusal(of: request, because: words(refusal))
        case .placed(let conversation, _): .done(ref: request.ref, conversation)
        case .offered, .agent, .alerted, .done: .done(ref: request.ref, request.conversation)
        }
    }

    private static func words(_ refusal: RoutingRefusal) -> String {
        switch refusal {
        case .noOffer: "the offer stands no more"
        case .nothingWaits: "nothing waits that you could take"
        case .full: "you have as much as you can"
        case .lost: "somebody else has the conversation meanwhile"
        case .notWaiting: "the conversation does not wait"
        case .unknown: "there is no such queue"
        case .taken, .tooMany, .isDefault: "that cannot be done"
        }
    }

    // MARK: Among queues

    /// Gives a conversation to a team: what the agent has through the handoff stage, what waits
    /// through routing.
    func transferToTeam(_ request: AgentRequest) async throws(Problem) -> Step {
        guard let desk = options.routing, let id = request.queue else {
            return .answer(Self.refusal(of: request, because: "say to which queue"))
        }
        let scope = scope
        let found = try await desk.view.answer { rows throws(SQLiteError) in
            try RoutingRows(rows, of: scope).queues().first { $0.id == id }
        }
        guard let queue = found else {
            return .answer(Self.refusal(of: request, because: Self.words(.unknown)))
        }
        let seen = try await seen()
        let handoff = try await conversations.answer { rows throws(SQLiteError) in
            try ConversationRows(rows, of: seen).handoff(of: request.conversation)
        }
        guard handoff?.status == .claimed else {
            return .routing(request, .move(request.conversation, to: id))
        }
        return try await submit(
            .transfer(.team(queue.id, name: queue.name), note: request.note), for: request)
    }

    /// The agent in whose place this one acts, if they may; throws a refusal's words if not.
    func standsIn(_ request: AgentRequest) async throws(Problem) -> StandIn {
        guard let holder = request.from, holder != agent.id else { return .forNobody }
        return try await maySupervise() ? .for(holder) : .refused
    }

    /// In whose place somebody acts.
    enum StandIn {
        case forNobody
        case `for`(AgentID)
        case refused
    }

    static let needsSupervision =
        "this needs the permission \(TenantPermission.superviseConversations.name), which you do "
        + "not have"
}

extension AgentMessage {
    /// What agents hear of what routing did, and who: `nil` for the whole team.
    static func routing(_ event: RoutingEvent, at now: Timestamp) -> (AgentMessage, AgentID?)? {
        switch event.change {
        case .offered(let offer): (.offerMade(AgentOffer(offer, at: now)), offer.agent)
        case .offerEnded(let offer, let end):
            (.offerEnded(offer.id, offer.conversation, end), offer.agent)
        case .agent(let standing): (.agentChanged(standing), nil)
        case .placed, .alerted, .done, .refused: nil
        }
    }
}
