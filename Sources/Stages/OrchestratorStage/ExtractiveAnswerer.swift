package import Conversation

/// Answers without a model: it quotes the best words of the best passage, or says that there are
/// none.
///
/// It stands here rather than beside the language model because it decides, and so must be pure.
package struct ExtractiveAnswerer: Sendable {
    /// A sentence or row that may be quoted.
    package struct Unit: Hashable, Sendable {
        /// The passage that it stands in, by its index in the list.
        package var passage: Int
        /// Its number among the passage's units.
        package var ordinal: Int
        /// The text.
        package var text: String
        /// What an embedding should see: the text below its headings.
        package var embedded: String
    }

    /// What it decides.
    package enum Result: Hashable, Sendable {
        /// These words of this passage answer.
        case answer(quote: String, passage: Int)
        /// Nothing answers, and why.
        case unanswered(because: String)
    }

    /// How well a passage fits a question.
    package struct Evidence: Hashable, Sendable {
        /// The passage, by its index in the list.
        package var passage: Int
        /// Its share of the question's words.
        package var overlap: Double
        /// Its cosine with the question.
        package var similarity: Double?
        /// Its best sentence's or row's cosine with the question, if they were compared.
        package var unitSimilarity: Double?
        /// How far its cosine lies above that of passages which have nothing to do with it.
        package var margin: Double?
        /// Whether question and passage are in different languages.
        package var isForeign: Bool
    }

    /// Passages further down are never quoted.
    package static let mostPassages = 6
    /// The most sentences and rows that are compared in meaning: under a second on two cores.
    package static let mostUnits = 48
    /// The longest quote, in characters: what one reads at a glance on a telephone.
    static let longestQuote = 420

    /// A sentence that leads by less is quoted with the whole of a short passage around it.
    static let clearLead = 0.2
    /// The same across languages, where only meaning is compared.
    static let clearForeignLead = 0.4

    private let question: String
    private let query: String
    private let passages: ArraySlice<RankedPassage>
    private let background: Double?
    /// The sentences and rows of the best passages, best passage first.
    package let units: [Unit]

    /// Looks at a question with its passages; `query` is the question with its context.
    package init(
        question: String, query: String, passages: [RankedPassage],
        background: Double? = nil
    ) {
        self.background = background
        self.question = question
        self.query = query
        self.passages = passages.prefix(Self.mostPassages)
        units = Array(
            self.passages.indices.flatMap { Self.units(of: passages[$0], at: $0) }
                .prefix(Self.mostUnits))
    }

    /// Whether the units' meanings should be compared: wherever there is a choice.
    package var wantsComparison: Bool { units.count > 1 }

    /// The passages' evidence, given the units' cosines with the question if they were compared.
    package func evidence(_ similarities: [Double]?) -> [Evidence] {
        let vocabulary = passages.map { Self.vocabularies(PassageText($0)) }
        let asked = LanguageGuess.language(of: question)
        let overlap = WordOverlap(question: query, among: vocabulary)
        return zip(passages.indices, passages).map { index, passage in
            let best = similarities.flatMap { values in
                zip(units, values).filter { $0.0.passage == index }.map(\.1).max()
            }
            return Evidence(
                passage: index,
                overlap: max(passage.overlap ?? 0, overlap.share(in: vocabulary[index])),
                similarity: passage.similarity, unitSimilarity: best,
                margin: passage.similarity.flatMap { cosine in background.map { cosine - $0 } },
                isForeign: LanguageGuess.differ(asked, PassageText(passage).language))
        }
    }

    /// Quotes the best words, if they answer; whether they do is known already where that is
    /// grounded.
    package func answer(_ similarities: [Double]?, isGrounded: Bool = false) -> Result {
        let evidence = evidence(similarities)
        let best = evidence.max { left, right in
            let a = Thresholds.confidence(left) + (left.unitSimilarity ?? 0)
            let b = Thresholds.confidence(right) + (right.unitSimilarity ?? 0)
            // Of equals the higher ranked.
            return a == b ? left.passage > right.passage : a < b
        }
        guard let best else { return .unanswered(because: "No passage was found.") }
        guard isGrounded || Thresholds.confidence(best) >= 0 else {
            return .unanswered(because: "No passage fits the question well enough.")
        }
        return .answer(quote: quote(best, similarities), passage: best.passage)
    }

    /// The best sentence or row of a passage, with what follows it while there is room; the whole
    /// of a short one of which no sentence speaks for itself.
    private func quote(_ evidence: Evidence, _ similarities: [Double]?) -> String {
        let own = units.indices.filter { units[$0].passage == evidence.passage }
        let passage = passages[evidence.passage]
        guard !own.isEmpty else { return passage.text }
        let words = Self.sentences(PassageText(passage))
        let vocabulary = own.map { words[units[$0].ordinal].vocabulary }
        let bare = WordOverlap(question: question, among: vocabulary)
        let whole = WordOverlap(question: query, among: vocabulary)
        let scores = zip(own, vocabulary).map { index, words -> Double in
            let byWords = bare.share(in: words) + 0.5 * whole.share(in: words)
            guard let similarities else { return byWords }
            // The cosines of this model lie close together: a tenth is a world.
            return byWords * (evidence.isForeign ? 0.2 : 1) + similarities[index] * 10
        }
        let order = scores.indices.sorted {
            scores[$0] == scores[$1] ? $0 < $1 : scores[$0] > scores[$1]
        }
        let best = order.first ?? 0
        // What stands around a sentence often is the answer; rows of a sheet stand alone.
        if passage.sheet == nil, passage.text.count <= Self.longestQuote, order.count > 1 {
            let lead = scores[best] - scores[order[1]]
            let speaksAlone =
                evidence.isForeign
                ? lead >= Self.clearForeignLead
                : lead >= Self.clearLead && bare.holdsAlone(vocabulary[best], beside: vocabulary)
            if !speaksAlone { return passage.text }
        }
        return extend(from: best, own.map { units[$0].text }, scores)
    }

    /// The sentence at `start` with its neighbours that fit nearly as well.
    private func extend(from start: Int, _ texts: [String], _ scores: [Double]) -> String {
        var chosen = start...start
        var length = texts[start].count
        let enough = scores[start] - 0.1
        while length < Self.longestQuote {
            let next = chosen.upperBound + 1
            if next < texts.count, length + texts[next].count <= Self.longestQuote,
                scores[next] >= enough, scores[next] > 0
            {
                chosen = chosen.lowerBound...next
                length += texts[next].count
                continue
            }
            break
        }
        return texts[chosen].joined(separator: "\n")
    }

    // Read once for all who ask about a passage.
    private static let vocabularies = Memo<PassageText, Vocabulary> { passage in
        let parts = passage.headings + [passage.documentName, passage.sheet ?? "", passage.text]
        return Vocabulary(of: parts.joined(separator: " "))
    }
    private static let sentences = Memo<PassageText, [Sentence]> { passage in
        let above = (passage.headings.suffix(2) + (passage.sheet.map { [$0] } ?? []))
            .joined(separator: ", ")
        return passage.text.split(whereSeparator: \.isNewline).map { $0.trimmingSpaces }
            .filter { !$0.isEmpty }.flatMap { Sentences.of($0) }.map { text in
                Sentence(
                    text: text, embedded: above.isEmpty ? text : "\(above): \(text)",
                    vocabulary: Vocabulary(of: text))
            }
    }

    /// A sentence or row of a passage.
    private struct Sentence {
        var text: String
        var embedded: String
        var vocabulary: Vocabulary
    }

    /// The sentences and rows of a passage.
    static func units(of passage: RankedPassage, at index: Int) -> [Unit] {
        sentences(PassageText(passage)).enumerated().map { ordinal, sentence in
            Unit(
                passage: index, ordinal: ordinal, text: sentence.text, embedded: sentence.embedded)
        }
    }
}
