import Conversation
import EventLog
import Records

/// The stage runtime without IO: it takes what a poll brought and what calls answered, runs the
/// stage's pure functions, and gives out calls to perform and commits to make.
///
/// Records of one key are begun one after the other; a key that waits for an answer holds only
/// itself. A value type, so a simulation can drive it step by step.
struct StageEngine: Sendable {
    let stage: AnyStage
    let settings: RunnerSettings
    let envelope: RecordEnvelope
    let inputs: [String: InputTopic]
    /// What outlives a crash; `nil` where nothing has to.
    let attempts: AttemptJournal?
    /// How decisions are recorded; only a replay of what the version before wrote says otherwise.
    let form: DecisionForm
    /// Where the tenants' settings come from.
    let source: SettingsSource
    /// The tenants' settings as they were last seen, as long as they do not change.
    var knownSettings: [TenantID: ErasedSettings] = [:]

    var keys: [WorkKey: KeyWork] = [:]
    var trackers: [TopicPartition: OffsetTracker] = [:]
    var finishedAhead: [TopicPartition: [UInt8]] = [:]
    var handled = HandledIDs()
    var batches: [Int32: PartitionBatch] = [:]
    var committing: [Int32: PartitionBatch] = [:]
    var waiting: [Int: WorkKey] = [:]
    var postponed: [Int: StartedCall] = [:]
    var started: [StartedCall] = []
    var tally = Tally()
    var inFlight = 0
    /// The most bytes that the log takes at once.
    var largestRecord = Int.max
    /// Keys whose turn waits for a commit, as their partition has enough to commit already.
    var waitingKeys: [WorkKey] = []
    /// The partition with which the next commit begins, so that none waits for ever.
    var nextPartition: Int32 = 0
    private var nextToken = 0

    init(
        stage: AnyStage, inputs: [InputTopic], envelope: RecordEnvelope, settings: RunnerSettings,
        attempts: AttemptJournal? = nil, form: DecisionForm = .parts,
        source: SettingsSource = .tenants { _ in nil }
    ) {
        self.envelope = envelope
        self.attempts = attempts
        self.source = source
        self.form = form
        self.stage = stage
        self.settings = settings
        self.inputs = Dictionary(uniqueKeysWithValues: inputs.map { ($0.topic.rawValue, $0) })
    }

    // MARK: Taking work

    /// The pieces of state that must be at hand before a poll's result can be taken.
    func stateNeeded(for result: PollResult) -> [StateKey] {
        var needed: Set<StateKey> = []
        for partition in result.assigned {
            for topic in inputs.keys {
                needed.insert(StateKey(partition: partition, store: Store.ahead, key: topic))
            }
        }
        for record in result.records {
            let partition = record.partition.partition
            let key = String(decoding: record.record.key, as: UTF8.self)
            needState(of: WorkKey(partition: partition, key: key), in: &needed)
            if inputs[record.partition.topic]?.repeatsWithin != nil,
                let id = record.record.header(HeaderName.id)
            {
                needed.insert(HandledIDs.key(RecordID(id), partition))
            }
        }
        for timer in result.timers {
            needState(
                of: WorkKey(partition: timer.key.partition, key: timer.key.key), in: &needed)
        }
        return Array(needed)
    }

    private func needState(of key: WorkKey, in needed: inout Set<StateKey>) {
        guard keys.index(forKey: key) == nil else { return }
        insertState(of: key, into: &needed)
        guard stage.unknownSettings != nil else { return }
        needed.insert(StateKey(partition: key.partition, store: Store.settings, key: key.key))
    }

    /// Takes what a poll brought and runs all that can run; what it lost is let go before, by
    /// ``letGo(_:)``.
    mutating func accept(_ result: PollResult, with stored: [StateKey: [UInt8]], at now: Timestamp)
    {
        for partition in result.assigned { begin(partition, with: stored) }
        var touched: [WorkKey] = []
        for record in result.records {
            if let key = enqueue(record, with: stored) { touched.append(key) }
        }
        for timer in result.timers {
            let key = WorkKey(partition: timer.key.partition, key: timer.key.key)
            load(key, with: stored)
            let fired: FiredTimer
            do throws(RecordError) {
                fired = try read(timer)
            } catch {
                setAsideUnreadable(timer, because: error, at: now)
                continue
            }
            guard keys[key]?.isInForce(fired) == true else { continue }
            keys[key]?.queue.append(.timer(timer, fired))
            inFlight += 1
            touched.append(key)
        }
        for key in touched { run(key, at: now) }
        forgetIdleKeys()
    }

    private mutating func begin(_ partition: Int32, with stored: [StateKey: [UInt8]]) {
        for topic in inputs.keys {
            let topicPartition = TopicPartition(topic, partition)
            let bytes = stored[StateKey(partition: partition, store: Store.ahead, key: topic)]
            trackers[topicPartition] = OffsetTracker(
                finishedAhead: bytes.map(OffsetRanges.decode) ?? [])
            finishedAhead[topicPartition] = bytes
        }
    }

    private mutating func enqueue(
        _ record: ConsumedRecord, with stored: [StateKey: [UInt8]]
    ) -> WorkKey? {
        let partition = record.partition.partition
        guard trackers[record.partition, default: OffsetTracker()].begin(record.offset) else {
            return nil
        }
        let key = WorkKey(
            partition: partition, key: String(decoding: record.record.key, as: UTF8.self))
        load(key, with: stored)
        if let id = record.record.header(HeaderName.id),
            stored[HandledIDs.key(RecordID(id), partition)] != nil
        {
            handled.insert(RecordID(id), of: partition)
        }
        wait(.record(record, read(record)), for: key)
        inFlight += 1
        return key
    }

    private mutating func load(_ key: WorkKey, with stored: [StateKey: [UInt8]]) {
        guard keys.index(forKey: key) == nil else { return }
        let name = StateKey(partition: key.partition, store: Store.state, key: key.key)
        var work = KeyWork(state: stage.initialState)
        do throws(RecordError) {
            let state = try state(stored[name], of: key)
            work = try withEntries(state, of: key, from: stored)
        } catch {
            // Erased: whoever writes now is as new as its words are.
            if error.kind != .erased { work.stateProblem = error }
        }
        let recordedMark = StateKey(partition: key.partition, store: Store.settings, key: key.key)
        work.recordedSettings = stored[recordedMark] ?? []
        keys[key] = work
    }

    // MARK: Running

    /// Begins what waits for a key, until it waits for an answer, nothing is left, or its
    /// partition has enough to commit; ``runWaiting(at:)`` goes on then.
    mutating func run(_ key: WorkKey, at now: Timestamp) {
        while keys[key]?.isActive == false, let item = keys[key]?.queue.first {
            guard !isFull(key.partition) else {
                waitingKeys.append(key)
                return
            }
            keys[key]?.queue.removeFirst()
            attempts?.deciding(AttemptSubject(item))
            begin(item, of: key, at: now)
            attempts?.decided()
        }
    }

    private mutating func begin(_ item: WorkItem, of key: WorkKey, at now: Timestamp) {
        guard let work = keys[key] else { return }
        if let crashes = crashes(of: item) { return setAside(item, crashes, of: key, at: now) }
        let input: StageInput
        switch item {
        case .timer(_, let timer): input = .timer(timer)
        case .record(let record, let decoded) where isRedrivenForAnother(record.record):
            return passOver(item, try? decoded.get(), of: key, at: now)  // broken: nothing to say
        case .record(let record, .failure(let problem)):
            return bury(
                item, record, because: Failure(reason: problem.description), nil, of: key, at: now)
        case .record(let record, .success(let decoded)):
            if inputs[record.partition.topic]?.repeatsWithin != nil, handled.contains(decoded.id) {
                return end(item, decoded, of: key, outcome: .repeated, began: now)
            }
            input = decoded
        }
        if case .passedOver(let headers, _) = input {
            let reason = "the stage \(stage.name) reads no \(headers.type)"
            return end(item, input, of: key, outcome: .ignored(because: reason), began: now)
        }
        if let problem = work.stateProblem {
            let reason = "the stored state cannot be read: \(problem)"
            return reject(item, input, because: Failure(reason: reason), of: key, at: now)
        }
        let settings = settings(of: input.tenant)
        var context = StageContext(
            stage: stage.name, input: input, key: key.key, now: now, step: 0, erased: settings)
        if case .record(let record, _) = item { context.stored = record.record.value ?? [] }
        nextToken += 1
        var active = ActiveDecision(
            item: item, input: input, context: context, state: work.state, token: nextToken,
            settings: settings, began: now)
        do throws(Rejection) {
            let step = try stage.begin(input, active.state, context)
            active.state = step.state
            follow(step.plan, of: active, key: key, at: now)
        } catch {
            reject(item, input, because: Failure(reason: error.reason), of: key, at: now, active)
        }
    }

    /// Resumes a decision with what the world answered; answers to decisions that were dropped
    /// meanwhile are passed over.
    mutating func answered(
        _ token: Int, with result: Result<any Erased, CallFailure>, at now: Timestamp
    ) {
        guard let key = waiting.removeValue(forKey: token), var active = keys[key]?.active,
            active.token == token, let call = active.call
        else { return }
        keys[key]?.active = nil
        if settings.recordsDecisions { active.remember(result, of: stage, resumed: now) }
        active.context.step += 1
        active.context.now = now
        attempts?.deciding(AttemptSubject(active.item))
        do throws(Rejection) {
            let step = try stage.resume(result, call, active.state, active.context)
            active.state = step.state
            follow(step.plan, of: active, key: key, at: now)
        } catch {
            var failure = Failure(reason: error.reason)
            if case .failure(.unexpected(_, let attempts)) = result {
                failure.kind = .unexpected
                failure.attempts = attempts
            }
            reject(active.item, active.input, because: failure, of: key, at: now, active)
        }
        attempts?.decided()
        run(key, at: now)
    }

    private mutating func follow(
        _ plan: Plan<any Erased>, of decision: ActiveDecision, key: WorkKey, at now: Timestamp
    ) {
        var active = decision
        switch plan {
        case .finish(let effects):
            guard let stored = storedState(of: active, key: key, at: now),
                apply(effects, of: &active, key: key, at: now)
            else { return }
            keep(active.state, stored, of: key)
            end(
                active.item, active.input, of: key, outcome: .finished(outputs: active.outputs),
                active, began: active.began)
        case .ignore(let reason):
            guard let stored = storedState(of: active, key: key, at: now) else { return }
            keep(active.state, stored, of: key)
            end(
                active.item, active.input, of: key, outcome: .ignored(because: reason), active,
                began: active.began)
        case .call(let call):
            ask(call, active, key: key, at: now, afterCommit: false)
        case .commit(let effects, let call):
            guard let stored = storedState(of: active, key: key, at: now),
                apply(effects, of: &active, key: key, at: now)
            else { return }
            keep(active.state, stored, of: key)
            recordCommit(of: &active, key: key)
            ask(call, active, key: key, at: now, afterCommit: true)
        }
    }

    private mutating func ask(
        _ call: any Erased, _ decision: ActiveDecision, key: WorkKey, at now: Timestamp,
        afterCommit: Bool
    ) {
        var active = decision
        nextToken += 1
        active.token = nextToken
        active.call = call
        active.callBegan = now
        keys[key]?.active = active
        waiting[active.token] = key
        let request = StartedCall(token: active.token, call: call, context: active.context)
        if afterCommit {
            postponed[active.token] = request
            batches[key.partition, default: .init()].calls.append(active.token)
        } else {
            started.append(request)
        }
    }

    private mutating func keep(_ state: any Erased, _ stored: StoredState, of key: WorkKey) {
        switch stored {
        case .unchanged: return
        case .whole(let bytes): keys[key]?.stored = bytes
        case .divided(let pieces): keep(pieces, of: key)
        }
        keys[key]?.state = state
        batches[key.partition, default: .init()].dirty.insert(key.key)
    }

    // MARK: Ending

    mutating func reject(
        _ item: WorkItem, _ input: StageInput, because failure: Failure, of key: WorkKey,
        at now: Timestamp, _ active: ActiveDecision? = nil
    ) {
        switch item {
        case .record(let record, _):
            bury(item, record, because: failure, input, of: key, at: now, active)
        case .timer(let timer, let fired):
            bury(timer, fired, because: failure, at: now)
            end(
                item, input, of: key, outcome: .dead(because: failure.reason), active,
                began: active?.began ?? now)
        }
    }

    mutating func bury(
        _ item: WorkItem, _ record: ConsumedRecord, because failure: Failure, _ input: StageInput?,
        of key: WorkKey, at now: Timestamp, _ active: ActiveDecision? = nil
    ) {
        tally.dead.append(
            Tally.Dead(
                position: item.position, reason: failure.reason, correlation: input?.correlation,
                tenant: input?.tenant))
        batches[key.partition, default: .init()].outputs.append(
            DeadLetter.record(
                of: record, stage: stage.name, failure, at: now, atMost: largestRecord))
        guard let input else { return finish(item, of: key) }
        end(
            item, input, of: key, outcome: .dead(because: failure.reason), active,
            began: active?.began ?? now)
    }

    /// Ends a decision: its record is written, its id remembered, its input finished.
    mutating func end(
        _ item: WorkItem, _ input: StageInput, of key: WorkKey, outcome: Decision.Outcome,
        _ active: ActiveDecision? = nil, began: Timestamp
    ) {
        count(outcome, item, at: began)
        if case .record(let record, _) = item,
            let window = inputs[record.partition.topic]?.repeatsWithin
        {
            handled.insert(input.id, of: key.partition)
            batches[key.partition, default: .init()].handled[input.id.rawValue] =
                began.milliseconds + window.wholeMilliseconds
        }
        if settings.recordsDecisions {
            let decision = Decision(
                stage: stage.name, tenant: input.tenant, key: key.key, input: input.id,
                position: item.position, began: began, exchanges: active?.exchanges(as: form) ?? [],
                outcome: outcome, part: form == .parts ? active?.part ?? 0 : nil,
                settings: settingsToRecord(of: active, key: key))
            write(decision, as: "decision", of: input, key: key)
        }
        finish(item, of: key)
    }

    mutating func finish(_ item: WorkItem, of key: WorkKey) {
        inFlight -= 1
        settle(item, of: key)
        switch item {
        case .record(let record, _):
            trackers[record.partition]?.finish(record.offset)
            batches[key.partition, default: .init()].moved.insert(record.partition.topic)
        case .timer(let timer, let fired):
            // A timer that the decision set again has its new value already.
            guard keys[key]?.isInForce(fired) == true else { return }
            keys[key]?.timers[fired.name] = .some(nil)
            batches[key.partition, default: .init()].timers[timer.key] = .cancel(timer.key)
        }
    }

    private mutating func count(_ outcome: Decision.Outcome, _ item: WorkItem, at began: Timestamp)
    {
        switch outcome {
        case .finished: tally.finished += 1
        case .ignored: tally.ignored += 1
        case .repeated: tally.repeated += 1
        case .dead, .committed: break
        }
        if case .record(let record, _) = item {
            tally.latencies.append(max(0, began.milliseconds - record.record.timestamp))
        }
    }
}
