/// The words by which messages are known again.
package enum Words {
    /// Before the word that answers a question.
    package static let factMark = "drawer Q"
    /// At the beginning of what agents say.
    package static let agentMark = "Agent word "

    /// At the beginning of what agents write for each other.
    package static let noteMark = "Note word "

    /// Whether this is for colleagues alone.
    package static func isNote(_ text: String) -> Bool { text.contains(noteMark) }

    /// The facts that a text tells.
    package static func facts(in text: String) -> [String] {
        var facts: [String] = []
        for part in text.split(separator: " ", omittingEmptySubsequences: true) {
            let word = part.prefix { $0.isLetter || $0.isNumber }
            guard word.first == "Q", word.count > 3, word.dropFirst().allSatisfy(\.isNumber),
                !facts.contains(String(word))
            else { continue }
            facts.append(String(word))
        }
        return facts
    }

    /// Whether an agent says this.
    package static func isAgents(_ text: String) -> Bool { text.hasPrefix(agentMark) }

    /// The message that an attempt's callback data names: all but the attempt's number, its end.
    package static func outbound(of attempt: String) -> String {
        attempt.split(separator: ".").dropLast().joined(separator: ".")
    }
}
