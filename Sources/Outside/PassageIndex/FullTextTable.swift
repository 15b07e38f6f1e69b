#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A full-text index over the tokens that `SearchTokens` makes, ranked by BM25 as SQLite's FTS5
/// does it, to which the tests hold it.
///
/// FTS5 itself looks for each token twice and reads its own tables each time: for the dozens of
/// tokens of a question that took longer than all else retrieval does.
struct FullTextTable: Sendable {
    /// What one passage gives to search.
    struct Row: Equatable {
        /// The document's name, headings and sheet; its words count as much as those of the text.
        var context: String
        /// The passage's text.
        var body: String
    }

    /// The two constants of BM25.
    struct Ranking: Sendable {
        /// How soon more of the same token stops to count, usually k1.
        var saturation: Double
        /// How much a long row is held against it, 0 to 1, usually b.
        var lengthWeight: Double

        /// For words and what they are made of: measured on XQuAD in three languages.
        static let ours = Self(saturation: 0.9, lengthWeight: 0.4)
    }

    /// How often a token stands in a row.
    private struct Posting {
        var slot: UInt32
        var count: UInt32
    }

    /// A question longer than this is a message with a story: its beginning and end say enough.
    private static let queryTokens = 384
    /// From so many rows on, what stands in more than half of them is not looked at: it weighs
    /// next to nothing, and takes most of the time.
    private static let manyRows = 512

    private let ranking: Ranking
    private var postings: [String: [Posting]] = [:]
    /// What stands at each place: a row's id, and how many tokens it has, or -1 for no row.
    private var ids: [Int64] = []
    private var lengths: [Int32] = []
    private var free: [UInt32] = []
    private var positions: [Int64: UInt32] = [:]
    private var tokens = 0

    /// An empty table.
    init(ranking: Ranking = .ours) {
        self.ranking = ranking
    }

    /// Adds a row whose id is not in use.
    mutating func insert(_ row: Row, id: Int64) {
        let counts = Self.counts(of: row)
        let length = counts.values.reduce(0) { $0 + Int($1) }
        let slot = free.popLast() ?? UInt32(ids.count)
        if slot == ids.count {
            ids.append(0)
            lengths.append(-1)
        }
        ids[Int(slot)] = id
        lengths[Int(slot)] = Int32(length)
        positions[id] = slot
        tokens += length
        for (token, count) in counts {
            postings[token, default: []].append(Posting(slot: slot, count: count))
        }
    }

    /// Deletes a row, given as it was inserted.
    mutating func delete(_ row: Row, id: Int64) {
        guard let slot = positions.removeValue(forKey: id) else { return }
        for token in Self.counts(of: row).keys {
            postings[token]?.removeAll { $0.slot == slot }
            if postings[token]?.isEmpty == true { postings[token] = nil }
        }
        tokens -= Int(lengths[Int(slot)])
        lengths[Int(slot)] = -1
        free.append(slot)
    }

    /// The best rows that share a token with the question, with a score above 0.
    func search(_ question: String, limit: Int) -> [(id: Int64, score: Double)] {
        scores(of: question).best(limit)
    }

    /// How well each row fits a question by its words.
    struct Scores {
        /// What a row could reach that says nothing but the question: of a question in another
        /// language, few words stand anywhere, and what is found reaches little of it.
        fileprivate(set) var bound = 0.0
        /// The share of the question, rare tokens weighing more, that any row holds.
        fileprivate(set) var known = 0.0
        /// The question's tokens with their weights.
        fileprivate(set) var weights: [String: Double] = [:]
        fileprivate var bySlot: [Double] = []
        fileprivate let table: FullTextTable

        /// The best rows, with a score above 0; equals in order of their ids.
        func best(_ limit: Int) -> [(id: Int64, score: Double)] {
            guard limit > 0 else { return [] }
            var best = BestOf<Double>(limit)
            var least = 0.0
            for slot in bySlot.indices where bySlot[slot] > 0 && bySlot[slot] >= least {
                best.offer(table.ids[slot], bySlot[slot])
                least = best.worst ?? 0
            }
            return best.ordered.map { ($0.id, $0.score) }
        }

        /// The share of the question that is among some tokens, 0 to 1.
        func share(among tokens: Set<String>) -> Double {
            guard bound > 0 else { return 0 }
            let found = weights.reduce(0) { $0 + (tokens.contains($1.key) ? $1.value : 0) }
            return found / bound * (table.ranking.saturation + 1)
        }

        /// A row's share of the bound, 0 to 1.
        func share(of id: Int64) -> Double {
            guard bound > 0, let slot = table.positions[id], bySlot.indices.contains(Int(slot))
            else { return 0 }
            return bySlot[Int(slot)] / bound
        }
    }

    /// Scores all rows.
    func scores(of question: String) -> Scores {
        var scores = Scores(table: self)
        guard !positions.isEmpty else { return scores }
        scores.bySlot = [Double](repeating: 0, count: ids.count)
        var common: [(found: [Posting], weight: Double)] = []
        var known = 0.0
        for token in Self.asked(question) {
            let found = postings[token] ?? []
            // A token of no row counts as one of a single row: it was asked for all the same.
            let weight = weight(foundIn: max(found.count, 1))
            scores.bound += weight * (ranking.saturation + 1)
            scores.weights[token] = weight
            if !found.isEmpty { known += weight * (ranking.saturation + 1) }
            if positions.count >= Self.manyRows, found.count * 2 > positions.count {
                common.append((found, weight))
            } else {
                add(found, weight, to: &scores.bySlot)
            }
        }
        scores.known = scores.bound > 0 ? known / scores.bound : 0
        if common.count > 0, !scores.bySlot.contains(where: { $0 > 0 }) {
            for (found, weight) in common { add(found, weight, to: &scores.bySlot) }
        }
        return scores
    }

    private func add(_ found: [Posting], _ weight: Double, to bySlot: inout [Double]) {
        let average = Double(tokens) / Double(positions.count)
        let fixed = ranking.saturation * (1 - ranking.lengthWeight)
        let perToken = ranking.saturation * ranking.lengthWeight / average
        let most = weight * (ranking.saturation + 1)
        let lengths = lengths.span
        var scores = bySlot.mutableSpan
        for posting in found {
            let slot = Int(posting.slot)
            let count = Double(posting.count)
            let damping = fixed + perToken * Double(lengths[slot])
            scores[slot] += most * count / (count + damping)
        }
    }

    /// How much a token tells that so many rows hold; next to nothing if most do.
    private func weight(foundIn rows: Int) -> Double {
        let weight = log((Double(positions.count - rows) + 0.5) / (Double(rows) + 0.5))
        return weight > 0 ? weight : 1e-6
    }

    private static func asked(_ question: String) -> [String] {
        let tokens = SearchTokens.distinctTokens(of: question)
        guard tokens.count > queryTokens else { return tokens }
        return Array(tokens.prefix(queryTokens / 2)) + Array(tokens.suffix(queryTokens / 2))
    }

    private static func counts(of row: Row) -> [String: UInt32] {
        var counts: [String: UInt32] = [:]
        for token in SearchTokens.tokens(of: row.context) + SearchTokens.tokens(of: row.body) {
            counts[token, default: 0] += 1
        }
        return counts
    }
}
