import Conversation
import EventLog
import Records

/// Owns a stage's engine while the process runs: feeds it, performs its calls, and hands out its
/// commits. Polling and committing go on beside it.
actor StagePump {
    typealias Perform =
        @Sendable (any Erased, StageContext) async throws(CallFailure) -> any Erased

    private var engine: StageEngine
    private let makeEngine: @Sendable () -> StageEngine
    private let perform: Perform
    private let now: @Sendable () -> Timestamp
    private let report: StageReport
    private let settings: RunnerSettings
    private let attempts: AttemptJournal?
    private var largestRecord = Int.max

    private var queue = CallQueue()
    private var tasks: [Int: Task<Void, Never>] = [:]
    /// Calls under way for suspects of a crash: one at most.
    private var suspectCalls = 0
    private var stopping = false
    private var outputsOfLastCommit = 0
    /// Raised when all work is dropped: answers of an earlier life are not ours.
    private var life = 0
    private var workWaiter: CheckedContinuation<Void, Never>?
    private var roomWaiter: CheckedContinuation<Void, Never>?

    init(
        stage: AnyStage, inputs: [InputTopic], envelope: RecordEnvelope, settings: RunnerSettings,
        report: StageReport, attempts: AttemptJournal?, source: SettingsSource,
        now: @escaping @Sendable () -> Timestamp,
        perform: @escaping Perform
    ) {
        let make: @Sendable () -> StageEngine = {
            StageEngine(
                stage: stage, inputs: inputs, envelope: envelope, settings: settings,
                attempts: attempts, source: source)
        }
        self.attempts = attempts
        self.makeEngine = make
        self.engine = make()
        self.settings = settings
        self.report = report
        self.now = now
        self.perform = perform
    }

    // MARK: Feeding

    /// Waits until there is room for more records; answers how many, 0 when stopping.
    func room() async -> Int {
        while !stopping, !Task.isCancelled, engine.inFlight >= settings.inFlight {
            await withCheckedContinuation { roomWaiter = $0 }
        }
        return stopping ? 0 : min(settings.batch, settings.inFlight - engine.inFlight)
    }

    /// Sets the most bytes that the log takes at once, as a session that was opened found it.
    func setLargestRecord(_ bytes: Int) {
        largestRecord = bytes
        engine.largestRecord = bytes
    }

    /// The pieces of state that a poll's result needs.
    func stateNeeded(for result: PollResult) -> [StateKey] { engine.stateNeeded(for: result) }

    /// The entries that are needed, too, by what was read of the state.
    func entriesNeeded(with stored: [StateKey: [UInt8]]) -> [StateKey] {
        engine.entriesNeeded(with: stored)
    }

    /// Drops work of partitions that were lost; `false` if the session must be opened anew.
    func letGo(_ partitions: [Int32]) -> Bool { engine.letGo(partitions) }

    /// Takes what a poll brought.
    func accept(_ result: PollResult, with stored: [StateKey: [UInt8]]) {
        guard !stopping else { return }
        engine.accept(result, with: stored, at: now())
        goOn()
    }

    /// Finishes what is under way in partitions that are to be given back, as far as it ends soon.
    ///
    /// The rest is left for their next owner. `false` if the session must be opened anew.
    func giveBack(_ partitions: [Int32]) async -> Bool {
        for partition in partitions { engine.dropQueued(partition) }
        let deadline = ContinuousClock.now + Limits.revokeGrace
        while ContinuousClock.now < deadline,
            partitions.contains(where: { engine.isBusy($0) || engine.isUncommitted($0) })
        {
            // Calls end by themselves and commits run beside this; looking now and then is enough.
            try? await Task.sleep(for: .milliseconds(10))  // cancelled: give back at once
            if Task.isCancelled { break }
        }
        let isGone = engine.letGo(partitions)
        goOn()
        return isGone
    }

    // MARK: Calls

    private func goOn() {
        for call in engine.takeStarted() { queue.append(.init(call: call, attempt: 1)) }
        // Suspects of a crash go one at a time, so that another crash names one.
        while queue.running < settings.calls,
            let entry = queue.begin(where: { suspectCalls == 0 || !isSuspect($0) })
        {
            start(entry.call, attempt: entry.attempt)
        }
        report.add(engine.takeTally(), inFlight: engine.inFlight, calls: queue.running)
        if engine.hasCommit || isDrained { wakeCommitter() }
        if engine.inFlight < settings.inFlight {
            roomWaiter?.resume()
            roomWaiter = nil
        }
    }

    private func isSuspect(_ call: StartedCall) -> Bool {
        guard let attempts, attempts.hasSuspects else { return false }
        return attempts.suspicion(of: AttemptSubject(call.context.input)) != nil
    }

    private func start(_ call: StartedCall, attempt: Int) {
        let suspected = isSuspect(call)
        if suspected { suspectCalls += 1 }
        let life = life
        let perform = perform
        let mark = attempts?.calling(for: AttemptSubject(call.context.input))
        tasks[call.token] = Task { [report] in
            let clock = ContinuousClock()
            let began = clock.now
            var result: Result<any Erased, CallFailure>
            do throws(CallFailure) {
                result = .success(try await perform(call.call, call.context))
            } catch {
                result = .failure(error)
            }
            report.called(after: clock.now - began, failure: result.failure, call.context)
            self.attempts?.answered(mark)
            if suspected, life == self.life { self.suspectCalls -= 1 }
            self.ended(call, attempt: attempt, life: life, result)
        }
    }

    private func ended(
        _ call: StartedCall, attempt: Int, life: Int, _ result: Result<any Erased, CallFailure>
    ) {
        guard life == self.life else { return }
        queue.ended(call.context.input.tenant)
        tasks[call.token] = nil
        if case .failure(.transient(let reason, let atLeast)) = result {
            let atLeast = atLeast.map { Duration.milliseconds($0) }
            let policy = engine.stage.retryPolicy(call.call)
            if retries(call, attempt, by: policy, atLeast: atLeast, because: reason) { return }
        }
        var result = result
        if case .failure(.unexpected(let reason, _)) = result {
            let policy = engine.stage.retryPolicy(call.call).forUnexpected
            if retries(call, attempt, by: policy, because: reason) { return }
            result = .failure(.unexpected(reason: reason, attempts: attempt))
        }
        engine.answered(call.token, with: result, at: now())
        goOn()
    }

    /// Has a call tried again later, if its policy says so.
    private func retries(
        _ call: StartedCall, _ attempt: Int, by policy: RetryPolicy, atLeast: Duration? = nil,
        because reason: String
    ) -> Bool {
        let jitter = Double.random(in: 0..<1)
        let wait = policy.wait(after: attempt, jitter: jitter, atLeast: atLeast, now: now())
        guard let wait else { return false }
        report.retrying(call.context, attempt: attempt, after: wait, because: reason)
        tryAgain(call, attempt: attempt + 1, after: wait)
        return true
    }

    private func tryAgain(_ call: StartedCall, attempt: Int, after wait: Duration) {
        let life = life
        tasks[call.token] = Task {
            try? await Task.sleep(for: wait)  // cancelled: the life is over, as checked below
            self.retry(call, attempt: attempt, life: life)
        }
        goOn()
    }

    private func retry(_ call: StartedCall, attempt: Int, life: Int) {
        guard life == self.life else { return }
        queue.append(.init(call: call, attempt: attempt))
        goOn()
    }

    // MARK: Commits

    /// Waits for something to commit; `nil` when drained.
    func nextCommit() async -> Commit? {
        while !engine.hasCommit {
            if isDrained || Task.isCancelled { return nil }
            await withCheckedContinuation { workWaiter = $0 }
        }
        let gathering = Limits.commitGathering(after: outputsOfLastCommit)
        if gathering > .zero, !stopping {
            // Cancelled: the session closes, and the commit is seen to fail.
            try? await Task.sleep(for: gathering)
            guard engine.hasCommit else { return await nextCommit() }
        }
        let commit = engine.takeCommit()
        outputsOfLastCommit = commit.outputs.count
        engine.runWaiting(at: now())
        goOn()
        return commit
    }

    /// The commit handed out last is durable.
    func committed(after wait: Duration) {
        engine.committed()
        report.committed(after: wait)
        goOn()
    }

    // MARK: Stopping

    private var isDrained: Bool { stopping && queue.running == 0 && queue.isEmpty && tasks.isEmpty }

    /// Takes no more work; ends when calls are done and committed, or after the drain time.
    func drain() async {
        stopping = true
        engine.dropAllQueued()
        queue.removeWaiting()
        goOn()
        let deadline = ContinuousClock.now + settings.drain
        while !isDrained, ContinuousClock.now < deadline {
            try? await Task.sleep(for: .milliseconds(10))  // cancelled: look at the deadline only
            if Task.isCancelled { break }
        }
        cancelCalls()
        wakeAll()
    }

    /// Drops all work, for a session opened anew.
    func reset() {
        cancelCalls()
        engine = makeEngine()
        engine.largestRecord = largestRecord
    }

    /// Wakes whoever waits, so that cancellation is seen.
    func wakeAll() {
        wakeCommitter()
        roomWaiter?.resume()
        roomWaiter = nil
    }

    private func wakeCommitter() {
        workWaiter?.resume()
        workWaiter = nil
    }

    private func cancelCalls() {
        life += 1
        for task in tasks.values { task.cancel() }
        tasks = [:]
        queue = CallQueue()
        suspectCalls = 0
    }
}

extension Result {
    /// The failure, if it is one.
    var failure: Failure? {
        if case .failure(let failure) = self { failure } else { nil }
    }
}
