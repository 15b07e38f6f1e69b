import Conversation
import ConversationView
import Endpoints
import HTTPServer
import RoutingRecords
import SQLite
import Telemetry
import Views
import WebSocket

/// One agent's open socket: requests in, answers and changes out, claims kept alive meanwhile.
struct AgentSession: Sendable {
    /// The subprotocol of agents' sockets.
    static let subprotocol = "parley.v2"
    /// Commands of one socket that may wait for their answer at once.
    static let waitingCommands = 32
    /// Characters of a request's `cmdId`.
    static let referenceCharacters = 64
    /// Characters of a message to a customer: far more than WhatsApp takes in the parts that the
    /// handoff stage allows, which answers with the limit.
    static let textCharacters = 100_000

    let agent: Principal.Agent
    let pass: AgentTickets.Pass
    let scope: TenantScope
    let hub: AgentHub
    let conversations: StoredView
    let commands: CommandSender
    let options: ConsoleOptions
    let records: ConsoleRecords
    let logger: Logger

    /// Serves until the socket closes.
    func run(_ connection: WebSocketConnection) async {
        guard let (hello, first) = await greeting(connection) else { return }
        let (given, taken) = AsyncStream.makeStream(of: ConversationID.self)
        let (resets, reset) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let viewer: Viewer
        do throws(Problem) {
            viewer = try await self.viewer()
        } catch {
            return Self.close(connection)
        }
        let mayAnswer = await pass.standing() == .answers
        let place = hub.join(
            agent, of: scope.tenant,
            AgentLink(
                offer: { connection.offer($0, ifFewerWaitThan: $1) },
                emptied: { await connection.emptied() }, reset: { reset.yield() },
                close: { connection.close(code: $0, reason: $1) }, given: { taken.yield($0) }),
            isProbed: hello.features?.contains(Self.probing) == true, seenBy: viewer,
            after: hello.cursor)
        defer { hub.leave(place) }
        guard await welcome(connection, hello, place, taken) else {
            return Self.close(connection)
        }
        report(mayAnswer: mayAnswer, isNew: true)
        defer { options.routing?.vanish(agent, by: records) }
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { await keepClaims() }
            group.addTask { await expectWelcome(connection, mayAnswer, viewer) }
            group.addTask { await takeUp(given) }
            group.addTask { await beginAnew(resets, connection, place) }
            var waiting = 0
            if let first { await begin(first, on: connection, at: place, in: &group, &waiting) }
            for await message in connection.messages {
                hub.heard(place)
                // The next message waits until one of many commands is answered.
                while waiting >= Self.waitingCommands, let ended = await group.next() {
                    if ended { waiting -= 1 }
                }
                await begin(message, on: connection, at: place, in: &group, &waiting)
            }
            group.cancelAll()
        }
    }

    /// Lets the client come back: the view that it follows is built anew.
    static func close(_ connection: WebSocketConnection) {
        connection.close(
            code: AgentHub.Code.anew, reason: "the console reads the log anew; connect again")
    }

    private func begin(
        _ message: WebSocketMessage, on connection: WebSocketConnection,
        at place: AgentHub.Place, in group: inout TaskGroup<Bool>, _ waiting: inout Int
    ) async {
        if await took(notice: message, connection, place) { return }
        let step: Step
        do throws(Problem) {
            step = try await handle(message)
        } catch {
            return Self.close(connection)
        }
        switch step {
        case .answer(let answer): await tell(answer, connection, place)
        case .page(let read):
            do throws(Problem) {
                await tell(try await conversations.answer(read), connection, place)
            } catch {
                Self.close(connection)
            }
        case .routing(let request, let action):
            waiting += 1
            group.addTask {
                await tell(await ask(action, for: request), connection, place)
                return true
            }
        case .command(let request, let submission):
            waiting += 1
            group.addTask {
                let outcome = await commands.outcome(
                    of: submission, within: options.commandWait)
                await tell(Self.message(outcome, to: request), connection, place)
                return true
            }
        }
    }

    enum Step {
        case answer(AgentMessage)
        /// Part of the view, as it is when the answer goes out.
        case page(@Sendable (Rows) throws(SQLiteError) -> AgentMessage)
        case command(AgentRequest, CommandSender.Submission)
        /// What routing alone decides.
        case routing(AgentRequest, RoutingCommand.Action)
    }

    private func handle(_ message: WebSocketMessage) async throws(Problem) -> Step {
        guard case .text(let text) = message else {
            return .answer(.error(ref: nil, code: "not_text", message: "send JSON as text"))
        }
        let request: AgentRequest
        do throws(RecordError) {
            request = try RecordCodec.decode(AgentRequest.self, from: Array(text.utf8))
        } catch {
            return .answer(
                .error(
                    ref: nil, code: "bad_request",
                    message: "the request is not understood: "
                        + error.problem.cut(toJSONBytes: FrameLimits.sentence)))
        }
        return try await act(on: request)
    }

    private func act(on request: AgentRequest) async throws(Problem) -> Step {
        guard (1...Self.referenceCharacters).contains(request.ref.count),
            request.ref.utf8.count <= FrameLimits.id
        else {
            return .answer(
                .error(
                    ref: nil, code: "bad_cmdId",
                    message: "cmdId is 1 to \(Self.referenceCharacters) characters, and new for "
                        + "every request"))
        }
        guard request.suggestion?.rawValue.utf8.count ?? 0 <= FrameLimits.id else {
            return .answer(Self.refusal(of: request, because: "no suggestion has so long an id"))
        }
        guard request.conversation.rawValue.utf8.count <= FrameLimits.id else {
            return .answer(
                .error(
                    ref: request.ref, code: "bad_conversation",
                    message: "no conversation has so long an id"))
        }
        switch request.type {
        case .agents: return try await agents(request)
        case .list: return try await list(request)
        case .read: return try await read(request)
        default: break
        }
        guard await pass.standing() == .answers else {
            return .answer(Self.refusal(of: request, because: Self.looksOn))
        }
        if let step = routingCommand(request) { return step }
        return try await command(request)
    }

    static func refusal(of request: AgentRequest, because reason: String) -> AgentMessage {
        .refused(ref: request.ref, request.conversation, because: reason, holder: nil)
    }

    static let looksOn = "you may read here, and answer nobody"
    static let noHandoff = "no handoff of that id is open"

    private func read(_ request: AgentRequest) async throws(Problem) -> Step {
        let scope = try await seen()
        return .page { rows throws(SQLiteError) in
            let page = try ConversationRows(rows, of: scope).handoffPage(
                of: request.conversation, before: request.cursor.map { RecordID($0) })
            guard let page else { return Self.refusal(of: request, because: Self.noHandoff) }
            return .transcript(ref: request.ref, page)
        }
    }

    private func command(_ request: AgentRequest) async throws(Problem) -> Step {
        let scope = try await seen()
        let name = CommandName(
            tenant: scope.tenant, conversation: request.conversation, agent: agent.id,
            reference: request.ref)
        let isKnown = try await conversations.answer { rows throws(SQLiteError) in
            let rows = ConversationRows(rows, of: scope)
            guard try rows.shows(request.conversation) else { return false }
            if request.type == .takeOver { return true }
            // A repeat of what closed the handoff is answered as before.
            if try rows.handoff(of: request.conversation) != nil { return true }
            if request.type.isForAnyConversation { return try rows.has(request.conversation) }
            return try rows.answer(to: name) != nil
        }
        guard isKnown else {
            return .answer(Self.refusal(of: request, because: Self.noHandoff))
        }
        if request.type == .resend { return try await resend(request) }
        if request.isAmongAgents { return try await deskCommand(request) }
        guard let action = Self.action(of: request) else {
            return .answer(
                Self.refusal(
                    of: request,
                    because: "there is no text, or more than \(Self.textCharacters) characters"))
        }
        // Long text is cut into several messages, which the handoff stage bounds.
        if case .send(let content) = action, request.content != nil,
            let problem = content.problems.first(where: { $0.field != "text" })
        {
            return .answer(
                Self.refusal(of: request, because: "\(problem.field): \(problem.sentence)"))
        }
        return try await submit(
            fitting: try await named(action, in: request.conversation), for: request)
    }

    /// A template is compared with those that there are before it is wished: whoever sends it hears
    /// at once why it cannot go.
    private func submit(
        fitting action: HandoffCommand.Action, for request: AgentRequest
    ) async throws(Problem) -> Step {
        guard case .send(var content) = action, case .template(let template) = content.body else {
            return try await submit(action, for: request)
        }
        switch await options.fitTemplate(scope.tenant, template) {
        case .success(let fitting):
            content.body = .template(fitting)
            return try await submit(.send(content), for: request)
        case .failure(let refusal):
            return .answer(Self.refusal(of: request, because: refusal.sentence))
        }
    }

    /// The handoff stage says whether it may be sent again; the view knows what it was.
    private func resend(_ request: AgentRequest) async throws(Problem) -> Step {
        guard let line = request.line, line.rawValue.utf8.count <= FrameLimits.id else {
            return .answer(Self.refusal(of: request, because: "line names no message"))
        }
        let scope = try await seen()
        let content = try await conversations.answer { rows throws(SQLiteError) in
            try ConversationRows(rows, of: scope).sentContent(of: line, in: request.conversation)
        }
        guard let content else {
            return .answer(
                Self.refusal(of: request, because: "no message of that id was sent here"))
        }
        return try await submit(.resend(of: line, content), for: request)
    }

    func submit(
        _ action: HandoffCommand.Action, for request: AgentRequest
    ) async throws(Problem) -> Step {
        let seen = try await seen(by: request)
        let holder: AgentID?
        switch try await standsIn(request) {
        case .forNobody: holder = nil
        case .for(let agent): holder = agent
        case .refused:
            return .answer(Self.refusal(of: request, because: Self.needsSupervision))
        }
        do {
            return .command(
                request,
                try await submit(
                    action, request.conversation, request.ref, seen: seen, actsFor: holder,
                    from: request.type == .send ? request.suggestion : nil))
        } catch let problem as Problem {
            throw problem
        } catch {
            logger.error("an agent's command could not be written", [.error: .error(error)])
            return .answer(
                .error(
                    ref: request.ref, code: "not_stored", message: "the command was not stored"))
        }
    }

    /// Agents know messages by their lines, WhatsApp by its own names.
    private func named(
        _ action: HandoffCommand.Action, in conversation: ConversationID
    ) async throws(Problem) -> HandoffCommand.Action {
        guard case .send(let content) = action, content.namesMessages else { return action }
        let scope = scope
        return .send(
            try await conversations.answer { rows throws(SQLiteError) in
                try ConversationRows(rows, of: scope).named(content, in: conversation)
            })
    }

    private func list(_ request: AgentRequest) async throws(Problem) -> Step {
        guard let cursor = request.cursor.flatMap({ HandoffCursor($0) }),
            cursor.tenant == scope.tenant
        else {
            return .answer(
                .error(
                    ref: request.ref, code: "bad_cursor",
                    message: "cursor is what the page before gave as next, as it is"))
        }
        let (agent, scope) = (agent.id, try await seen())
        return .page { rows throws(SQLiteError) in
            .queue(
                try HandoffList.page(rows, of: [scope], for: agent, after: cursor),
                ref: request.ref)
        }
    }

    private static func action(of request: AgentRequest) -> HandoffCommand.Action? {
        switch request.type {
        case .claim: return .claim
        case .release: return .release
        case .close where request.outcome == nil && request.from == nil: return .close
        case .renew: return .renew
        case .takeOver where request.agent == nil: return .takeOver
        case .read, .list, .resend, .agents, .close, .takeOver, .returnTo, .transfer, .reopen,
            .note, .run, .setStatus, .answerOffer, .next, .park, .dismiss:
            return nil
        case .resume: return .resume
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

    func submit(
        _ action: HandoffCommand.Action, _ conversation: ConversationID, _ reference: String,
        seen: SeenSoFar? = nil, actsFor: AgentID? = nil, from suggestion: RecordID? = nil
    ) async throws -> CommandSender.Submission {
        try await commands.submit(
            HandoffCommand(
                tenant: scope.tenant, conversation: conversation, agent: agent.id,
                agentName: agent.name, action: action, reference: reference, seen: seen,
                actsFor: actsFor, suggestion: suggestion, at: records.now()), in: scope)
    }
}
