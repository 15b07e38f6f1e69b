import Conversation
import ConversationView
import Endpoints
import HTTPServer
import SQLite
import Views
import WebSocket

/// How a client and the console find each other's place: hello, welcome, resume, reset.
extension AgentSession {
    /// What a client says that it answers probes.
    static let probing = "probe"
    /// What the console can.
    private static let features = ["resume", "reset", "probe", "ping", "sign"]

    /// Waits for the client's hello; one that begins with something else has said hello without a
    /// cursor.
    func greeting(
        _ connection: WebSocketConnection
    ) async -> (AgentNotice, first: WebSocketMessage?)? {
        let wait = hub.limits.helloWait
        let patience = Task {
            // A cancelled sleep means that something was said.
            guard (try? await Task.sleep(for: wait)) != nil else { return }
            connection.close(code: AgentHub.Code.policy, reason: "nobody said hello")
        }
        defer { patience.cancel() }
        var messages = connection.messages.makeAsyncIterator()
        guard let first = await messages.next() else { return nil }
        guard let notice = Self.notice(first), notice.type == .hello else {
            return (.hello(), first)
        }
        guard notice.version ?? AgentNotice.spoken == AgentNotice.spoken else {
            connection.close(
                code: AgentHub.Code.policy,
                reason: "this console speaks version \(AgentNotice.spoken) of the protocol")
            return nil
        }
        return (notice, nil)
    }

    private static func notice(_ message: WebSocketMessage) -> AgentNotice? {
        guard case .text(let text) = message, text.utf8.count <= FrameLimits.sentence else {
            return nil
        }
        // Whatever else it is, it is no notice.
        let notice = try? RecordCodec.decode(AgentNotice.self, from: Array(text.utf8))
        let isBounded =
            (notice?.conversation?.rawValue.utf8.count ?? 0) <= FrameLimits.id
        return isBounded ? notice : nil
    }

    /// Tells a client where it stands: what it missed follows, or all anew.
    ///
    /// - Returns: whether the view could be read.
    func welcome(
        _ connection: WebSocketConnection, _ hello: AgentNotice, _ place: AgentHub.Place,
        _ taken: AsyncStream<ConversationID>.Continuation
    ) async -> Bool {
        var welcome = AgentNews(.welcome(agent.id, name: agent.name, scope.tenant))
        welcome.cursor = place.cursor
        welcome.features = Self.features
        welcome.isResumed = place.isResumed
        welcome.version = AgentNotice.spoken
        welcome.serverTime = records.now().milliseconds
        let agent = agent.id
        do throws(Problem) {
            let scope = try await seen()
            // What was given to whoever was not here is theirs from now on.
            let before = try await conversations.answer { rows throws(SQLiteError) in
                try ConversationRows(rows, of: scope).given(to: agent)
            }
            for conversation in before { taken.yield(conversation) }
            if place.isResumed {
                await send(welcome.wire, connection)
            } else {
                let snapshot = try await snapshot(showing: hello.conversation)
                await send(welcome.wire, connection)
                // Whoever comes with a cursor shows something that is to be read anew.
                if hello.cursor != nil {
                    await send(
                        AgentMessage.reset(because: "what changed meanwhile is not kept").message,
                        connection)
                }
                for message in snapshot { await send(message.message, connection) }
            }
            try await tellRouting(connection)
        } catch {
            return false
        }
        hub.release(place)
        return true
    }

    /// The first page of what is open, and the conversation that the client shows.
    private func snapshot(
        showing conversation: ConversationID?
    ) async throws(Problem) -> [AgentMessage] {
        let (agent, scope, rows) = (agent.id, try await seen(), hub.limits.firstRows)
        return try await conversations.answer { view throws(SQLiteError) in
            let page = try HandoffList.page(
                view, of: [scope], for: agent, atMost: rows)
            var messages = [AgentMessage.queue(page, ref: nil)]
            let all = ConversationRows(view, of: scope)
            if let conversation, let shown = try all.handoffPage(of: conversation) {
                messages.append(.opened(shown))
            }
            return messages
        }
    }

    /// Tells all anew whenever the hub says that the reader missed too much.
    func beginAnew(
        _ resets: AsyncStream<Void>, _ connection: WebSocketConnection, _ place: AgentHub.Place
    ) async -> Bool {
        for await _ in resets {
            do throws(Problem) {
                let snapshot = try await snapshot(showing: hub.shown(at: place))
                var reset = AgentNews(.reset(because: "too much had changed to tell it one by one"))
                reset.cursor = hub.position(of: place)
                await send(reset.wire, connection)
                for message in snapshot { await send(message.message, connection) }
                try await tellRouting(connection)
            } catch {
                Self.close(connection)
                return false
            }
            hub.release(place)
        }
        return false
    }

    /// Takes what is no command; says whether it was that.
    func took(
        notice message: WebSocketMessage, _ connection: WebSocketConnection,
        _ place: AgentHub.Place
    ) async -> Bool {
        guard let notice = Self.notice(message) else { return false }
        switch notice.type {
        // It was said already; and that it is here is known by now.
        case .hello, .here: break
        case .ping:
            hub.flush(place)
            var pong = AgentNews(.pong)
            pong.cursor = hub.position(of: place)
            await send(pong.wire, connection)
        case .sign:
            guard let conversation = notice.conversation, let doing = notice.doing,
                await maySee(conversation)
            else { break }
            hub.sign(conversation, doing, by: place)
        }
        return true
    }

    /// Sends an answer, after what happened before it.
    func tell(
        _ message: AgentMessage, _ connection: WebSocketConnection, _ place: AgentHub.Place
    ) async {
        hub.flush(place)
        var news = AgentNews(message)
        switch message {
        case .done: news.position = hub.cursor(of: place)
        case .refused(_, let conversation, let reason, let holder):
            news.code = Self.code(of: reason, holder: holder)
            news.state = await state(of: conversation)
        case .overtaken(_, let conversation, _, _):
            news.state = await state(of: conversation)
        default: break
        }
        await send(news.wire, connection)
    }

    /// A word for programs that says why a command was refused.
    private static func code(of reason: String, holder: String?) -> String {
        if holder != nil { return "held" }
        return switch reason {
        case noHandoff: "no_handoff"
        case looksOn: "looks_on"
        default: "refused"
        }
    }

    /// Whether the agent may know what goes on in a conversation; not while that cannot be told.
    private func maySee(_ conversation: ConversationID) async -> Bool {
        guard let scope = try? await seen() else { return false }
        let isShown = try? await conversations.answer { rows throws(SQLiteError) in
            try ConversationRows(rows, of: scope).shows(conversation)
        }
        return isShown ?? false
    }

    private func state(of conversation: ConversationID) async -> Handoff? {
        // Without it the client reads how it stands.
        guard let scope = try? await seen() else { return nil }
        return try? await conversations.answer { rows throws(SQLiteError) in
            try ConversationRows(rows, of: scope).handoff(of: conversation)
        }
    }

    func send(_ message: WebSocketMessage?, _ connection: WebSocketConnection) async {
        guard let message else { return }
        do throws(WebSocketError) {
            try await connection.send(message)
        } catch {
            // It is closed: the reader ends the session.
        }
    }

    /// Closes the socket of somebody who may not be here any more, or may see something else, as
    /// soon as that is so, and tells routing whether they may answer.
    func expectWelcome(
        _ connection: WebSocketConnection, _ mayAnswer: Bool, _ viewer: Viewer
    ) async -> Bool {
        var mayAnswer = mayAnswer
        let (looks, look) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let leave = pass.watch { look.yield() }
        defer { leave() }
        for await _ in looks {
            let standing = await pass.standing()
            if standing != .gone, mayAnswer != (standing == .answers) {
                mayAnswer = standing == .answers
                report(mayAnswer: mayAnswer)
            }
            // What cannot be told at this moment changes nothing.
            if let now = try? await self.viewer(), now != viewer { Self.close(connection) }
            guard standing == .gone else { continue }
            connection.close(
                code: AgentHub.Code.policy, reason: "you may not be here any more")
            return false
        }
        return false
    }
}
