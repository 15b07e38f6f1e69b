#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A full-text index over the tokens that `SearchTokens` makes, ranked by BM25 as SQLite's FTS5
/// does it, to which the tests hold it.
///
/// FTS5 itself looks for each token twice and reads its own tables each time: for the dozen tokens
/// of a question that took longer than all else retrieval does.
struct FullTextTable: Sendable {
    /// What one passage gives to search.
    struct Row: Equatable {
        /// The document's name, headings and sheet; its words count as much as those of the text.
        var context: String
        /// The passage's text.
        var body: String
    }

    /// How often a token stands in a row.
    private struct Posting {
        var slot: UInt32
        var count: UInt32
    }

    /// A row's place in the tables; places are used again.
    private struct Slot {
        var rowID: Int64
        var tokens: Int
    }

    /// A question longer than this is a message with a story: its beginning and end say enough.
    private static let queryTokens = 256
    /// How soon more of the same word stops to count, and how much a long row is held against it.
    private static let saturation = 1.2
    private static let lengthWeight = 0.75

    private var postings: [String: [Posting]] = [:]
    private var slots: [Slot?] = []
    private var free: [UInt32] = []
    private var positions: [Int64: UInt32] = [:]
    private var tokens = 0

    /// Adds a row whose id is not in use.
    mutating func insert(_ row: Row, id: Int64) {
        let counts = Self.counts(of: row)
        let length = counts.values.reduce(0) { $0 + Int($1) }
        let slot = free.popLast() ?? UInt32(slots.count)
        if slot == slots.count { slots.append(nil) }
        slots[Int(slot)] = Slot(rowID: id, tokens: length)
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
        tokens -= slots[Int(slot)]?.tokens ?? 0
        slots[Int(slot)] = nil
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
        fileprivate var bySlot: [Double] = []
        fileprivate var touched: [Int] = []
        fileprivate let table: FullTextTable

        /// The best rows, with a score above 0; equals in order of their ids.
        func best(_ limit: Int) -> [(id: Int64, score: Double)] {
            guard limit > 0 else { return [] }
            let hits = touched.map { (id: table.slots[$0]?.rowID ?? 0, score: bySlot[$0]) }
            return Array(
                hits.sorted { $0.score == $1.score ? $0.id < $1.id : $0.score > $1.score }
                    .prefix(limit))
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
        let average = Double(tokens) / Double(positions.count)
        scores.bySlot = [Double](repeating: 0, count: slots.count)
        for token in Self.asked(question) {
            let found = postings[token] ?? []
            // A token of no row counts as one of a single row: it was asked for all the same.
            let weight = weight(foundIn: max(found.count, 1))
            scores.bound += weight * (Self.saturation + 1)
            for posting in found {
                let slot = Int(posting.slot)
                if scores.bySlot[slot] == 0 { scores.touched.append(slot) }
                let count = Double(posting.count)
                let length = Double(slots[slot]?.tokens ?? 0) / average
                let damping =
                    Self.saturation * (1 - Self.lengthWeight + Self.lengthWeight * length)
                scores.bySlot[slot] += weight * count * (Self.saturation + 1) / (count + damping)
            }
        }
        return scores
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
