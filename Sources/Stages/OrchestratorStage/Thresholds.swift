/// When the answerer without a model dares to quote.
enum Thresholds {
    /// How far a passage's evidence lies above what an answer needs; below zero is no answer.
    static func confidence(_ evidence: ExtractiveAnswerer.Evidence) -> Double {
        guard let similarity = evidence.similarity else {
            return evidence.overlap - leastOverlap
        }
        if evidence.isForeign { return similarity - leastForeignSimilarity }
        return (similarity - leastSimilarity) + overlapWeight * (evidence.overlap - middleOverlap)
    }

    /// With words alone, a passage must hold so much of the question.
    static let leastOverlap = 0.55
    /// The cosine that answers in the question's own language, at a middling overlap.
    static let leastSimilarity = 0.85
    /// What a whole overlap is worth in cosine.
    static let overlapWeight = 0.08
    /// The overlap that neither helps nor hinders.
    static let middleOverlap = 0.5
    /// The cosine that answers across languages, where no words are shared.
    static let leastForeignSimilarity = 0.85
}
