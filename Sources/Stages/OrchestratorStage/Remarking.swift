import Conversation
import StageRuntime

/// What a customer says about the talk itself, or answers to what the bot asked.
extension OrchestratorStage {
    /// Goes on by what the words say of what was said before; `nil` where they are a question.
    func remark(_ state: inout Dialogue, _ context: StageContext) -> Plan<OrchestratorCall>? {
        let said = recentLines(state, context)
        guard let last = said.last(where: { !$0.isCustomer && !$0.isHandedBack }) else {
            return nil
        }
        let wasAsked = state.askedIfHelpful == true
        state.askedIfHelpful = nil
        if prompts.remarks.kind(of: state.words) == .wrong {
            if wasAsked { state.turn?.hasHelped = false }
            return handOff(
                .unsupported,
                because: "The customer says that this was wrong: \(last.text.prefix(300))", &state,
                context)
        }
        // "Perfect, thanks" is more than a yes.
        let isPolite = ["thanks", "goodbye", "greeting"].contains(
            prompts.courtesy.kind(of: state.words))
        let answer = prompts.confirmations.answer(in: state.words)
        if wasAsked, let answer { state.turn?.hasHelped = answer == .yes }
        switch answer {
        case nil: return nil
        case .yes where isPolite && !isQuestion(last), .no where isPolite && !isQuestion(last):
            return nil
        case .yes where wasAsked: return courtesy(Notices.Kind.thanks.rawValue, &state, context)
        case .no where wasAsked:
            return handOff(
                .unanswered,
                because: "The customer says that this did not help: \(last.text.prefix(300))",
                &state, context)
        case .yes, .no:
            return isQuestion(last)
                ? answerToQuestion(&state, context)
                : finish(
                    .silence(because: "a yes or no that answers nothing"), saying: "", &state,
                    context)
        }
    }

    /// Whether a line of ours asks something of the customer; a greeting's "How can I help?" is
    /// answered by what is asked, not by yes or no.
    private func isQuestion(_ line: Dialogue.Line) -> Bool {
        guard let mark = line.text.last(where: { !$0.isWhitespace && !$0.isEmojiOrDot }),
            "?？؟".contains(mark)
        else { return false }
        return !prompts.notices.isNotice(.greeting, line.text)
    }

    /// A yes or no to a question of ours: a model knows what it asked, without one a person does.
    private func answerToQuestion(
        _ state: inout Dialogue, _ context: StageContext
    ) -> Plan<OrchestratorCall> {
        guard state.turn?.settings.model != nil else {
            return handOff(
                .unanswered, because: "The customer answers a question that was put to them.",
                &state, context)
        }
        return ask(&state, context)
    }

    // MARK: Several questions, and corrected ones

    /// Looks for what each of a message's questions, or a corrected one, asks; `nil` where the
    /// message is one question that was looked for already.
    func lookForParts(_ state: inout Dialogue, _ context: StageContext) -> Plan<OrchestratorCall>? {
        guard state.pending.count == 1, state.turn?.parts == nil else { return nil }
        let words = state.words
        if prompts.remarks.kind(of: words) == .meant,
            let before = state.recent.last(where: { $0.isCustomer })?.text
        {
            let meant = prompts.remarks.correction(in: words)
            state.turn?.parts = [Part(words: meant, query: "\(before) \(meant)")]
            return lookForNext(&state, context)
        }
        let parts = QuestionParts.of(words)
        guard parts.count > 1 else { return nil }
        state.turn?.parts = parts.map { Part(words: $0, query: $0) }
        return lookForNext(&state, context)
    }

    /// Looks for the next part that was not looked for, then answers.
    private func lookForNext(
        _ state: inout Dialogue, _ context: StageContext
    ) -> Plan<OrchestratorCall>? {
        guard let first = state.pending.first,
            let next = state.turn?.parts?.first(where: { $0.passages == nil })
        else { return nil }
        return .call(
            .search(tenant: first.question.tenant, query: String(next.query.prefix(300))))
    }

    /// Takes what was found for a part; `nil` where no part was looked for.
    func takePart(
        _ found: [RankedPassage], _ state: inout Dialogue, _ context: StageContext
    ) -> Plan<OrchestratorCall>? {
        guard let index = state.turn?.parts?.firstIndex(where: { $0.passages == nil }) else {
            return nil
        }
        state.turn?.parts?[index].passages = InstructionScan.without(found)
        if let plan = lookForNext(&state, context) { return plan }
        var seen: Set<PassageID> = []
        var more: [RankedPassage] = []
        let lists = state.turn?.parts?.compactMap(\.passages) ?? []
        for rank in 0..<Self.mostOfPart {
            for list in lists where rank < list.count && seen.insert(list[rank].id).inserted {
                more.append(list[rank])
            }
        }
        // What was found for a part goes before what was found for all of it together.
        let all = more + (state.turn?.passages ?? []).filter { !seen.contains($0.id) }
        state.turn?.passages = Array(all.prefix(Self.mostPassages))
        return respond(&state, context)
    }

    private static let mostOfPart = 3
}

/// A question of a turn that is looked for by itself.
struct Part: Hashable, Sendable, Codable {
    /// The words of the question.
    var words: String
    /// What is looked for.
    var query: String
    /// What was found; `nil` before that is known.
    var passages: [RankedPassage]?
}

extension Character {
    /// What people put behind a question mark.
    fileprivate var isEmojiOrDot: Bool {
        self == "." || self == ")" || self == "*" || self == "_"
            || unicodeScalars.contains { $0.properties.isEmojiPresentation }
    }
}
