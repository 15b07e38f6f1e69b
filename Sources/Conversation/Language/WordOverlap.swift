#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// How much of a question's words texts hold, rarer words weighing more.
package struct WordOverlap: Sendable {
    private let weights: [(word: String, weight: Double)]

    /// Weighs the question's words by how rare they are among `texts`.
    ///
    /// A word that no text holds weighs most: what the texts never speak of matters most.
    package init(question: String, among texts: [Vocabulary]) {
        let content = Words.content(of: question)
        let words = content.isEmpty ? Words.of(question) : content
        let count = Double(texts.count)
        weights = Set(words).sorted().map { word in
            let holding = Double(texts.count { $0.holds(word) })
            return (word, log(1 + (count + 1) / (holding + 0.5)))
        }
    }

    /// The share of the question's words that a text holds, 0 to 1.
    package func share(in text: Vocabulary) -> Double {
        let total = weights.reduce(0) { $0 + $1.weight }
        guard total > 0 else { return 0 }
        let found = weights.reduce(0) { $0 + (text.holds($1.word) ? $1.weight : 0) }
        return found / total
    }
}
