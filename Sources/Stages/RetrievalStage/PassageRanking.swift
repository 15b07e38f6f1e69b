package import Conversation

/// Turns what a search found into one ranking; the orchestrator's `search` tool ranks so too.
package enum PassageRanking {
    /// Further down nothing is offered to anyone, and reading words costs time.
    static let longestFused = 16

    /// The fused ranking within a budget, with each passage's similarity and overlap.
    ///
    /// `queries` are those of the request, in its order: the last one carries the context.
    package static func rank(
        _ answer: SearchAnswer, for queries: [String], budget: PassageBudget = .standard
    ) -> [RankedPassage] {
        let fused = reordered(
            (scores(of: answer) ?? RankFusion.fuse(rankings(of: answer, queries)))
                .prefix(longestFused), by: answer.order)
        let named = Set(fused.map(\.id))
        let found = Dictionary(
            answer.passages.filter { named.contains($0.id) }.map { ($0.id, $0) },
            uniquingKeysWith: { first, _ in first })
        let vocabulary = found.mapValues(words)
        let overlaps = queries.map {
            WordOverlap(question: $0, among: found.keys.sorted().compactMap { vocabulary[$0] })
        }
        let similarities = bestSimilarities(of: answer)
        let places = SamePassages(answer).places
        let ranked = fused.compactMap { id, score -> RankedPassage? in
            guard let passage = found[id] else { return nil }
            let overlap = vocabulary[id].flatMap { words in
                overlaps.map { $0.share(in: words) }.max()
            }
            return RankedPassage(
                id: id, document: passage.document, documentName: passage.documentName,
                headings: passage.headings, page: passage.page, sheet: passage.sheet,
                text: passage.text, contentHash: passage.contentHash, score: score,
                similarity: similarities[id], overlap: overlap, version: passage.version,
                others: places[id])
        }
        return budget.cut(ranked)
    }

    /// The passage that comes first; `nil` for none, and where the answer only ranks.
    package static func first(of answer: SearchAnswer) -> PassageID? {
        scores(of: answer).flatMap {
            reordered($0.prefix(longestFused), by: answer.order).first?.id
        }
    }

    /// The passages that are put in another order where a server does that, best first.
    package static func candidates(of answer: SearchAnswer) -> [SearchAnswer.Found] {
        let found = Dictionary(
            answer.passages.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        return (scores(of: answer) ?? []).prefix(longestFused).compactMap { found[$0.id] }
    }

    /// Those that an order names in that order, then the others.
    private static func reordered(
        _ fused: ArraySlice<(id: PassageID, score: Double)>, by order: [PassageID]?
    ) -> [(id: PassageID, score: Double)] {
        guard let order else { return Array(fused) }
        let places = Dictionary(
            order.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        return fused.enumerated().sorted {
            (places[$0.element.id] ?? .max, $0.offset) < (places[$1.element.id] ?? .max, $1.offset)
        }.map(\.element)
    }

    /// The mean cosine of the last query's neighbours from the sixth on; `nil` where they are too
    /// few to tell.
    package static func background(of answer: SearchAnswer) -> Double? {
        if let last = answer.rankings.last, last.scored != nil { return last.background }
        guard let vectors = answer.rankings.last?.vectors, vectors.count >= 10 else { return nil }
        let far = vectors.dropFirst(5)
        return far.reduce(0) { $0 + $1.similarity } / Double(far.count)
    }

    /// What a bare query counts beside a contextual one: its few words find much that is beside
    /// the point.
    private static let bareWeight = 0.5

    /// The mean of each passage's scores over the queries, best first.
    ///
    /// What a query did not find is no better for it than the last that it found. `nil` where the
    /// answer only ranks.
    private static func scores(
        of answer: SearchAnswer
    ) -> [(id: PassageID, score: Double)]? {
        let same = SamePassages(answer)
        let lists = answer.rankings.compactMap(\.scored).map { list in
            list.map { (id: same.first(of: $0.id), score: $0.score) }
        }
        guard !lists.isEmpty, lists.count == answer.rankings.count else { return nil }
        var sums: [PassageID: Double] = [:]
        for id in Set(lists.flatMap { $0.map(\.id) }) { sums[id] = 0 }
        var total = 0.0
        for (index, list) in lists.enumerated() {
            guard let last = list.last else { continue }
            let weight = index < lists.count - 1 ? bareWeight : 1
            total += weight
            let known = Dictionary(
                list.map { ($0.id, $0.score) }, uniquingKeysWith: { first, _ in first })
            for id in sums.keys { sums[id, default: 0] += weight * (known[id] ?? last.score) }
        }
        return sums.map { (id: $0.key, score: $0.value / total) }
            .sorted { $0.score == $1.score ? $0.id < $1.id : $0.score > $1.score }
    }

    /// The full-text and vector rankings of every query.
    private static func rankings(
        of answer: SearchAnswer, _ queries: [String]
    ) -> [(ids: [PassageID], weight: Double)] {
        answer.rankings.enumerated().flatMap { index, ranking in
            let weight = index < answer.rankings.count - 1 ? bareWeight : 1
            guard let vectors = ranking.vectors, index < queries.count else {
                return [(ids: ranking.text, weight: weight)]
            }
            let text = meaningful(ranking.text, for: queries[index], answer)
            let isForeign = isForeign(queries[index], text.first, answer)
            return [
                (ids: text, weight: isForeign ? weight * chanceWeight : weight),
                (ids: vectors.map(\.id), weight: weight),
            ]
        }
    }

    /// What words are worth that were found in passages of another language: mostly names.
    private static let chanceWeight = 0.25

    /// Whether the passage that its words found best is in another language than the question.
    private static func isForeign(
        _ query: String, _ best: PassageID?, _ answer: SearchAnswer
    ) -> Bool {
        guard let passage = answer.passages.first(where: { $0.id == best }) else { return false }
        return LanguageGuess.differ(
            LanguageGuess.language(of: query), PassageText(passage).language)
    }

    /// Those found by words that share a word that means something.
    ///
    /// A question in another language than the passages finds them by scraps of words: where
    /// meaning was searched too, chance would only push aside what it found.
    private static func meaningful(
        _ ids: [PassageID], for query: String, _ answer: SearchAnswer
    ) -> [PassageID] {
        let wanted = Words.content(of: query)
        guard !wanted.isEmpty else { return ids }
        let found = Dictionary(
            answer.passages.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        return ids.filter { id in
            guard let passage = found[id] else { return false }
            let words = words(passage)
            return wanted.contains { words.holds($0) }
        }
    }

    private static func bestSimilarities(of answer: SearchAnswer) -> [PassageID: Double] {
        var best: [PassageID: Double] = [:]
        for neighbour in answer.rankings.flatMap({ $0.vectors ?? [] }) {
            best[neighbour.id] = max(best[neighbour.id] ?? -1, neighbour.similarity)
        }
        for scored in answer.rankings.flatMap({ $0.scored ?? [] }) {
            guard let similarity = scored.similarity else { continue }
            best[scored.id] = max(best[scored.id] ?? -1, similarity)
        }
        return best
    }

    /// The words of a passage with its headings and its document's name.
    private static func words(_ passage: SearchAnswer.Found) -> Vocabulary {
        vocabularies(PassageText(passage))
    }

    // Read once for all who ask about a passage.
    private static let vocabularies = Memo<PassageText, Vocabulary> { passage in
        let above = passage.headings.joined(separator: " ")
        return Vocabulary(of: "\(passage.documentName) \(above) \(passage.text)")
    }
}

extension PassageText {
    fileprivate init(_ passage: SearchAnswer.Found) {
        self.init(
            documentName: passage.documentName, headings: passage.headings, sheet: passage.sheet,
            text: passage.text, contentHash: passage.contentHash)
    }
}
