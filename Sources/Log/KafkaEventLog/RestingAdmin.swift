import Kafka
import Synchronization

/// The client that asks the brokers about topics and groups: given up when nobody has asked for a
/// while, and made anew for the next who does.
///
/// A client has threads and connections that wake every second, which is most of what an idle
/// process does, and most processes ask at their start only.
final class RestingAdmin: Sendable {
    private struct State {
        var admin: Admin?
        /// How often it was asked for.
        var uses = 0
    }

    private let make: @Sendable () throws(KafkaError) -> Admin
    private let resting = BlockingQueue("admin.rest")
    private let state: Mutex<State>

    /// Makes the client at once, so that wrong settings are refused.
    init(_ make: @escaping @Sendable () throws(KafkaError) -> Admin) throws(KafkaError) {
        self.make = make
        state = Mutex(State(admin: try make()))
        restLater(after: 0)
    }

    /// The client, until the caller lets it go.
    func client() throws(KafkaError) -> Admin {
        let (admin, use) = try state.withLock { state throws(KafkaError) in
            let admin = if let known = state.admin { known } else { try make() }
            state.admin = admin
            state.uses += 1
            return (admin, state.uses)
        }
        restLater(after: use)
        return admin
    }

    private func restLater(after use: Int) {
        resting.start(after: Limits.adminRests) { [weak self] in
            self?.state.withLock { state in
                if state.uses == use { state.admin = nil }
            }
        }
    }
}
