/// The quoted-printable encoding of text (RFC 2045, 6.7): ASCII lines of 76 characters at most.
enum QuotedPrintable {
    private static let longestLine = 76

    /// The text with CRLF between its lines, whichever line ends it has.
    static func encode(_ text: String) -> String {
        text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .map { encode(line: $0) }.joined(separator: "\r\n")
    }

    private static func encode(line: Substring) -> String {
        var lines: [String] = []
        var current = ""
        let bytes = Array(line.utf8)
        for (index, byte) in bytes.enumerated() {
            let isLast = index == bytes.count - 1
            let mark = mark(for: byte, isFirst: current.isEmpty, isLast: isLast)
            // One place is kept for the sign that the line goes on.
            if current.utf8.count + mark.utf8.count > longestLine - 1 {
                lines.append(current + "=")
                current = Self.mark(for: byte, isFirst: true, isLast: isLast)
            } else {
                current += mark
            }
        }
        lines.append(current)
        return lines.joined(separator: "\r\n")
    }

    private static func mark(for byte: UInt8, isFirst: Bool, isLast: Bool) -> String {
        switch byte {
        // White space at the end of a line may be lost on the way.
        case 0x20, 0x09: isLast ? escape(byte) : String(UnicodeScalar(byte))
        // A dot at the beginning is SMTP's mark of the end; it is doubled there, if all is well.
        case UInt8(ascii: "."): isFirst ? escape(byte) : "."
        case UInt8(ascii: "="): escape(byte)
        case 0x21...0x7E: String(UnicodeScalar(byte))
        default: escape(byte)
        }
    }

    private static func escape(_ byte: UInt8) -> String {
        let digits = Array("0123456789ABCDEF")
        return "=\(digits[Int(byte >> 4)])\(digits[Int(byte & 0x0F)])"
    }
}
