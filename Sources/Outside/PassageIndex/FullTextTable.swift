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

    /// How often a token stands in a row; in one number, as most of the memory is for these.
    struct Posting {
        /// The greatest row, and the greatest number that is told from greater ones: more often
        /// than that nothing is said.
        static let mostRows = 1 << 26
        static let most: UInt32 = 63

        let number: UInt32

        init(number: UInt32) { self.number = number }

        init(slot: Int, count: UInt32) {
            precondition(slot >= 0 && slot < Self.mostRows, "a table has 67 million rows at most")
            number = UInt32(slot) << 6 | min(count, Self.most)
        }

        var slot: Int { Int(number >> 6) }
        var count: UInt32 { number & Self.most }
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
    private var free: [Int] = []
    private var positions: [Int64: Int] = [:]
    private var tokens = 0

    /// An empty table.
    init(ranking: Ranking = .ours) {
        self.ranking = ranking
    }

    /// Adds a row whose id is not in use.
    mutating func insert(_ row: Row, id: Int64) {
        let counts = Self.counts(of: row)
        let length = counts.values.reduce(0) { $0 + Int($1) }
        let slot = free.popLast() ?? ids.count
        if slot == ids.count {
            ids.append(0)
            lengths.append(-1)
        }
        ids[slot] = id
        lengths[slot] = Int32(length)
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
        tokens -= Int(lengths[slot])
        lengths[slot] = -1
        free.append(slot)
    }

    /// The best rows that share a token with the question, with a score above 0.
    func search(
        _ question: String, limit: Int, over base: MappedBase? = nil
    ) -> [(id: Int64, score: Double)] {
        scores(of: question, over: base).best(limit)
    }

    /// What stands in the table, to be written into a file.
    var contents: (postings: [String: [Posting]], lengths: [Int64: Int32], ids: [Int64]) {
        (postings, positions.mapValues { lengths[$0] }, ids)
    }

    /// How well each row fits a question by its words.
    struct Scores {
        /// What a row could reach that says nothing but the question: of a question in another
        /// language, few words stand anywhere, and what is found reaches little of it.
        fileprivate(set) var bound = 0.0
        /// The share of the question, rare tokens weighing more, that any row holds.
        fileprivate(set) var known = 0.0
        /// The question's tokens with their weights, in order: sums are the same every time.
        fileprivate var weights: [(token: String, weight: Double)] = []
        /// First those of a generation's rows, then those of the table's own.
        fileprivate var bySlot: [Double] = []
        fileprivate let table: FullTextTable
        fileprivate let mapped: Int

        /// The best rows, with a score above 0; equals in order of their ids.
        func best(_ limit: Int) -> [(id: Int64, score: Double)] {
            guard limit > 0 else { return [] }
            var best = BestOf<Double>(limit)
            var least = 0.0
            for slot in bySlot.indices where bySlot[slot] > 0 && bySlot[slot] >= least {
                let id = slot < mapped ? Int64(slot) : table.ids[slot - mapped]
                best.offer(id, bySlot[slot])
                least = best.worst ?? 0
            }
            return best.ordered.map { ($0.id, $0.score) }
        }

        /// The share of the question that is among some tokens, 0 to 1.
        func share(among tokens: Set<String>) -> Double {
            guard bound > 0 else { return 0 }
            let found = weights.reduce(0) { $0 + (tokens.contains($1.token) ? $1.weight : 0) }
            return found / bound * (table.ranking.saturation + 1)
        }

        /// A row's share of the bound, 0 to 1.
        func share(of id: Int64) -> Double {
            let own = table.positions[id].map { mapped + $0 }
            guard bound > 0, let slot = own ?? (id < Int64(mapped) ? Int(id) : nil),
                bySlot.indices.contains(slot)
            else { return 0 }
            return bySlot[slot] / bound
        }
    }

    /// Where a token stands.
    private struct Found {
        var own: [Posting]
        var mapped: Range<Int>
        /// In how many rows that are there.
        var rows: Int
    }

    /// Scores all rows, those of a generation among them.
    func scores(of question: String, over base: MappedBase? = nil) -> Scores {
        var scores = Scores(table: self, mapped: base?.generation.rows ?? 0)
        let rows = positions.count + (base?.count ?? 0)
        guard rows > 0 else { return scores }
        scores.bySlot = [Double](repeating: 0, count: scores.mapped + ids.count)
        var common: [(found: Found, weight: Double)] = []
        var known = 0.0
        for token in Self.asked(question) {
            let found = found(token, base)
            // A token of no row counts as one of a single row: it was asked for all the same.
            let weight = Self.weight(foundIn: max(found.rows, 1), of: rows)
            scores.bound += weight * (ranking.saturation + 1)
            scores.weights.append((token, weight))
            if found.rows > 0 { known += weight * (ranking.saturation + 1) }
            if rows >= Self.manyRows, found.rows * 2 > rows {
                common.append((found, weight))
            } else {
                add(found, weight, base, to: &scores.bySlot)
            }
        }
        scores.known = scores.bound > 0 ? known / scores.bound : 0
        if common.count > 0, !scores.bySlot.contains(where: { $0 > 0 }) {
            for (found, weight) in common { add(found, weight, base, to: &scores.bySlot) }
        }
        return scores
    }

    private func found(_ token: String, _ base: MappedBase?) -> Found {
        let own = postings[token] ?? []
        guard let base else { return Found(own: own, mapped: 0..<0, rows: own.count) }
        let mapped = base.generation.postings(of: base.generation.key.hash(token))
        var rows = mapped.count
        if base.dead.count > 0, rows > 0 {
            rows -= unsafe base.generation.lists.postings.withPointer(mapped) { numbers in
                (0..<mapped.count).reduce(0) { dead, place in
                    let slot = unsafe Posting(number: numbers[place]).slot
                    return dead + (base.dead[slot] ? 1 : 0)
                }
            }
        }
        return Found(own: own, mapped: mapped, rows: own.count + rows)
    }

    private func add(
        _ found: Found, _ weight: Double, _ base: MappedBase?, to bySlot: inout [Double]
    ) {
        let rows = positions.count + (base?.count ?? 0)
        let average = Double(tokens + (base?.tokens ?? 0)) / Double(rows)
        let fixed = ranking.saturation * (1 - ranking.lengthWeight)
        let perToken = ranking.saturation * ranking.lengthWeight / average
        let most = weight * (ranking.saturation + 1)
        func gain(_ posting: Posting, _ length: Int32) -> Double {
            let count = Double(posting.count)
            return most * count / (count + (fixed + perToken * Double(length)))
        }
        if let base, !found.mapped.isEmpty {
            let lengths = base.generation.lists.lengths
            unsafe bySlot.withUnsafeMutableBufferPointer { scores in
                unsafe base.generation.lists.postings.withPointer(found.mapped) { numbers in
                    unsafe lengths.withPointer(0..<lengths.count) { lengths in
                        for place in 0..<found.mapped.count {
                            let posting = unsafe Posting(number: numbers[place])
                            if base.dead.count > 0, base.dead[posting.slot] { continue }
                            unsafe scores[posting.slot] += gain(posting, lengths[posting.slot])
                        }
                    }
                }
            }
        }
        let mapped = base?.generation.rows ?? 0
        let lengths = lengths.span
        var scores = bySlot.mutableSpan
        for posting in found.own {
            scores[mapped + posting.slot] += gain(posting, lengths[posting.slot])
        }
    }

    /// How much a token tells that so many rows hold; next to nothing if most do.
    private static func weight(foundIn rows: Int, of all: Int) -> Double {
        let weight = log((Double(all - rows) + 0.5) / (Double(rows) + 0.5))
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
