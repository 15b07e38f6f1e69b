import Conversation
import Endpoints
import Live
import WebSocket

/// What the hub does with one socket; nothing of it waits.
struct AgentLink: Sendable {
    /// Sends a frame unless so many bytes wait already.
    let offer: @Sendable (SharedFrame, Int) -> WebSocketConnection.Offer
    /// Returns when nothing waits for the reader any more, or the socket is gone.
    let emptied: @Sendable () async -> Void
    /// Has the session tell all anew, and ``AgentHub/release(_:)`` the seat then.
    let reset: @Sendable () -> Void
    /// Closes the socket.
    let close: @Sendable (UInt16, String) -> Void
    /// Told of what the agent is given.
    let given: @Sendable (ConversationID) -> Void
}

/// One who hears the changes of a desk.
struct AgentSeat: Sendable {
    /// A conversation that somebody looks at, or writes in.
    struct Sign: Hashable, Sendable {
        var conversation: ConversationID
        var doing: AgentSign.Doing
        var at: Timestamp
    }

    let agent: Principal.Agent
    let link: AgentLink
    /// Whether the client answers probes.
    let isProbed: Bool
    /// What they may see; `nil` for all.
    let viewer: Viewer?
    /// The newest change that its socket took.
    var position: Int64
    /// Whether its session is telling it where all stands, before any change.
    var isHeld = true
    /// Whether its socket took no more; it goes on once that is empty.
    var isBehind = false
    var lastReset: Timestamp?
    var unanswered = 0
    var sign: Sign?

    init(
        _ agent: Principal.Agent, _ link: AgentLink, isProbed: Bool, seenBy viewer: Viewer? = nil,
        at position: Int64
    ) {
        self.agent = agent
        self.link = link
        self.isProbed = isProbed
        self.viewer = viewer
        self.position = position
    }

    /// Who it is, to the feed.
    var reader: AgentFeed.Reader { .init(agent: agent.id, viewer: viewer) }

    /// Whether changes go out as they come.
    var isFollowing: Bool { !isHeld && !isBehind }
}

/// The sockets of one tenant's agents, and what they hear.
struct AgentDesk: Sendable {
    /// What is to be done for a seat after a frame did not go.
    enum Step: Hashable, Sendable {
        /// It has all there is, or its socket is gone.
        case done
        /// To go on once its socket is empty.
        case wait
        /// To tell it all anew.
        case reset
    }

    var feed: AgentFeed
    var seats: [Int: AgentSeat] = [:]
    /// Since when nobody is here.
    var emptySince: Timestamp?
    /// The newest change that went out to those who follow.
    private var told: Int64 = 0
    private let limits: AgentLimits

    init(run: String, limits: AgentLimits) {
        feed = AgentFeed(run: run, limits: limits)
        self.limits = limits
    }

    /// Takes a seat in, at a client's cursor where all that it missed is kept and is not too much
    /// for one reader; answers where it stands.
    mutating func join(
        _ number: Int, after cursor: String?, at now: Timestamp, _ seat: (Int64) -> AgentSeat
    ) -> (cursor: String, isResumed: Bool) {
        let asked = cursor.flatMap { feed.position(of: $0, at: now) }
        let taken = seat(asked ?? feed.last)
        let known = asked.flatMap {
            feed.backlog(after: $0, for: taken.reader) == nil ? nil : $0
        }
        let position = known ?? feed.last
        seats[number] = taken
        seats[number]?.position = position
        emptySince = nil
        return (feed.cursor(at: position).text, known != nil)
    }

    /// Sends what is new to all who follow; answers who cannot take it now.
    mutating func deliver() -> [(seat: Int, step: Step)] {
        defer { told = feed.last }
        let following = seats.filter { $0.value.isFollowing && $0.value.position < feed.last }
        guard !following.isEmpty else { return [] }
        let news = feed.events(after: told)
        let isForAll = news?.allSatisfy { $0.hearers == .everybody } == true
        // Most have what went out before, hear of the same, and take the same bytes.
        var made: [[Int64]: [AgentFrames.Frame]] = [:]
        var late: [(seat: Int, step: Step)] = []
        for (number, seat) in following {
            var step = Step.done
            if seat.position == told, let news {
                let reader = seat.reader
                let heard = isForAll ? news : news.filter { $0.isHeard(by: reader) }[...]
                let key = isForAll ? [] : heard.map(\.number)
                let frames =
                    made[key] ?? AgentFrames(heard, after: told, of: feed, limits).frames
                made[key] = frames
                step = send(frames, to: number)
            } else {
                step = catchUp(number)
            }
            if step != .done { late.append((number, step)) }
        }
        return late
    }

    /// Sends one seat what it has not had yet.
    mutating func catchUp(_ number: Int) -> Step {
        guard let seat = seats[number], !seat.isHeld else { return .done }
        seats[number]?.isBehind = false
        guard seat.position < feed.last else { return .done }
        guard let backlog = feed.backlog(after: seat.position, for: seat.reader) else {
            return .reset
        }
        return send(
            AgentFrames(backlog, after: seat.position, of: feed, limits).frames, to: number)
    }

    private mutating func send(_ frames: [AgentFrames.Frame], to number: Int) -> Step {
        guard let link = seats[number]?.link else { return .done }
        for frame in frames {
            switch link.offer(frame.shared, limits.socketBytes) {
            case .accepted: seats[number]?.position = frame.last
            case .closed: return .done
            case .full:
                seats[number]?.isBehind = true
                return .wait
            }
        }
        // What came after them it does not hear of.
        seats[number]?.position = feed.last
        return .done
    }
}
