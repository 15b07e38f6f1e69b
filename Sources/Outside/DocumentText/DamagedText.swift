/// Finds text that was spoilt before it came here: read in a wrong encoding and stored so.
enum DamagedText {
    /// Such text by one run of letters can be a coincidence (`ß«`); by several it is none.
    private static let fewestRuns = 2
    /// How much of all that is not ASCII must be spoilt, in tenths: whole documents are.
    private static let tenths = 8

    /// Throws `.garbled` with the line of the first damage.
    static func check(_ text: String) throws(DocumentTextError) {
        guard !text.utf8.allSatisfy({ $0 < 0x80 }) else { return }
        if let position = firstLoss(text) {
            throw .garbled(
                detail: "line \(line(of: position, in: text)) holds the sign for characters that "
                    + "were lost when it was stored. Correct that and add it again.")
        }
        if let position = firstMojibake(text) {
            throw .garbled(
                detail:
                    "line \(line(of: position, in: text)) was UTF-8, was read as Windows-1252 and "
                    + "stored so (as “Ã©” for “é”). Export it anew as UTF-8 and add that.")
        }
    }

    /// The first replacement character, or what Chinese readers know as 锟斤拷: two of them, whose
    /// bytes were read as GBK.
    private static func firstLoss(_ text: String) -> String.Index? {
        let scalars = text.unicodeScalars
        return scalars.indices.first { position in
            switch scalars[position] {
            case "\u{FFFD}": true
            case "\u{951F}":
                scalars[position...].dropFirst().starts(with: ["\u{65A4}", "\u{62F7}"])
            default: false
            }
        }
    }

    private static func line(of position: String.Index, in text: String) -> Int {
        text.unicodeScalars[..<position].count { $0 == "\n" } + 1
    }

    /// The first run of characters that are bytes of UTF-8, where nearly all runs are.
    private static func firstMojibake(_ text: String) -> String.Index? {
        let scalars = text.unicodeScalars
        var first: String.Index?
        var spoilt = 0
        var certain = false
        var runs = 0
        var position = scalars.startIndex
        while let start = scalars[position...].firstIndex(where: { !$0.isASCII }) {
            let end = scalars[start...].firstIndex(where: \.isASCII) ?? scalars.endIndex
            runs += 1
            if isUTF8(scalars[start..<end]) {
                first = first ?? start
                spoilt += 1
                certain = certain || ["Ã", "Â"].contains(scalars[start])
            }
            position = end
        }
        let isSpoilt = spoilt * 10 >= runs * tenths && (spoilt >= fewestRuns || certain)
        return isSpoilt ? first : nil
    }

    /// Whether a run, back as bytes of Windows-1252, is well-formed UTF-8.
    private static func isUTF8(_ run: Substring.UnicodeScalarView) -> Bool {
        var bytes: [UInt8] = []
        for scalar in run {
            if let byte = UInt8(exactly: scalar.value) {
                bytes.append(byte)
            } else if let position = windowsOnly.firstIndex(of: scalar) {
                bytes.append(UInt8(0x80 + position))
            } else {
                return false
            }
        }
        return String(validating: bytes, as: UTF8.self) != nil
    }

    /// What Windows-1252 has at 0x80 to 0x9F (WHATWG Encoding, index windows-1252).
    static let windowsOnly: [Unicode.Scalar] = [
        "€", "\u{81}", "‚", "ƒ", "„", "…", "†", "‡", "ˆ", "‰", "Š", "‹", "Œ", "\u{8D}", "Ž",
        "\u{8F}", "\u{90}", "‘", "’", "“", "”", "•", "–", "—", "˜", "™", "š", "›", "œ", "\u{9D}",
        "ž", "Ÿ",
    ]
}
