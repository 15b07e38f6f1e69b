/// Reciprocal rank fusion: a passage's score is the sum of 1 / (k + rank) over the rankings that
/// name it (Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion outperforms Condorcet", 2009).
///
/// Searches give scores by now; what versions before recorded has ranks only, and is repeated so.
package enum RankFusion {
    /// The constant that the paper found best; measured on XQuAD too, where fusing full text and
    /// vectors beat both.
    package static let k = 60.0

    /// The fused order with scores, best first; equal scores are ordered by id, so that the same
    /// rankings always make the same order.
    package static func fuse<ID: Hashable & Comparable>(
        _ rankings: [(ids: [ID], weight: Double)]
    ) -> [(id: ID, score: Double)] {
        var scores: [ID: Double] = [:]
        for (ids, weight) in rankings {
            for (rank, id) in ids.enumerated() {
                scores[id, default: 0] += weight / (k + Double(rank + 1))
            }
        }
        return scores.map { (id: $0.key, score: $0.value) }
            .sorted { $0.score == $1.score ? $0.id < $1.id : $0.score > $1.score }
    }
}
