/// One source of chance: a seed says all that happens.
struct Chance {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x2545_f491_4f6c_dd1d &+ 0x1234_5678 }

    mutating func below(_ limit: Int) -> Int {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return Int(truncatingIfNeeded: ((z ^ (z >> 31)) >> 33) % UInt64(limit))
    }

    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[below(elements.count)]
    }
}
