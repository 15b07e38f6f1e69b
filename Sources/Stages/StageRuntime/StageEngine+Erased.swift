import Conversation
import EventLog
import Records

/// What a tenant's key sealed is gone once the key is destroyed: work that it belongs to ends, and
/// leaves nothing, not even a dead letter.
extension StageEngine {
    /// Ends a decision of which something cannot be written: half a decision is none.
    ///
    /// Its input is set aside, unless its tenant's key was destroyed meanwhile.
    mutating func stop(
        _ active: ActiveDecision, unwritable what: String, _ error: RecordError, _ key: WorkKey,
        at now: Timestamp
    ) {
        guard error.kind != .erased else { return drop(erased: active.item, of: key) }
        let failure = Failure(
            reason: "\(what) cannot be written: \(error)", kind: .unexpected)
        reject(active.item, active.input, because: failure, of: key, at: now, active)
    }

    /// Ends what belongs to an erased tenant.
    mutating func drop(erased item: WorkItem, of key: WorkKey) {
        tally.events.append("erased")
        finish(item, of: key)
    }

    /// Takes away a timer whose note was erased.
    mutating func drop(erased timer: DurableTimer) {
        tally.events.append("erased_timer")
        batches[timer.key.partition, default: .init()].timers[timer.key] = .cancel(timer.key)
    }
}
