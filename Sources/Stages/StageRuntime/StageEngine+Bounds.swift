import Conversation

/// A commit that is too long holds the log's lock for too long: work goes on in several.
extension StageEngine {
    /// Whether a partition has enough to commit: nothing more is begun there until it is taken.
    ///
    /// What is decided in one step is never split, so a commit has at most one decision's records
    /// more than ``Limits/outputsPerCommit``.
    func isFull(_ partition: Int32) -> Bool {
        (batches[partition]?.outputs.count ?? 0) >= Limits.outputsPerCommit
    }

    /// Begins what was held back, as far as there is room now.
    mutating func runWaiting(at now: Timestamp) {
        let waiting = waitingKeys
        waitingKeys = []
        for key in waiting { run(key, at: now) }
    }

    /// Whole partitions for one commit: all, unless their records are too many together; then those
    /// whose turn it is.
    mutating func batchesOfNextCommit() -> [(Int32, PartitionBatch)] {
        let waiting = batches.filter { !$0.value.isEmpty }
        var room = Limits.outputsPerCommit
        guard waiting.values.reduce(0, { $0 + $1.outputs.count }) > room else {
            return waiting.map { ($0.key, $0.value) }
        }
        let order = waiting.sorted { left, right in
            (left.key < nextPartition ? 1 : 0, left.key)
                < (right.key < nextPartition ? 1 : 0, right.key)
        }
        var taken: [(Int32, PartitionBatch)] = []
        for (partition, batch) in order {
            guard taken.isEmpty || batch.outputs.count <= room else {
                nextPartition = partition
                break
            }
            room -= batch.outputs.count
            taken.append((partition, batch))
        }
        return taken
    }
}
