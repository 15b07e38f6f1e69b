import Conversation

/// An answer as the statements that it makes, to be compared with what its passages say.
struct StatedAnswer {
    /// One sentence.
    struct Statement {
        var text: String
        var facts: AnswerFacts
        /// Its words that carry meaning, without numbers.
        var words: Set<String>
        /// Whether it only is polite.
        var isPolite: Bool
    }

    private let text: String
    private let language: String?
    private let statements: [Statement]
    private let asked: Vocabulary

    init(_ text: String, question: String) {
        self.text = text
        let language = LanguageGuess.language(of: text)
        self.language = language
        asked = Vocabulary(of: question)
        statements = AnswerEvidence.sentences(of: text).map { sentence in
            let words = Self.words(of: sentence)
            let facts = AnswerFacts(sentence, in: language)
            return Statement(
                text: sentence, facts: facts, words: words,
                isPolite: facts.isEmpty && words.allSatisfy { Politeness.words.contains($0) })
        }
    }

    /// Words that stand beside numbers in any text.
    private static let units: Set<String> = [
        "pm", "am", "uhr", "hrs", "euro", "euros", "eur", "per", "pro", "around", "about", "one",
    ]

    /// The words that carry meaning, without numbers and addresses.
    private static func words(of text: String) -> Set<String> {
        let plain = text.split(whereSeparator: \.isWhitespace).filter {
            !$0.contains("@") && !$0.contains("://")
        }.joined(separator: " ")
        return Set(Words.content(of: plain)).filter { word in
            !word.contains(where: \.isNumber) && !units.contains(word)
        }
    }

    // MARK: What holds in all languages

    /// What is wrong with the answer whatever its language, or in the passages' own.
    func problem(with evidence: AnswerEvidence) -> String? {
        let facts = AnswerFacts(text, in: language)
        let strange = facts.missing(from: evidence.facts)
        guard strange.isEmpty else {
            return "These do not stand in the passages that it names: "
                + strange.prefix(5).joined(separator: ", ") + "."
        }
        for statement in statements {
            if let span = AnswerSpans.wrong(in: statement.facts, evidence) {
                return "No passage that it names says \(span)."
            }
        }
        if let promise = Promises.broken(text, evidence) {
            return "It says that something is \(promise), which the passages that it names do "
                + "not say."
        }
        guard statements.contains(where: { !$0.words.isEmpty || !$0.facts.isEmpty }) else {
            return "It says nothing that could be compared with the passages."
        }
        if isOwn(evidence) { return ownProblem(evidence) }
        return nil
    }

    /// Whether the answer may be in the passages' own language.
    private func isOwn(_ evidence: AnswerEvidence) -> Bool {
        guard LanguageGuess.differ(language, evidence.language) else { return true }
        // A guess about a few words may be wrong: words that stand there tell more.
        let words = statements.reduce(into: Set<String>()) { $0.formUnion($1.words) }
        return words.count >= 3 && share(words, evidence) >= Self.ownShare
    }

    /// So many of its words in the passages make an answer one in their language.
    private static let ownShare = 0.6

    // MARK: In the passages' language

    private func ownProblem(_ evidence: AnswerEvidence) -> String? {
        let said = statements.filter { !$0.isPolite }
        let words = said.reduce(into: Set<String>()) { $0.formUnion($1.words) }
        let own = words.filter { !asked.holds($0) }
        // Its facts stand there, as is known by now.
        let facts = said.reduce(0) { $0 + $1.facts.numbers.count + $1.facts.phones.count }
        guard share(own, evidence, with: facts) >= AnswerCheck.leastOverlap,
            share(words, evidence, with: facts) >= AnswerCheck.leastOverlap
        else { return "It says what the passages that it names do not say." }
        for statement in said {
            let strange = statement.words.filter { !evidence.vocabulary.holds($0) }
            if strange.count >= 2, share(statement.words, evidence) < AnswerCheck.leastOverlap {
                return AnswerCheck.saysMore(statement.text)
            }
            if let problem = FactLabels.problem(statement, evidence)
                ?? FactPartners.problem(statement.text, in: language, evidence)
                ?? Inclusion.problem(statement, in: language, evidence)
                ?? clauseProblem(statement, evidence)
            {
                return problem
            }
        }
        return nil
    }

    /// The share of words that the passages hold, with so many more that they surely do.
    private func share(
        _ words: Set<String>, _ evidence: AnswerEvidence, with sure: Int = 0
    ) -> Double {
        guard !words.isEmpty else { return 1 }
        let found = words.count { evidence.vocabulary.holds($0) } + sure
        return Double(found) / Double(words.count + sure)
    }

    /// What is wrong with one of a statement's clauses: that it is made of several sentences which
    /// say something else, or denies what they affirm, or the other way round.
    private func clauseProblem(_ statement: Statement, _ evidence: AnswerEvidence) -> String? {
        let clauses = evidence.units.flatMap(\.clauses)
        for part in AnswerEvidence.parts(of: statement.text) {
            let words = Self.words(of: part)
            if isMixed(words, evidence) { return AnswerCheck.saysMore(statement.text) }
            let numbers = AnswerFacts(part, in: language).numbers
            let isDenied = Negation.isDenied(part, in: language)
            if denies(words, numbers, isDenied, clauses, evidence) {
                return Self.contradicts(statement.text)
            }
        }
        return nil
    }

    /// Whether the words stand in the passages, but far from each other: no sentence has most.
    private func isMixed(_ words: Set<String>, _ evidence: AnswerEvidence) -> Bool {
        let found = words.filter { evidence.vocabulary.holds($0) }
        guard found.count >= 4 else { return false }
        let most = evidence.units.map { unit in
            found.count { unit.vocabulary.holds($0) || evidence.headings.holds($0) }
        }.max()
        return Double(most ?? 0) <= Self.mixed * Double(found.count)
    }

    /// No more than this of a clause's words in any one sentence.
    private static let mixed = 0.6

    /// Whether the clauses that a clause of the answer shares most with say the opposite of it.
    private func denies(
        _ words: Set<String>, _ numbers: [AnswerFacts.Fact], _ isDenied: Bool,
        _ clauses: [AnswerEvidence.Clause], _ evidence: AnswerEvidence
    ) -> Bool {
        // What is spoken of only to deny it.
        let onlyDenied = words.contains { word in
            let holding = clauses.filter { $0.words.holds(word) }
            return !holding.isEmpty && holding.allSatisfy(\.isDenied)
                && !evidence.headings.holds(word)
        }
        if !isDenied, onlyDenied { return true }
        let shared = clauses.map { clause in words.count { clause.words.holds($0) } }
        let scores = zip(shared, clauses).map { shared, clause in
            Double(shared)
                + 1.5
                * Double(
                    numbers.count { number in
                        clause.numbers.contains { $0.agrees(with: number) }
                    })
        }
        let best = scores.max() ?? 0
        // Too little in common to tell what it is about.
        guard best > 0, best * 2 >= Double(words.count) else { return false }
        let agrees = zip(scores, clauses).contains { $0 >= best && $1.isDenied == isDenied }
        // Others have as many of its words, and say no: that is doubt too.
        let most = shared.max() ?? 0
        let isDoubtful =
            !isDenied && most >= 2 && zip(shared, clauses).contains { $0 == most && $1.isDenied }
        return !agrees || isDoubtful
    }

    private static func contradicts(_ statement: String) -> String {
        "The passages that it names say the opposite of this: \"\(statement.prefix(120))\"."
    }

    // MARK: In another language

    /// The statements that cannot be compared word by word.
    func foreignStatements(_ evidence: AnswerEvidence) -> [Statement] {
        guard !isOwn(evidence) else { return [] }
        return statements.filter { !$0.isPolite }
    }

    /// What is wrong with statements in another language where nothing can tell what they mean:
    /// each needs facts, all of one sentence of the passages, which is denied or not as it is.
    func problem(of foreign: [Statement], untoldBy evidence: AnswerEvidence) -> String? {
        for statement in foreign {
            let units = evidence.units.filter { unit in
                statement.facts.missing(from: unit.facts).isEmpty
            }
            guard !statement.facts.isEmpty, !units.isEmpty else {
                return AnswerCheck.saysMore(statement.text)
            }
            let isDenied = Negation.isDenied(statement.text, in: language)
            let clauses = units.flatMap(\.clauses)
            // Those that tell the facts; what stands beside them may deny something else.
            let telling = clauses.filter { clause in
                clause.numbers.contains { number in
                    statement.facts.numbers.contains { $0.agrees(with: number) }
                }
            }
            let agrees = (telling.isEmpty ? clauses : telling).contains {
                $0.isDenied == isDenied
            }
            if !agrees { return Self.contradicts(statement.text) }
        }
        return nil
    }

    /// What is wrong with a statement in another language whose nearest sentences are these: its
    /// facts are theirs, and it is denied as one of them is.
    func problem(of statement: Statement, near: [String], in source: String?) -> String? {
        let facts = SourceFacts(near.joined(separator: "\n"), in: source)
        guard statement.facts.numbers.allSatisfy({ facts.holds($0) }) else {
            return AnswerCheck.saysMore(statement.text)
        }
        let isDenied = Negation.isDenied(statement.text, in: language)
        let agrees = near.contains { text in
            AnswerEvidence.clauses(of: text, in: source).contains { $0.isDenied == isDenied }
        }
        return agrees ? nil : Self.contradicts(statement.text)
    }
}
