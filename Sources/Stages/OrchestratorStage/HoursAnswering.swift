import Conversation
import OpeningHours
import OpeningWords
import StageRuntime

/// What the business's hours say, as evidence: computed, never guessed.
extension OrchestratorStage {
    /// Answers a question about opening hours by computing; `nil` where it asks something else, or
    /// the business set no hours.
    func answerHours(
        _ state: inout Dialogue, _ context: StageContext
    ) -> Plan<OrchestratorCall>? {
        guard let hours = state.turn?.settings.hours?.opening,
            let answers = Self.answers(hours, context, in: state.language)
        else { return nil }
        let before = state.recent.last { $0.isCustomer }?.text
        let parts = QuestionParts.of(state.words)
        let questions = parts.map {
            HoursQuestion.read($0, after: before, today: answers.today)
        }
        // Where only a part of what is asked is about hours, the rest is answered with them.
        guard parts.count == 1, let question = questions[0] else { return nil }
        let text = question.answer(answers)
        let evidence = Self.evidence(text)
        state.turn?.passages.append(evidence)
        state.turn?.used("opening hours")
        return answer(text, [Citation(evidence, quote: text)], &state, context)
    }

    /// What a model reads of the hours, beside the passages: how it stands now, and the next days.
    func hoursEvidence(_ turn: Turn, _ context: StageContext) -> RankedPassage? {
        guard let hours = turn.settings.hours?.opening,
            let answers = Self.answers(hours, context, in: turn.language)
                ?? Self.answers(hours, context, in: nil)
        else { return nil }
        return Self.evidence("\(answers.standing)\n\(answers.week)")
    }

    private static func answers(
        _ hours: OpeningHours, _ context: StageContext, in language: String?
    ) -> OpeningAnswers? {
        OpeningAnswers(hours, now: context.now.milliseconds / 1_000, in: language)
    }

    private static func evidence(_ text: String) -> RankedPassage {
        RankedPassage(computed: "opening-hours", named: "Opening hours", text)
    }
}

extension RankedPassage {
    /// What was computed, as evidence that an answer may cite.
    init(computed id: String, named name: String, _ text: String) {
        self.init(
            id: PassageID("\(Self.resultPrefix)\(id)"),
            document: DocumentID("\(Self.resultPrefix)\(id)"), documentName: name,
            headings: [name], page: nil, sheet: nil, text: text,
            contentHash: NameHash.hex("\(id)\u{1f}\(text)"), score: 1, similarity: nil,
            overlap: nil)
    }
}
