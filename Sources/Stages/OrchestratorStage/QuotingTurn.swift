import Conversation
import StageRuntime

/// A turn without a model: the documents' own words.
extension OrchestratorStage {
    /// Looks for words to quote; compares meanings first where embeddings are at hand.
    func extract(_ state: inout Dialogue, _ context: StageContext) -> Plan<OrchestratorCall> {
        let answerer = answerer(state)
        let compares = state.search == .vectorsAndText && answerer.wantsComparison
        guard compares else { return quote(nil, &state, context) }
        return .call(
            .compare(question: state.query, texts: answerer.units.map(\.embedded)))
    }

    /// Quotes, or hands over.
    func quote(
        _ similarities: [Double]?, _ state: inout Dialogue, _ context: StageContext
    ) -> Plan<OrchestratorCall> {
        switch answerer(state).answer(similarities) {
        case .unanswered(let reason):
            return handOff(.unanswered, because: reason, &state, context)
        case .answer(let quote, let index):
            guard let turn = state.turn, turn.passages.indices.contains(index) else {
                return handOff(.unanswered, because: "", &state, context)
            }
            let passage = turn.passages[index]
            return answer(
                text(quoting: quote, of: passage, state), [Citation(passage, quote: quote)],
                &state, context)
        }
    }

    private func answerer(_ state: Dialogue) -> ExtractiveAnswerer {
        ExtractiveAnswerer(
            question: state.words, query: state.query, passages: state.turn?.passages ?? [],
            background: state.background)
    }

    /// The quote below its heading; in another language, with a word about where it is from.
    private func text(
        quoting quote: String, of passage: RankedPassage, _ state: Dialogue
    ) -> String {
        var lines: [String] = []
        if LanguageGuess.differ(state.words, quote) {
            lines.append(prompts.notices.text(.quote, in: state.language))
        }
        if let heading = passage.headings.last ?? passage.sheet { lines.append("*\(heading)*") }
        lines.append(quote)
        return lines.joined(separator: "\n")
    }
}
