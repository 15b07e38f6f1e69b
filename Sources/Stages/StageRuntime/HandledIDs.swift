import Conversation
import EventLog

/// The ids handled lately, in memory: the log's memory of them is longer, but a repeat may come
/// before the first is committed.
///
/// Each belongs to a partition, and goes with it: what was handled and not committed when the
/// partition was taken away is as if never handled.
struct HandledIDs: Sendable {
    private var young: [RecordID: Int32] = [:]
    private var old: [RecordID: Int32] = [:]
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
    func contains(_ id: RecordID) -> Bool { young[id] != nil || old[id] != nil }

    /// Remembers an id of a partition.
    mutating func insert(_ id: RecordID, of partition: Int32) {
        young[id] = partition
        if young.count >= generation {
            old = young
            young = [:]
        }
    }

    /// Forgets the ids of a partition that is another member's now.
    mutating func forget(_ partition: Int32) {
        young = young.filter { $0.value != partition }
        old = old.filter { $0.value != partition }
    }
}
