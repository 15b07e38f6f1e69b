import Views

/// What waits for one reader: bounded, whoever reads how slowly.
///
/// Where too much waits, only the newest of each row stays; where that is too much, too, the reader
/// is told to read anew what they show; and where not even that gets through, they are cut off.
struct LiveOutbox: Sendable {
    /// What is to be sent next.
    struct Taken: Sendable {
        /// Whether the reader has to read anew; then there are no events.
        var isReset = false
        var events: [LiveFeed.Event] = []
        /// Pings that wait for their answer.
        var pings = 0
    }

    private let limits: LiveLimits
    private var waiting: [LiveFeed.Event] = []
    private var bytes = 0
    private var pings = 0
    private var isReset = false
    /// Whether a reset was taken, and is not known to have been sent.
    private var isSendingReset = false
    /// Whether the reader is too slow to be told anything more.
    private(set) var isTooSlow = false

    init(limits: LiveLimits) { self.limits = limits }

    /// Takes a change in.
    mutating func add(_ event: LiveFeed.Event) {
        // Whoever reads anew finds it there.
        guard !isReset, !isTooSlow else { return }
        waiting.append(event)
        bytes += event.change.size
        guard isFull else { return }
        merge()
        guard isFull else { return }
        dropAll()
        if isSendingReset { isTooSlow = true }
    }

    /// Tells the reader to read anew.
    mutating func reset() {
        guard !isTooSlow else { return }
        dropAll()
    }

    /// Notes a ping, to be answered after what waits.
    mutating func ping() { pings = min(pings + 1, limits.messages) }

    /// What is to be sent next.
    mutating func take() -> Taken {
        let taken = Taken(isReset: isReset, events: waiting, pings: pings)
        if isReset { isSendingReset = true }
        waiting = []
        bytes = 0
        pings = 0
        isReset = false
        return taken
    }

    /// Notes that what was taken is with the reader.
    mutating func sent() { isSendingReset = false }

    private var isFull: Bool {
        waiting.count > limits.waitingEvents || bytes > limits.waitingBytes
    }

    private mutating func dropAll() {
        waiting = []
        bytes = 0
        isReset = true
    }

    /// Keeps the newest change of each row.
    private mutating func merge() {
        var seen: Set<Row> = []
        var kept: [LiveFeed.Event] = []
        for event in waiting.reversed() where seen.insert(Row(event.change)).inserted {
            kept.append(event)
        }
        waiting = kept.reversed()
        bytes = waiting.reduce(0) { $0 + $1.change.size }
    }

    private struct Row: Hashable {
        var room: String
        var place: RowChanged.Place
        var id: String

        init(_ change: RowChanged) {
            room = change.room
            place = change.place
            id = change.id
        }
    }
}

extension RowChanged {
    /// About the bytes that it takes on the wire.
    var size: Int { (json?.utf8.count ?? 0) + id.utf8.count + room.utf8.count + 120 }
}
