import Conversation
import EventLog
import Records

/// Timers that nothing can be done with are set aside as records are: whoever set one may wait for
/// it for ever, so people have to hear of it.
extension StageEngine {
    /// A timer as it was set.
    func read(_ timer: DurableTimer) throws(RecordError) -> FiredTimer {
        let json = try envelope.opened(
            timer.payload,
            at: .timer(stage: stage.name, key: timer.key.key, name: timer.key.name))
        return try RecordCodec.decode(FiredTimer.self, from: json)
    }

    /// Sets aside a timer whose bytes cannot be read, or takes it away if they were erased.
    ///
    /// Only this runtime writes them, so they are damaged, and trying again is no use.
    mutating func setAsideUnreadable(
        _ timer: DurableTimer, because problem: RecordError, at now: Timestamp
    ) {
        guard problem.kind != .erased else { return drop(erased: timer) }
        let position = WorkItem.position(ofTimer: timer.key.name)
        let reason = "the timer cannot be read: \(problem)"
        batches[timer.key.partition, default: .init()].timers[timer.key] = .cancel(timer.key)
        tally.events.append("unreadable_timer")
        tally.dead.append(Tally.Dead(position: position, reason: reason))
        append(
            DeadLetter.record(
                of: timer, fired: nil, stage: stage.name, kind: .permanent, reason: reason,
                attempts: 1, at: now), to: timer.key.partition)
    }

    /// Sets aside a timer that the stage refuses.
    mutating func bury(
        _ timer: DurableTimer, _ fired: FiredTimer, because failure: Failure, at now: Timestamp
    ) {
        tally.dead.append(
            Tally.Dead(
                position: WorkItem.position(ofTimer: fired.name), reason: failure.reason,
                correlation: fired.correlation, tenant: fired.tenant))
        append(
            DeadLetter.record(
                of: timer, fired: fired, stage: stage.name, kind: failure.kind,
                reason: failure.reason, attempts: failure.attempts, at: now),
            to: timer.key.partition)
    }
}
