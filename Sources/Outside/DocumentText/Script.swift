/// The writing system of a letter, as far as encodings tell them apart.
enum Script: Sendable {
    case latin, greek, cyrillic, hebrew, arabic, thai, han, kana, halfWidthKana, hangul, other

    /// The script of a letter or of a mark on one; `nil` for all else.
    init?(_ scalar: Unicode.Scalar) {
        if scalar.isASCII {
            guard scalar.properties.isAlphabetic else { return nil }
            self = .latin
            return
        }
        switch scalar.value {
        case 0x3040...0x30FF, 0x31F0...0x31FF: self = .kana
        case 0xFF66...0xFF9D: self = .halfWidthKana
        case 0xAC00...0xD7A3, 0x3131...0x318E: self = .hangul
        case 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x31FFF: self = .han
        default:
            guard Self.isLetterOrMark(scalar) else { return nil }
            self = Self.alphabet(scalar.value)
        }
    }

    /// Whether it is written in words of few letters, not in signs.
    var isAlphabet: Bool {
        switch self {
        case .latin, .greek, .cyrillic, .hebrew, .arabic, .thai: true
        case .han, .kana, .halfWidthKana, .hangul, .other: false
        }
    }

    /// Whether it is written in signs of East Asia.
    var isEastAsian: Bool {
        switch self {
        case .han, .kana, .halfWidthKana, .hangul: true
        default: false
        }
    }

    private static func alphabet(_ value: UInt32) -> Script {
        switch value {
        case 0xAA, 0xBA, 0xC0...0x24F, 0x300...0x36F, 0x1E00...0x1EFF: .latin
        case 0x370...0x3FF, 0x1F00...0x1FFF: .greek
        case 0x400...0x52F: .cyrillic
        case 0x590...0x5FF: .hebrew
        case 0x600...0x77F: .arabic
        case 0xE00...0xE7F: .thai
        default: .other
        }
    }

    private static func isLetterOrMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .nonspacingMark, .spacingMark, .enclosingMark:
            true
        default: false
        }
    }
}
