/// Finds fields in JSON without decoding it: one pass, no allocation but the names asked for.
///
/// It trusts that we wrote the JSON and checks no more than it needs; broken JSON has no
/// fields beyond the break.
package struct JSONFields {
    /// The JSON.
    package let bytes: [UInt8]

    /// Looks into some JSON.
    package init(bytes: [UInt8]) { self.bytes = bytes }

    /// The place of the whole value.
    package var whole: Range<Int> { 0..<bytes.count }

    /// The value of a field of the object in `range`.
    package func value(of name: StaticString, in range: Range<Int>) -> Range<Int>? {
        var found: Range<Int>?
        visit(range) { field, value in
            guard matches(field, name) else { return true }
            found = value
            return false
        }
        return found
    }

    /// The name and value of the only field of an object: a case with its values.
    package func onlyField(in range: Range<Int>) -> (name: String, value: Range<Int>)? {
        var found: (String, Range<Int>)?
        visit(range) { field, value in
            found = (text(field), value)
            return false
        }
        return found
    }

    /// Calls with each field's name and value, until told to stop.
    package func visit(_ range: Range<Int>, _ body: (Range<Int>, Range<Int>) -> Bool) {
        JSONScan.visit(bytes.span, range, body)
    }

    /// Calls with each field's name and value; whether that was all, and nothing is broken or
    /// follows.
    package func visitAll(_ body: (Range<Int>, Range<Int>) -> Bool) -> Bool {
        JSONScan.visit(bytes.span, whole, body)
    }

    /// The first eight bytes of a name as a number, the first byte the lowest.
    package func beginning(of name: Range<Int>) -> UInt64 {
        let bytes = bytes.span
        let isLong = name.lowerBound + 8 <= bytes.count
        guard isLong else {
            return name.prefix(8).reversed().reduce(0) { $0 << 8 | UInt64(bytes[$1]) }
        }
        let word = unsafe UInt64(
            littleEndian: bytes.bytes.unsafeLoadUnaligned(
                fromByteOffset: name.lowerBound, as: UInt64.self))
        return name.count >= 8 ? word : word & (1 << UInt64(8 * name.count) - 1)
    }

    /// Whether the bytes at a place are some name's.
    package func matches(_ field: Range<Int>, _ name: [UInt8]) -> Bool {
        guard field.count == name.count else { return false }
        let (bytes, name) = (bytes.span, name.span)
        for offset in name.indices where bytes[field.lowerBound + offset] != name[offset] {
            return false
        }
        return true
    }

    /// Whether a string holds escapes.
    package func isEscaped(_ range: Range<Int>) -> Bool {
        let bytes = bytes.span
        for index in range where bytes[index] == UInt8(ascii: "\\") { return true }
        return false
    }

    /// Where the last quote before an index stands; by blocks, as what is before may be long.
    package func lastQuote(before end: Int) -> Int? {
        let bytes = bytes.span
        let quotes = SIMD32(repeating: UInt8(ascii: "\""))
        var index = min(end, bytes.count)
        while index >= 32 {
            let block = unsafe bytes.bytes.unsafeLoadUnaligned(
                fromByteOffset: index - 32, as: SIMD32<UInt8>.self)
            if any(block .== quotes) { break }
            index -= 32
        }
        while index > 0 {
            index -= 1
            if bytes[index] == UInt8(ascii: "\"") { return index }
        }
        return nil
    }

    /// The strings of an array.
    package func strings(in range: Range<Int>) -> [String] {
        var strings: [String] = []
        var index = range.lowerBound + 1
        while index < range.upperBound - 1 {
            index = JSONScan.skipSpace(bytes.span, index, range.upperBound)
            guard bytes[index] == UInt8(ascii: "\""),
                let end = JSONScan.endOfString(bytes.span, index, range.upperBound)
            else { return strings }
            strings.append(text(index + 1..<end - 1))
            index = JSONScan.skipSpace(bytes.span, end, range.upperBound) + 1
        }
        return strings
    }

    /// The text of a string value; `nil` for other values.
    package func string(_ range: Range<Int>) -> String? {
        guard range.count >= 2, bytes[range.lowerBound] == UInt8(ascii: "\"") else { return nil }
        return text(range.lowerBound + 1..<range.upperBound - 1)
    }

    /// The whole number at a place.
    package func number(_ range: Range<Int>) -> Int64? { Int64(text(range)) }

    private func text(_ range: Range<Int>) -> String {
        let raw = String(decoding: bytes[range], as: UTF8.self)
        // By bytes, as a search by characters costs more than all else here.
        guard bytes[range].contains(UInt8(ascii: "\\")) else { return raw }
        return Self.unescaped(raw)
    }

    /// Undoes the escapes that ids may hold; others are left out, as no name here has them.
    private static func unescaped(_ raw: String) -> String {
        var text = ""
        var rest = Substring(raw)
        while let character = rest.popFirst() {
            guard character == "\\" else {
                text.append(character)
                continue
            }
            guard let next = rest.popFirst() else { break }
            if next == "u" {
                let digits = rest.prefix(4)
                rest = rest.dropFirst(4)
                if let code = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(code) {
                    text.unicodeScalars.append(scalar)
                }
            } else if next == "\"" || next == "\\" || next == "/" {
                text.append(next)
            }
        }
        return text
    }

    private func matches(_ field: Range<Int>, _ name: StaticString) -> Bool {
        guard field.count == name.utf8CodeUnitCount else { return false }
        return name.withUTF8Buffer { buffer in
            for offset in 0..<field.count
            where unsafe buffer[offset] != bytes[field.lowerBound + offset] {
                return false
            }
            return true
        }
    }
}
