import Conversation
import EventLog
import Records

/// What a stage attempts, named in three words that are the same in every process.
struct AttemptSubject: Hashable, Sendable {
    /// The hash of a record's topic or of a timer's id; never 0.
    var name: UInt64
    /// A record's partition, or the mark of a timer.
    var partition: UInt64
    /// A record's offset; 0 for a timer.
    var offset: UInt64

    /// A partition's number is below 2^31.
    private static let timer: UInt64 = 1 << 32

    init(name: UInt64, partition: UInt64, offset: UInt64) {
        self.name = name
        self.partition = partition
        self.offset = offset
    }

    /// Names a record.
    init(topic: String, partition: Int32, offset: Int64) {
        self.init(
            name: Self.hash(topic), partition: UInt64(UInt32(bitPattern: partition)),
            offset: UInt64(bitPattern: offset))
    }

    /// Names a record that was read.
    init(_ record: ConsumedRecord) {
        self.init(
            topic: record.partition.topic, partition: record.partition.partition,
            offset: record.offset)
    }

    /// Names what a decision begins with.
    init(_ input: StageInput) {
        switch input {
        case .record(_, _, let position), .passedOver(_, let position):
            self.init(topic: position.topic, partition: position.partition, offset: position.offset)
        case .timer(let timer):
            self.init(name: Self.hash(timer.id.rawValue), partition: Self.timer, offset: 0)
        }
    }

    /// Names what waits for its key's turn.
    init(_ item: WorkItem) {
        switch item {
        case .record(let record, _): self.init(record)
        case .timer(_, let timer): self.init(.timer(timer))
        }
    }

    /// FNV-1a: short, quick for short names, and the same in every process.
    private static func hash(_ text: String) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return hash | 1
    }
}
