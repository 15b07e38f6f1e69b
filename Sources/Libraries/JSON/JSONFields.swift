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

    /// Calls with each field's name and value, until told to stop; whether that was all of the
    /// object, and nothing follows it.
    @discardableResult
    package func visit(_ range: Range<Int>, _ body: (Range<Int>, Range<Int>) -> Bool) -> Bool {
        let limit = range.upperBound
        var index = skipSpace(range.lowerBound, limit)
        guard index < limit, bytes[index] == UInt8(ascii: "{") else { return false }
        index = skipSpace(index + 1, limit)
        if index < limit, bytes[index] == UInt8(ascii: "}") { return isEnd(index + 1, limit) }
        while true {
            guard index < limit, bytes[index] == UInt8(ascii: "\""),
                let nameEnd = endOfString(index, limit)
            else { return false }
            let name = index + 1..<nameEnd - 1
            index = skipSpace(nameEnd, limit)
            guard index < limit, bytes[index] == UInt8(ascii: ":") else { return false }
            let start = skipSpace(index + 1, limit)
            guard let end = endOfValue(start, limit) else { return false }
            guard body(name, start..<end) else { return false }
            index = skipSpace(end, limit)
            guard index < limit else { return false }
            if bytes[index] == UInt8(ascii: "}") { return isEnd(index + 1, limit) }
            guard bytes[index] == UInt8(ascii: ",") else { return false }
            index = skipSpace(index + 1, limit)
        }
    }

    private func isEnd(_ index: Int, _ end: Int) -> Bool { skipSpace(index, end) == end }

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

    /// Where the last quote before an index stands; by words, as what is before may be long.
    package func lastQuote(before end: Int) -> Int? {
        let bytes = bytes.span
        let ones: UInt64 = 0x0101_0101_0101_0101
        var index = min(end, bytes.count)
        while index >= 8 {
            let word = unsafe UInt64(
                littleEndian: bytes.bytes.unsafeLoadUnaligned(
                    fromByteOffset: index - 8, as: UInt64.self))
            let quotes = word ^ (ones &* 0x22)
            // A bit too many may be set above a quote, never where there is none.
            if (quotes &- ones) & ~quotes & (ones &* 0x80) != 0 { break }
            index -= 8
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
            index = skipSpace(index, range.upperBound)
            guard bytes[index] == UInt8(ascii: "\""),
                let end = endOfString(index, range.upperBound)
            else { return strings }
            strings.append(text(index + 1..<end - 1))
            index = skipSpace(end, range.upperBound) + 1
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

    private func skipSpace(_ start: Int, _ end: Int) -> Int {
        let bytes = bytes.span
        var index = start
        while index < end, bytes[index] <= 0x20 { index += 1 }
        return index
    }

    /// The index after the closing quote of the string that begins at `start`.
    private func endOfString(_ start: Int, _ end: Int) -> Int? {
        let bytes = bytes.span
        var index = start + 1
        while true {
            index = JSONString.endOfPlain(bytes, from: index)
            guard index < end else { return nil }
            switch bytes[index] {
            case UInt8(ascii: "\""): return index + 1
            case UInt8(ascii: "\\"): index += 2
            default: index += 1
            }
        }
    }

    private func endOfValue(_ start: Int, _ end: Int) -> Int? {
        guard start < end else { return nil }
        switch bytes[start] {
        case UInt8(ascii: "\""): return endOfString(start, end)
        case UInt8(ascii: "{"), UInt8(ascii: "["): return endOfContainer(start, end)
        default:
            var index = start
            while index < end, !Self.endsWord(bytes[index]) { index += 1 }
            // What nothing follows was cut off.
            return index < end ? index : nil
        }
    }

    private func endOfContainer(_ start: Int, _ end: Int) -> Int? {
        let bytes = bytes.span
        var depth = 0
        var index = start
        while index < end {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                guard let after = endOfString(index, end) else { return nil }
                index = after
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth == 0 { return index + 1 }
            default: break
            }
            index += 1
        }
        return nil
    }

    private static func endsWord(_ byte: UInt8) -> Bool {
        byte <= 0x20 || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}")
            || byte == UInt8(ascii: "]")
    }
}
