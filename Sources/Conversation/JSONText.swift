/// JSON written field by field, to the same bytes that ``RecordCodec`` gives: for the records that
/// come by the ten thousand a second, where an encoder costs more than all else together.
///
/// The caller gives the fields of an object in the order of their names.
struct JSONText {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int) {
        bytes.reserveCapacity(capacity)
    }

    /// Begins an object.
    mutating func open() { bytes.append(UInt8(ascii: "{")) }

    /// Ends an object.
    mutating func close() { bytes.append(UInt8(ascii: "}")) }

    /// Writes a field's name.
    mutating func name(_ name: String) {
        if bytes.last != UInt8(ascii: "{") { bytes.append(UInt8(ascii: ",")) }
        text(name)
        bytes.append(UInt8(ascii: ":"))
    }

    /// Writes a field of text, or nothing for `nil`.
    mutating func field(_ name: String, _ value: String?) {
        guard let value else { return }
        self.name(name)
        text(value)
    }

    /// Writes a field of a moment.
    mutating func field(_ name: String, _ value: Timestamp) {
        self.name(name)
        bytes.append(contentsOf: String(value.milliseconds).utf8)
    }

    /// Writes a field of any other value, or nothing for `nil`, with ``RecordCodec``.
    mutating func encoded<Value: Encodable>(
        _ name: String, _ value: Value?
    ) throws(RecordError) {
        guard let value else { return }
        self.name(name)
        bytes.append(contentsOf: try RecordCodec.encode(value))
    }

    /// Writes text in quotes.
    mutating func text(_ text: String) { Self.append(text, to: &bytes) }

    /// Appends text in quotes; only what RFC 8259 demands is escaped.
    static func append(_ text: String, to bytes: inout [UInt8]) {
        var text = text
        text.makeContiguousUTF8()
        let span = text.utf8Span.span
        var escapes: UInt8 = 0
        for index in span.indices {
            let byte = span[index]
            // No early end: so the loop takes many bytes at a time.
            escapes |= (byte < 0x20 ? 1 : 0) | (byte == 0x22 ? 1 : 0) | (byte == 0x5c ? 1 : 0)
        }
        bytes.append(UInt8(ascii: "\""))
        if escapes == 0 {
            bytes.append(contentsOf: text.utf8)
        } else {
            // JSON within JSON, as decisions have it, is long and mostly plain.
            for index in span.indices {
                let byte = span[index]
                if byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
                    bytes.append(byte)
                } else {
                    appendEscaped(byte, to: &bytes)
                }
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func appendEscaped(_ byte: UInt8, to bytes: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
        case 0x08: bytes += #"\b"#.utf8
        case 0x0c: bytes += #"\f"#.utf8
        case 0x0a: bytes += #"\n"#.utf8
        case 0x0d: bytes += #"\r"#.utf8
        case 0x09: bytes += #"\t"#.utf8
        case 0..<0x20:
            bytes += #"\u00"#.utf8
            bytes += [0x30 + byte >> 4, Array("0123456789abcdef".utf8)[Int(byte & 15)]]
        default: bytes.append(byte)
        }
    }
}
