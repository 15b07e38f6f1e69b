import EventLog
import Glibc
import Kafka

/// A stretch of a changelog on its way into a cache: its messages in one run of bytes, what they
/// say of state, its timers, and the offsets after it.
///
/// A million of them are read within seconds, so nothing is made of a message but what a row needs.
struct ChangelogBatch: Sendable {
    /// A piece of state, or that it is gone.
    struct Piece: Sendable {
        /// The partition's number.
        let partition: Int32
        /// Its store's index in ``ChangelogBatch/stores``.
        let store: Int
        /// Where its key stands in ``ChangelogBatch/bytes``.
        let key: Range<Int>
        /// Where its value stands; `nil` where it is gone.
        let value: Range<Int>?
        /// ``never``, or milliseconds since 1970.
        let expires: Int64

        /// The value of ``expires`` that means that there is none.
        static let never = Int64.max
    }

    private var run = MessageRun()
    private(set) var pieces: [Piece] = []
    /// The names of stores, as they came.
    private(set) var stores: [String] = []
    private(set) var timers: [TimerChange] = []
    /// The offset after what was read of each partition.
    private(set) var checkpoints: [Int32: Int64] = [:]
    private var escapedStores: [[UInt8]] = []

    /// Makes an empty batch with room for as much as the batch before took.
    init(roomLike other: ChangelogBatch? = nil) {
        guard let other else { return }
        run.reserve(other.run.entries.count, bytes: other.run.bytes.count)
        pieces.reserveCapacity(other.pieces.count)
    }

    /// The number of messages.
    var messages: Int { run.entries.count }
    /// The keys and values of all messages.
    var bytes: [UInt8] { run.bytes }

    /// Whether it has nothing, not even an offset that was reached.
    var isEmpty: Bool { checkpoints.isEmpty }

    /// Notes that nothing stands before an offset.
    mutating func reach(_ offset: Int64, of partition: Int32) {
        checkpoints[partition] = max(checkpoints[partition] ?? 0, offset)
    }

    /// Adds messages of the changelog, which the closure reads; passes over those that this
    /// version does not know.
    ///
    /// - Returns: the ends of partitions that were reached.
    /// - Throws: what kept a partition from being read.
    mutating func read(
        _ fetch: (inout MessageRun) -> Void
    ) throws(KafkaError) -> [TopicPartitionOffset] {
        let before = run.entries.count
        fetch(&run)
        let (entries, bytes) = (run.entries, run.bytes)
        var (partition, next): (Int32, Int64) = (-1, 0)
        for entry in entries[before...] {
            if entry.partition != partition {
                if partition >= 0 { reach(next, of: partition) }
                partition = entry.partition
            }
            next = entry.offset + 1
            add(entry, bytes)
        }
        if partition >= 0 { reach(next, of: partition) }
        for end in run.ends { reach(end.offset, of: end.partition) }
        defer { run.ends = [] }
        if let failure = run.failure {
            run.failure = nil
            throw failure
        }
        return run.ends
    }

    private mutating func add(_ entry: MessageRun.Entry, _ bytes: [UInt8]) {
        guard let parts = ChangelogCodec.partsOfStateKey(bytes, entry.key) else {
            if let change = ChangelogCodec.timer(in: entry, bytes) { timers.append(change) }
            return
        }
        guard let store = number(ofStore: bytes[parts.store]) else { return }
        let expires =
            entry.headers.isEmpty
            ? nil : ChangelogCodec.expiry(in: Array(bytes[entry.headers]))
        pieces.append(
            Piece(
                partition: entry.partition, store: store, key: parts.key,
                value: entry.value, expires: expires ?? Piece.never))
    }

    private mutating func number(ofStore escaped: ArraySlice<UInt8>) -> Int? {
        // A group has a handful of stores, the first of which is nearly all.
        for (index, known) in escapedStores.enumerated() where known.elementsEqual(escaped) {
            return index
        }
        let text = String(decoding: escaped, as: UTF8.self)
        guard let name = ChangelogCodec.unescape(text[...]) else { return nil }
        if let known = stores.firstIndex(of: name) { return known }
        stores.append(name)
        escapedStores.append(Array(escaped))
        return stores.count - 1
    }
}

// MARK: - Order

extension ChangelogBatch {
    /// The last piece of each key, in the order in which the cache keeps them.
    ///
    /// Rows that come in order go to neighbouring pages: with keys in any order that halves what
    /// inserting costs.
    func inKeyOrder() -> [Piece] {
        let ranks = ranksOfStores()
        let (pieces, bytes) = (pieces, run.bytes)
        let common = commonPrefix()
        var names: [Name] = []
        names.reserveCapacity(pieces.count)
        for (index, piece) in pieces.enumerated() {
            names.append(
                Name(
                    group: UInt64(piece.partition) << 32 | ranks[piece.store],
                    beginning: Self.word(bytes, piece.key, after: common),
                    index: UInt32(index)))
        }
        return unsafe bytes.withUnsafeBytes { bytes in
            unsafe pieces.withUnsafeBufferPointer { pieces in
                names.sort { unsafe Self.precedes($0, $1, pieces, bytes, after: common) }
                var last: [Piece] = []
                last.reserveCapacity(names.count)
                for (index, name) in names.enumerated() {
                    let piece = unsafe pieces[Int(name.index)]
                    if index + 1 < names.count {
                        let next = names[index + 1]
                        if name.group == next.group, name.beginning == next.beginning,
                            unsafe Self.order(piece.key, pieces[Int(next.index)].key, bytes) == 0
                        {
                            continue
                        }
                    }
                    last.append(piece)
                }
                return last
            }
        }
    }

    /// What a key is sorted by, in 24 bytes: most are told apart without a look at the keys.
    private struct Name {
        /// The partition, and its store's rank among the stores' names.
        var group: UInt64
        /// Eight bytes of the key, after what all have in common.
        var beginning: UInt64
        var index: UInt32
    }

    /// Which comes first in the cache; of one key, what was written first.
    @inline(__always)
    private static func precedes(
        _ left: Name, _ right: Name, _ pieces: UnsafeBufferPointer<Piece>,
        _ bytes: UnsafeRawBufferPointer, after common: Int
    ) -> Bool {
        guard left.group == right.group else { return left.group < right.group }
        guard left.beginning == right.beginning else { return left.beginning < right.beginning }
        let order = unsafe order(
            pieces[Int(left.index)].key, pieces[Int(right.index)].key, bytes)
        return order == 0 ? left.index < right.index : order < 0
    }

    private static func order(
        _ left: Range<Int>, _ right: Range<Int>, _ bytes: UnsafeRawBufferPointer
    ) -> Int {
        let shared = min(left.count, right.count)
        if let base = bytes.baseAddress, shared > 0 {
            let order = unsafe memcmp(base + left.lowerBound, base + right.lowerBound, shared)
            if order != 0 { return Int(order) }
        }
        return left.count - right.count
    }

    /// Eight bytes of a key as a number that is ordered as they are, zeros behind its end.
    private static func word(_ bytes: [UInt8], _ key: Range<Int>, after skipped: Int) -> UInt64 {
        var word: UInt64 = 0
        let start = key.lowerBound + skipped
        for index in start..<start + 8 {
            word = word << 8 | (index < key.upperBound ? UInt64(bytes[index]) : 0)
        }
        return word
    }

    /// The number of bytes with which all keys begin.
    private func commonPrefix() -> Int {
        guard let first = pieces.first?.key else { return 0 }
        var common = first.count
        let bytes = run.bytes
        for piece in pieces {
            common = min(common, piece.key.count)
            var index = 0
            while index < common,
                bytes[first.lowerBound + index] == bytes[piece.key.lowerBound + index]
            {
                index += 1
            }
            common = index
        }
        return common
    }

    private func ranksOfStores() -> [UInt64] {
        let sorted = stores.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        return stores.map { UInt64(sorted.firstIndex(of: $0) ?? 0) }
    }
}
