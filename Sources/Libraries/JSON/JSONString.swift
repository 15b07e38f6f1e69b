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
        text.withUTF8 { text in
            bytes.append(UInt8(ascii: "\""))
            unsafe write(text) {
                bytes.append($0)
            } _: {
                unsafe bytes.append(contentsOf: $0)
            }
            bytes.append(UInt8(ascii: "\""))
        }
    }

    /// Appends text in quotes to what a value is written to.
    static func append(_ text: UnsafeBufferPointer<UInt8>, to bytes: inout JSONScratch<UInt8>) {
        bytes.reserve(text.count + 2)
        bytes.append(UInt8(ascii: "\""))
        unsafe write(text) {
            bytes.append($0)
        } _: {
            unsafe bytes.append($0)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Writes text: what needs no escape in runs, between them an escape at a time.
    @inline(__always)
    private static func write(
        _ text: UnsafeBufferPointer<UInt8>, _ append: (UInt8) -> Void,
        _ appendRun: (UnsafeBufferPointer<UInt8>) -> Void
    ) {
        var at = 0
        while true {
            let end = unsafe endOfPlain(text.span, from: at)
            if end > at { unsafe appendRun(UnsafeBufferPointer(rebasing: text[at..<end])) }
            guard end < text.count else { return }
            let byte = unsafe text[end]
            append(UInt8(ascii: "\\"))
            if let letter = letter(of: byte) {
                append(letter)
            } else {
                for digit in "u00".utf8 { append(digit) }
                append(0x30 + byte >> 4)
                append(byte & 15 < 10 ? 0x30 + byte & 15 : 0x57 + byte & 15)
            }
            at = end + 1
        }
    }

    /// What stands after the backslash; `nil` for a control that is written in digits.
    private static func letter(of byte: UInt8) -> UInt8? {
        switch byte {
        case 0x08: UInt8(ascii: "b")
        case 0x0c: UInt8(ascii: "f")
        case 0x0a: UInt8(ascii: "n")
        case 0x0d: UInt8(ascii: "r")
        case 0x09: UInt8(ascii: "t")
        case 0..<0x20: nil
        default: byte
        }
    }

    /// Where the first quote, backslash or control stands from an index on, or the end: what
    /// stands before needs no escape.
    @inline(__always)
    static func endOfPlain(_ bytes: Span<UInt8>, from first: Int) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        var at = first
        // Eight bytes at a time: the lowest high bit that is set here is that of the first byte
        // which is below 0x20, or the same as one of the marks.
        while at + 8 <= bytes.count {
            let word = unsafe UInt64(
                littleEndian: bytes.bytes.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self))
            let quotes = word ^ (ones &* 0x22)
            let slashes = word ^ (ones &* 0x5c)
            let found =
                ((word &- ones &* 0x20) & ~word | (quotes &- ones) & ~quotes
                    | (slashes &- ones) & ~slashes) & (ones &* 0x80)
            if found != 0 { return at + found.trailingZeroBitCount / 8 }
            at += 8
        }
        while at < bytes.count {
            let byte = bytes[at]
            if byte < 0x20 || byte == 0x22 || byte == 0x5c { return at }
            at += 1
        }
        return at
    }
}
