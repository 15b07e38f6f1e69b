/// Walks over JSON without decoding it, trusting that it is ours.
enum JSONScan {
    /// Calls with the name and value of each field of the object in `range`, until told to stop;
    /// whether that was all of it, and nothing follows.
    @discardableResult
    static func visit(
        _ bytes: Span<UInt8>, _ range: Range<Int>, _ body: (Range<Int>, Range<Int>) -> Bool
    ) -> Bool {
        let limit = range.upperBound
        var index = skipSpace(bytes, range.lowerBound, limit)
        guard index < limit, bytes[index] == UInt8(ascii: "{") else { return false }
        index = skipSpace(bytes, index + 1, limit)
        var isOpen = index >= limit || bytes[index] != UInt8(ascii: "}")
        while isOpen {
            guard index < limit, bytes[index] == UInt8(ascii: "\""),
                let nameEnd = endOfString(bytes, index, limit)
            else { return false }
            let name = index + 1..<nameEnd - 1
            index = skipSpace(bytes, nameEnd, limit)
            guard index < limit, bytes[index] == UInt8(ascii: ":") else { return false }
            let start = skipSpace(bytes, index + 1, limit)
            guard let end = endOfValue(bytes, start, limit), body(name, start..<end) else {
                return false
            }
            index = skipSpace(bytes, end, limit)
            guard index < limit else { return false }
            isOpen = bytes[index] != UInt8(ascii: "}")
            guard isOpen else { break }
            guard bytes[index] == UInt8(ascii: ",") else { return false }
            index = skipSpace(bytes, index + 1, limit)
        }
        return skipSpace(bytes, index + 1, limit) == limit
    }

    static func skipSpace(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
        var index = start
        while index < end, bytes[index] <= 0x20 { index += 1 }
        return index
    }

    /// The index after the closing quote of the string that begins at `start`.
    static func endOfString(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int? {
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

    private static func endOfValue(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int? {
        guard start < end else { return nil }
        switch bytes[start] {
        case UInt8(ascii: "\""): return endOfString(bytes, start, end)
        case UInt8(ascii: "{"), UInt8(ascii: "["): return endOfContainer(bytes, start, end)
        default:
            var index = start
            while index < end, !Self.endsWord(bytes[index]) { index += 1 }
            // What nothing follows was cut off.
            return index > start && index < end ? index : nil
        }
    }

    private static func endOfContainer(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int? {
        var depth = 0
        var index = start
        while index < end {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                guard let after = endOfString(bytes, index, end) else { return nil }
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
