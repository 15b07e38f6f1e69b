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
    /// The neighbours that have nothing to do with a question: from the sixth on, five at least.
    static let farNeighbours = 5..<20
    static let fewestNeighbours = 10

    /// The best passages for a question.
    func scored(
        _ query: PassageQuery, model: String?, limit: Int,
        within documents: Set<DocumentID>? = nil, at now: Timestamp
    ) -> PassageFindings {
        let scores = fullText.scores(of: query.text)
        var hidden = hiddenRows(at: now)
        if let documents {
            for (row, passage) in passages where !documents.contains(passage.document) {
                hidden.insert(row)
            }
        }
        let count = max(limit, Self.candidates) + hidden.count
        var candidates = Set(scores.best(count).map { $0.id }).subtracting(hidden)
        var near: [(rowID: Int64, cosine: Float)] = []
        var cosines: [Int64: Float] = [:]
        if let vector = query.vector, let table = table(for: vector, model: model) {
            near = table.nearest(to: vector, limit: count).filter { !hidden.contains($0.rowID) }
            candidates.formUnion(near.map { $0.rowID })
            cosines = table.cosines(of: candidates, to: vector)
        }
        // What has no vector is no nearer than the farthest that has one.
        let farthest = Double(cosines.values.min() ?? 0)
        let unit = cosines.isEmpty ? nil : query.vector.flatMap(SentenceVector.unit)
        let asked = AnsweredQuestion.folded(query.text)
        let found = candidates.compactMap { row -> Candidate? in
            guard let id = passageID(row) else { return nil }
            let words = scores.share(of: row)
            let similarity = cosines[row].map(Double.init)
            let sentence = similarity.map { nearestSentence(of: id, to: unit) ?? $0 }
            let meaning = similarity.flatMap { own in sentence.map { (own + $0) / 2 } }
            let plain = Self.meaningWeight * (meaning ?? farthest) + words
            let bonus = bonus(of: id, asked: asked, isByMeaning: !cosines.isEmpty)
            return Candidate(
                scored: PassageScore(
                    id: id, words: words, similarity: similarity, score: plain + bonus),
                plain: plain, meaning: meaning, sentence: sentence)
        }
        let ordered = found.sorted {
            ($1.scored.score, $0.scored.id) < ($0.scored.score, $1.scored.id)
        }
        let isTyped = ordered.first.map { $0.scored.score - $0.plain >= Self.same } ?? false
        return PassageFindings(
            scored: ordered.prefix(limit).map(\.scored), isByMeaning: query.vector != nil,
            background: Self.background(near.map { Double($0.cosine) }),
            signals: isTyped ? nil : signals(of: ordered, scores, query), isTyped: isTyped)
    }

    /// A passage that may be found, with what its score is made of.
    struct Candidate {
        var scored: PassageScore
        /// The score without what its owner said of it.
        var plain: Double
        /// The cosine of passage and nearest sentence together, and of the sentence.
        var meaning: Double?
        var sentence: Double?
    }

    private func nearestSentence(of id: PassageID, to unit: [Float]?) -> Double? {
        guard let unit else { return nil }
        return sentences(of: id).compactMap { $0.cosine(with: unit) }.max().map(Double.init)
    }

    private static func background(_ cosines: [Double]) -> Double? {
        guard cosines.count >= fewestNeighbours else { return nil }
        let far = cosines[farNeighbours.clamped(to: cosines.indices)]
        return far.reduce(0, +) / Double(far.count)
    }
}
