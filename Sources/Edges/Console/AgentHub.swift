import Conversation
import ConversationView
import Endpoints
import RoutingRecords
import SQLite
import Synchronization
import Views
import WebSocket

/// Tells every agent who watches what changes in the view of conversations.
final class AgentHub: Sendable {
    /// Sends to one socket without waiting.
    typealias Post = @Sendable (WebSocketMessage) -> Void

    private struct Seat {
        let scope: TenantScope
        let agent: Principal.Agent
        let given: @Sendable (ConversationID) -> Void
        let post: Post
        let close: @Sendable () -> Void
        /// Whoever sees no more than their queues show; `nil` for who supervises.
        let viewer: AgentID?
    }

    private struct State {
        var seats: [Int: Seat] = [:]
        var next = 0
    }

    private let state = Mutex(State())

    /// Tells the agents of a tenant what changed; the view calls in the order of the changes.
    func hear(_ changed: HandoffChanged) {
        state.withLock { state in
            let seats = state.seats.values.filter {
                $0.scope.tenant == changed.tenant
                    && changed.audience?.includes($0.viewer) != false
            }
            guard !seats.isEmpty, let message = AgentMessage(changed.change).message else { return }
            for seat in seats { seat.post(message) }
            // Whoever is given a conversation and is here has it as any other from now on.
            guard case .updated(let handoff) = changed.change, let awaited = handoff.awaited,
                let seat = seats.first(where: { $0.agent.id == awaited })
            else { return }
            seat.given(handoff.conversation)
        }
    }

    /// Tells the agents of a tenant, or one of them, what routing did.
    func hear(_ event: RoutingEvent, at now: Timestamp) {
        guard let (told, agent) = AgentMessage.routing(event, at: now),
            let message = told.message
        else { return }
        state.withLock { state in
            for seat in state.seats.values where seat.scope.tenant == event.tenant {
                if agent == nil || agent == seat.agent.id { seat.post(message) }
            }
        }
    }

    /// Lets those begin anew who may see something else now.
    func hear(_ changed: QueuesChanged) {
        let seats = state.withLock { state in
            state.seats.values.filter { $0.scope.tenant == changed.tenant }
        }
        for seat in seats { seat.close() }
    }

    /// The agents of a tenant whose sockets are open, by their ids.
    func agents(of tenant: TenantID) -> [AgentID: String] {
        state.withLock { state in
            let seats = state.seats.values.filter { $0.scope.tenant == tenant }
            return Dictionary(seats.map { ($0.agent.id, $0.agent.name) }) { first, _ in first }
        }
    }

    /// Closes all sockets: of what changes while the view is built anew nobody hears, so that
    /// clients have to begin anew, too.
    func closeAll() {
        let seats = state.withLock { Array($0.seats.values) }
        for seat in seats { seat.close() }
    }

    /// Begins to tell an agent: first a page of what is open, then every change.
    ///
    /// It reads between two batches of the view, so that no change comes before a page that does
    /// not show it, nor twice.
    ///
    /// - Returns: what ``leave(_:)`` wants; `nil` if the view cannot be read now.
    func join(
        _ agent: Principal.Agent, _ scope: TenantScope, of view: StoredView,
        seenBy viewer: AgentID? = nil,
        given: @escaping @Sendable (ConversationID) -> Void = { _ in },
        post: @escaping Post, close: @escaping @Sendable () -> Void
    ) async -> Int? {
        await inOrder(view) { rows throws(SQLiteError) in
            let page = try HandoffList.page(rows, of: [scope], for: agent.id, seenBy: viewer)
            // What was given to whoever was not here is theirs from now on.
            let before = try ConversationRows(rows, of: scope).given(to: agent.id)
            let first: [AgentMessage] = [
                .welcome(agent.id, name: agent.name, scope.tenant), .queue(page, ref: nil),
            ]
            return self.state.withLock { state in
                state.next += 1
                state.seats[state.next] = Seat(
                    scope: scope, agent: agent, given: given, post: post, close: close,
                    viewer: viewer)
                for message in first.compactMap(\.message) { post(message) }
                for conversation in before { given(conversation) }
                return state.next
            }
        }
    }

    /// Reads the view and posts what was read before anything that changes afterwards.
    ///
    /// - Returns: whether the view could be read.
    func tell(
        _ view: StoredView, post: @escaping Post,
        _ read: @escaping @Sendable (Rows) throws(SQLiteError) -> AgentMessage
    ) async -> Bool {
        let isRead = await inOrder(view) { rows throws(SQLiteError) in
            let message = try read(rows)
            if let message = message.message { post(message) }
            return true
        }
        return isRead ?? false
    }

    private func inOrder<Value: Sendable>(
        _ view: StoredView, _ body: @escaping @Sendable (Rows) throws(SQLiteError) -> Value
    ) async -> Value? {
        @Sendable func whole(_ rows: Rows) throws(SQLiteError) -> Value? {
            view.isCaughtUp ? try body(rows) : nil
        }
        do throws(SQLiteError) { return try await view.readInOrder(whole) } catch {
            // While it waits for room on the disk nothing changes, so that any moment is in order;
            // what cannot be read at all is the caller's to tell.
            return (try? await view.read(whole)) ?? nil
        }
    }

    /// Stops telling an agent.
    func leave(_ seat: Int) {
        state.withLock { _ = $0.seats.removeValue(forKey: seat) }
    }

    /// How many sockets are open.
    var seatCount: Int { state.withLock { $0.seats.count } }
}

extension AgentMessage {
    /// The message on the wire; `nil` only if a number in it is not finite, and none can be.
    ///
    /// Whatever it holds, it is no longer than ``FrameLimits/frame``.
    var message: WebSocketMessage? {
        guard let bytes = try? RecordCodec.encode(self) else { return nil }
        guard bytes.count <= FrameLimits.frame else {
            let ref = reference.flatMap { $0.utf8.count <= FrameLimits.id ? $0 : nil }
            let instead = AgentMessage.error(
                ref: ref, code: "too_large",
                message: "the answer is larger than \(FrameLimits.frame / 1024) KiB")
            return (try? RecordCodec.encode(instead))  // no number is in it
                .map { .text(String(decoding: $0, as: UTF8.self)) }
        }
        return .text(String(decoding: bytes, as: UTF8.self))
    }

    /// The `ref` of the request that it answers.
    private var reference: String? {
        switch self {
        case .queue(_, let ref), .error(let ref, _, _): ref
        case .transcript(let ref, _), .done(let ref, _), .refused(let ref, _, _, _),
            .overtaken(let ref, _, _, _), .agents(let ref, _):
            ref
        default: nil
        }
    }
}
