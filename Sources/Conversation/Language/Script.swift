/// The writing systems that language guessing and word splitting tell apart.
package enum Script: Hashable, Sendable {
    case latin, greek, cyrillic, hebrew, arabic, devanagari, thai, hangul, kana, han
    /// Another script with spaces between words.
    case otherSpaced
    /// Another script without spaces between words: Lao, Khmer, Burmese.
    case otherUnspaced

    /// The script of a letter or mark, or `nil` for digits, signs and spaces.
    package init?(_ scalar: Unicode.Scalar) {
        switch scalar.value {
        case 0x41...0x5A, 0x61...0x7A, 0xAA, 0xBA, 0xC0...0xD6, 0xD8...0xF6, 0xF8...0x24F,
            0x1E00...0x1EFF, 0xFF21...0xFF3A, 0xFF41...0xFF5A:
            self = .latin
        case 0x370...0x3FF, 0x1F00...0x1FFF: self = .greek
        case 0x400...0x52F: self = .cyrillic
        case 0x590...0x5FF: self = .hebrew
        case 0x600...0x6FF, 0x750...0x77F, 0xFB50...0xFDFF, 0xFE70...0xFEFF:
            guard scalar.properties.isAlphabetic else { return nil }
            self = .arabic
        case 0x900...0x963, 0x970...0x97F: self = .devanagari
        case 0xE01...0xE4E: self = .thai
        case 0x1100...0x11FF, 0xAC00...0xD7AF: self = .hangul
        case 0x3040...0x30FF, 0x31F0...0x31FF, 0xFF66...0xFF9F: self = .kana
        case 0x3005...0x3007, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF,
            0x20000...0x3FFFF:
            self = .han
        case 0xE80...0xEFF, 0x1000...0x109F, 0x1780...0x17FF:
            guard Self.isLetterOrMark(scalar) else { return nil }
            self = .otherUnspaced
        default:
            guard Self.isLetterOrMark(scalar) else { return nil }
            self = .otherSpaced
        }
    }

    /// Whether the script writes words without spaces between them.
    package var isUnspaced: Bool {
        switch self {
        case .han, .kana, .thai, .otherUnspaced: true
        default: false
        }
    }

    private static func isLetterOrMark(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.properties.isAlphabetic { return true }
        return switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark: true
        default: false
        }
    }
}
