/// Checks UTF-8 that comes in pieces, failing at the first byte that cannot be part of it.
///
/// The ranges are those of Unicode's table 3-7 (well-formed UTF-8 byte sequences).
struct UTF8Validator {
    private var needed = 0
    private var lowest: UInt8 = 0x80
    private var highest: UInt8 = 0xBF

    /// Whether no character is cut short.
    var isComplete: Bool { needed == 0 }

    /// Takes the next bytes; false once they cannot be valid.
    mutating func accept(_ bytes: Span<UInt8>) -> Bool {
        for index in 0..<bytes.count {
            let byte = bytes[index]
            if needed == 0 {
                if byte < 0x80 { continue }
                guard begin(byte) else { return false }
            } else {
                guard byte >= lowest, byte <= highest else { return false }
                needed -= 1
                lowest = 0x80
                highest = 0xBF
            }
        }
        return true
    }

    private mutating func begin(_ byte: UInt8) -> Bool {
        switch byte {
        case 0xC2...0xDF: needed = 1
        case 0xE0: (needed, lowest) = (2, 0xA0)
        case 0xED: (needed, highest) = (2, 0x9F)
        case 0xE1...0xEF: needed = 2
        case 0xF0: (needed, lowest) = (3, 0x90)
        case 0xF1...0xF3: needed = 3
        case 0xF4: (needed, highest) = (3, 0x8F)
        default: return false
        }
        return true
    }
}
