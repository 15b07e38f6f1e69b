/// One value of a ``JSONTape``: asked for what it should be, it answers `nil` where it is not.
package struct JSONView: Sendable {
    let tape: JSONTape
    let index: Int

    var node: JSONTape.Node { tape.nodes[index] }

    /// The field of an object; the first of that name.
    package subscript(_ name: StaticString) -> JSONView? { field(name.description) }

    /// The field of an object; the first of that name.
    package func field(_ name: String) -> JSONView? {
        guard node.kind == .object else { return nil }
        return tape.field(name, of: index).map { JSONView(tape: tape, index: $0) }
    }

    /// The elements of an array; nothing where it is none.
    package var elements: [JSONView] {
        guard node.kind == .array else { return [] }
        var list: [JSONView] = []
        var at = index + 1
        while at < node.next {
            list.append(JSONView(tape: tape, index: at))
            at = tape.nodes[at].next
        }
        return list
    }

    /// The names of an object's fields; nothing where it is none.
    package var names: [String] { fields.map(\.name) }

    /// An object's fields in their order; nothing where it is none.
    package var fields: [(name: String, value: JSONView)] {
        guard node.kind == .object else { return [] }
        var fields: [(name: String, value: JSONView)] = []
        var at = index + 1
        while at < node.next {
            let value = JSONView(tape: tape, index: at + 1)
            fields.append((JSONView(tape: tape, index: at).text ?? "", value))
            at = value.node.next
        }
        return fields
    }

    /// Whether the value is `null`.
    package var isNull: Bool { node.kind == .null }

    /// Whether the value is an object.
    package var isObject: Bool { node.kind == .object }

    /// The value's JSON as it was sent.
    package var raw: RawJSON { RawJSON(String(decoding: source, as: UTF8.self)) }

    /// The bytes of the value's JSON as it was sent.
    var source: ArraySlice<UInt8> {
        let quotes = node.kind == .string || node.kind == .escapedString ? 1 : 0
        return tape.bytes[node.start - quotes..<node.end + quotes]
    }

    /// The value as text: a string's, or a number's digits, for WhatsApp writes either.
    package var text: String? {
        let node = node
        return switch node.kind {
        case .string, .number: tape.text(node.start, node.end)
        case .escapedString: unescaped
        default: nil
        }
    }

    /// A string's text; `nil` for any other value, a number as well.
    package var string: String? { node.kind == .number ? nil : text }

    /// The value of a number that is written in digits alone, and no more of them than surely fit;
    /// `nil` for any other value.
    package var wholeNumber: Int64? { node.kind == .number ? plainInteger : nil }

    /// The value as a whole number, also from a string of digits.
    package var integer: Int64? { text.flatMap { Int64($0) } }

    /// The value as a number, also from a string.
    package var number: Double? { text.flatMap { Double($0) } }

    /// The value as true or false.
    package var boolean: Bool? {
        switch node.kind {
        case .yes: true
        case .no: false
        default: nil
        }
    }

    private var unescaped: String {
        var text: [UInt8] = []
        let node = node
        text.reserveCapacity(node.end - node.start)
        var at = node.start
        let bytes = tape.bytes
        while true {
            let end = min(JSONString.endOfPlain(bytes.span, from: at), node.end)
            text.append(contentsOf: bytes[at..<end])
            guard end < node.end else { break }
            at = end
            text.append(contentsOf: UTF8.encode(scalar(&at)) ?? UTF8.encodedReplacementCharacter)
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The scalar of the escape at `at`, which moves past it; half a surrogate pair becomes U+FFFD.
    private func scalar(_ at: inout Int) -> Unicode.Scalar {
        let letter = tape.bytes[at + 1]
        guard letter == UInt8(ascii: "u") else {
            at += 2
            switch letter {
            case UInt8(ascii: "b"): return "\u{08}"
            case UInt8(ascii: "f"): return "\u{0c}"
            case UInt8(ascii: "n"): return "\n"
            case UInt8(ascii: "r"): return "\r"
            case UInt8(ascii: "t"): return "\t"
            default: return Unicode.Scalar(letter)
            }
        }
        let first = unit(at)
        at += 6
        if (0xd800..<0xdc00).contains(first), at + 6 <= node.end,
            tape.bytes[at] == UInt8(ascii: "\\"), tape.bytes[at + 1] == UInt8(ascii: "u")
        {
            let second = unit(at)
            if (0xdc00..<0xe000).contains(second) {
                at += 6
                let value = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)
                return Unicode.Scalar(value) ?? "\u{fffd}"
            }
        }
        return Unicode.Scalar(first) ?? "\u{fffd}"
    }

    private func unit(_ at: Int) -> UInt32 {
        tape.bytes[at + 2..<at + 6].reduce(0) { $0 << 4 | (JSONTape.hexValue($1) ?? 0) }
    }
}
