/// The one source of chance of a simulated run: SplitMix64, so a seed says all that happens.
struct Dice {
    private var state: UInt64

    init(seed: UInt64) {
        // Neighbouring seeds begin far apart.
        state = seed &* 0x2545_f491_4f6c_dd1d &+ 0x1234_5678
    }

    /// A number from 0 up to, but without, `limit`.
    mutating func below(_ limit: Int) -> Int {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        z ^= z >> 31
        return Int(truncatingIfNeeded: (z >> 33) % UInt64(limit))
    }

    /// Whether something happens that happens once in `times`.
    mutating func once(in times: Int) -> Bool { below(times) == 0 }

    /// One of several, which are not none.
    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[below(elements.count)]
    }
}
