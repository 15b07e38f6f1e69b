/// Whose turn is next among what waits for a key.
extension StageEngine {
    /// Puts an item behind what waits for its key, or before all that it overtakes.
    mutating func wait(_ item: WorkItem, for key: WorkKey) {
        let queue = keys[key]?.queue ?? []
        let first = overtakes(item) ? queue.firstIndex { !overtakes($0) } : nil
        keys[key]?.queue.insert(item, at: first ?? queue.count)
    }

    private func overtakes(_ item: WorkItem) -> Bool {
        guard case .record(_, .success(let input)) = item else { return false }
        return stage.overtakes(input)
    }
}
