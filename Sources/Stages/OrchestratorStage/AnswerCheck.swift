package import Conversation

/// Whether the passages support what a model answered.
///
/// Whatever is doubtful is not supported: the model may correct itself once, then a person is
/// asked.
package struct AnswerCheck: Sendable {
    /// What the check found.
    package enum Verdict: Hashable, Sendable {
        /// It may be sent, without its markers, resting on these passages (from 0).
        case supported(text: String, cited: [Int])
        /// The model says that the passages do not answer.
        case declined
        /// It may not be sent, and why, for the model and for people.
        case unsupported(because: String)
        /// These statements are in another language than their passages: how near each is in
        /// meaning to each of these texts has to be told first.
        case unsure(statements: [String], texts: [String])
    }

    /// What is known of how near statements in another language are to the passages.
    package enum Meaning: Hashable, Sendable {
        /// Nothing, and it cannot be known: there are no embeddings.
        case unknown
        /// Nothing yet, but it can be compared.
        case comparable
        /// The cosines of each statement with each text of ``Verdict/unsure(statements:texts:)``.
        case compared([[Double]])
    }

    /// At least this share of an answer's own content words must stand in its passages.
    ///
    /// Half: models put things in other words, but an invented answer shares a quarter or less.
    static let leastOverlap = 0.5
    /// Almost all of an answer's own words must stand in a passage that it does not name.
    static let leastSourceOverlap = 0.75

    private let question: String
    private let passages: [RankedPassage]
    private let instructions: String
    private let meaning: Meaning

    /// Checks an answer against the passages that were offered.
    ///
    /// The answer is as the model wrote it, the passages in the order of their numbers, the
    /// instructions what the model was recorded besides. What the customer wrote proves nothing.
    package static func check(
        _ answer: String, question: String, passages: [RankedPassage], instructions: String = "",
        meaning: Meaning = .unknown
    ) -> Verdict {
        AnswerCheck(
            question: question, passages: passages, instructions: instructions, meaning: meaning
        ).verdict(on: answer)
    }

    private func verdict(on answer: String) -> Verdict {
        let (text, markers) = Self.stripMarkers(answer)
        if Self.isDeclined(text) { return .declined }
        guard text.contains(where: { $0.isLetter || $0.isNumber }) else {
            return .unsupported(because: "It is empty.")
        }
        if Self.holdsMarks(text) {
            return .unsupported(because: "It holds marks that are no words for a customer.")
        }
        if let problem = PromptEcho.problem(
            answer, passages: passages, instructions: instructions)
        {
            return .unsupported(because: problem)
        }
        var cited = markers.filter { passages.indices.contains($0 - 1) }.map { $0 - 1 }
        if cited.isEmpty, markers.isEmpty, let source = source(of: text) { cited = [source] }
        guard !cited.isEmpty else {
            return .unsupported(
                because: markers.isEmpty
                    ? "It does not name the passage that it is from, like [1]."
                    : "It names a passage that does not exist.")
        }
        let evidence = AnswerEvidence(cited.map { passages[$0] })
        if let tail = AnswerTails.strange(in: answer, question: question, evidence) {
            return .unsupported(because: Self.saysMore(tail))
        }
        let answer = StatedAnswer(text, question: question)
        if let problem = answer.problem(with: evidence) { return .unsupported(because: problem) }
        let foreign = answer.foreignStatements(evidence)
        guard !foreign.isEmpty else { return .supported(text: text, cited: cited) }
        switch meaning {
        case .comparable:
            return .unsure(statements: foreign.map(\.text), texts: texts(cited).map(\.text))
        case .unknown:
            guard let problem = answer.problem(of: foreign, untoldBy: evidence) else {
                return .supported(text: text, cited: cited)
            }
            return .unsupported(because: problem)
        case .compared(let cosines):
            guard let problem = problem(of: foreign, answer, cosines, cited, evidence) else {
                return .supported(text: text, cited: cited)
            }
            return .unsupported(because: problem)
        }
    }

    // MARK: Meaning

    /// A sentence or row of an offered passage, as embeddings see it.
    private struct Text {
        var text: String
        var plain: String
        var isCited: Bool
    }

    /// The sentences of the cited passages, then those of the others, which show how near to a
    /// statement everything is.
    private func texts(_ cited: [Int]) -> [Text] {
        let order = cited + passages.indices.filter { !cited.contains($0) }
        let all = order.flatMap { index in
            ExtractiveAnswerer.units(of: passages[index], at: index).map {
                Text(text: $0.embedded, plain: $0.text, isCited: cited.contains(index))
            }
        }
        return Array(all.prefix(ExtractiveAnswerer.mostUnits))
    }

    private func problem(
        of foreign: [StatedAnswer.Statement], _ answer: StatedAnswer, _ cosines: [[Double]],
        _ cited: [Int], _ evidence: AnswerEvidence
    ) -> String? {
        let texts = texts(cited)
        for (statement, values) in zip(foreign, cosines) {
            guard values.count == texts.count, Thresholds.isNear(values, texts.map(\.isCited))
            else { return Self.saysMore(statement.text) }
            let best = zip(values, texts).filter { $1.isCited }.map(\.0).max() ?? 0
            let near = zip(values, texts).filter {
                $1.isCited && $0 >= best - Thresholds.nearAlike
            }.map { $1.plain }
            if let problem = answer.problem(of: statement, near: near, in: evidence.language) {
                return problem
            }
        }
        return foreign.count == cosines.count ? nil : "Its meaning could not be compared."
    }

    /// The words of a problem that names the statement.
    static func saysMore(_ statement: String) -> String {
        "The passages that it names do not say this: \"\(statement.prefix(120))\"."
    }

    // MARK: Form

    /// The passage that an answer without markers is plainly from: small models forget them.
    ///
    /// Only where the languages are alike, for words tell nothing across languages.
    private func source(of text: String) -> Int? {
        let language = LanguageGuess.language(of: text)
        let facts = AnswerFacts(text, in: language)
        return passages.indices.first { index in
            let evidence = AnswerEvidence([passages[index]])
            return facts.missing(from: evidence.facts).isEmpty
                && !LanguageGuess.differ(language, evidence.language)
                && share(of: text, in: evidence).map { $0 >= Self.leastSourceOverlap } == true
        }
    }

    /// The share of the answer's own words that stand in the passages; `nil` if it has none but
    /// the question's.
    private func share(of text: String, in evidence: AnswerEvidence) -> Double? {
        let asked = Vocabulary(of: question)
        let own = Set(Words.content(of: text)).filter { !asked.holds($0) }
        guard !own.isEmpty else { return nil }
        return Double(own.count { evidence.vocabulary.holds($0) }) / Double(own.count)
    }

    /// The word that the prompt asks for, alone or with little around it.
    private static func isDeclined(_ text: String) -> Bool {
        let words = text.split { !$0.isLetter }
        return words.contains("HANDOFF") && (words.count <= 6 || words.first == "HANDOFF")
    }

    /// Tags and marks of chat templates, whole or halved, as nobody writes them to a customer.
    private static func holdsMarks(_ text: String) -> Bool {
        let lowered = text.lowercased()
        return ["<|", "|>", "<｜", "</", "<think", "[inst]", "[/inst]", "<<sys>>", "<s>", "```"]
            .contains { lowered.contains($0) }
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
