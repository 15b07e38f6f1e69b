import Conversation

/// Whether an answer repeats what the model was given instead of answering: its instructions, the
/// passages one after the other, or the labels between them.
enum PromptEcho {
    /// More characters than this are no short answer on a telephone.
    static let longestAnswer = 1_500
    /// Shorter passages may well be said whole.
    static let leastWords = 20
    /// So much of a passage's words in a row is a copy of it.
    static let copied = 0.8
    /// So many words in a row of the instructions are theirs.
    static let instructionWords = 8

    /// Why the answer, as the model wrote it, is an echo; `nil` if it is none.
    ///
    /// The instructions are what the model was recorded, without passages and question.
    static func problem(
        _ answer: String, passages: [RankedPassage], instructions: String
    ) -> String? {
        if answer.count > longestAnswer { return "It is far too long." }
        let lines = answer.split(whereSeparator: \.isNewline).map { $0.trimmingSpaces }
        if lines.contains(where: isLabel) || lists(lines, passages) {
            return "It repeats the passages instead of answering."
        }
        let words = Words.of(answer)
        let copies = passages.count { passage in
            let own = Words.of(passage.text)
            return own.count >= leastWords && share(of: own, in: words, run: 4) >= copied
        }
        if copies >= 2 { return "It repeats the passages instead of answering." }
        let sources = passages.map(AnswerEvidence.whole).joined(separator: "\n")
        let theirs = runs(Words.of(instructions), of: instructionWords)
            .subtracting(runs(Words.of(sources), of: instructionWords))
        if !theirs.isDisjoint(with: runs(words, of: instructionWords)) {
            return "It repeats the instructions."
        }
        return nil
    }

    /// The prompt's own labels at the start of a line.
    private static func isLabel(_ line: String) -> Bool {
        ["Passages:", "More passages:", "Question:", "Customer:", "Before:", "Rules:", "You:"]
            .contains { line.hasPrefix($0) }
    }

    /// Whether two lines or more begin as passages do in the prompt.
    private static func lists(_ lines: [String], _ passages: [RankedPassage]) -> Bool {
        let starts = passages.enumerated().map { index, passage in
            let above = (passage.headings + (passage.sheet.map { [$0] } ?? []))
                .joined(separator: " ")
            return (
                mark: "[\(index + 1)]",
                words: Array(Words.of(above + " " + passage.text).prefix(6))
            )
        }
        let listed = lines.count { line in
            starts.contains { start in
                start.words.count >= 4 && line.hasPrefix(start.mark)
                    && Words.of(String(line.dropFirst(start.mark.count)))
                        .starts(with: start.words)
            }
        }
        return listed >= 2
    }

    private static func share(of words: [String], in other: [String], run: Int) -> Double {
        let wanted = runs(words, of: run)
        guard !wanted.isEmpty else { return 0 }
        return Double(wanted.intersection(runs(other, of: run)).count) / Double(wanted.count)
    }

    /// All runs of so many words.
    private static func runs(_ words: [String], of length: Int) -> Set<[String]> {
        guard words.count >= length else { return [] }
        return Set((0...(words.count - length)).map { Array(words[$0..<($0 + length)]) })
    }
}
