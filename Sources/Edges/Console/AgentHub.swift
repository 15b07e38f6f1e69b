import Conversation
import Endpoints
import Synchronization
import WebSocket

/// Keeps the view of handoffs and tells every agent who watches what changes in it.
final class AgentHub: Sendable {
    /// Sends to one socket without waiting.
    typealias Post = @Sendable (WebSocketMessage) -> Void

    private struct Seat {
        let scope: TenantScope
        let post: Post
    }

    private struct State {
        var view = HandoffView()
        var seats: [Int: Seat] = [:]
        var next = 0
    }

    private let state = Mutex(State())

    /// Takes in an event and tells the agents of its tenant.
    ///
    /// Told inside the lock, so that every socket sees changes in their order; `post` never waits.
    func apply(_ event: HandoffEvent) {
        state.withLock { state in
            let pushes = state.view.apply(event)
            guard !pushes.isEmpty else { return }
            let seats = state.seats.values.filter { $0.scope.tenant == event.tenant }
            guard !seats.isEmpty else { return }
            for message in pushes.compactMap({ AgentMessage($0).message }) {
                for seat in seats { seat.post(message) }
            }
        }
    }

    /// Begins to tell an agent: first a page of what is open, then every change.
    ///
    /// - Returns: what ``leave(_:)`` wants.
    func join(
        _ agent: Principal.Agent, _ scope: TenantScope, post: @escaping Post
    ) -> Int {
        state.withLock { state in
            state.next += 1
            state.seats[state.next] = Seat(scope: scope, post: post)
            let first: [AgentMessage] = [
                .welcome(agent.id, name: agent.name, scope.tenant),
                .queue(state.view.page(of: [scope], for: agent.id), ref: nil),
            ]
            for message in first.compactMap(\.message) { post(message) }
            return state.next
        }
    }

    /// Tells an agent a further page.
    ///
    /// Told inside the lock, so that no change which the page does not show comes before it.
    func tellPage(
        after cursor: HandoffCursor, to agent: Principal.Agent, _ scope: TenantScope,
        ref: String, post: Post
    ) {
        state.withLock { state in
            let page = state.view.page(of: [scope], for: agent.id, after: cursor)
            if let message = AgentMessage.queue(page, ref: ref).message { post(message) }
        }
    }

    /// Stops telling an agent.
    func leave(_ seat: Int) {
        state.withLock { _ = $0.seats.removeValue(forKey: seat) }
    }

    /// How many sockets are open.
    var seatCount: Int { state.withLock { $0.seats.count } }

    /// Asks the view.
    func view<Value>(_ ask: (HandoffView) -> Value) -> Value {
        state.withLock { ask($0.view) }
    }
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
        case .transcript(let ref, _), .done(let ref, _), .refused(let ref, _, _, _): ref
        default: nil
        }
    }
}
