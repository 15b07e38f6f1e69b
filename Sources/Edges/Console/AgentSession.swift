import Conversation
import Endpoints
import Telemetry
import WebSocket

/// One agent's open socket: requests in, answers and changes out, claims kept alive meanwhile.
struct AgentSession: Sendable {
    /// The subprotocol of agents' sockets.
    static let subprotocol = "parley.v1"
    /// Commands of one socket that may wait for their answer at once.
    static let waitingCommands = 32
    /// Characters of a request's `ref`.
    static let referenceCharacters = 64
    /// Characters of a message to a customer: far more than WhatsApp takes in the parts that the
    /// handoff stage allows, which answers with the limit.
    static let textCharacters = 100_000

    let agent: Principal.Agent
    let scope: TenantScope
    let hub: AgentHub
    let desk: CommandDesk
    let options: ConsoleOptions
    let records: ConsoleRecords
    let logger: Logger

    /// Serves until the socket closes.
    func run(_ connection: WebSocketConnection) async {
        let seat = hub.join(agent, scope) { connection.post($0) }
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { await keepClaims() }
            var waiting = 0
            for await message in connection.messages {
                // The next message waits until one of many commands is answered.
                while waiting >= Self.waitingCommands, let ended = await group.next() {
                    if ended { waiting -= 1 }
                }
                begin(message, on: connection, in: &group, &waiting)
            }
            group.cancelAll()
        }
        hub.leave(seat)
    }

    private func begin(
        _ message: WebSocketMessage, on connection: WebSocketConnection,
        in group: inout TaskGroup<Bool>, _ waiting: inout Int
    ) {
        switch handle(message) {
        case .answer(let answer): tell(answer, connection)
        case .page(let cursor, let ref):
            hub.tellPage(after: cursor, to: agent, scope, ref: ref) { connection.post($0) }
        case .command(let request, let submission):
            waiting += 1
            group.addTask {
                let answer = await desk.answer(to: submission, within: options.commandWait)
                tell(Self.message(answer, to: request), connection)
                return true
            }
        }
    }

    private enum Step {
        case answer(AgentMessage)
        case page(HandoffCursor, ref: String)
        case command(AgentRequest, CommandDesk.Submission)
    }

    private func handle(_ message: WebSocketMessage) -> Step {
        guard case .text(let text) = message else {
            return .answer(.error(ref: nil, code: "not_text", message: "send JSON as text"))
        }
        do throws(RecordError) {
            return act(on: try RecordCodec.decode(AgentRequest.self, from: Array(text.utf8)))
        } catch {
            return .answer(
                .error(
                    ref: nil, code: "bad_request",
                    message: "the request is not understood: "
                        + error.problem.cut(toJSONBytes: FrameLimits.sentence)))
        }
    }

    private func act(on request: AgentRequest) -> Step {
        func refuse(_ reason: String) -> Step {
            .answer(
                .refused(ref: request.ref, request.conversation, because: reason, holder: nil))
        }
        guard (1...Self.referenceCharacters).contains(request.ref.count),
            request.ref.utf8.count <= FrameLimits.id
        else {
            return .answer(
                .error(
                    ref: nil, code: "bad_ref",
                    message: "ref is 1 to \(Self.referenceCharacters) characters, and new for "
                        + "every request"))
        }
        guard request.conversation.rawValue.utf8.count <= FrameLimits.id else {
            return .answer(
                .error(
                    ref: request.ref, code: "bad_conversation",
                    message: "no conversation has so long an id"))
        }
        if request.type == .list { return list(request) }
        if request.type == .read {
            let page = hub.view {
                $0.page(
                    of: request.conversation, in: scope,
                    before: request.cursor.map { RecordID($0) })
            }
            guard let page else { return refuse("no handoff of that id is open") }
            return .answer(.transcript(ref: request.ref, page))
        }
        let isOpen = hub.view {
            $0.conversation(request.conversation, of: scope) != nil
        }
        let isRepeat = desk.knows(
            scope.tenant, request.conversation, agent.id, request.ref)
        guard isOpen || request.type == .takeOver || isRepeat else {
            return refuse("no handoff of that id is open")
        }
        guard let action = Self.action(of: request) else {
            return refuse("there is no text, or more than \(Self.textCharacters) characters")
        }
        // Long text is cut into several messages, which the handoff stage bounds.
        if case .send(let content) = action, request.content != nil,
            let problem = content.problems.first(where: { $0.field != "text" })
        {
            return refuse("\(problem.field): \(problem.sentence)")
        }
        do {
            return .command(request, try submit(action, request.conversation, request.ref))
        } catch {
            logger.error("an agent's command could not be written", [.error: .error(error)])
            return .answer(
                .error(
                    ref: request.ref, code: "not_stored", message: "the command was not stored"))
        }
    }

    private func list(_ request: AgentRequest) -> Step {
        guard let cursor = request.cursor.flatMap({ HandoffCursor($0) }) else {
            return .answer(
                .error(
                    ref: request.ref, code: "bad_cursor",
                    message: "cursor is what the page before gave as next, as it is"))
        }
        return .page(cursor, ref: request.ref)
    }

    private static func action(of request: AgentRequest) -> HandoffCommand.Action? {
        switch request.type {
        case .claim: return .claim
        case .release: return .release
        case .close: return .close
        case .renew: return .renew
        case .takeOver: return .takeOver
        case .read, .list: return nil
        case .send:
            let content = request.content ?? request.text.map { .text($0) }
            guard let content else { return nil }
            if case .text(let text, _) = content.body,
                text.isEmpty || text.count > Self.textCharacters
            {
                return nil
            }
            return .send(content)
        }
    }

    private func submit(
        _ action: HandoffCommand.Action, _ conversation: ConversationID, _ reference: String
    ) throws -> CommandDesk.Submission {
        try desk.submit(
            HandoffCommand(
                tenant: scope.tenant, conversation: conversation, agent: agent.id,
                agentName: agent.name, action: action, reference: reference,
                at: records.now()))
    }

    private static func message(
        _ answer: CommandDesk.Answer?, to request: AgentRequest
    ) -> AgentMessage {
        switch answer {
        case .done: .done(ref: request.ref, request.conversation)
        case .refused(let reason, let holder):
            .refused(
                ref: request.ref, request.conversation,
                because: reason.cut(toJSONBytes: FrameLimits.sentence),
                holder: holder?.cut(toJSONBytes: FrameLimits.name))
        case .notStored(let reason):
            .error(
                ref: request.ref, code: "not_stored",
                message: "the command was not stored, so nothing was done: "
                    + reason.cut(toJSONBytes: FrameLimits.sentence))
        case nil:
            .error(
                ref: request.ref, code: "no_answer",
                message: "the command is stored, but the handoff stage has not answered yet; "
                    + "is it running? The command is done as soon as it does")
        }
    }

    private func tell(_ message: AgentMessage, _ connection: WebSocketConnection) {
        if let message = message.message { connection.post(message) }
    }

    /// Renews the agent's claims for as long as the socket is open.
    private func keepClaims() async -> Bool {
        // A cancelled sleep means that the socket is closed.
        while (try? await Task.sleep(for: options.renewEvery)) != nil {
            for conversation in hub.view({ $0.claims(of: agent.id, in: scope) }) {
                do {
                    let id = try records.freshID()
                    let renewal = try submit(.renew, conversation, "renew-\(id)")
                    _ = await desk.answer(to: renewal, within: options.commandWait)
                } catch {
                    logger.warning(
                        "a claim could not be renewed",
                        [.conversation: .identifier(conversation), .error: .error(error)])
                }
            }
        }
        return false
    }
}
