import Conversation

/// What speaks for the best passage as an answer.
extension PassageIndex {
    /// Fewer passages than this are too few to stand above.
    static let fewPassages = 10

    /// The signals of the first of some candidates.
    func signals(
        of ordered: [Candidate], _ scores: FullTextTable.Scores, _ query: PassageQuery
    ) -> AnswerSignals? {
        guard let best = ordered.first, let passage = passage(best.scored.id) else { return nil }
        let others = ordered.dropFirst()
        let tokens = Self.tokens(PassageText(passage))
        var measured: [AnswerSignals.Name: Double] = [
            .words: best.scored.words, .known: scores.known,
            .passageShare: scores.share(among: tokens.all),
            .sentenceShare: tokens.sentences.lazy.map { scores.share(among: $0) }.max() ?? 0,
        ]
        let plain = Spread(others.lazy.map(\.plain))
        measured[.score] = plain.above(best.plain)
        measured[.lead] = plain.distance(best.plain - (others.map(\.plain).max() ?? 0))
        measured[.wordsAbove] = Spread(others.lazy.map(\.scored.words)).above(best.scored.words)
        var firsts = best.scored.words >= others.lazy.map(\.scored.words).max() ?? 0 ? 1.0 : 0
        let isByMeaning = best.meaning != nil
        if let meaning = best.meaning, let sentence = best.sentence {
            let meanings = others.compactMap(\.meaning)
            measured[.meaningAbove] = Spread(meanings).above(meaning)
            measured[.sentenceAbove] = Spread(others.compactMap(\.sentence)).above(sentence)
            if meaning >= meanings.max() ?? -1 { firsts += 1 }
            measured[.cosine] = meaning
            measured[.nearest] = sentence
        }
        measured[.agreement] = firsts / 2
        return AnswerSignals(kind(query, passage, isByMeaning), measured)
    }

    private func kind(
        _ query: PassageQuery, _ passage: Passage, _ isByMeaning: Bool
    ) -> AnswerSignals.Kind {
        let isFew = count < Self.fewPassages
        guard isByMeaning else { return isFew ? .fewWords : .words }
        let isForeign = LanguageGuess.differ(
            LanguageGuess.language(of: query.text), PassageText(passage).language)
        if isForeign { return isFew ? .fewForeign : .foreign }
        return isFew ? .fewMeaning : .meaning
    }

    /// The tokens of a passage with what stands above it, and of its sentences.
    private struct Tokens: Sendable {
        var all: Set<String>
        var sentences: [Set<String>]
    }

    /// Customers ask about the same passages again and again.
    private static let tokens = Memo<PassageText, Tokens> { passage in
        let above = [passage.documentName] + passage.headings + [passage.sheet ?? ""]
        let sentences = Sentences.of(passage.text).map { Set(SearchTokens.tokens(of: $0)) }
        let all = above.reduce(into: Set<String>()) { $0.formUnion(SearchTokens.tokens(of: $1)) }
        return Tokens(all: sentences.reduce(into: all) { $0.formUnion($1) }, sentences: sentences)
    }
}

extension PassageText {
    fileprivate init(_ passage: Passage) {
        self.init(
            documentName: passage.documentName, headings: passage.headings, sheet: passage.sheet,
            text: passage.text, contentHash: passage.contentHash)
    }
}
