import Conversation
import ServiceLevelRecords

/// One clock of a case: it runs while it is the business's turn, and counts open time.
///
/// What has passed in one run stays counted by the hours of then; only the run under way follows
/// hours that change.
struct Stopwatch: Hashable, Sendable, Codable {
    /// Since when it measures.
    var startedAt: Timestamp
    /// Since when it runs; `nil` while it stands.
    var runsSince: Timestamp?
    /// Open seconds of runs before.
    var openBefore: Int64 = 0
    /// Milliseconds of runs before, by the calendar.
    var calendarBefore: Int64 = 0
    /// Raised with each change: a timer of another version is void.
    var version: Int
    /// How late it is.
    var level = ClockFace.Level.fine

    init(startedAt: Timestamp, version: Int) {
        self.startedAt = startedAt
        runsSince = startedAt
        self.version = version
    }

    private enum CodingKeys: String, CodingKey {
        case startedAt = "s"
        case runsSince = "r"
        case openBefore = "o"
        case calendarBefore = "c"
        case version = "v"
        case level = "l"
    }

    /// Open seconds so far.
    func open(at moment: Timestamp, _ time: OpenTime) -> Int64 {
        openBefore + (runsSince.map { time.elapsed($0, moment) } ?? 0)
    }

    /// Seconds so far, by the calendar.
    func calendar(at moment: Timestamp) -> Int64 {
        let run = runsSince.map { max(0, moment.milliseconds - $0.milliseconds) } ?? 0
        return (calendarBefore + run) / 1_000
    }

    /// When so many open seconds will have passed; `nil` while it stands, or where the business
    /// does not open.
    func moment(of seconds: Int64, _ time: OpenTime) -> Timestamp? {
        guard let runsSince else { return nil }
        return time.deadline(from: runsSince, max(0, seconds - openBefore))
    }

    mutating func pause(at moment: Timestamp, _ time: OpenTime, version: Int) {
        guard let since = runsSince else { return }
        openBefore += time.elapsed(since, moment)
        calendarBefore += max(0, moment.milliseconds - since.milliseconds)
        runsSince = nil
        self.version = version
    }

    mutating func resume(at moment: Timestamp, version: Int) {
        guard runsSince == nil else { return }
        runsSince = moment
        self.version = version
    }
}

/// The clocks of a case, each of its own kind.
struct Clocks: Hashable, Sendable, Codable {
    private var queueWait: Stopwatch?
    private var firstResponse: Stopwatch?
    private var nextResponse: Stopwatch?
    private var resolution: Stopwatch?

    private enum CodingKeys: String, CodingKey {
        case queueWait = "q"
        case firstResponse = "f"
        case nextResponse = "n"
        case resolution = "r"
    }

    subscript(_ kind: ServiceLevels.Promise) -> Stopwatch? {
        get {
            switch kind {
            case .queueWait: queueWait
            case .firstResponse: firstResponse
            case .nextResponse: nextResponse
            case .resolution: resolution
            }
        }
        set {
            switch kind {
            case .queueWait: queueWait = newValue
            case .firstResponse: firstResponse = newValue
            case .nextResponse: nextResponse = newValue
            case .resolution: resolution = newValue
            }
        }
    }
}
