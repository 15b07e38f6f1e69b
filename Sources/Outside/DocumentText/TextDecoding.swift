/// Turns bytes of unknown encoding into text.
enum TextDecoding {
    /// UTF-8, UTF-16 with its mark, or else Windows-1252, of which Latin-1 is a part.
    static func decode(_ bytes: [UInt8]) -> String {
        let text: String
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            text = String(decoding: bytes.dropFirst(3), as: UTF8.self)
        } else if bytes.starts(with: [0xFF, 0xFE]) {
            text = utf16(bytes.dropFirst(2)) { low, high in UInt16(high) << 8 | UInt16(low) }
        } else if bytes.starts(with: [0xFE, 0xFF]) {
            text = utf16(bytes.dropFirst(2)) { high, low in UInt16(high) << 8 | UInt16(low) }
        } else if let valid = String(validating: bytes, as: UTF8.self) {
            text = valid
        } else if isDamagedUTF8(bytes) {
            text = String(decoding: bytes, as: UTF8.self)
        } else {
            text = String(String.UnicodeScalarView(bytes.map(windows1252)))
        }
        return normalisedNewlines(text)
    }

    /// Whether most of what is not ASCII is well-formed UTF-8, so that a few bytes are just wrong.
    private static func isDamagedUTF8(_ bytes: [UInt8]) -> Bool {
        let scalars = String(decoding: bytes, as: UTF8.self).unicodeScalars
        var wrong = 0
        var right = 0
        for scalar in scalars where !scalar.isASCII {
            if scalar == "\u{FFFD}" { wrong += 1 } else { right += 1 }
        }
        return right > wrong
    }

    private static func utf16(
        _ bytes: ArraySlice<UInt8>, unit: (UInt8, UInt8) -> UInt16
    ) -> String {
        let all = Array(bytes)
        let units = stride(from: 0, to: all.count - 1, by: 2).map { unit(all[$0], all[$0 + 1]) }
        return String(decoding: units, as: UTF16.self)
    }

    private static func normalisedNewlines(_ text: String) -> String {
        // One Character "\r\n" must not hide a line's end: work on scalars.
        var scalars = String.UnicodeScalarView()
        var previous: Unicode.Scalar = " "
        for scalar in text.unicodeScalars {
            if scalar == "\n" && previous == "\r" {
                // The "\r" has already become a "\n".
            } else if scalar == "\r" {
                scalars.append("\n")
            } else {
                scalars.append(scalar)
            }
            previous = scalar
        }
        return String(scalars)
    }

    private static func windows1252(_ byte: UInt8) -> Unicode.Scalar {
        guard (0x80...0x9F).contains(byte) else { return Unicode.Scalar(byte) }
        return windowsOnly[Int(byte) - 0x80]
    }

    /// What Windows-1252 has at 0x80 to 0x9F (WHATWG Encoding, index windows-1252).
    private static let windowsOnly: [Unicode.Scalar] = [
        "€", "\u{81}", "‚", "ƒ", "„", "…", "†", "‡", "ˆ", "‰", "Š", "‹", "Œ", "\u{8D}", "Ž",
        "\u{8F}", "\u{90}", "‘", "’", "“", "”", "•", "–", "—", "˜", "™", "š", "›", "œ", "\u{9D}",
        "ž", "Ÿ",
    ]
}
