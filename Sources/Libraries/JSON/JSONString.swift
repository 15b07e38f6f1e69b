/// Text as JSON writes it (RFC 8259, section 7).
package enum JSONString {
    /// A text in quotes.
    package static func quoted(_ text: String) -> String {
        var bytes: [UInt8] = []
        append(text, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends text in quotes, cut after some bytes, for readers to whom a C1 control or a
    /// separator of lines is more than text.
    package static func append(
        line text: String, to bytes: inout [UInt8], atMost limit: Int = .max
    ) {
        for scalar in quoted(beginning(of: text, limit)).unicodeScalars {
            switch scalar {
            case "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}":
                let digits = String(scalar.value, radix: 16)
                bytes.append(contentsOf: #"\u"#.utf8)
                bytes.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: 4 - digits.count))
                bytes.append(contentsOf: digits.utf8)
            default: bytes.append(contentsOf: String(scalar).utf8)
            }
        }
    }

    /// As much of a text as so many bytes hold, with "…" after it if that is not all.
    private static func beginning(of text: String, _ limit: Int) -> String {
        guard text.utf8.count > limit else { return text }
        var beginning = ""
        var left = limit
        for scalar in text.unicodeScalars {
            left -= UTF8.width(scalar)
            guard left >= 0 else { break }
            beginning.unicodeScalars.append(scalar)
        }
        return beginning + "…"
    }

    /// Appends text in quotes; only what RFC 8259 demands is escaped.
    package static func append(_ text: String, to bytes: inout [UInt8]) {
        var text = text
        text.makeContiguousUTF8()
        let span = text.utf8Span.span
        var isSpecial: UInt8 = 0
        for index in span.indices {
            let byte = span[index]
            // In bytes and without an early end: so the loop takes many at a time.
            isSpecial |= byte < 0x20 ? 1 : 0
            isSpecial |= (byte == 0x22 ? 1 : 0) | (byte == 0x5c ? 1 : 0)
        }
        if isSpecial == 0 {
            appendPlain(span, to: &bytes)
        } else {
            appendEscaping(span, to: &bytes)
        }
    }

    /// Appends text in quotes in which nothing needs an escape.
    package static func append(plain text: String, to bytes: inout [UInt8]) {
        var text = text
        text.makeContiguousUTF8()
        appendPlain(text.utf8Span.span, to: &bytes)
    }

    /// Appends text in quotes that needs no escape.
    private static func appendPlain(_ text: Span<UInt8>, to bytes: inout [UInt8]) {
        bytes.append(addingCapacity: text.count + 2) { output in
            output.append(UInt8(ascii: "\""))
            for index in text.indices { output.append(text[index]) }
            output.append(UInt8(ascii: "\""))
        }
    }

    private static func appendEscaping(_ text: Span<UInt8>, to bytes: inout [UInt8]) {
        var extra = 2
        for index in text.indices {
            let byte = text[index]
            extra += byte < 0x20 ? 5 : isMark(byte) ? 1 : 0
        }
        bytes.append(addingCapacity: text.count + extra) { output in
            output.append(UInt8(ascii: "\""))
            for index in text.indices {
                let byte = text[index]
                if byte >= 0x20, !isMark(byte) {
                    output.append(byte)
                } else {
                    appendEscaped(byte, to: &output)
                }
            }
            output.append(UInt8(ascii: "\""))
        }
    }

    private static func isMark(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    /// Appends two bytes for a mark, and six at most for a control character.
    private static func appendEscaped(_ byte: UInt8, to output: inout OutputSpan<UInt8>) {
        output.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x08: output.append(UInt8(ascii: "b"))
        case 0x0c: output.append(UInt8(ascii: "f"))
        case 0x0a: output.append(UInt8(ascii: "n"))
        case 0x0d: output.append(UInt8(ascii: "r"))
        case 0x09: output.append(UInt8(ascii: "t"))
        case 0..<0x20:
            for digit in "u00".utf8 { output.append(digit) }
            output.append(0x30 + byte >> 4)
            output.append(byte & 15 < 10 ? 0x30 + byte & 15 : 0x57 + byte & 15)
        default: output.append(byte)
        }
    }
}
