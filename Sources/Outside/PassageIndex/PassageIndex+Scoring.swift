import Conversation

/// Words and meaning together.
///
/// Their scores are added, not their ranks: two lists that disagree tie by rank, and how much
/// better the first is than the second is lost. Words count as the share of what they could reach,
/// so that they fall silent by themselves where the question is in another language. Meaning is
/// the mean of the passage's cosine and its nearest sentence's: a sentence that says what is asked
/// is lost among what stands around it, and one alone lacks what it is about. Measured on
/// XQuAD in English, Spanish and German, the factor fitted once for all three and for whole,
/// misspelt and shortened questions; it may be 3 to 8 with little difference for whole ones.
extension PassageIndex {
    /// How much a cosine counts against the words' share.
    static let meaningWeight = 4.0
    /// How many of each list are scored in both ways.
    static let candidates = 64
    /// How many at most, where most of them say the same.
    static let mostCandidates = 1_024
    /// The neighbours that have nothing to do with a question: from the sixth on, five at least.
    static let farNeighbours = 5..<20
    static let fewestNeighbours = 10

    /// The best passages for a question, each told once: what says the same as a better one, or
    /// part of it, is told beside that.
    func scored(
        _ query: PassageQuery, model: String?, limit: Int,
        within documents: Set<DocumentID>? = nil, at now: Timestamp, isFolded: Bool = true
    ) -> PassageFindings {
        let scores = fullText.scores(of: query.text, over: base)
        var hidden = hiddenRows(at: now)
        if let documents { hidden.formUnion(rows { !documents.contains($0) }) }
        let tables = query.vector.flatMap { self.tables(for: $0, model: model) }
        var wanted = max(limit, Self.candidates)
        while true {
            let look = Look(query: query, scores: scores, hidden: hidden, tables: tables)
            let (found, near) = candidates(look, wanted + hidden.count)
            let folded = isFolded ? fold(found) : found
            // Where what repeats itself took the places of others, more are looked at.
            if folded.count < limit, folded.count < found.count, found.count >= wanted,
                wanted < Self.mostCandidates
            {
                wanted *= 4
                continue
            }
            let first = folded.first
            let isTyped = first.map { $0.scored.score - $0.plain >= Self.same } ?? false
            return PassageFindings(
                scored: folded.prefix(limit).map(\.scored), isByMeaning: query.vector != nil,
                background: Self.background(near.map { Double($0.cosine) }),
                signals: isTyped ? nil : signals(of: folded, scores, query), isTyped: isTyped)
        }
    }

    /// What is looked for, and where.
    struct Look {
        var query: PassageQuery
        var scores: FullTextTable.Scores
        var hidden: Set<Int64>
        var tables: Tables?
    }

    /// The candidates, best first, and those that are nearest by meaning.
    private func candidates(
        _ look: Look, _ count: Int
    ) -> ([Candidate], near: [(rowID: Int64, cosine: Float)]) {
        var rows = Set(look.scores.best(count).map { $0.id }).subtracting(look.hidden)
        var near: [(rowID: Int64, cosine: Float)] = []
        var cosines: [Int64: Float] = [:]
        if let vector = look.query.vector, let tables = look.tables {
            near = tables.nearest(to: vector, limit: count).filter {
                !look.hidden.contains($0.rowID)
            }
            rows.formUnion(near.map { $0.rowID })
            cosines = tables.cosines(of: rows, to: vector)
        }
        // What has no vector is no nearer than the farthest that has one.
        let farthest = Double(cosines.values.min() ?? 0)
        let unit = cosines.isEmpty ? nil : look.query.vector.flatMap(SentenceVector.unit)
        let asked = AnsweredQuestion.folded(look.query.text)
        let found = rows.compactMap { row -> Candidate? in
            guard let id = passageID(row) else { return nil }
            let words = look.scores.share(of: row)
            let similarity = cosines[row].map(Double.init)
            let sentence = similarity.map { own in
                unit.flatMap { nearestSentence(of: row, to: $0) } ?? own
            }
            let meaning = similarity.flatMap { own in sentence.map { (own + $0) / 2 } }
            let plain = Self.meaningWeight * (meaning ?? farthest) + words
            let bonus = bonus(of: row, asked: asked, isByMeaning: !cosines.isEmpty)
            return Candidate(
                row: row,
                scored: PassageScore(
                    id: id, words: words, similarity: similarity, score: plain + bonus),
                plain: plain, meaning: meaning, sentence: sentence)
        }
        let ordered = found.sorted {
            ($1.scored.score, $0.scored.id) < ($0.scored.score, $1.scored.id)
        }
        return (ordered, near)
    }

    /// A passage that may be found, with what its score is made of.
    struct Candidate {
        var row: Int64
        var scored: PassageScore
        /// The score without what its owner said of it.
        var plain: Double
        /// The cosine of passage and nearest sentence together, and of the sentence.
        var meaning: Double?
        var sentence: Double?
    }

    private static func background(_ cosines: [Double]) -> Double? {
        guard cosines.count >= fewestNeighbours else { return nil }
        let far = cosines[farNeighbours.clamped(to: cosines.indices)]
        return far.reduce(0, +) / Double(far.count)
    }
}
