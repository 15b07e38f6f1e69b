/// Splits a text into comparable words.
///
/// Scripts with spaces give words; runs of scripts without spaces give overlapping pairs of
/// characters, which is what stands in for words there.
package enum Words {
    /// The folded words in order, repeats kept.
    package static func of(_ text: String) -> [String] {
        if let words = asciiWords(text) { return words }
        return pieces(of: text).flatMap { piece in
            guard piece.isUnspaced, piece.characters.count > 1 else {
                return [String(piece.characters)]
            }
            return zip(piece.characters, piece.characters.dropFirst()).map { "\($0)\($1)" }
        }
    }

    /// The folded words, single characters where a script has no spaces: what phrases match on.
    package static func units(of text: String) -> [String] {
        if let words = asciiWords(text) { return words }
        return pieces(of: text).flatMap { piece in
            piece.isUnspaced ? piece.characters.map { String($0) } : [String(piece.characters)]
        }
    }

    /// The words that carry meaning: no function words of any known language.
    package static func content(of text: String) -> [String] {
        of(text).filter { !FunctionWords.all.contains($0) }
    }

    /// Whether two folded words are forms of one: `open` and `opening`, `delivery` and `deliver`.
    ///
    /// They share at least four letters at the start and differ in at most three at the end.
    package static func areAlike(_ left: String, _ right: String) -> Bool {
        let a = left.utf8
        let b = right.utf8
        guard let first = a.first, first == b.first, a.count >= 4, b.count >= 4 else {
            return left == right
        }
        // Numbers are alike only if equal.
        if isDigit(first) { return left == right }
        var shared = 0
        for (x, y) in zip(a, b) {
            guard x == y else { break }
            shared += 1
        }
        // Letters of other scripts take two or three bytes each.
        let unit = first < 0x80 ? 1 : (first < 0xE0 ? 2 : 3)
        return shared >= 4 * unit && a.count - shared <= 3 * unit && b.count - shared <= 3 * unit
    }

    private struct Piece {
        var characters: [Character]
        var isUnspaced: Bool
    }

    /// The words of a text that is all ASCII, which most are: ten times as fast.
    private static func asciiWords(_ text: String) -> [String]? {
        guard text.isASCII else { return nil }
        return text.lowercased().utf8.split { byte in
            !(isDigit(byte) || (97...122).contains(byte))
        }.map { String(decoding: $0, as: UTF8.self) }
    }

    private static func pieces(of text: String) -> [Piece] {
        var pieces: [Piece] = []
        var current: [Character] = []
        var unspaced = false
        func flush() {
            if !current.isEmpty { pieces.append(Piece(characters: current, isUnspaced: unspaced)) }
            current = []
        }
        for character in TextFolding.fold(text) {
            guard let scalar = character.unicodeScalars.first, isWordPart(scalar) else {
                flush()
                continue
            }
            let isUnspaced = Script(scalar)?.isUnspaced ?? false
            if isUnspaced != unspaced { flush() }
            unspaced = isUnspaced
            current.append(character)
        }
        flush()
        return pieces
    }

    private static func isWordPart(_ scalar: Unicode.Scalar) -> Bool {
        Script(scalar) != nil || scalar.properties.numericType != nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
}

extension String {
    /// Whether all characters are ASCII, as in most texts, so that the fast ways do.
    var isASCII: Bool { utf8.allSatisfy { $0 < 0x80 } }
}
