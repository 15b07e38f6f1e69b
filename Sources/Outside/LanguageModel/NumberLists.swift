/// Takes the lists of numbers out of JSON, each leaving its place among them behind:
/// `{"embedding":[0.5,1]}` becomes `{"embedding":"#0"}`.
///
/// An embedding is hundreds of numbers, for which a general decoder needs as much time as the
/// rest of a customer's turn. What is left is small, and read as any JSON.
struct NumberLists {
    /// The JSON without the lists.
    private(set) var rest: [UInt8] = []
    /// The lists, in their order.
    private(set) var lists: [[Float]] = []

    /// The list that a place left behind names.
    subscript(_ position: String) -> [Float]? {
        guard position.hasPrefix("#"), let number = Int(position.dropFirst()) else { return nil }
        return lists.indices.contains(number) ? lists[number] : nil
    }

    init(in bytes: [UInt8]) {
        let span = bytes.span
        var at = 0
        var isInString = false
        while at < span.count {
            let byte = span[at]
            if isInString, byte == UInt8(ascii: "\\"), at + 1 < span.count {
                rest.append(byte)
                at += 1
            } else if byte == UInt8(ascii: "\"") {
                isInString.toggle()
            } else if !isInString, byte == UInt8(ascii: "["),
                let (list, end) = Self.list(in: span, at: at)
            {
                rest.append(contentsOf: "\"#\(lists.count)\"".utf8)
                lists.append(list)
                at = end
                continue
            }
            rest.append(span[at])
            at += 1
        }
    }

    /// The list of at least one number that begins here, and where it ends.
    private static func list(in bytes: Span<UInt8>, at start: Int) -> ([Float], end: Int)? {
        var list: [Float] = []
        var at = start + 1
        while true {
            skipSpace(in: bytes, &at)
            guard let number = number(in: bytes, &at) else { return nil }
            list.append(number)
            skipSpace(in: bytes, &at)
            guard at < bytes.count else { return nil }
            if bytes[at] == UInt8(ascii: "]") { return (list, at + 1) }
            guard bytes[at] == UInt8(ascii: ",") else { return nil }
            at += 1
        }
    }

    private static func skipSpace(in bytes: Span<UInt8>, _ at: inout Int) {
        while at < bytes.count,
            bytes[at] == 0x20 || bytes[at] == 0x0a || bytes[at] == 0x0d || bytes[at] == 0x09
        { at += 1 }
    }

    /// A number as JSON writes it, moving past it; `nil` if it is none or too large.
    private static func number(in bytes: Span<UInt8>, _ at: inout Int) -> Float? {
        var mantissa: UInt64 = 0
        var exponent = 0
        func digits() -> Int {
            let start = at
            while at < bytes.count, bytes[at] >= 0x30, bytes[at] <= 0x39 {
                let digit = UInt64(bytes[at] - 0x30)
                // 18 digits are more than a float can tell apart.
                if mantissa < 100_000_000_000_000_000 {
                    mantissa = mantissa * 10 + digit
                    exponent -= 1
                }
                at += 1
            }
            return at - start
        }
        func sees(_ mark: Unicode.Scalar) -> Bool {
            at < bytes.count && bytes[at] == UInt8(ascii: mark)
        }
        let isNegative = sees("-")
        if isNegative { at += 1 }
        let beginsWithZero = sees("0")
        let whole = digits()
        guard whole > 0, whole == 1 || !beginsWithZero else { return nil }
        exponent += whole
        if sees(".") {
            at += 1
            guard digits() > 0 else { return nil }
        }
        if sees("e") || sees("E") {
            at += 1
            guard let power = power(in: bytes, &at) else { return nil }
            exponent += power
        }
        let value = Float(scaled(Double(mantissa), by: exponent))
        return value.isFinite ? (isNegative ? -value : value) : nil
    }

    /// The digits after an `e`; at most four, for no float has more.
    private static func power(in bytes: Span<UInt8>, _ at: inout Int) -> Int? {
        var isNegative = false
        if at < bytes.count, bytes[at] == UInt8(ascii: "-") || bytes[at] == UInt8(ascii: "+") {
            isNegative = bytes[at] == UInt8(ascii: "-")
            at += 1
        }
        var power = 0
        let start = at
        while at < bytes.count, at - start < 5, bytes[at] >= 0x30, bytes[at] <= 0x39 {
            power = power * 10 + Int(bytes[at] - 0x30)
            at += 1
        }
        guard at > start, at - start < 5 else { return nil }
        return isNegative ? -power : power
    }

    private static let powers: [Double] = (0...22).map { power in
        (0..<power).reduce(1.0) { value, _ in value * 10 }
    }

    /// A number times a power of ten; in steps whose factors are exact.
    private static func scaled(_ value: Double, by exponent: Int) -> Double {
        var value = value
        var rest = min(abs(exponent), 400)
        while rest > 0 {
            let step = min(rest, powers.count - 1)
            value = exponent < 0 ? value / powers[step] : value * powers[step]
            rest -= step
        }
        return value
    }
}
