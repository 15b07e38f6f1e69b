import Configuration

/// Finds the command that an agent meant by a word with a slip of the fingers.
///
/// Stricter than what is used on our own command lines: there a wrong guess costs nothing, here it
/// keeps a word from a customer until the agent says that it is meant.
enum AgentSlip {
    /// The words that begin a line at the agent's terminal.
    static let commands = [
        "claim", "read", "earlier", "say", "again", "use", "release", "close", "list", "more",
        "help",
        "quit", "exit", "transfer", "outcome", "takeover", "reopen", "anyway",
        "accept", "decline", "status", "resume", "suggested", "dismiss",
    ]
    /// Letters of a command from which on two steps are still a slip; of a shorter one, they would
    /// be any word.
    private static let longEnoughForTwo = 5

    /// The command that a word is, or is one or two slips away from; `nil` if it is none.
    static func command(meantBy word: String) -> String? {
        let word = word.lowercased()
        return commands.map { (name: $0, steps: Spelling.distance(word, $0, swaps: true)) }
            .filter { $0.steps <= ($0.name.count < longEnoughForTwo ? 1 : 2) }
            .min { $0.steps < $1.steps }?.name
    }
}
