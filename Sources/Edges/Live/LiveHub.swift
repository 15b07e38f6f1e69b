package import Conversation
import Endpoints
import Permissions
import Synchronization
package import Views

/// Tells every page that listens what changes in the views; one for a process.
///
/// Whatever ends a session, takes a right away or changes how a tenant stands calls ``end(_:)`` or
/// ``recheck()``: then nobody hears a second longer what they may not.
package final class LiveHub: Sendable {
    /// Whose sockets are to be closed.
    package enum Ended: Hashable, Sendable {
        /// Those of a session.
        case session(SessionID)
        /// All of an account.
        case account(AccountID)
        /// Those that an API key opened.
        case key(APIKeyID)
        /// Those of agents and keys of a tenant; people of it are asked about anew.
        case tenant(TenantID)
    }

    /// One who listens.
    struct Seat: Sendable {
        var caller: LiveCaller
        var interests: [LiveInterest: LiveRoom]
        var outbox: LiveOutbox
        let wake: @Sendable () -> Void
        let close: @Sendable (UInt16, String) -> Void

        var principal: Principal { caller.principal }
    }

    private struct State {
        var feed: LiveFeed
        var seats: [Int: Seat] = [:]
        var next = 0
        /// Sockets that did not say yet who they are are counted, too.
        var sockets = 0
    }

    /// The bounds.
    package let limits: LiveLimits
    /// The rooms, by name.
    let rooms: [String: LiveRoom]
    let now: @Sendable () -> Timestamp
    private let state: Mutex<State>

    /// Tells of the rooms; `run` is another text for each start of the program.
    package init(
        _ rooms: [LiveRoom], run: String, limits: LiveLimits = LiveLimits(),
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.limits = limits
        self.now = now
        self.rooms = Dictionary(rooms.map { ($0.name, $0) }) { first, _ in first }
        state = Mutex(State(feed: LiveFeed(run: run, limits: limits)))
    }

    /// All rooms that there are.
    package var allRooms: [LiveRoom] { rooms.values.sorted { $0.name < $1.name } }

    /// How many sockets are open.
    package var socketCount: Int { state.withLock { $0.sockets } }

    // MARK: What happens

    /// Hears what a view announced, in its order; tells the pages that listen.
    package func hear(_ changes: [any ViewChange]) {
        for change in changes {
            switch change {
            case let change as RowChanged: tell(change)
            case let change as HeardRow: tell(change.row, heardBy: change.audience)
            case is ViewStartedOver: resetAll()
            default: break
            }
        }
    }

    private func tell(_ change: RowChanged, heardBy audience: Audience? = nil) {
        let now = now()
        let (wakes, slow) = state.withLock { state -> ([@Sendable () -> Void], [Seat]) in
            let event = state.feed.append(change, heardBy: audience, at: now)
            var wakes: [@Sendable () -> Void] = []
            var slow: [Seat] = []
            for (number, seat) in state.seats where seat.hears(event) {
                state.seats[number]?.outbox.add(event)
                if state.seats[number]?.outbox.isTooSlow == true { slow.append(seat) }
                wakes.append(seat.wake)
            }
            return (wakes, slow)
        }
        for wake in wakes { wake() }
        for seat in slow { seat.close(LiveSession.Code.later, "too slow") }
    }

    /// Tells all pages to read anew what they show.
    private func resetAll() {
        let wakes = state.withLock { state in
            state.feed.breakOff()
            for number in state.seats.keys { state.seats[number]?.outbox.reset() }
            return state.seats.values.map(\.wake)
        }
        for wake in wakes { wake() }
    }

    // MARK: Who may no longer

    /// Closes the sockets of what has ended, so that their pages go to the door.
    package func end(_ ended: Ended) {
        let seats = state.withLock { state in
            let numbers = state.seats.filter { $0.value.principal.belongs(to: ended) }.map(\.key)
            return numbers.compactMap { state.seats.removeValue(forKey: $0) }
        }
        for seat in seats { seat.close(LiveSession.Code.ended, "the session has ended") }
        if case .tenant = ended { recheck(ended) }
    }

    /// Asks anew for everybody whether they still may hear what they hear: rights or a tenant's
    /// standing changed.
    package func recheck() {
        let wakes = state.withLock { $0.seats.values.map(\.wake) }
        for wake in wakes { wake() }
    }

    /// Asks anew for those whom a change concerns: a person, or whoever hears of a tenant.
    package func recheck(_ whom: Ended) {
        let wakes = state.withLock { state in
            state.seats.values.filter { $0.isConcerned(by: whom) }.map(\.wake)
        }
        for wake in wakes { wake() }
    }

    // MARK: Sockets

    /// Counts a socket in; `false` where there are too many.
    func opened() -> Bool {
        state.withLock { state in
            guard state.sockets < limits.sockets else { return false }
            state.sockets += 1
            return true
        }
    }

    /// Counts a socket out.
    func closed() { state.withLock { $0.sockets -= 1 } }

    /// Begins to tell somebody: what happened after their cursor first, or that they have to read
    /// anew.
    ///
    /// - Returns: the seat's number, and where it stands.
    func join(_ seat: Seat, after text: String?) -> (number: Int, cursor: LiveCursor) {
        let now = now()
        return state.withLock { state in
            var seat = seat
            if let text {
                let cursor = LiveCursor(text)
                if let events = cursor.flatMap({ state.feed.events(after: $0, at: now) }) {
                    for event in events where seat.hears(event) { seat.outbox.add(event) }
                } else {
                    seat.outbox.reset()
                }
            }
            state.next += 1
            state.seats[state.next] = seat
            return (state.next, state.feed.cursor)
        }
    }

    /// Stops telling somebody.
    func leave(_ number: Int) { state.withLock { _ = $0.seats.removeValue(forKey: number) } }

    /// What a seat is to be told next, and where it stands then; `nil` where there is none.
    func take(_ number: Int) -> (LiveOutbox.Taken, cursor: LiveCursor)? {
        state.withLock { state in
            guard let taken = state.seats[number]?.outbox.take() else { return nil }
            return (taken, state.feed.cursor)
        }
    }

    /// A position by its number.
    func cursor(at number: Int64) -> LiveCursor {
        state.withLock { $0.feed.cursor(at: number) }
    }

    /// Changes a seat, and tells where it stands.
    @discardableResult
    func change(_ number: Int, _ body: (inout Seat) -> Void) -> LiveCursor {
        state.withLock { state in
            if var seat = state.seats.removeValue(forKey: number) {
                body(&seat)
                state.seats[number] = seat
            }
            return state.feed.cursor
        }
    }

    /// A seat as it is now; `nil` where there is none (any more).
    func seat(_ number: Int) -> Seat? { state.withLock { $0.seats[number] } }

    /// Those of some changes that a seat still listens to.
    func heard(_ events: [LiveFeed.Event], by number: Int) -> [LiveFeed.Event] {
        guard let seat = seat(number) else { return [] }
        return events.filter { seat.hears($0) }
    }
}

extension LiveHub.Seat {
    /// Whether a change is one that the seat listens to, and may hear of.
    func hears(_ event: LiveFeed.Event) -> Bool {
        guard interest(in: event.change) != nil else { return false }
        guard let audience = event.audience, case .tenant(let tenant) = event.change.place else {
            return true
        }
        return audience.includes(principal.viewer(in: tenant))
    }

    /// Whether what somebody may hear may have changed with this.
    fileprivate func isConcerned(by change: LiveHub.Ended) -> Bool {
        if principal.belongs(to: change) { return true }
        guard case .tenant(let tenant) = change else { return false }
        if interests.keys.contains(where: { $0.tenant == tenant }) { return true }
        return switch principal {
        case .person(let person): person.access.tenants[tenant] != nil
        case .program(let program): program.access.tenants[tenant] != nil
        default: false
        }
    }

    /// What the seat listens to that a change belongs to.
    func interest(in change: RowChanged) -> LiveInterest? {
        interests.first { interest, room in
            guard interest.room == change.room else { return false }
            return switch change.place {
            case .account(let account): room.isOwn && principal.account == account
            case .tenant(let tenant): interest.tenant.map { $0 == tenant } ?? !room.isOwn
            case .installation: interest.tenant == nil && !room.isOwn
            }
        }?.key
    }
}

extension Principal {
    /// The account, where a person asks.
    var account: AccountID? {
        if case .person(let person) = self { person.account } else { nil }
    }

    /// Whether the end of something ends this one's sockets, too.
    fileprivate func belongs(to ended: LiveHub.Ended) -> Bool {
        switch (self, ended) {
        case (.person(let person), .session(let session)): person.session == session
        case (.person(let person), .account(let account)):
            person.account == account || person.impersonator == account
        case (.program(let program), .key(let key)): program.key == key
        case (.agent(let agent), .tenant(let tenant)): agent.tenant == tenant
        default: false
        }
    }
}
