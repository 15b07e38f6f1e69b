import Conversation

/// What follows a citation within its sentence, which the citation seems to prove as well.
enum AnswerTails {
    /// The first such words of which the passages, the question and politeness have less than
    /// half, where the answer is in the passages' language.
    static func strange(
        in answer: String, question: String, _ evidence: AnswerEvidence
    ) -> String? {
        guard !LanguageGuess.differ(LanguageGuess.language(of: answer), evidence.language) else {
            return nil
        }
        let asked = Vocabulary(of: question)
        return answer.split { "]】".contains($0) }.dropFirst().lazy.map { rest in
            String(rest.prefix { !".!?[【\n".contains($0) })
        }.first { tail in
            let words = Set(Words.content(of: tail)).filter { !$0.contains(where: \.isNumber) }
            let known = words.count { word in
                evidence.vocabulary.holds(word) || asked.holds(word)
                    || Politeness.words.contains(word)
            }
            return known * 2 < words.count
        }
    }
}
