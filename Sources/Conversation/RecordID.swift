extension RecordID {
    /// The id of the `index`-th thing that `step` made because of `cause`: the same work done
    /// twice makes the same ids, so that a repeat is recognised.
    ///
    /// The hash only spreads names; it protects nothing.
    package static func derived(from cause: RecordID, by step: String, index: Int = 0) -> RecordID {
        RecordID(NameHash.hex("\(cause.rawValue)\u{1f}\(step)\u{1f}\(index)"))
    }
}

/// A 128-bit hash that turns long names into short ones (MurmurHash3 x64 128, seed 0).
package enum NameHash {
    /// The hash of a text, as 32 hexadecimal digits.
    package static func hex(_ text: String) -> String { hex(Array(text.utf8)) }

    /// The hash of bytes, as 32 hexadecimal digits.
    package static func hex(_ bytes: [UInt8]) -> String {
        var (high, low) = hash(bytes)
        var digits: [UInt8] = []
        digits.reserveCapacity(32)
        for _ in 0..<16 {
            digits.append(digit(high >> 60))
            high <<= 4
        }
        for _ in 0..<16 {
            digits.append(digit(low >> 60))
            low <<= 4
        }
        return String(decoding: digits, as: UTF8.self)
    }

    /// The hash of bytes, as 16 bytes.
    package static func bytes(_ bytes: [UInt8]) -> [UInt8] {
        let (high, low) = hash(bytes)
        return [high, low].flatMap { half in
            (0..<8).map { UInt8(truncatingIfNeeded: half >> UInt64(56 - 8 * $0)) }
        }
    }

    /// The two halves of the hash of some bytes.
    package static func hash(_ bytes: [UInt8]) -> (UInt64, UInt64) {
        var h1: UInt64 = 0
        var h2: UInt64 = 0
        let whole = bytes.count / 16 * 16
        for start in stride(from: 0, to: whole, by: 16) {
            mix1(word(bytes, start, 8), into: &h1)
            h1 = (rotated(h1, 27) &+ h2) &* 5 &+ 0x52dc_e729
            mix2(word(bytes, start + 8, 8), into: &h2)
            h2 = (rotated(h2, 31) &+ h1) &* 5 &+ 0x3849_5ab5
        }
        let rest = bytes.count - whole
        if rest > 8 { mix2(word(bytes, whole + 8, rest - 8), into: &h2) }
        if rest > 0 { mix1(word(bytes, whole, min(rest, 8)), into: &h1) }
        h1 ^= UInt64(bytes.count)
        h2 ^= UInt64(bytes.count)
        h1 = h1 &+ h2
        h2 = h2 &+ h1
        h1 = finished(h1)
        h2 = finished(h2)
        h1 = h1 &+ h2
        h2 = h2 &+ h1
        return (h1, h2)
    }

    private static func mix1(_ k: UInt64, into h: inout UInt64) {
        h ^= rotated(k &* 0x87c3_7b91_1142_53d5, 31) &* 0x4cf5_ad43_2745_937f
    }

    private static func mix2(_ k: UInt64, into h: inout UInt64) {
        h ^= rotated(k &* 0x4cf5_ad43_2745_937f, 33) &* 0x87c3_7b91_1142_53d5
    }

    private static func rotated(_ x: UInt64, _ by: UInt64) -> UInt64 {
        (x << by) | (x >> (64 - by))
    }

    private static func finished(_ value: UInt64) -> UInt64 {
        var k = value
        k ^= k >> 33
        k = k &* 0xff51_afd7_ed55_8ccd
        k ^= k >> 33
        k = k &* 0xc4ce_b9fe_1a85_ec53
        return k ^ (k >> 33)
    }

    private static func word(_ bytes: [UInt8], _ start: Int, _ count: Int) -> UInt64 {
        var value: UInt64 = 0
        for index in 0..<count { value |= UInt64(bytes[start + index]) << UInt64(8 * index) }
        return value
    }

    private static func digit(_ nibble: UInt64) -> UInt8 {
        nibble < 10 ? 48 + UInt8(nibble) : 87 + UInt8(nibble)
    }
}
