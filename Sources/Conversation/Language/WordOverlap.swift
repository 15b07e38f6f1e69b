#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// How much of a question's words texts hold, rarer words weighing more.
package struct WordOverlap: Sendable {
    /// Doubt about a question of few words: one shared word proves little, four much.
    static let doubt = 0.8

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

    /// The share of the question's words that a text holds, from 0 to almost 1.
    package func share(in text: Vocabulary) -> Double {
        let total = weights.reduce(Self.doubt) { $0 + $1.weight }
        let found = weights.reduce(0) { $0 + (text.holds($1.word) ? $1.weight : 0) }
        return found / total
    }

    /// Whether a text holds most of the question's words, and every one that the others hold.
    package func holdsAlone(_ text: Vocabulary, beside others: [Vocabulary]) -> Bool {
        let found = weights.filter { text.holds($0.word) }
        let isMost = Double(found.count) >= Self.most * Double(weights.count)
        return isMost
            && weights.allSatisfy { weight in
                text.holds(weight.word) || !others.contains { $0.holds(weight.word) }
            }
    }

    private static let most = 0.6
}
