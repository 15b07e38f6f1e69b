import Conversation
import EventLog
import JSON

/// A key of one partition: the unit of order.
struct WorkKey: Hashable, Sendable {
    var partition: Int32
    var key: String
}

/// Something for a stage to begin with, waiting for its key's turn.
///
/// Indirect, as it goes from hand to hand and a record is large.
indirect enum WorkItem: Sendable {
    /// A record as it was read, and what it says or why it cannot be read.
    case record(ConsumedRecord, Result<StageInput, RecordError>)
    /// A timer that became due.
    case timer(DurableTimer, FiredTimer)

    /// Where it comes from, for decisions and logs.
    var position: String {
        switch self {
        case .record(let record, _): "\(record.partition)@\(record.offset)"
        case .timer(_, let timer): Self.position(ofTimer: timer.name)
        }
    }

    /// Where timers of a name come from.
    static func position(ofTimer name: String) -> String { "timer/\(name)" }
}

/// A decision under way: it waits for an answer from the world.
struct ActiveDecision: Sendable {
    var item: WorkItem
    var input: StageInput
    var context: StageContext
    var state: any Erased
    /// The call that it waits for.
    var call: (any Erased)?
    var token: Int
    /// The tenant's settings that it began with; `nil` where the stage wants none.
    var settings: ErasedSettings?
    var began: Timestamp
    var callBegan = Timestamp(milliseconds: 0)
    /// Calls that are answered and not recorded yet.
    var answered: [AnsweredCall] = []
    /// Records that are written and not named by a decision's record yet, and their values.
    var outputs: [RecordID] = []
    var written: [[UInt8]] = []
    /// The part that is recorded next: how often it was made durable before its end.
    var part = 0
}

/// A call with its answer, before it is recorded.
struct AnsweredCall: Sendable {
    var call: NestedJSON
    var answer = NestedJSON("null")
    /// Values of the answer that stand in other topics, as JSON.
    var kept: [[UInt8]] = []
    /// Whether the call is recorded whatever its size.
    var isRecordedInFull = false
    var began: Timestamp
    var resumed: Timestamp
}

/// Why something is set aside.
struct Failure: Sendable {
    var reason: String
    var kind = DeadLetter.Kind.permanent
    var attempts = 1
}

/// What the engine knows of a key.
struct KeyWork: Sendable {
    /// What the stage remembers.
    var state: any Erased
    /// The state's bytes, from its last change until its commit.
    var stored: [UInt8]?
    /// What of the state lies in entries of its own.
    var entries = EntryWork()
    private var heldActive: ErasedValue<ActiveDecision>?
    /// Why the stored state cannot be read; then nothing of this key can succeed.
    var stateProblem: RecordError?
    var queue: [WorkItem] = []
    /// The mark of the tenant's settings that the key's decisions recorded last.
    var recordedSettings: [UInt8] = []
    /// What was last done to the key's timers, by name: set, or cancelled (`nil`).
    var timers: [String: FiredTimer?] = [:]

    init(state: any Erased) { self.state = state }

    /// The decision that waits for an answer.
    var active: ActiveDecision? {
        get { heldActive?.value }
        set { heldActive = newValue.map { ErasedValue($0) } }
    }

    /// Whether a decision waits for an answer.
    var isActive: Bool { heldActive != nil }

    /// Whether a timer that was delivered is still the one in force: a decision that ended
    /// meanwhile may have set it anew or cancelled it.
    func isInForce(_ timer: FiredTimer) -> Bool {
        guard let last = timers[timer.name] else { return true }
        return last == timer
    }
}

/// A call for the shell to perform.
struct StartedCall: Sendable {
    var token: Int
    var call: any Erased
    var context: StageContext
}

/// What has been decided for one partition and waits to be committed.
struct PartitionBatch: Sendable {
    var outputs: [Record] = []
    var dirty: Set<String> = []
    var handled: [String: Int64] = [:]
    /// Marks of settings that were recorded, by key.
    var settings: [String: [UInt8]] = [:]
    var timers: [TimerKey: TimerChange] = [:]
    var moved: Set<String> = []
    /// Calls that may begin once this is durable.
    var calls: [Int] = []
    /// Suspects of earlier crashes that are finished.
    var settled: [AttemptSubject] = []

    var isEmpty: Bool {
        outputs.isEmpty && dirty.isEmpty && handled.isEmpty && timers.isEmpty && moved.isEmpty
            && calls.isEmpty && settings.isEmpty
    }

    /// Whether something that is remembered of a key waits to be committed.
    func touches(_ key: String) -> Bool { dirty.contains(key) || settings[key] != nil }
}

/// What a stage did since it was last asked, for metrics and logs.
struct Tally: Sendable {
    struct Dead: Sendable {
        var position: String
        var reason: String
        var correlation: RecordID?
        var tenant: TenantID?
    }
    var finished = 0
    var ignored = 0
    var repeated = 0
    var dead: [Dead] = []
    var outputs = 0
    /// What stages counted, by name.
    var events: [String] = []
    /// From the record's own time to its decision, in milliseconds.
    var latencies: [Int64] = []
}

/// The names of the runtime's stores in a group's state.
enum Store {
    /// The stage's own state, by key.
    static let state = "state"
    /// Ids handled, until a repeat can no longer come.
    ///
    /// Short, as it is stored with each id.
    static let handled = "h"
    /// A hash of the tenant's settings that decisions recorded last, by key.
    static let settings = "s"
    /// Offsets finished ahead of the position, by topic.
    static let ahead = "ahead"
}
