import EventLog
import Glibc
import Kafka

/// A stretch of a changelog on its way into a cache: its pieces of state with all keys in one run
/// of bytes, its timers, and the offsets after it.
///
/// A million of them are read within seconds, so nothing is made of a message but what a row needs.
struct ChangelogBatch: Sendable {
    /// A piece of state, or that it is gone.
    struct Piece: Sendable {
        var partition: Int32
        /// Its store's place in ``ChangelogBatch/stores``.
        var store: Int
        /// Where its key stands in ``ChangelogBatch/keys``.
        var key: Range<Int>
        /// `nil` where it is gone.
        var value: [UInt8]?
        var expires: Int64?
    }

    private(set) var pieces: [Piece] = []
    /// The names of stores, as they came.
    private(set) var stores: [String] = []
    /// The keys in UTF-8, one after the other.
    private(set) var keys: [UInt8] = []
    private(set) var timers: [TimerChange] = []
    /// The offset after what was taken of each partition.
    private(set) var checkpoints: [Int32: Int64] = [:]
    /// The messages that were taken, and their bytes.
    private(set) var messages = 0
    private(set) var bytes = 0

    /// Whether it holds nothing, not even a place.
    var isEmpty: Bool { checkpoints.isEmpty }

    /// Notes that nothing stands before a place.
    mutating func reach(_ offset: Int64, of partition: Int32) {
        checkpoints[partition] = max(checkpoints[partition] ?? 0, offset)
    }

    /// Takes a message of the changelog; passes over one that this version does not know.
    mutating func take(_ message: Message) {
        checkpoints[message.partition] = message.offset + 1
        messages += 1
        bytes += message.value?.count ?? 0
        guard let key = message.key else { return }
        guard let place = ChangelogCodec.place(ofStateIn: key) else {
            if let change = ChangelogCodec.timer(in: message) { timers.append(change) }
            return
        }
        guard let store = number(ofStore: key[place.store]) else { return }
        let start = keys.count
        keys.append(contentsOf: key[place.key])
        let expires = message.headers.isEmpty ? nil : ChangelogCodec.expiry(in: message)
        pieces.append(
            Piece(
                partition: message.partition, store: store, key: start..<keys.count,
                value: message.value, expires: expires))
    }

    private mutating func number(ofStore escaped: ArraySlice<UInt8>) -> Int? {
        // A group has a handful of stores, the first of which is nearly all.
        if let known = stores.firstIndex(where: { $0.utf8.elementsEqual(escaped) }) {
            return known
        }
        let text = String(decoding: escaped, as: UTF8.self)
        guard let name = ChangelogCodec.unescape(text[...]) else { return nil }
        if let known = stores.firstIndex(of: name) { return known }
        stores.append(name)
        return stores.count - 1
    }

    /// The last piece of each key, in the order in which the cache keeps them.
    ///
    /// Rows that come in order go to neighbouring pages: with keys in any order that halves what
    /// inserting costs.
    func inKeyOrder() -> [Piece] {
        let ranks = ranksOfStores()
        // Names of keys, without the values: nothing is retained for a comparison.
        var names = pieces.enumerated().map { index, piece in
            Name(
                partition: piece.partition, rank: Int32(ranks[piece.store]), key: piece.key,
                index: index)
        }
        unsafe keys.withUnsafeBytes { keys in
            names.sort { unsafe Self.order($0, $1, keys) < 0 }
        }
        var last: [Piece] = []
        last.reserveCapacity(names.count)
        for (place, name) in names.enumerated() {
            let next = place + 1
            if next < names.count, isSameKey(name, names[next]) { continue }
            last.append(pieces[name.index])
        }
        return last
    }

    private struct Name {
        var partition: Int32
        /// Of its store, among the stores' names.
        var rank: Int32
        var key: Range<Int>
        var index: Int
    }

    /// Which comes first in the cache; of one key, what was written first.
    private static func order(
        _ left: Name, _ right: Name, _ keys: UnsafeRawBufferPointer
    ) -> Int {
        guard left.partition == right.partition else {
            return left.partition < right.partition ? -1 : 1
        }
        guard left.rank == right.rank else { return left.rank < right.rank ? -1 : 1 }
        let shared = min(left.key.count, right.key.count)
        let order: Int32 =
            if let base = keys.baseAddress, shared > 0 {
                unsafe memcmp(base + left.key.lowerBound, base + right.key.lowerBound, shared)
            } else {
                0
            }
        if order != 0 { return Int(order) }
        guard left.key.count == right.key.count else { return left.key.count - right.key.count }
        return left.index - right.index
    }

    private func ranksOfStores() -> [Int] {
        let sorted = stores.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        return stores.map { sorted.firstIndex(of: $0) ?? 0 }
    }

    private func isSameKey(_ left: Name, _ right: Name) -> Bool {
        left.partition == right.partition && left.rank == right.rank
            && left.key.count == right.key.count && keys[left.key] == keys[right.key]
    }
}
