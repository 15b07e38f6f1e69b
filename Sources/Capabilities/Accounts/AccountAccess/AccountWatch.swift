import AccountRecords
import AccountView
package import Conversation
import InstallationView
import Synchronization
package import Views

/// Tells those who keep something open for a person, such as a WebSocket, to look again whether
/// they still may: at once when a session ends, a role changes or a tenant stops, and now and then
/// for what ends by time.
package final class AccountWatch: Sendable {
    /// Something that is open.
    package struct Seat: Hashable, Sendable {
        fileprivate let number: Int
    }

    private struct Watcher {
        /// Whose; `nil` for everybody's.
        var account: AccountID?
        /// Every how many rounds it is looked for what ends by time.
        var rounds: Int
        var look: @Sendable () -> Void
    }

    private struct State {
        var next = 0
        var round = 0
        var watchers: [Int: Watcher] = [:]
    }

    private let state = Mutex(State())

    /// Watches nothing yet.
    package init() {}

    /// Calls `look` whenever what the account may is perhaps another, and every so many rounds for
    /// what ends by time; it must not block.
    package func watch(
        _ account: AccountID, everyRounds rounds: Int = 1, _ look: @escaping @Sendable () -> Void
    ) -> Seat {
        add(Watcher(account: account, rounds: max(1, rounds), look: look))
    }

    /// Calls `look` whenever what anybody may is perhaps another, and every so many rounds for
    /// what ends by time; it must not block.
    package func watchEverybody(
        everyRounds rounds: Int = 1, _ look: @escaping @Sendable () -> Void
    ) -> Seat {
        add(Watcher(account: nil, rounds: max(1, rounds), look: look))
    }

    private func add(_ watcher: Watcher) -> Seat {
        state.withLock { state in
            state.next += 1
            state.watchers[state.next] = watcher
            return Seat(number: state.next)
        }
    }

    /// Watches for a seat no more.
    package func leave(_ seat: Seat) {
        state.withLock { $0.watchers[seat.number] = nil }
    }

    /// What the views announce.
    package func hear(_ changes: [any ViewChange]) {
        var accounts = Set<AccountID>()
        for change in changes {
            switch change {
            case let change as AccountChanged: accounts.insert(change.account)
            case is Answered<AccountEvent>: break
            // Teams are few records, and tell of many people at once.
            case is Answered<OrganisationEvent>, is InstallationChanged, is ViewStartedOver:
                return lookAgain { _ in true }
            default: break
            }
        }
        guard !accounts.isEmpty else { return }
        lookAgain { accounts.contains($0) }
    }

    /// Looks again, for everybody, now and then until cancelled: time ends sessions, too.
    package func run(every pause: Duration = .seconds(10)) async {
        while !Task.isCancelled {
            // A cancelled sleep ends the loop.
            try? await Task.sleep(for: pause)
            lookAround()
        }
    }

    /// Looks again for those whose round it is: not all in the same one.
    package func lookAround() {
        let looks = state.withLock { state in
            state.round &+= 1
            return state.watchers.filter { ($0.key &+ state.round) % $0.value.rounds == 0 }
                .map(\.value.look)
        }
        for look in looks { look() }
    }

    private func lookAgain(_ fits: (AccountID) -> Bool) {
        let looks = state.withLock { state in
            state.watchers.values.filter { $0.account.map(fits) ?? true }.map(\.look)
        }
        for look in looks { look() }
    }
}
