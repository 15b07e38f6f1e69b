/// How a run of characters is cut into tokens.
enum ScriptClass: Equatable {
    /// White space, punctuation, symbols.
    case separator
    /// Letters and digits of a script that puts spaces between words.
    case word
    /// Hangul: spaces between phrases of a word with its particles.
    case korean
    /// Han, kana, Thai, Lao, Khmer, Burmese, Tibetan: no spaces between words.
    case unspaced

    /// The class of a scalar; a mark belongs to what it stands on.
    init(_ scalar: Unicode.Scalar, after previous: ScriptClass) {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark:
            self = previous == .separator ? Self.letter(scalar) : previous
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .decimalNumber, .letterNumber, .otherNumber:
            self = Self.letter(scalar)
        default:
            self = .separator
        }
    }

    /// Whether the scalar is a mark, which belongs to the letter that it stands on.
    static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        // No letter of these blocks is one, and most texts are of them.
        guard scalar.value >= 0x0300 else { return false }
        return switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: true
        default: false
        }
    }

    /// Whether the scalar is an ideograph (Unicode's Han blocks and their extensions).
    static func isHan(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x3005, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x323AF: true
        default: false
        }
    }

    private static func letter(_ scalar: Unicode.Scalar) -> ScriptClass {
        switch scalar.value {
        case 0x0E00...0x0EFF,  // Thai, Lao
            0x0F00...0x0FFF,  // Tibetan
            0x1000...0x109F, 0xA9E0...0xA9FF, 0xAA60...0xAA7F,  // Burmese
            0x1780...0x17FF,  // Khmer
            0x3040...0x30FF, 0x31F0...0x31FF:  // kana
            .unspaced
        case 0x1100...0x11FF, 0x3130...0x318F, 0xAC00...0xD7FF: .korean
        default: isHan(scalar) ? .unspaced : .word
        }
    }
}
