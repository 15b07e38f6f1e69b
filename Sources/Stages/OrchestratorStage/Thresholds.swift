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
}
