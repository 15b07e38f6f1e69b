/// Makes texts comparable: one case, no accents, one kind of digits and letters.
package enum TextFolding {
    /// The text in lower case, without Latin, Greek, Cyrillic and Arabic accents, with Western
    /// digits and narrow letters.
    package static func fold(_ text: String) -> String {
        // Most words of most languages written here; of ASCII, only capital letters change.
        guard !text.utf8.allSatisfy({ $0 < 0x80 }) else { return text.lowercased() }
        var folded = String.UnicodeScalarView()
        for scalar in text.lowercased().unicodeScalars {
            guard !isAccent(scalar) else { continue }
            if scalar.isASCII {
                folded.append(scalar)
            } else if let base = bases[scalar] {
                folded.append(contentsOf: base.unicodeScalars)
            } else {
                folded.append(digit(scalar) ?? narrow(scalar))
            }
        }
        return String(folded)
    }

    /// Combining accents, and the vowel signs that Arabic and Hebrew writers usually leave out.
    private static func isAccent(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0300...0x036F, 0x064B...0x0652, 0x0670, 0x0640, 0x0591...0x05C7, 0x200B...0x200F,
            0xFE00...0xFE0F:
            true
        default: false
        }
    }

    private static func digit(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        guard scalar.properties.numericType == .decimal,
            let value = scalar.properties.numericValue
        else { return nil }
        return Unicode.Scalar(UInt8(48 + Int(value)))
    }

    /// Full-width forms of ASCII (U+FF01 to U+FF5E) stand 0xFEE0 above it.
    private static func narrow(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        guard (0xFF01...0xFF5E).contains(scalar.value) else { return scalar }
        return Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar
    }

    /// Accented letters by their base: the first letters of each entry.
    private static let bases: [Unicode.Scalar: String] = {
        let families = [
            ("a", "àáâãäåāăąǎạảấầẩẫậắằẳẵặ"), ("c", "çćĉċč"), ("d", "ďđð"),
            ("e", "èéêëēĕėęěẹẻẽếềểễệ"), ("g", "ĝğġģ"), ("h", "ĥħ"), ("i", "ìíîïĩīĭįıǐỉị"),
            ("j", "ĵ"), ("k", "ķ"), ("l", "ĺļľŀł"), ("n", "ñńņňŉ"),
            ("o", "òóôõöøōŏőǒơọỏốồổỗộớờởỡợ"), ("r", "ŕŗř"), ("s", "śŝşšș"), ("ss", "ß"),
            ("t", "ţťŧț"), ("u", "ùúûüũūŭůűųǔưụủứừửữự"), ("w", "ŵ"), ("y", "ýÿŷỳỵỷỹ"),
            ("z", "źżž"), ("ae", "æ"), ("oe", "œ"), ("th", "þ"), ("α", "ά"), ("ε", "έ"),
            ("η", "ή"), ("ι", "ίϊΐ"), ("ο", "ό"), ("υ", "ύϋΰ"), ("ω", "ώ"), ("σ", "ς"),
            ("е", "ё"), ("и", "й"), ("ا", "أإآٱ"), ("ي", "ى"), ("ه", "ة"),
        ]
        var bases: [Unicode.Scalar: String] = [:]
        for (base, accented) in families {
            for scalar in accented.unicodeScalars { bases[scalar] = base }
        }
        return bases
    }()
}
