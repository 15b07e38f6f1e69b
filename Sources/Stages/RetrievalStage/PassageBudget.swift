package import Conversation

/// How many passages, and how long, go on with a question.
package struct PassageBudget: Hashable, Sendable {
    /// The most passages.
    package var passages: Int
    /// The most characters of all passages together.
    package var characters: Int

    /// Sets the limits.
    package init(passages: Int, characters: Int) {
        self.passages = passages
        self.characters = characters
    }

    /// Six passages of some 900 characters: what a small model reads well, and little enough to
    /// travel in every record.
    package static let standard = Self(passages: 6, characters: 6000)

    /// The best passages within the budget, none twice and none that another holds whole.
    package func cut(_ ranked: [RankedPassage]) -> [RankedPassage] {
        var kept: [RankedPassage] = []
        var used = 0
        for passage in ranked {
            guard kept.count < passages else { break }
            guard kept.isEmpty || used + passage.text.count <= characters else { continue }
            guard !kept.contains(where: { Self.repeats($0, passage) }) else { continue }
            kept.append(passage)
            used += passage.text.count
        }
        return kept
    }

    /// Whether a kept passage already says all that another says.
    private static func repeats(_ kept: RankedPassage, _ other: RankedPassage) -> Bool {
        if kept.contentHash == other.contentHash { return true }
        return kept.document == other.document && kept.headings == other.headings
            && Array(kept.text.utf8).contains(Array(other.text.utf8))
    }
}

extension Array where Element: Equatable {
    /// Whether another array stands somewhere in this one, whole.
    fileprivate func contains(_ other: [Element]) -> Bool {
        guard let first = other.first else { return true }
        guard other.count <= count else { return false }
        return (0...(count - other.count)).contains { start in
            self[start] == first && self[start..<(start + other.count)].elementsEqual(other)
        }
    }
}
