import Synchronization

/// The turns of a load: who waits for a reply since when, and what came.
///
/// A turn is a customer's message until its reply; a customer has at most one under way, so a
/// reply to somebody who waits for none is one too many.
final class TurnBook: Sendable {
    /// The figures of a load's turns.
    struct Account: Sendable {
        /// Nanoseconds of each answered turn, in the order of the replies.
        var nanoseconds: [UInt64] = []
        /// Turns begun.
        var begun = 0
        /// Turns whose reply did not come in time.
        var missing = 0
        /// Replies that no turn waited for.
        var surplus = 0

        /// Whether each message got exactly one reply.
        var isExact: Bool {
            missing == 0 && surplus == 0 && nanoseconds.count == begun
        }
    }

    private struct State {
        var waiting: [Int: UInt64] = [:]
        var answered: [Int] = []
        var account = Account()
    }

    private let state = Mutex(State())

    /// A customer's message is about to be posted.
    func begin(_ customer: Int, at now: UInt64) {
        state.withLock { state in
            state.waiting[customer] = now
            state.account.begun += 1
        }
    }

    /// A message to the customer has arrived.
    func reply(to customer: Int, at now: UInt64) {
        state.withLock { state in
            guard let began = state.waiting.removeValue(forKey: customer) else {
                state.account.surplus += 1
                return
            }
            state.account.nanoseconds.append(now - began)
            state.answered.append(customer)
        }
    }

    /// Gives up a turn; whether its reply had still not come.
    func giveUp(_ customer: Int) -> Bool {
        state.withLock { state in
            guard state.waiting.removeValue(forKey: customer) != nil else { return false }
            state.account.missing += 1
            return true
        }
    }

    /// Customers who were answered since the last look.
    func takeAnswered() -> [Int] {
        state.withLock { state in
            defer { state.answered = [] }
            return state.answered
        }
    }

    /// The figures so far.
    var account: Account { state.withLock { $0.account } }
}
