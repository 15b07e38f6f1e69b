import EventLog

/// Letting go: of partitions that were taken away, and of keys that rest.
extension StageEngine {
    /// Queued timers were overtaken by a change of the same name.
    mutating func overtook(_ count: Int) { inFlight -= count }

    /// Drops all work of a partition; what was decided and not committed is as if never done.
    mutating func drop(_ partition: Int32) {
        for (key, work) in keys where key.partition == partition {
            inFlight -= work.queue.count + (work.isActive ? 1 : 0)
            if let token = work.active?.token {
                waiting[token] = nil
                postponed[token] = nil
            }
            keys[key] = nil
        }
        for topicPartition in trackers.keys where topicPartition.partition == partition {
            trackers[topicPartition] = nil
            finishedAhead[topicPartition] = nil
        }
        batches[partition] = nil
        handled.forget(partition)
    }

    /// Drops all work of partitions that are another member's now; `false` if the session has to
    /// be opened anew, because a commit under way holds some of that work.
    ///
    /// Tried again after the partition came back, such a commit would overwrite what was done
    /// since.
    mutating func letGo(_ partitions: [Int32]) -> Bool {
        guard !partitions.contains(where: { committing[$0]?.isEmpty == false }) else {
            return false
        }
        for partition in partitions { drop(partition) }
        return true
    }

    /// Drops what waits its turn in a partition that is to be given back; calls go on.
    mutating func dropQueued(_ partition: Int32) { dropQueued { $0 == partition } }

    /// Drops all that waits its turn; calls go on.
    mutating func dropAllQueued() { dropQueued { _ in true } }

    private mutating func dropQueued(where isDropped: (Int32) -> Bool) {
        // In place: there may be ten thousand keys, and a copy of them for each partition.
        var index = keys.startIndex
        while index != keys.endIndex {
            if isDropped(keys[index].key.partition) {
                inFlight -= keys.values[index].queue.count
                keys.values[index].queue = []
            }
            keys.formIndex(after: &index)
        }
    }

    /// Whether something of a partition is decided and not yet durable.
    func isUncommitted(_ partition: Int32) -> Bool {
        batches[partition]?.isEmpty == false || committing[partition]?.isEmpty == false
    }

    /// Whether calls of a partition are under way.
    func isBusy(_ partition: Int32) -> Bool {
        waiting.values.contains { $0.partition == partition }
    }

    /// Forgets keys that nothing waits for, once there are many; the log has their state.
    mutating func forgetIdleKeys() {
        guard keys.count > Limits.keysInMemory else { return }
        keys = keys.filter { key, work in
            work.isActive || !work.queue.isEmpty
                || batches[key.partition]?.touches(key.key) == true
                || committing[key.partition]?.touches(key.key) == true
        }
    }
}
