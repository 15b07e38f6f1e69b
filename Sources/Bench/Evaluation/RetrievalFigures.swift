/// How often the right document was found, and how sure that is.
struct RetrievalFigures: Codable, Sendable, Equatable {
    /// A question's document, and the place at which it was found, from 1.
    struct Outcome: Sendable, Codable {
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
            .map { (asked: $0.value.count, sum: Double($0.value.count { $0.place == 1 })) }
        return bounds(of: groups)
    }

    /// Within which the mean lies 95 times of 100, had other documents been drawn.
    private static func bounds(of groups: [(asked: Int, sum: Double)]) -> (Double, Double) {
        // The same draws every time, so that the same outcomes give the same figures.
        var random = SeededRandom(0x9E37_79B9_7F4A_7C15)
        var means: [Double] = []
        for _ in 0..<draws {
            var (asked, sum) = (0, 0.0)
            for _ in groups {
                let group = groups[random.below(groups.count)]
                asked += group.asked
                sum += group.sum
            }
            means.append(sum / Double(asked))
        }
        means.sort()
        return (means[draws / 40], means[draws - 1 - draws / 40])
    }

    /// How much more often the right document comes first than it did with another version, asked
    /// the same: paired question by question, drawn document by document.
    struct Change: Codable, Sendable, Equatable {
        var mean: Double
        /// Within which it lies 95 times of 100, had other documents been drawn.
        var low: Double
        var high: Double

        /// Compares; `nil` where not the same was asked.
        init?(from before: [Outcome], to after: [Outcome]) {
            guard !before.isEmpty, before.map(\.document) == after.map(\.document) else {
                return nil
            }
            let changes = zip(before, after).map { old, new in
                (
                    document: new.document,
                    change: (new.place == 1 ? 1.0 : 0) - (old.place == 1 ? 1 : 0)
                )
            }
            mean = changes.reduce(0) { $0 + $1.change } / Double(changes.count)
            let groups = Dictionary(grouping: changes, by: \.document).sorted { $0.key < $1.key }
                .map { (asked: $0.value.count, sum: $0.value.reduce(0) { $0 + $1.change }) }
            (low, high) = RetrievalFigures.bounds(of: groups)
        }
    }
}
