/// When the answerer without a model dares to quote.
///
/// Measured with multilingual-e5-small at 4 bits on the demo business (35 questions that it
/// answers, 21 that it does not, four of ten in another language than the documents). That model's
/// cosines lie between 0.75 and 0.92 whatever is compared, so the margin over the background says
/// more than the cosine, and words help where question and passage share a language.
enum Thresholds {
    /// How far a passage's evidence lies above what an answer needs; below zero is no answer.
    static func confidence(_ evidence: ExtractiveAnswerer.Evidence) -> Double {
        guard let similarity = evidence.similarity else {
            // Words alone; or a passage that only words found, beside others found by meaning.
            return evidence.overlap - leastOverlap
        }
        let margin = evidence.margin ?? usualMargin
        if evidence.isForeign {
            return max(similarity, evidence.unitSimilarity ?? 0) + margin - leastForeign
        }
        return similarity + 2 * margin + overlapWeight * (evidence.overlap - middleOverlap) - least
    }

    /// With words alone, a passage must hold so much of the question.
    static let leastOverlap = 0.55
    /// What cosine, twice the margin and overlap must reach in the question's own language.
    static let least = 0.9
    /// What a whole overlap is worth in cosine.
    static let overlapWeight = 0.08
    /// The overlap that neither helps nor hinders.
    static let middleOverlap = 0.5
    /// What cosine and margin must reach across languages, where no words are shared.
    static let leastForeign = 0.86
    /// The margin to assume where there are too few passages to measure one.
    static let usualMargin = 0.035

    // MARK: An answer in another language than its passages

    /// Whether a statement is near enough to one of the cited texts, given its cosines with all.
    ///
    /// Measured with multilingual-e5-small at 4 bits on 18 true statements in six languages and 17
    /// invented ones beside 13 English sentences of the demo business: no invented one lay 0.07
    /// above the mean of what had nothing to do with it, 14 of the true ones did; by the cosine
    /// alone, for fewer texts, no invented one came to 0.86.
    static func isNear(_ cosines: [Double], _ isCited: [Bool]) -> Bool {
        let best = zip(cosines, isCited).filter(\.1).map(\.0).max() ?? 0
        let far = cosines.sorted(by: >).dropFirst(3)
        guard far.count >= 6 else { return best >= leastNear }
        return best - far.reduce(0, +) / Double(far.count) >= leastNearMargin
    }

    /// The least cosine where there are too few texts to compare with.
    static let leastNear = 0.86
    /// How far it must lie above those that have nothing to do with it.
    static let leastNearMargin = 0.07
    /// Texts within this of the nearest may be what a statement tells together.
    static let nearAlike = 0.03
}
