import Conversation
import StageRuntime

/// A question of a turn, to be answered by a quote of its own.
private struct QuotedQuestion {
    var words: String
    var query: String
    var passages: [RankedPassage]
    var background: Double?
    var vector: QuestionVector?
    var zone: Zone?
}

/// A turn without a model: the documents' own words.
extension OrchestratorStage {
    /// Looks for words to quote; compares meanings first where embeddings are at hand.
    func extract(_ state: inout Dialogue, _ context: StageContext) -> Plan<OrchestratorCall> {
        guard let question = nextQuestion(of: state) else {
            return answerAll(&state, context)
        }
        let answerer = answerer(question)
        let compares = state.search == .vectorsAndText && answerer.wantsComparison
        guard compares else { return quote(nil, &state, context) }
        return .call(
            .compare(
                question: question.query, texts: answerer.units.map(\.embedded),
                vector: question.vector))
    }

    /// Quotes, or hands over.
    func quote(
        _ similarities: [Double]?, _ state: inout Dialogue, _ context: StageContext
    ) -> Plan<OrchestratorCall> {
        guard let question = nextQuestion(of: state) else {
            return answerAll(&state, context)
        }
        let isAsked =
            question.zone != nil || state.search == .vectorsAndText
            || PlainQuestion.isAboutSomething(question.query)
        if question.zone == Zone.none || !isAsked {
            return unanswered("Nothing in the documents answers it.", &state, context)
        }
        switch answerer(question).answer(similarities, isGrounded: question.zone != nil) {
        case .unanswered(let reason): return unanswered(reason, &state, context)
        case .answer(let quote, let index):
            guard question.passages.indices.contains(index) else {
                return unanswered("", &state, context)
            }
            state.turn?.quotes.append(Citation(question.passages[index], quote: quote))
            return extract(&state, context)
        }
    }

    /// Says all that was quoted: what answers two questions alike is said once.
    private func answerAll(
        _ state: inout Dialogue, _ context: StageContext
    ) -> Plan<OrchestratorCall> {
        var said: [Citation] = []
        for citation in state.turn?.quotes ?? [] where !said.contains(citation) {
            said.append(citation)
        }
        let texts = said.enumerated().map { text(quoting: $1, isFirst: $0 == 0, state) }
        var followUp: String?
        if zone(of: state) == .unsure, state.turn?.parts == nil {
            state.askedIfHelpful = true
            followUp = prompts.notices.text(.helped, in: state.language)
        }
        return answer(
            texts.joined(separator: "\n\n"), said, followUp: followUp, &state, context)
    }

    /// The next question that has no quote yet.
    ///
    /// A burst of several whole questions is answered one by one; anything else is one question
    /// that was written in pieces.
    private func nextQuestion(of state: Dialogue) -> QuotedQuestion? {
        let whole = state.pending.filter { Self.isWhole($0.words ?? "") }
        let done = state.turn?.quotes.count ?? 0
        if let parts = state.turn?.parts {
            guard done < parts.count else { return nil }
            return QuotedQuestion(
                words: parts[done].words, query: parts[done].words,
                passages: parts[done].passages ?? [], background: state.background)
        }
        guard whole.count > 1, whole.count <= Self.mostQuotedQuestions else {
            return done > 0
                ? nil
                : QuotedQuestion(
                    words: state.words, query: state.query,
                    passages: (state.turn?.passages ?? []).filter { !$0.isResult },
                    background: state.background, vector: state.vector, zone: zone(of: state))
        }
        guard done < whole.count else { return nil }
        let next = whole[done]
        return QuotedQuestion(
            words: next.words ?? "", query: next.question.query,
            passages: InstructionScan.without(next.question.passages),
            background: next.question.background,
            vector: next.question.vector, zone: Self.zone(of: next.question))
    }

    /// More questions than this in one burst are no questions for quotes.
    static let mostQuotedQuestions = 4

    /// Whether words are a question of their own: a mark, and something that it is about.
    private static func isWhole(_ words: String) -> Bool {
        words.unicodeScalars.contains { $0 == "?" || $0 == "？" || $0 == "؟" }
            && !Words.content(of: words).isEmpty
    }

    private func answerer(_ question: QuotedQuestion) -> ExtractiveAnswerer {
        ExtractiveAnswerer(
            question: PlainQuestion.of(question.words, prompts.courtesy),
            query: PlainQuestion.of(question.query, prompts.courtesy),
            passages: question.passages, background: question.background)
    }

    /// The quote below its heading; in another language, with a word about where it is from.
    private func text(quoting citation: Citation, isFirst: Bool, _ state: Dialogue) -> String {
        let quote = citation.quote ?? ""
        var lines: [String] = []
        if isFirst, LanguageGuess.differ(state.words, quote) {
            lines.append(prompts.notices.text(.quote, in: state.language))
        }
        if let heading = citation.headings.last ?? citation.sheet { lines.append("*\(heading)*") }
        lines.append(quote)
        return lines.joined(separator: "\n")
    }
}
