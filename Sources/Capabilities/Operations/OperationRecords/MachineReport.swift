package import Conversation

/// How a machine and the processes are that its `parley up` looks after: written every few seconds
/// while something happens, seldom else; the log keeps the newest.
///
/// Nothing in it is anybody's: names of machines and processes, numbers, and times.
package struct MachineReport: Payload {
    package static let type = "parley.operations.machine"
    package static let topic = Topic.operationsMachines
    package static let personal: [FieldPath] = []

    /// The machine's name here: the host's, and a mark of the data folder.
    package var machine: String
    /// The host's name.
    package var host: String
    /// Since when `parley up` runs.
    package var startedAt: Timestamp
    /// When this was written.
    package var at: Timestamp
    /// Within how many seconds the next one follows.
    package var everySeconds: Int
    /// Whether `parley up` ends with this.
    package var isStopping: Bool
    /// Processors of the machine.
    package var processors: Int
    /// How many programs wanted a processor during the last minute; `nil` where it is not told.
    package var load: Double?
    /// Bytes of memory that programs can still have; `nil` where it is not told.
    package var memoryFree: Int?
    /// Bytes of memory in all; `nil` where it is not told.
    package var memoryTotal: Int?
    /// Bytes that are free on the disk of the data folder; `nil` where it is not told.
    package var diskFree: Int?
    /// Bytes of that disk; `nil` where it is not told.
    package var diskTotal: Int?
    /// The processes.
    package var processes: [ProcessReport]

    /// The machine.
    package var key: String { machine }
    /// The whole installation's.
    package var tenant: TenantID { .installation }

    /// Describes a machine without processes.
    package init(
        machine: String, host: String, startedAt: Timestamp, at: Timestamp, everySeconds: Int,
        processors: Int, isStopping: Bool = false, processes: [ProcessReport] = []
    ) {
        self.machine = machine
        self.host = host
        self.startedAt = startedAt
        self.at = at
        self.everySeconds = everySeconds
        self.isStopping = isStopping
        self.processors = processors
        self.processes = processes
    }
}

/// How a process is.
package struct ProcessReport: Hashable, Sendable, Codable {
    /// Where a process stands in its life.
    package enum State: String, Hashable, Sendable, Codable, CaseIterable {
        /// It was started, and is not ready yet.
        case starting
        /// It is ready.
        case ready
        /// It said that it was ready, but now says that it is not.
        case unready
        /// It was ready, but answers nothing.
        case silent
        /// It ended by itself, and is started again in a while.
        case died
        /// It cannot be started; that is tried again in a while.
        case failed
        /// It was stopped, as somebody wished.
        case stopped
    }

    /// Its name on its machine, such as `sender-0`.
    package var name: String
    /// The process of the pipeline file that it is one of, such as `sender`; `nil` where it is none
    /// of the pipeline's, such as an embedding server.
    package var process: String?
    /// Where it stands.
    package var state: State
    /// Since when it stands there.
    package var since: Timestamp
    /// Its number for the system, while it runs.
    package var pid: Int?
    /// How often it was started again since `parley up` runs.
    package var restarts: Int
    /// How it ended the last time, in the system's words; `nil` where it never did.
    package var lastEnd: String?
    /// Bytes of memory that it takes; `nil` where it does not tell.
    package var memory: Int?
    /// Processors that it used since the report before, such as 0.5; `nil` where it is not known.
    package var processorShare: Double?
    /// What its stages do; one that does nothing, and for which nothing waits, is left out.
    package var stages: [StageFigures]
    /// Messages of the last days that no topic accounts for; only the console's process counts.
    package var unaccounted: Int?
    /// The model servers that it asks; `nil` where it asks none.
    package var models: [ModelServerReport]?

    /// Describes a process of which nothing is measured yet.
    package init(
        name: String, process: String?, state: State, since: Timestamp, pid: Int? = nil,
        restarts: Int = 0, lastEnd: String? = nil, stages: [StageFigures] = []
    ) {
        self.name = name
        self.process = process
        self.state = state
        self.since = since
        self.pid = pid
        self.restarts = restarts
        self.lastEnd = lastEnd
        self.stages = stages
    }
}

/// What a stage did in one process since the report before.
package struct StageFigures: Hashable, Sendable, Codable {
    /// The stage.
    package var stage: String
    /// Records and timers that it decided, each second.
    package var perSecond: Double
    /// Records that it set aside as dead letters since the report before.
    package var dead: Int
    /// Calls to the world that failed and were tried again since the report before; for the
    /// ingester, requests that it refused.
    package var retries: Int
    /// Records in hand.
    package var inFlight: Int
    /// Calls under way.
    package var calls: Int
    /// Records that the whole group has not read yet, at most; `nil` where it reads no topic.
    package var lag: Int?
    /// Places of the changelog that are to be read before it is ready.
    package var restoring: Int
    /// Seconds from a record's time to its decision.
    package var latency: Percentiles?
    /// Seconds of a call to the world.
    package var call: Percentiles?

    /// Whether it did nothing, and nothing waits for it.
    package var isIdle: Bool {
        perSecond == 0 && dead == 0 && retries == 0 && inFlight == 0 && calls == 0
            && (lag ?? 0) == 0 && restoring == 0
    }

    /// Describes a stage that did nothing.
    package init(
        stage: String, perSecond: Double = 0, dead: Int = 0, retries: Int = 0, inFlight: Int = 0,
        calls: Int = 0, lag: Int? = nil, restoring: Int = 0, latency: Percentiles? = nil,
        call: Percentiles? = nil
    ) {
        self.stage = stage
        self.perSecond = perSecond
        self.dead = dead
        self.retries = retries
        self.inFlight = inFlight
        self.calls = calls
        self.lag = lag
        self.restoring = restoring
        self.latency = latency
        self.call = call
    }
}

/// How long something took, in seconds: so many of a hundred took no longer.
package struct Percentiles: Hashable, Sendable, Codable {
    /// Of a hundred, 50.
    package var p50: Double
    /// Of a hundred, 95.
    package var p95: Double
    /// Of a hundred, 99.
    package var p99: Double

    /// Names them.
    package init(p50: Double, p95: Double, p99: Double) {
        self.p50 = p50
        self.p95 = p95
        self.p99 = p99
    }

    /// The slower of two: percentiles of two processes cannot be added up.
    package func slowest(_ other: Percentiles?) -> Percentiles {
        guard let other else { return self }
        return Percentiles(
            p50: max(p50, other.p50), p95: max(p95, other.p95), p99: max(p99, other.p99))
    }
}
