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
    private static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right)
        var row = Array(0...right.count)
        for (i, character) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for j in right.indices {
                let change = diagonal + (character == right[j] ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(change, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[right.count]
    }
}
