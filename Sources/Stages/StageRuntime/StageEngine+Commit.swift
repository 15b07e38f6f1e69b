import Conversation
import EventLog
import JSON
import Records

extension ActiveDecision {
    /// Remembers a call with its answer, until they are recorded.
    mutating func remember(
        _ result: Result<any Erased, CallFailure>, of stage: AnyStage, resumed now: Timestamp
    ) {
        guard let call else { return }
        var answered = AnsweredCall(call: Self.json(call), began: callBegan, resumed: now)
        answered.isRecordedInFull = stage.recordsInFull(call)
        switch result {
        case .success(let answer):
            answered.answer = Self.json(answer)
            answered.kept = stage.kept(answer)
        case .failure(let failure):
            answered.answer = Self.json(ErasedValue(RecordedFailure(failure: failure)))
        }
        self.answered.append(answered)
    }

    /// The calls since the part before, as its record holds them.
    func exchanges(as form: DecisionForm) -> [Decision.Exchange] {
        var recordedBytes = 0
        /// The JSON itself, or only its size and hash where the record would grow too large.
        func bounded(_ json: NestedJSON) -> NestedJSON {
            let bytes = json.bytes.count
            guard recordedBytes + bytes <= Limits.recordedBytesPerDecision else {
                return RecordedJSON.mark(for: json)
            }
            recordedBytes += bytes
            return json
        }
        return answered.map { answered in
            var (call, answer) = (answered.call, answered.answer)
            if form == .parts {
                if !answered.isRecordedInFull { call = RecordedJSON.call(call) }
                answer = RecordedJSON.answer(answer, without: answered.kept, in: written)
            }
            return Decision.Exchange(
                call: bounded(call), answer: bounded(answer), began: answered.began,
                resumed: answered.resumed)
        }
    }

    private static func json(_ value: some Erased) -> NestedJSON {
        do throws(RecordError) {
            return NestedJSON(try value.json())
        } catch {
            return NestedJSON("null")
        }
    }
}

/// A call's failure as a decision records it.
struct RecordedFailure: Codable {
    var failure: CallFailure
}

extension StageEngine {
    // MARK: Effects

    /// Puts effects into the partition's batch; the decision notes its records.
    ///
    /// `false` if one cannot be written: then the input is set aside, as half a decision is none.
    mutating func apply(
        _ effects: Effects, of active: inout ActiveDecision, key: WorkKey, at now: Timestamp
    ) -> Bool {
        var records: [Record] = []
        var written: [[UInt8]] = []
        for output in effects.outputs {
            let headers = RecordHeaders(
                id: output.id, type: output.payload.map { type(of: $0).type } ?? "tombstone",
                source: HeaderName.source(ofStage: stage.name), time: now, subject: output.key,
                correlation: output.correlation, causation: output.causation,
                tenant: output.tenant, traceParent: active.input.traceParent)
            do throws(RecordError) {
                guard let value = try output.payload?.json() else {
                    records.append(
                        envelope.tombstone(
                            topic: output.topic, key: output.key, headers: headers))
                    continue
                }
                written.append(value)
                records.append(
                    try envelope.record(
                        topic: output.topic, key: output.key, value: value, headers: headers))
            } catch {
                stop(active, unwritable: "an output", error, key, at: now)
                return false
            }
        }
        guard fit(records, of: active, key: key, at: now) else { return false }
        let timers: [TimerChange]
        do throws(RecordError) {
            timers = try effects.timers.map { effect throws(RecordError) in
                try change(effect, key: key)
            }
        } catch {
            stop(active, unwritable: "a timer", error, key, at: now)
            return false
        }
        active.outputs += effects.outputs.map(\.id)
        active.written += written
        for record in records { append(record, to: key.partition) }
        for (effect, change) in zip(effects.timers, timers) { apply(effect, change, key: key) }
        tally.events += effects.events
        return true
    }

    private mutating func apply(
        _ effect: Effects.TimerEffect, _ change: TimerChange, key: WorkKey
    ) {
        let name = effect.name
        // One that is due and waits its turn is overtaken by this change.
        let before = keys[key]?.queue.count ?? 0
        keys[key]?.queue.removeAll { item in
            if case .timer(_, let fired) = item { fired.name == name } else { false }
        }
        overtook(before - (keys[key]?.queue.count ?? 0))
        switch effect {
        case .set(let timer): keys[key]?.timers[name] = .some(timer)
        case .cancel: keys[key]?.timers[name] = .some(nil)
        }
        batches[key.partition, default: .init()].timers[Self.timerKey(name, key)] = change
    }

    private static func timerKey(_ name: String, _ key: WorkKey) -> TimerKey {
        TimerKey(partition: key.partition, key: key.key, name: name)
    }

    /// A change of a timer as the log keeps it.
    private func change(
        _ effect: Effects.TimerEffect, key: WorkKey
    ) throws(RecordError) -> TimerChange {
        let timerKey = Self.timerKey(effect.name, key)
        guard case .set(let timer) = effect else { return .cancel(timerKey) }
        let payload = try envelope.sealed(
            try RecordCodec.encode(timer), of: timer.tenant,
            at: .timer(stage: stage.name, key: key.key, name: timer.name))
        return .set(DurableTimer(key: timerKey, due: timer.due.milliseconds, payload: payload))
    }

    /// Records a decision that is made durable before its end: if the process dies before the
    /// next answer, the answers so far would be lost and what was written could not be repeated.
    mutating func recordCommit(of active: inout ActiveDecision, key: WorkKey) {
        let part = active.part
        active.part += 1
        if settings.recordsDecisions {
            let decision = Decision(
                stage: stage.name, tenant: active.input.tenant, key: key.key,
                input: active.input.id, position: active.item.position, began: active.began,
                exchanges: active.exchanges(as: form),
                outcome: .committed(outputs: active.outputs),
                part: form == .parts ? part : nil,
                settings: settingsToRecord(of: active, key: key))
            // The same input may begin anew after a crash: the time tells its lives apart.
            let name = "decision/\(active.began.milliseconds)/\(active.part)"
            write(decision, as: name, of: active.input, key: key)
        }
        guard form == .parts else { return }
        active.answered = []
        active.outputs = []
        active.written = []
    }

    /// Writes a decision; `name` tells it from the input's others.
    mutating func write(_ decision: Decision, as name: String, of input: StageInput, key: WorkKey) {
        let headers = RecordHeaders(
            id: .derived(from: input.id, by: "\(stage.name)/\(name)"), type: Decision.type,
            source: HeaderName.source(ofStage: stage.name), time: decision.began, subject: key.key,
            correlation: input.correlation, causation: input.id, tenant: input.tenant,
            traceParent: input.traceParent)
        guard let record = fitted(decision, headers) else { return }
        append(record, to: key.partition)
    }

    mutating func append(_ record: Record, to partition: Int32) {
        batches[partition, default: .init()].outputs.append(record)
        tally.outputs += 1
    }

    // MARK: Commits

    /// Whether something waits to be committed.
    var hasCommit: Bool { batches.values.contains { !$0.isEmpty } }

    /// Takes what waits as one commit, as far as its records are not too many;
    /// ``committed()`` must follow before the next, and ``runWaiting(at:)``.
    mutating func takeCommit() -> Commit {
        precondition(committing.isEmpty, "one commit is made at a time")
        var commit = Commit()
        for (partition, batch) in batchesOfNextCommit() {
            commit.outputs += batch.outputs
            commit.timers += batch.timers.values
            addState(of: batch, partition, to: &commit)
            for topic in batch.moved { addPosition(TopicPartition(topic, partition), to: &commit) }
            committing[partition] = batch
            batches[partition] = nil
        }
        return commit
    }

    private mutating func addState(
        of batch: PartitionBatch, _ partition: Int32, to commit: inout Commit
    ) {
        for key in batch.dirty {
            let workKey = WorkKey(partition: partition, key: key)
            guard let work = keys[workKey] else { continue }
            guard stage.division == nil else {
                addPieces(of: workKey, to: &commit)
                continue
            }
            keys[workKey]?.stored = nil
            let name = StateKey(partition: partition, store: Store.state, key: key)
            if stage.isSame(work.state, stage.initialState) {
                commit.state.append(StateChange(name, value: nil))
            } else if let value = work.stored {
                commit.state.append(StateChange(name, value: value))
            }
        }
        for (key, mark) in batch.settings {
            let name = StateKey(partition: partition, store: Store.settings, key: key)
            commit.state.append(StateChange(name, value: mark.isEmpty ? nil : mark))
        }
        for (id, expires) in batch.handled {
            let name = HandledIDs.key(RecordID(id), partition)
            commit.state.append(StateChange(name, value: [], expires: expires))
        }
    }

    private mutating func addPosition(_ topicPartition: TopicPartition, to commit: inout Commit) {
        guard let tracker = trackers[topicPartition], let position = tracker.position else {
            return
        }
        commit.positions[topicPartition] = position
        let ranges = tracker.finishedAhead
        let bytes = ranges.isEmpty ? nil : OffsetRanges.encode(ranges)
        guard bytes != finishedAhead[topicPartition] else { return }
        finishedAhead[topicPartition] = bytes
        let name = StateKey(
            partition: topicPartition.partition, store: Store.ahead, key: topicPartition.topic)
        commit.state.append(StateChange(name, value: bytes))
    }

    /// The commit is durable: calls that waited for it may begin.
    mutating func committed() {
        for batch in committing.values {
            for token in batch.calls {
                if let call = postponed.removeValue(forKey: token) { started.append(call) }
            }
            attempts?.clear(batch.settled)
        }
        committing = [:]
    }

    /// Takes the calls that may begin now.
    mutating func takeStarted() -> [StartedCall] {
        defer { started = [] }
        return started
    }

    /// Takes what was counted since the last time.
    mutating func takeTally() -> Tally {
        defer { tally = Tally() }
        return tally
    }
}

extension StageInput {
    /// The trace that the input belongs to.
    var traceParent: String? {
        switch self {
        case .record(_, let headers, _), .passedOver(let headers, _): headers.traceParent
        case .timer: nil
        }
    }
}
