/// Finds what was meant by a word that is not known.
package enum Spelling {
    /// Steps of editing after which a word is another word, not a slip.
    private static let mostSteps = 3

    /// The known word that is nearest to one that was typed; `nil` if none is near.
    package static func nearest(_ word: String, among known: [String]) -> String? {
        let near = known.map { (name: $0, steps: distance($0, word)) }.min { $0.steps < $1.steps }
        // Of a short word not all may be changed: that would be any word.
        guard let near, near.steps <= min(mostSteps, max(1, word.count - 1)) else { return nil }
        return near.name
    }

    /// The steps of editing that lead from one word to another.
    ///
    /// A step is a letter too much, too few or wrong.
    /// With `swaps`, two neighbours that changed places are one step, too (the optimal string
    /// alignment distance); without, they are two.
    package static func distance(_ left: String, _ right: String, swaps: Bool = false) -> Int {
        let left = Array(left)
        let right = Array(right)
        var before: [Int] = []
        var row = Array(0...right.count)
        for i in left.indices {
            var next = [i + 1]
            for j in right.indices {
                let change = row[j] + (left[i] == right[j] ? 0 : 1)
                var least = min(change, row[j + 1] + 1, next[j] + 1)
                if swaps, i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                    least = min(least, before[j - 1] + 1)
                }
                next.append(least)
            }
            before = row
            row = next
        }
        return row[right.count]
    }
}
