import Conversation
import Synchronization
import WebSocket

/// Keeps the view of handoffs and tells every agent who watches what changes in it.
final class AgentHub: Sendable {
    /// Sends to one socket without waiting.
    typealias Post = @Sendable (WebSocketMessage) -> Void

    private struct Seat {
        let identity: AgentIdentity
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
            let seats = state.seats.values.filter { $0.identity.tenant == event.tenant }
            guard !seats.isEmpty else { return }
            for message in pushes.compactMap({ AgentMessage($0).message }) {
                for seat in seats { seat.post(message) }
            }
        }
    }

    /// Begins to tell an agent: first all that is open, then every change.
    ///
    /// - Returns: what ``leave(_:)`` wants.
    func join(_ identity: AgentIdentity, post: @escaping Post) -> Int {
        state.withLock { state in
            state.next += 1
            state.seats[state.next] = Seat(identity: identity, post: post)
            let first: [AgentMessage] = [
                .welcome(identity.agent, name: identity.name, identity.tenant),
                .queue(state.view.handoffs(of: identity.tenant)),
            ]
            for message in first.compactMap(\.message) { post(message) }
            return state.next
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
    var message: WebSocketMessage? {
        (try? RecordCodec.encode(self)).map { .text(String(decoding: $0, as: UTF8.self)) }
    }
}
