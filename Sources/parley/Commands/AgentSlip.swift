/// Finds the command that an agent meant by a word with a slip of the fingers.
///
/// Stricter than what is used on our own command lines: there a wrong guess costs nothing, here it
/// keeps a word from a customer until the agent says that it is meant.
enum AgentSlip {
    /// The words that begin a line at the agent's terminal.
    static let commands = [
        "claim", "read", "earlier", "say", "use", "release", "close", "list", "more", "help",
        "quit", "exit",
    ]
    /// Letters of a command from which on two steps are still a slip; of a shorter one, they would
    /// be any word.
    private static let longEnoughForTwo = 5

    /// The command that a word is, or is one or two slips away from; `nil` if it is none.
    static func command(meantBy word: String) -> String? {
        let word = word.lowercased()
        return commands.map { (name: $0, steps: steps(from: word, to: $0)) }
            .filter { $0.steps <= ($0.name.count < longEnoughForTwo ? 1 : 2) }
            .min { $0.steps < $1.steps }?.name
    }

    /// The slips that lead from one word to another: a letter too much, too few or wrong, or two
    /// neighbours that changed places (the optimal string alignment distance).
    static func steps(from left: String, to right: String) -> Int {
        let left = Array(left)
        let right = Array(right)
        var before: [Int] = []
        var row = Array(0...right.count)
        for i in left.indices {
            var next = [i + 1]
            for j in right.indices {
                let change = row[j] + (left[i] == right[j] ? 0 : 1)
                var least = min(change, row[j + 1] + 1, next[j] + 1)
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
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
