import Conversation
import ConversationView
import Endpoints
import Live
import WebSocket

/// The newest changes of one tenant's desk, each already as JSON: written once, whoever hears it.
///
/// It grows at one end and is bounded in time, number and bytes.
struct AgentFeed: Sendable {
    /// Who hears of a change.
    enum Hearers: Hashable, Sendable {
        /// All agents of the tenant.
        case everybody
        /// Those who may see it.
        case those(Audience)
        /// One agent.
        case only(AgentID)
    }

    /// Who reads the feed.
    struct Reader: Hashable, Sendable {
        let agent: AgentID
        /// What they may see; `nil` for all.
        let viewer: Viewer?
    }

    /// A change with its number.
    struct Event: Sendable {
        let number: Int64
        let at: Timestamp
        /// What a later change of the same row stands for; `nil` for what stands for itself.
        let row: String?
        let hearers: Hearers
        let json: [UInt8]
        /// Bytes of all changes up to this one, since the feed began.
        let end: Int64

        /// Whether a reader hears of it.
        func isHeard(by reader: Reader) -> Bool {
            switch hearers {
            case .everybody: true
            case .those(let those): those.includes(reader.viewer)
            case .only(let agent): agent == reader.agent
            }
        }
    }

    private let run: String
    private let limits: AgentLimits
    private var events: [Event] = []
    /// Where the events that are kept begin in `events`.
    private var first = 0
    /// The number of the newest change.
    private(set) var last: Int64 = 0
    private var end: Int64 = 0

    /// A feed without changes; `run` tells it from that of any other start of the program.
    init(run: String, limits: AgentLimits) {
        self.run = run
        self.limits = limits
    }

    /// The position after a change.
    func cursor(at number: Int64) -> LiveCursor { LiveCursor(run: run, number: number) }

    /// How many changes are kept.
    var count: Int { events.count - first }

    /// Adds a change.
    mutating func append(
        _ json: [UInt8], row: String?, heardBy hearers: Hearers = .everybody, at now: Timestamp
    ) {
        last += 1
        end += Int64(json.count)
        events.append(
            Event(number: last, at: now, row: row, hearers: hearers, json: json, end: end))
        forget(at: now)
    }

    /// Begins anew: whoever stands at an earlier position reads all that they show again.
    mutating func breakOff() {
        events = []
        first = 0
        // A number is left out, so that nobody is at the newest position.
        last += 1
    }

    /// The position that a client's cursor names, where all that came after it is kept.
    func position(of text: String, at now: Timestamp) -> Int64? {
        guard let cursor = LiveCursor(text), cursor.run == run, cursor.number <= last,
            let missing = events(after: cursor.number)
        else { return nil }
        // Old ones may not have been cleared away yet, as nothing happened since.
        if let oldest = missing.first, now.since(oldest.at) > limits.kept { return nil }
        return cursor.number
    }

    /// The changes after a position; `nil` where they are not kept any more.
    func events(after number: Int64) -> ArraySlice<Event>? {
        let missing = Int(last - number)
        guard missing >= 0, missing <= count else { return nil }
        return events.suffix(missing)
    }

    /// The changes after a position as they may go to one reader: all of them, or the newest of
    /// each row; `nil` where that is too much, too.
    func backlog(after number: Int64, for reader: Reader) -> [Event]? {
        guard let missing = events(after: number)?.filter({ $0.isHeard(by: reader) }) else {
            return nil
        }
        if isBounded(missing) { return missing }
        var seen: Set<String> = []
        let kept = missing.reversed().filter { event in
            event.row.map { seen.insert($0).inserted } ?? true
        }
        return isBounded(kept) ? kept.reversed() : nil
    }

    private func isBounded(_ events: some Collection<Event>) -> Bool {
        var bytes = 0
        var frame = 0
        var frames = 1
        for event in events {
            bytes += event.json.count
            if frame + event.json.count > limits.usualFrameBytes, frame > 0 {
                frames += 1
                frame = 0
            }
            frame += event.json.count
            if bytes > limits.waitingBytes || frames > limits.waitingFrames { return false }
        }
        return true
    }

    private mutating func forget(at now: Timestamp) {
        while first < events.count,
            count > limits.keptEvents || now.since(events[first].at) > limits.kept
                || end - events[first].end + Int64(events[first].json.count)
                    > Int64(limits.keptBytes)
        {
            first += 1
        }
        // Cleared away in large steps: each costs as much as there is left.
        if first > 1_024, first > count {
            events.removeFirst(first)
            first = 0
        }
    }
}

/// Changes as they go out together.
struct AgentFrames: Sendable {
    /// One of them.
    struct Frame: Sendable {
        /// The newest change before it, and the newest in it.
        let before: Int64
        let last: Int64
        let shared: SharedFrame
    }

    private(set) var frames: [Frame] = []

    /// Puts changes together, as many into a frame as are usual.
    init(
        _ events: some Sequence<AgentFeed.Event>, after position: Int64, of feed: AgentFeed,
        _ limits: AgentLimits
    ) {
        var gathered: [[UInt8]] = []
        var bytes = 0
        var before = position
        var last = position
        func end() {
            guard !gathered.isEmpty else { return }
            frames.append(
                Frame(
                    before: before, last: last,
                    shared: SharedFrame(
                        text: Self.text(gathered, bytes, feed.cursor(at: last).text))))
            before = last
            gathered = []
            bytes = 0
        }
        for event in events {
            if bytes + event.json.count > limits.usualFrameBytes { end() }
            gathered.append(event.json)
            bytes += event.json.count + 1
            last = event.number
        }
        end()
    }

    /// The JSON of a frame: the changes stand in it as they were written.
    private static func text(_ events: [[UInt8]], _ bytes: Int, _ cursor: String) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(bytes + 80)
        text += Array(#"{"cursor":""#.utf8)
        text += Array(cursor.utf8)
        text += Array(#"","events":["#.utf8)
        for (index, event) in events.enumerated() {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            text += event
        }
        text += Array(#"],"type":"events"}"#.utf8)
        return text
    }
}
