/// Quarter hours in order, as a row keeps them: 32 bits each, which do until the year 124,000.
struct Slots {
    private(set) var bytes: [UInt8]
    private static let width = 4

    init(_ bytes: [UInt8] = []) { self.bytes = bytes }

    var count: Int { bytes.count / Self.width }
    var last: Slot? { count > 0 ? self[count - 1] : nil }

    subscript(index: Int) -> Slot {
        let start = index * Self.width
        return bytes[start..<start + Self.width].reduce(0) { $0 << 8 | Slot($1) }
    }

    /// Puts one in; says where it stands, `nil` if it was there.
    mutating func insert(_ slot: Slot) -> Int? {
        let place = index(from: slot)
        if place < count, self[place] == slot { return nil }
        bytes.insert(
            contentsOf: (0..<Self.width).map { UInt8(truncatingIfNeeded: slot >> (24 - 8 * $0)) },
            at: place * Self.width)
        return place
    }

    /// Where the first stands that is no earlier.
    func index(from slot: Slot) -> Int {
        // Mostly all are earlier.
        guard let last, last >= slot else { return count }
        var (low, high) = (0, count - 1)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < slot { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
