import Conversation
import ConversationView
import Endpoints
import Live
import RoutingRecords
import Synchronization
import WebSocket

/// Tells every agent who watches what changes in the view of conversations.
///
/// A change is written as JSON once and framed once for all who follow. Nothing is kept for a slow
/// reader but their position in the tenant's newest changes.
final class AgentHub: Sendable {
    /// The codes of closing.
    enum Code {
        /// Who opened it may not be here any more, or breaks the rules.
        static let policy: UInt16 = 1_008
        /// The console reads the log anew.
        static let anew: UInt16 = 1_012
        /// The reader was too slow: come back later.
        static let later: UInt16 = 1_013
        /// The client did not answer probes.
        static let silent: UInt16 = 4_008
    }

    /// A seat that was taken.
    struct Place: Sendable {
        let tenant: TenantID
        let number: Int
        /// Where it stands.
        let cursor: String
        /// Whether all that the client missed is kept, so that it goes on from there.
        let isResumed: Bool
    }

    private struct State {
        var desks: [TenantID: AgentDesk] = [:]
        /// Whose changes did not go out yet.
        var news: Set<TenantID> = []
        var next = 0
    }

    let limits: AgentLimits
    private let name: String
    private let now: @Sendable () -> Timestamp
    private let state = Mutex(State())
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    /// `run` is another text for each start of the program.
    init(run: String, limits: AgentLimits, now: @escaping @Sendable () -> Timestamp) {
        name = run
        self.limits = limits
        self.now = now
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Sends what changes until cancelled: at once after a pause, then gathered.
    func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask {
                for await _ in self.signals {
                    self.deliver()
                    // A cancelled sleep ends with the stream.
                    try? await Task.sleep(for: self.limits.gathering)
                }
            }
            group.addTask {
                // A cancelled sleep means that nobody listens any more.
                while (try? await Task.sleep(for: self.limits.probePause)) != nil { self.probe() }
            }
        }
    }

    // MARK: What happens

    /// Tells the agents of a tenant what changed; the view calls in the order of the changes.
    func hear(_ changed: HandoffChanged) {
        let hearers = changed.audience.map { AgentFeed.Hearers.those($0) }
        tell(AgentMessage(changed.change), of: changed.tenant, heardBy: hearers ?? .everybody)
        // Whoever is given a conversation and is here has it as any other from now on.
        guard case .updated(let handoff) = changed.change, let awaited = handoff.awaited else {
            return
        }
        let seat = state.withLock { state in
            state.desks[changed.tenant]?.seats.values.first {
                $0.agent.id == awaited && changed.audience?.includes($0.viewer) != false
            }
        }
        seat?.link.given(handoff.conversation)
    }

    /// Tells the agents of a tenant, or one of them, what routing did.
    func hear(_ event: RoutingEvent, at now: Timestamp) {
        guard let (told, agent) = AgentMessage.routing(event, at: now) else { return }
        tell(told, of: event.tenant, heardBy: agent.map { .only($0) } ?? .everybody)
    }

    /// Lets those begin anew who may see something else now.
    func hear(_ changed: QueuesChanged) { beginAnew([changed.tenant]) }

    /// Tells the agents of a tenant something that those who come back have to hear, too.
    func tell(
        _ message: AgentMessage, of tenant: TenantID,
        heardBy hearers: AgentFeed.Hearers = .everybody
    ) {
        let isHeard = state.withLock { state in
            guard let desk = state.desks[tenant] else { return false }
            guard let since = desk.emptySince, now().since(since) > limits.kept else { return true }
            // Nobody comes back any more.
            state.desks[tenant] = nil
            return false
        }
        guard isHeard, let json = message.bytes else { return }
        state.withLock { state in
            state.desks[tenant]?.feed.append(
                json, row: message.row, heardBy: hearers, at: now())
            state.news.insert(tenant)
        }
        signal.yield()
    }

    /// Sends what did not go out yet.
    func deliver() {
        let late = state.withLock { state in
            defer { state.news = [] }
            return state.news.flatMap { tenant in
                (state.desks[tenant]?.deliver() ?? []).map { (tenant, $0.seat, $0.step) }
            }
        }
        for (tenant, number, step) in late { go(on: step, number, tenant) }
    }

    /// Sends one socket all that happened until now, so that an answer comes after it.
    func flush(_ place: Place) {
        let step = state.withLock { state in
            let isFollowing = state.desks[place.tenant]?.seats[place.number]?.isFollowing == true
            return isFollowing
                ? state.desks[place.tenant]?.catchUp(place.number) ?? .done : .done
        }
        go(on: step, place.number, place.tenant)
    }

    private func go(on step: AgentDesk.Step, _ number: Int, _ tenant: TenantID) {
        switch step {
        case .done: break
        case .wait:
            guard let link = seat(number, tenant)?.link else { return }
            Task {
                await link.emptied()
                let next = self.state.withLock {
                    $0.desks[tenant]?.catchUp(number) ?? .done
                }
                self.go(on: next, number, tenant)
            }
        case .reset: reset(number, tenant)
        }
    }

    /// Tells a slow reader all anew instead of what they missed; who needs that again soon is cut
    /// off, to come back later.
    private func reset(_ number: Int, _ tenant: TenantID) {
        let now = now()
        let (link, isAgain) = state.withLock { state -> (AgentLink?, Bool) in
            guard let seat = state.desks[tenant]?.seats[number] else { return (nil, false) }
            let isAgain = seat.lastReset.map { now.since($0) < limits.betweenResets } ?? false
            state.desks[tenant]?.seats[number]?.lastReset = now
            state.desks[tenant]?.seats[number]?.isHeld = true
            if let last = state.desks[tenant]?.feed.last {
                state.desks[tenant]?.seats[number]?.position = last
            }
            return (seat.link, isAgain)
        }
        guard let link else { return }
        guard isAgain else { return link.reset() }
        dismiss(link, "slow", Code.later, "too slow; come back later")
    }

    private func dismiss(_ link: AgentLink, _ code: String, _ number: UInt16, _ reason: String) {
        let goodbye = AgentMessage.goodbye(code: code, retryAfter: limits.slowPauseSeconds)
        if let frame = goodbye.frame { _ = link.offer(frame, limits.socketBytes) }
        link.close(number, reason)
    }

    private func seat(_ number: Int, _ tenant: TenantID) -> AgentSeat? {
        state.withLock { $0.desks[tenant]?.seats[number] }
    }

    // MARK: Seats

    /// Takes a seat for a socket that is told where all stands first, and then ``release(_:)``d.
    ///
    /// Where that is read after this, no change is missed: what was read and is told again bears
    /// the same version.
    func join(
        _ agent: Principal.Agent, of tenant: TenantID, _ link: AgentLink, isProbed: Bool,
        seenBy viewer: Viewer? = nil, after cursor: String?
    ) -> Place {
        let now = now()
        return state.withLock { state in
            state.next += 1
            let number = state.next
            let (cursor, isResumed) = state.desks[
                tenant, default: AgentDesk(run: name, limits: limits)
            ].join(number, after: cursor, at: now) {
                AgentSeat(agent, link, isProbed: isProbed, seenBy: viewer, at: $0)
            }
            return Place(tenant: tenant, number: number, cursor: cursor, isResumed: isResumed)
        }
    }

    /// Lets changes go to a seat: where all stands is with it.
    func release(_ place: Place) {
        let step = state.withLock { state in
            state.desks[place.tenant]?.seats[place.number]?.isHeld = false
            return state.desks[place.tenant]?.catchUp(place.number) ?? .done
        }
        go(on: step, place.number, place.tenant)
    }

    /// Stops telling an agent.
    func leave(_ place: Place) {
        let seat = state.withLock { state in
            defer {
                if state.desks[place.tenant]?.seats.isEmpty == true {
                    state.desks[place.tenant]?.emptySince = now()
                }
            }
            return state.desks[place.tenant]?.seats.removeValue(forKey: place.number)
        }
        guard let seat, let sign = seat.sign, sign.doing != .left else { return }
        show(
            AgentSeat.Sign(conversation: sign.conversation, doing: .left, at: now()), of: seat,
            place)
    }

    /// Where a seat stands: whatever was told until now is before it.
    func cursor(of place: Place) -> String? {
        state.withLock { state in
            state.desks[place.tenant].map { $0.feed.cursor(at: $0.feed.last).text }
        }
    }

    /// What a seat's socket has taken, as a cursor.
    func position(of place: Place) -> String? {
        state.withLock { state in
            guard let desk = state.desks[place.tenant], let seat = desk.seats[place.number] else {
                return nil
            }
            return desk.feed.cursor(at: seat.position).text
        }
    }

    /// The conversation that a seat's client last said that it shows.
    func shown(at place: Place) -> ConversationID? {
        guard let sign = seat(place.number, place.tenant)?.sign, sign.doing != .left else {
            return nil
        }
        return sign.conversation
    }

    /// The agents of a tenant whose sockets are open, by their ids.
    func agents(of tenant: TenantID) -> [AgentID: String] {
        state.withLock { state in
            let seats = state.desks[tenant]?.seats.values.map { ($0.agent.id, $0.agent.name) } ?? []
            return Dictionary(seats) { first, _ in first }
        }
    }

    /// Closes all sockets: of what changes while the view is built anew nobody hears, so that
    /// clients have to begin anew, too.
    func closeAll() { beginAnew(state.withLock { Array($0.desks.keys) }) }

    private func beginAnew(_ tenants: [TenantID]) {
        let seats = state.withLock { state in
            for tenant in tenants { state.desks[tenant]?.feed.breakOff() }
            return tenants.flatMap { state.desks[$0]?.seats.values.map(\.self) ?? [] }
        }
        for seat in seats {
            seat.link.close(Code.anew, "the console reads the log anew; connect again")
        }
    }

    /// How many sockets are open.
    var seatCount: Int { state.withLock { $0.desks.values.reduce(0) { $0 + $1.seats.count } } }

    // MARK: Who is there

    /// Notes that a client said something: its messages are read, whatever its timers do.
    func heard(_ place: Place) {
        state.withLock { $0.desks[place.tenant]?.seats[place.number]?.unanswered = 0 }
    }

    /// Asks each client that answers probes for a sign of life; who missed too many is cut off.
    func probe() {
        guard let frame = AgentMessage.probe.frame else { return }
        let (asked, silent) = state.withLock { state -> ([AgentLink], [AgentLink]) in
            var asked: [AgentLink] = []
            var silent: [AgentLink] = []
            for (tenant, desk) in state.desks {
                for (number, seat) in desk.seats where seat.isProbed {
                    if seat.unanswered >= limits.missedProbes {
                        silent.append(seat.link)
                    } else {
                        state.desks[tenant]?.seats[number]?.unanswered += 1
                        asked.append(seat.link)
                    }
                }
            }
            return (asked, silent)
        }
        for link in asked { _ = link.offer(frame, limits.lossyBytes) }
        for link in silent { dismiss(link, "silent", Code.silent, "two probes had no answer") }
    }

    /// Shows those who look at a conversation that somebody does, too, or writes in it.
    func sign(_ conversation: ConversationID, _ doing: AgentSign.Doing, by place: Place) {
        let sign = AgentSeat.Sign(conversation: conversation, doing: doing, at: now())
        let (seat, before, others) = state.withLock { state in
            let seats = state.desks[place.tenant]?.seats ?? [:]
            let seat = seats[place.number]
            state.desks[place.tenant]?.seats[place.number]?.sign = sign
            return (seat, seat?.sign, seats.values.filter { isWith($0, sign, but: seat) })
        }
        guard let seat else { return }
        if let before {
            let isSame = (before.conversation, before.doing) == (conversation, doing)
            if isSame, sign.at.since(before.at) < limits.betweenSigns { return }
            if before.conversation != conversation, before.doing != .left {
                show(
                    .init(conversation: before.conversation, doing: .left, at: sign.at), of: seat,
                    place)
            }
        }
        show(sign, of: seat, place)
        guard doing != .left, before?.conversation != conversation || before?.doing == .left else {
            return
        }
        // Whoever comes to it sees who is there.
        for other in others {
            guard let theirs = other.sign, let frame = message(theirs, other).frame else {
                continue
            }
            _ = seat.link.offer(frame, limits.lossyBytes)
        }
    }

    private func show(_ sign: AgentSeat.Sign, of seat: AgentSeat, _ place: Place) {
        let links = state.withLock { state in
            (state.desks[place.tenant]?.seats.values.filter { isWith($0, sign, but: seat) } ?? [])
                .map(\.link)
        }
        guard !links.isEmpty, let frame = message(sign, seat).frame else { return }
        for link in links { _ = link.offer(frame, limits.lossyBytes) }
    }

    private func isWith(_ other: AgentSeat, _ sign: AgentSeat.Sign, but seat: AgentSeat?) -> Bool {
        guard other.agent.id != seat?.agent.id, let theirs = other.sign else { return false }
        return theirs.conversation == sign.conversation && theirs.doing != .left
            && sign.at.since(theirs.at) < limits.signLife
    }

    private func message(_ sign: AgentSeat.Sign, _ seat: AgentSeat) -> AgentMessage {
        .sign(
            AgentSign(
                conversation: sign.conversation, agent: seat.agent.id,
                name: seat.agent.name.cut(toJSONBytes: FrameLimits.name), doing: sign.doing,
                seconds: Int(limits.signLife.components.seconds)))
    }
}
