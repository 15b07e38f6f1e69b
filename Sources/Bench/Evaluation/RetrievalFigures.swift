/// How often the right document was found, and how sure that is.
struct RetrievalFigures: Codable, Sendable, Equatable {
    /// A question's document, and the place at which it was found, from 1.
    struct Outcome: Sendable {
        var document: Int
        var place: Int?
    }

    var questions = 0
    /// The share of questions whose document came first, and was among the first three.
    var recallAt1 = 0.0
    var recallAt3 = 0.0
    /// The mean of 1 / place.
    var meanReciprocalRank = 0.0
    /// Within which the recall at 1 lies 95 times of 100, had other documents been drawn:
    /// bootstrap over documents, as questions about one paragraph are no independent draws.
    var low = 0.0
    var high = 0.0

    private static let draws = 1_000

    init(_ outcomes: [Outcome]) {
        guard !outcomes.isEmpty else { return }
        questions = outcomes.count
        let count = Double(outcomes.count)
        recallAt1 = Double(outcomes.count { $0.place == 1 }) / count
        recallAt3 = Double(outcomes.count { $0.place.map { $0 <= 3 } ?? false }) / count
        meanReciprocalRank =
            outcomes.reduce(0) { $0 + ($1.place.map { 1 / Double($0) } ?? 0) }
            / count
        (low, high) = Self.interval(outcomes)
    }

    private static func interval(_ outcomes: [Outcome]) -> (Double, Double) {
        let groups = Dictionary(grouping: outcomes, by: \.document).sorted { $0.key < $1.key }
            .map { (asked: $0.value.count, right: $0.value.count { $0.place == 1 }) }
        // The same draws every time, so that the same outcomes give the same figures.
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        var means: [Double] = []
        for _ in 0..<draws {
            var (asked, right) = (0, 0)
            for _ in groups {
                // SplitMix64 (Steele, Lea and Flood, 2014).
                state &+= 0x9E37_79B9_7F4A_7C15
                var word = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
                word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
                let group = groups[Int((word ^ word >> 31) % UInt64(groups.count))]
                asked += group.asked
                right += group.right
            }
            means.append(Double(right) / Double(asked))
        }
        means.sort()
        return (means[draws / 40], means[draws - 1 - draws / 40])
    }
}
