package import Conversation

/// Whether the passages support what a model answered.
package struct AnswerCheck: Hashable, Sendable {
    /// What the check found.
    package enum Verdict: Hashable, Sendable {
        /// It may be sent, without its markers, resting on these passages (from 0).
        case supported(text: String, cited: [Int])
        /// The model says that the passages do not answer.
        case declined
        /// It may not be sent, and why, for the model and for people.
        case unsupported(because: String)
    }

    /// At least this share of an answer's own content words must stand in its passages.
    ///
    /// Half: models put things in other words, but an invented answer shares a quarter or less.
    static let leastOverlap = 0.5

    /// Checks an answer against the passages that were offered.
    package static func check(
        _ answer: String, question: String, passages: [RankedPassage]
    ) -> Verdict {
        let (text, markers) = stripMarkers(answer)
        if isDeclined(text) { return .declined }
        guard text.contains(where: { $0.isLetter || $0.isNumber }) else {
            return .unsupported(because: "It is empty.")
        }
        let cited = markers.filter { passages.indices.contains($0 - 1) }.map { $0 - 1 }
        guard !cited.isEmpty else {
            if markers.isEmpty, let source = source(of: text, question, passages) {
                return .supported(text: text, cited: [source])
            }
            return .unsupported(
                because: markers.isEmpty
                    ? "It does not name the passage that it is from, like [1]."
                    : "It names a passage that does not exist.")
        }
        let sources = cited.map { passages[$0] }.map { passage in
            (passage.headings + [passage.sheet ?? "", passage.text]).joined(separator: "\n")
        }.joined(separator: "\n")
        let strange = AnswerFacts(text).missing(from: AnswerFacts(sources + "\n" + question))
        guard strange.isEmpty else {
            return .unsupported(
                because: "These do not stand in the passages that it names: "
                    + strange.prefix(5).joined(separator: ", ") + ".")
        }
        guard LanguageGuess.differ(text, sources) || overlap(text, sources, question) else {
            return .unsupported(because: "It says what the passages that it names do not say.")
        }
        return .supported(text: text, cited: cited)
    }

    /// Almost all of an answer's own words must stand in a passage that it does not name.
    static let leastSourceOverlap = 0.75

    /// The passage that an answer without markers is plainly from: small models forget them.
    ///
    /// Only where the languages are alike, for words tell nothing across languages.
    private static func source(
        of text: String, _ question: String, _ passages: [RankedPassage]
    ) -> Int? {
        let facts = AnswerFacts(text)
        return passages.indices.first { index in
            let passage = passages[index]
            let whole = (passage.headings + [passage.sheet ?? "", passage.text])
                .joined(separator: "\n")
            return facts.missing(from: AnswerFacts(whole + "\n" + question)).isEmpty
                && !LanguageGuess.differ(text, passage.text)
                && share(of: text, in: whole, question).map { $0 >= leastSourceOverlap } == true
        }
    }

    /// Whether enough of the answer's words stand in the passages.
    private static func overlap(_ text: String, _ sources: String, _ question: String) -> Bool {
        share(of: text, in: sources, question).map { $0 >= leastOverlap } ?? true
    }

    /// The share of the answer's own words that stand in the passages; `nil` if it has none but
    /// the question's.
    private static func share(
        of text: String, in sources: String, _ question: String
    ) -> Double? {
        let asked = Vocabulary(of: question)
        let own = Set(Words.content(of: text)).filter { !asked.holds($0) }
        guard !own.isEmpty else { return nil }
        let known = Vocabulary(of: sources)
        return Double(own.count { known.holds($0) }) / Double(own.count)
    }

    /// The word that the prompt asks for, alone or with little around it.
    private static func isDeclined(_ text: String) -> Bool {
        let words = text.split { !$0.isLetter }
        return words.contains("HANDOFF") && (words.count <= 6 || words.first == "HANDOFF")
    }

    /// The text without its markers, and the numbers in them in order, each once.
    package static func stripMarkers(_ answer: String) -> (text: String, numbers: [Int]) {
        var text = ""
        var numbers: [Int] = []
        var rest = answer[...]
        while let open = rest.firstIndex(where: { "[【".contains($0) }) {
            let inside = rest[rest.index(after: open)...]
            guard let close = inside.firstIndex(where: { "]】".contains($0) }),
                let found = markerNumbers(inside[..<close])
            else {
                text += rest[...open]
                rest = inside
                continue
            }
            text += rest[..<open].trimmingTrailingSpaces
            for number in found where !numbers.contains(number) { numbers.append(number) }
            rest = inside[inside.index(after: close)...]
        }
        text += rest
        return (withoutLabel(text.trimmingSpaces), numbers)
    }

    /// `1`, `1, 2`, `passage 3`.
    private static func markerNumbers(_ inside: Substring) -> [Int]? {
        guard inside.count <= 30 else { return nil }
        let words = inside.split { !$0.isNumber && !$0.isLetter }
        let numbers = words.compactMap { Int($0) }
        let others = words.filter { Int($0) == nil }
        guard !numbers.isEmpty, others.allSatisfy({ "passages".hasPrefix($0.lowercased()) }) else {
            return nil
        }
        return numbers
    }

    /// Small models repeat the prompt's label.
    private static func withoutLabel(_ text: String) -> String {
        text.hasPrefix("Answer:") ? text.dropFirst(7).trimmingSpaces : text
    }
}

extension Substring {
    fileprivate var trimmingTrailingSpaces: Substring {
        var rest = self
        while let last = rest.last, last == " " || last == "\u{a0}" { rest = rest.dropLast() }
        return rest
    }
}
