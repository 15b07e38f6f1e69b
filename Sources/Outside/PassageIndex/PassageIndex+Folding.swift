import Conversation

/// Passages that say the same: a document that is there twice must not fill what is found.
extension PassageIndex {
    /// Places told beside a passage, at most.
    static let mostOthers = 8

    /// The candidates without those that add nothing to a better one.
    ///
    /// Which one stands is decided by score and then by id. A typed answer is its owner's word and
    /// stays for itself.
    func fold(_ ordered: [Candidate]) -> [Candidate] {
        var kept: [Candidate] = []
        var sayings: [(saying: Saying, row: Int64, place: Int)] = []
        for candidate in ordered {
            guard questions(of: candidate.row) == nil, let saying = saying(of: candidate.row) else {
                kept.append(candidate)
                continue
            }
            let same = sayings.first { other in
                saying.adds(
                    nothingTo: other.saying, own: { words(of: candidate.row) },
                    others: { words(of: other.row) })
            }
            if let same {
                if kept[same.place].scored.others.count < Self.mostOthers {
                    kept[same.place].scored.others.append(candidate.scored.id)
                }
            } else {
                sayings.append((saying, candidate.row, kept.count))
                kept.append(candidate)
            }
        }
        return kept
    }

    private func saying(of row: Int64) -> Saying? {
        if row < Self.firstOwnRow { return base?.generation.saying(Int(row)) }
        return ids[row].flatMap { entries[$0]?.saying }
    }

    private func words(of row: Int64) -> [String] {
        passageID(row).flatMap { passage($0) }.map { Saying.words(of: $0.text) } ?? []
    }
}
