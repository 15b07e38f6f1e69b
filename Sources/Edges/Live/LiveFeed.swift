import Conversation
import Endpoints
import Views

/// The newest changes, in the order in which the views told them: a value that grows at one end.
///
/// A view tells a change once its rows can be read; so whoever takes a cursor, then reads, then
/// goes on from the cursor, misses nothing.
struct LiveFeed: Sendable {
    /// A change with its number.
    struct Event: Sendable {
        let number: Int64
        let at: Timestamp
        let change: RowChanged
        /// Who of a team may hear of it; `nil` for everybody who listens to the room.
        let audience: Audience?
    }

    private let run: String
    private let limits: LiveLimits
    private var events: [Event] = []
    /// Where the events that are kept begin in `events`.
    private var first = 0
    private var last: Int64 = 0

    /// A feed without changes; `run` tells it from that of any other start of the program.
    init(run: String, limits: LiveLimits) {
        self.run = run
        self.limits = limits
    }

    /// The newest position.
    var cursor: LiveCursor { cursor(at: last) }

    /// The position after a change.
    func cursor(at number: Int64) -> LiveCursor { LiveCursor(run: run, number: number) }

    /// How many changes are kept.
    var count: Int { events.count - first }

    /// Adds a change.
    mutating func append(
        _ change: RowChanged, heardBy audience: Audience? = nil, at now: Timestamp
    ) -> Event {
        last += 1
        let event = Event(number: last, at: now, change: change, audience: audience)
        events.append(event)
        forget(at: now)
        return event
    }

    /// The changes after a position; `nil` where they are not kept any more, or never were here.
    func events(after cursor: LiveCursor, at now: Timestamp) -> [Event]? {
        guard cursor.run == run, cursor.number <= last else { return nil }
        let missing = Int(last - cursor.number)
        guard missing <= count else { return nil }
        let found = Array(events.suffix(missing))
        // Old ones may not have been cleared away yet, as nothing happened since.
        if let oldest = found.first, now.since(oldest.at) > limits.kept { return nil }
        return found
    }

    /// Begins anew: whoever stands at an earlier position reads all that they show again.
    mutating func breakOff() {
        events = []
        first = 0
        // A number is left out, so that nobody is at the newest position.
        last += 1
    }

    private mutating func forget(at now: Timestamp) {
        while count > limits.keptEvents
            || (first < events.count && now.since(events[first].at) > limits.kept)
        {
            first += 1
        }
        // Cleared away in large steps: each costs as much as there is left.
        if first > limits.keptEvents / 2, first > count {
            events.removeFirst(first)
            first = 0
        }
    }
}
