/// Base64 text of bytes: the standard alphabet with padding, or the URL-safe one without
/// (RFC 4648, sections 4 and 5).
///
/// By tables, three bytes and four characters at a time: every personal word passes here.
package enum Base64 {
    /// The standard alphabet, padded with `=` to a multiple of four characters.
    package static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        append(bytes, by: .standard, to: &text)
        while text.count % 4 != 0 { text.append(UInt8(ascii: "=")) }
        return String(decoding: text, as: UTF8.self)
    }

    /// The URL-safe alphabet without padding: safe in URLs, cookies, headers and file names.
    package static func encodeURLSafe(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        append(bytes, by: .urlSafe, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends text in the URL-safe alphabet without padding.
    package static func append(urlSafe bytes: [UInt8], to text: inout [UInt8]) {
        append(bytes, by: .urlSafe, to: &text)
    }

    /// How many characters without padding so many bytes are.
    package static func length(of count: Int) -> Int { (count * 4 + 2) / 3 }

    /// The bytes of text in either alphabet, padded or not; nil when it is not base64 or when the
    /// last character carries bits that no byte holds.
    package static func decode(_ text: some StringProtocol) -> [UInt8]? {
        let characters = Array(text.utf8)
        var end = characters.count
        while end > 0, characters.count - end < 2, characters[end - 1] == UInt8(ascii: "=") {
            end -= 1
        }
        guard end == characters.count || characters.count % 4 == 0 else { return nil }
        return decode(unpadded: characters[..<end])
    }

    /// The bytes of text in either alphabet without padding; nil when it is not base64 or when the
    /// last character carries bits that no byte holds.
    package static func decode(unpadded text: ArraySlice<UInt8>) -> [UInt8]? {
        guard text.count % 4 != 1 else { return nil }
        let count = text.count * 3 / 4
        guard count > 0 else { return [] }
        var isValid = false
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { out, filled in
            unsafe text.withUnsafeBufferPointer { text in
                guard let from = text.baseAddress, let to = out.baseAddress else { return }
                unsafe isValid = decode(from, text.count, into: to)
            }
            filled = isValid ? count : 0
        }
        return isValid ? bytes : nil
    }

    /// Whole groups of four characters, then the two or three that are left, or none.
    private static func decode(
        _ text: UnsafePointer<UInt8>, _ count: Int, into out: UnsafeMutablePointer<UInt8>
    ) -> Bool {
        let values = unsafe Base64Values.shared.first
        var (text, out) = unsafe (text, out)
        let end = unsafe text + count / 4 * 4
        // The marks of characters that are none gather here, and are looked at once.
        var all: UInt32 = 0
        while unsafe text < end {
            let (first, second) = unsafe (values[Int(text[0])], values[Int(text[1])])
            let (third, fourth) = unsafe (values[Int(text[2])], values[Int(text[3])])
            all |= first | second | third | fourth
            let group = first << 18 | second << 12 | third << 6 | fourth
            unsafe out[0] = UInt8(truncatingIfNeeded: group >> 16)
            unsafe out[1] = UInt8(truncatingIfNeeded: group >> 8)
            unsafe out[2] = UInt8(truncatingIfNeeded: group)
            unsafe text += 4
            unsafe out += 3
        }
        let rest = count % 4
        guard rest > 0 else { return all < Base64Values.none }
        var group: UInt32 = 0
        for index in 0..<rest {
            let value = unsafe values[Int(text[index])]
            all |= value
            group = group << 6 | value
        }
        let left = rest == 2 ? 4 : 2
        unsafe out[0] = UInt8(truncatingIfNeeded: group >> UInt32(rest == 2 ? 4 : 10))
        if rest == 3 { unsafe out[1] = UInt8(truncatingIfNeeded: group >> 2) }
        return all < Base64Values.none && group & (1 << UInt32(left) - 1) == 0
    }

    private static func append(
        _ bytes: [UInt8], by alphabet: Base64Pairs, to text: inout [UInt8]
    ) {
        text.append(addingCapacity: length(of: bytes.count)) { out in
            unsafe out.withUnsafeMutableBufferPointer { out, filled in
                unsafe bytes.withUnsafeBufferPointer { bytes in
                    guard let from = bytes.baseAddress, let to = out.baseAddress else { return }
                    unsafe encode(from, bytes.count, by: alphabet, into: to + filled)
                }
                filled += length(of: bytes.count)
            }
        }
    }

    private static func encode(
        _ bytes: UnsafePointer<UInt8>, _ count: Int, by alphabet: Base64Pairs,
        into text: UnsafeMutablePointer<UInt8>
    ) {
        let pairs = unsafe alphabet.first
        var (bytes, text) = unsafe (bytes, text)
        let end = unsafe bytes + count / 3 * 3
        while unsafe bytes < end {
            let group = unsafe Int(bytes[0]) << 16 | Int(bytes[1]) << 8 | Int(bytes[2])
            let word = unsafe UInt32(pairs[group >> 12]) | UInt32(pairs[group & 0xfff]) << 16
            unsafe UnsafeMutableRawPointer(text).storeBytes(
                of: word.littleEndian, as: UInt32.self)
            unsafe bytes += 3
            unsafe text += 4
        }
        let rest = count % 3
        guard rest > 0 else { return }
        let group = unsafe Int(bytes[0]) << 16 | (rest == 2 ? Int(bytes[1]) << 8 : 0)
        let (first, second) = unsafe (pairs[group >> 12], pairs[group & 0xfff])
        unsafe text[0] = UInt8(truncatingIfNeeded: first)
        unsafe text[1] = UInt8(truncatingIfNeeded: first >> 8)
        if rest == 2 { unsafe text[2] = UInt8(truncatingIfNeeded: second) }
    }
}

/// The two characters of each twelve bits, the first in the lower half.
@safe private struct Base64Pairs: @unchecked Sendable {
    // Written before it is shared, only read from then on, and never freed.
    let first: UnsafePointer<UInt16>

    private static let common = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    static let standard = Base64Pairs(Array((common + "+/").utf8))
    static let urlSafe = Base64Pairs(Array((common + "-_").utf8))

    private init(_ characters: [UInt8]) {
        let pairs = UnsafeMutablePointer<UInt16>.allocate(capacity: 4_096)
        for bits in 0..<4_096 {
            unsafe pairs[bits] =
                UInt16(characters[bits >> 6]) | UInt16(characters[bits & 0x3f]) << 8
        }
        unsafe first = UnsafePointer(pairs)
    }
}

/// The six bits of each character of either alphabet; of others, one above.
@safe private struct Base64Values: @unchecked Sendable {
    // Written before it is shared, only read from then on, and never freed.
    let first: UnsafePointer<UInt32>

    /// Above the values of all characters.
    static let none: UInt32 = 0x40

    static let shared = Base64Values()

    private init() {
        let values = UnsafeMutablePointer<UInt32>.allocate(capacity: 256)
        unsafe values.initialize(repeating: Self.none, count: 256)
        let common = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
        for alphabet in [common + "+/", common + "-_"] {
            for (value, character) in alphabet.utf8.enumerated() {
                unsafe values[Int(character)] = UInt32(value)
            }
        }
        unsafe first = UnsafePointer(values)
    }
}
