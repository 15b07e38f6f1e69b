/// Whose turn is next among what waits for a key.
extension StageEngine {
    /// Puts an item behind what waits for its key, or before all that it overtakes.
    mutating func wait(_ item: WorkItem, for key: WorkKey) {
        guard overtakes(item), let queue = keys[key]?.queue,
            let first = queue.firstIndex(where: { !overtakes($0) })
        else {
            // Without a second hold on the queue, which would have it copied for each record.
            keys[key]?.queue.append(item)
            return
        }
        keys[key]?.queue.insert(item, at: first)
    }

    private func overtakes(_ item: WorkItem) -> Bool {
        guard case .record(_, .success(let input)) = item else { return false }
        return stage.overtakes(input)
    }
}
