import Conversation
import EventLog

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

    /// The name under which the log remembers an id: 22 characters of a 128-bit hash, a third of
    /// what WhatsApp's ids take, as there is one for every message and status of eight days.
    static func key(_ id: RecordID, _ partition: Int32) -> StateKey {
        let (high, low) = NameHash.hash(Array(id.rawValue.utf8))
        var bytes: [UInt8] = []
        for half in [high, low] {
            for shift in stride(from: 56, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: half >> UInt64(shift)))
            }
        }
        // Sixteen bytes end in two signs of padding.
        let text = String(Base64.encode(bytes).prefix(22))
        return StateKey(partition: partition, store: Store.handled, key: text)
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
