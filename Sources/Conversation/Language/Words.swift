/// Splits a text into comparable words.
///
/// Scripts with spaces give words; runs of scripts without spaces give overlapping pairs of
/// characters, which is what stands in for words there.
package enum Words {
    /// The folded words in order, repeats kept.
    package static func of(_ text: String) -> [String] {
        // A turn reads its question a dozen times.
        text.utf8.count <= longestKept ? lately(text) : read(text)
    }

    private static let longestKept = 600
    private static let lately = Memo<String, [String]> { read($0) }

    private static func read(_ text: String) -> [String] {
        if let words = ascii(text) { return words }
        return pieces(of: text).flatMap { piece in
            guard piece.isUnspaced, piece.characters.count > 1 else {
                return [String(piece.characters)]
            }
            return zip(piece.characters, piece.characters.dropFirst()).map { "\($0)\($1)" }
        }
    }

    /// The folded words, single characters where a script has no spaces: what phrases match on.
    package static func units(of text: String) -> [String] {
        if let words = ascii(text) { return words }
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

    /// The words of a text in ASCII, which most are, as nothing in it wants folding; `nil` for
    /// any other text.
    package static func ascii(_ text: String) -> [String]? {
        guard text.isASCII else { return nil }
        var words: [String] = []
        var word: [UInt8] = []
        let span = text.utf8Span.span
        for index in span.indices {
            let byte = span[index]
            let isCapital = byte >= 65 && byte <= 90
            if isDigit(byte) || isCapital || byte >= 97 && byte <= 122 {
                word.append(isCapital ? byte | 0x20 : byte)
            } else if !word.isEmpty {
                words.append(String(decoding: word, as: UTF8.self))
                word.removeAll(keepingCapacity: true)
            }
        }
        if !word.isEmpty { words.append(String(decoding: word, as: UTF8.self)) }
        return words
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
    package var isASCII: Bool {
        var span = utf8Span
        return span.checkForASCII()
    }

    /// The first characters, at most so many.
    package func beginning(atMost most: Int) -> String {
        // A character takes a byte or more.
        utf8.count <= most ? self : String(prefix(most))
    }
}
