import ChaosChecker
import Synchronization

/// Collects the history while it happens.
final class Recorder: Sendable {
    private struct State {
        var history: History
        /// Conversations by the id under which agents know them.
        var names: [String: History.Conversation] = [:]
        /// Customers by their user ids.
        var customers: [String: History.Conversation] = [:]
    }

    private let state: Mutex<State>

    init(promises: [String: History.Promise]) {
        state = Mutex(State(history: History(promises: promises)))
    }

    var history: History { state.withLock { $0.history } }

    func wrote(_ message: History.Written) {
        state.withLock { $0.history.written.append(message) }
    }

    func did(_ act: History.Act) { state.withLock { $0.history.acts.append(act) } }

    func name(_ id: String, _ conversation: History.Conversation) {
        state.withLock { $0.names[id] = conversation }
    }

    func customer(_ userID: String, is conversation: History.Conversation) {
        state.withLock { $0.customers["\(conversation.tenant)/\(userID)"] = conversation }
    }

    func customer(_ userID: String, of tenant: String) -> History.Conversation? {
        state.withLock { $0.customers["\(tenant)/\(userID)"] }
    }

    func conversation(_ id: String) -> History.Conversation? { state.withLock { $0.names[id] } }

    func read(_ text: String, of id: String) {
        state.withLock { state in
            guard let conversation = state.names[id] else { return }
            state.history.sights.insert(History.Sight(conversation, text))
        }
    }

    func handedOver(_ id: String, reason: String, since: Int64) {
        state.withLock { state in
            guard let conversation = state.names[id] else { return }
            state.history.handoffs.insert(
                History.Handoff(conversation, reason: reason, since: since))
        }
    }

    /// The ids by which agents know conversations.
    var names: [String: History.Conversation] { state.withLock { $0.names } }

    /// Keeps what an agent's socket told wrongly.
    func slipped(_ slip: History.Slip) { state.withLock { $0.history.slips.append(slip) } }

    /// Counts a socket that came back.
    func came(back way: String) { state.withLock { $0.history.returns[way, default: 0] += 1 } }

    func hasHandoff(_ conversation: History.Conversation) -> Bool {
        state.withLock { $0.history.handoffs.contains { $0.conversation == conversation } }
    }
}
