import Conversation

/// The ids handled lately, in memory: the log's memory of them is longer, but a repeat may come
/// before the first is committed.
struct HandledIDs: Sendable {
    private var young: Set<RecordID> = []
    private var old: Set<RecordID> = []
    private let generation: Int

    /// Remembers at least the last `generation` ids.
    init(generation: Int = Limits.handledIDsInMemory) {
        self.generation = generation
    }

    /// Whether the id was handled lately.
    func contains(_ id: RecordID) -> Bool { young.contains(id) || old.contains(id) }

    /// Remembers an id.
    mutating func insert(_ id: RecordID) {
        young.insert(id)
        if young.count >= generation {
            old = young
            young = []
        }
    }
}
