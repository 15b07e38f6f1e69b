#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What the figures of a search say about whether its best passage answers the question.
///
/// None depends on how a model spreads its cosines, but for those of few passages: a figure counts
/// by how far it stands above what else was found. Shares are of the question, rare words and
/// pieces of words weighing more.
package struct AnswerSignals: Hashable, Sendable {
    /// What kind of search it was: each has coefficients of its own.
    package enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        /// By meaning and words, in the passages' language as far as is known.
        case meaning
        /// By meaning, in another language than the passage's: words say little.
        case foreign
        /// By words alone.
        case words
        /// The same among too few passages to stand above anything.
        case fewMeaning, fewForeign, fewWords

        /// The signals that count, in the order of the coefficients.
        package var names: [Name] {
            switch self {
            case .meaning:
                [
                    .score, .lead, .words, .wordsAbove, .passageShare, .sentenceShare, .known,
                    .meaningAbove, .sentenceAbove, .agreement,
                ]
            case .foreign:
                [
                    .score, .lead, .words, .passageShare, .sentenceShare, .known, .meaningAbove,
                    .sentenceAbove, .agreement,
                ]
            case .words:
                [.lead, .words, .wordsAbove, .passageShare, .sentenceShare, .known]
            case .fewMeaning: [.words, .passageShare, .sentenceShare, .known, .cosine, .nearest]
            case .fewForeign: [.cosine, .nearest, .passageShare]
            case .fewWords: [.words, .passageShare, .sentenceShare, .known]
            }
        }

        /// Whether it compares raw cosines, which each model spreads in its own way.
        package var needsModel: Bool { self == .fewMeaning || self == .fewForeign }
    }

    /// A signal.
    package enum Name: String, Sendable, Hashable, Codable {
        /// How far words and meaning together stand above those of the next passages, in standard
        /// deviations of those.
        case score
        /// How far above the second.
        case lead
        /// The share of what words could reach.
        case words
        /// How far that stands above that of the next passages.
        case wordsAbove
        /// The share of the question that stands in the passage, in its best sentence, in any
        /// passage.
        case passageShare, sentenceShare, known
        /// How far the passage's cosine, and its best sentence's, stand above those of the others.
        case meaningAbove, sentenceAbove
        /// Which share of the two ways of searching found it first.
        case agreement
        /// The cosine of passage and best sentence together, and of the sentence alone.
        case cosine, nearest
    }

    /// The kind.
    package var kind: Kind
    /// One value for each of the kind's names.
    package var values: [Double]

    /// The values by their names.
    package var byName: [String: Double] {
        Dictionary(zip(kind.names.map(\.rawValue), values)) { first, _ in first }
    }

    /// Describes what was measured; a signal that is missing is 0.
    package init(_ kind: Kind, _ measured: [Name: Double]) {
        self.kind = kind
        values = kind.names.map { name in
            let value = measured[name] ?? 0
            return value.isFinite ? (value * 10_000).rounded() / 10_000 : 0
        }
    }
}

/// How the figures of what was found besides are spread.
struct Spread {
    /// How many of the next are looked at: what comes after has nothing to do with the question.
    static let next = 30

    private let mean: Double
    private let deviation: Double

    /// Takes figures of all but the best.
    init(_ others: some Sequence<Double>) {
        let values = Array(others.sorted(by: >).prefix(Self.next))
        let count = Double(max(values.count, 1))
        let mean = values.reduce(0, +) / count
        self.mean = mean
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        deviation = (squares / count).squareRoot()
    }

    /// A figure's distance above the mean, bounded: a single standard deviation of what is all
    /// alike is no measure.
    func above(_ value: Double) -> Double { distance(value - mean) }

    /// A distance in standard deviations.
    func distance(_ value: Double) -> Double {
        deviation > 1e-9 ? min(max(value / deviation, -20), 20) : (value > 0 ? 20 : 0)
    }
}
