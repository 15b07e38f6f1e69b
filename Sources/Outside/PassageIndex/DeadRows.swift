/// Which rows of a generation are no more: replaced or removed since it was made.
struct DeadRows: Sendable {
    private var words: [UInt64]
    /// How many there are.
    private(set) var count = 0

    /// None of so many rows.
    init(of rows: Int) { words = [UInt64](repeating: 0, count: (rows + 63) / 64) }

    /// Whether a row is no more.
    @inline(__always)
    subscript(_ row: Int) -> Bool { words[row >> 6] >> UInt64(row & 63) & 1 == 1 }

    /// Takes a row out; false if it was so already.
    mutating func insert(_ row: Int) -> Bool {
        guard !self[row] else { return false }
        words[row >> 6] |= 1 << UInt64(row & 63)
        count += 1
        return true
    }
}
