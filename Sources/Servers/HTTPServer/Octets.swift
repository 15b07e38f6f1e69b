/// Classes of octets of RFC 9110 and 9112; the parser works on octets, never on characters.
enum Octet {
    static let tab = UInt8(ascii: "\t")
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")
    static let space = UInt8(ascii: " ")
    static let colon = UInt8(ascii: ":")
    static let comma = UInt8(ascii: ",")
    static let semicolon = UInt8(ascii: ";")
    static let slash = UInt8(ascii: "/")
    static let percent = UInt8(ascii: "%")

    /// A character of a token (RFC 9110, 5.6.2).
    @inline(__always)
    static func isToken(_ octet: UInt8) -> Bool {
        octet < 128 && bit(octet, tokenLow, tokenHigh)
    }

    /// An octet allowed inside a field value: visible, space, tab, or above ASCII.
    @inline(__always)
    static func isFieldValue(_ octet: UInt8) -> Bool {
        octet >= 0x20 ? octet != 0x7F : octet == tab
    }

    /// An octet allowed in a request target; stricter than browsers, who encode the rest.
    @inline(__always)
    static func isTarget(_ octet: UInt8) -> Bool {
        octet < 128 && bit(octet, targetLow, targetHigh)
    }

    /// The value of a decimal digit, or nil.
    @inline(__always)
    static func digit(_ octet: UInt8) -> Int? {
        octet >= 0x30 && octet <= 0x39 ? Int(octet &- 0x30) : nil
    }

    /// The value of a hexadecimal digit, or nil.
    @inline(__always)
    static func hexDigit(_ octet: UInt8) -> Int? {
        if let digit = digit(octet) { return digit }
        let lower = octet | 0x20
        return lower >= 0x61 && lower <= 0x66 ? Int(lower &- 0x61) + 10 : nil
    }

    @inline(__always)
    private static func bit(_ octet: UInt8, _ low: UInt64, _ high: UInt64) -> Bool {
        ((octet < 64 ? low : high) >> UInt64(octet & 63)) & 1 == 1
    }

    // One bit for each allowed octet: `low` for 0 to 63, `high` for 64 to 127.
    private static let tokenLow: UInt64 = 0x03FF_6CFA_0000_0000
    private static let tokenHigh: UInt64 = 0x57FF_FFFF_C7FF_FFFE
    // 0x21...0x7E without " # < > \ ^ ` { }
    private static let targetLow: UInt64 = 0xAFFF_FFF2_0000_0000
    private static let targetHigh: UInt64 = 0x57FF_FFFE_AFFF_FFFF
}

/// Whether two runs of octets are equal when ASCII letters are compared without case.
@inline(__always)
func equalsIgnoringCase(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
    guard left.count == right.count else { return false }
    for index in 0..<left.count where left[index] != right[index] {
        let lower = left[index] | 0x20
        guard lower == right[index] | 0x20, lower >= 0x61, lower <= 0x7A else { return false }
    }
    return true
}

/// Whether octets equal an ASCII literal when letters are compared without case.
@inline(__always)
func equalsIgnoringCase(_ left: Span<UInt8>, _ right: StaticString) -> Bool {
    unsafe equalsIgnoringCase(
        left, Span(_unsafeStart: right.utf8Start, count: right.utf8CodeUnitCount))
}
