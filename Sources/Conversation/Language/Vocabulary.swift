/// The folded words of a text, ready to be asked for a word or a form of it.
package struct Vocabulary: Hashable, Sendable {
    private let words: Set<String>
    /// The longer words by the four bytes that all forms of a word share.
    private let families: [UInt32: [String]]

    /// Takes folded words.
    package init(_ words: some Sequence<String>) {
        self.words = Set(words)
        var families: [UInt32: [String]] = [:]
        for word in self.words {
            if let beginning = Self.beginning(of: word) {
                families[beginning, default: []].append(word)
            }
        }
        self.families = families
    }

    /// Takes the words of a text.
    package init(of text: String) { self.init(Words.of(text)) }

    /// Whether the text holds a word or a form of it.
    package func holds(_ word: String) -> Bool {
        if words.contains(word) { return true }
        guard let beginning = Self.beginning(of: word) else { return false }
        return families[beginning]?.contains { Words.areAlike($0, word) } ?? false
    }

    /// The first four bytes; words without them are alike only if equal.
    private static func beginning(of word: String) -> UInt32? {
        var bits: UInt32 = 0
        var count = 0
        for byte in word.utf8.prefix(4) {
            bits = bits << 8 | UInt32(byte)
            count += 1
        }
        return count == 4 ? bits : nil
    }
}
