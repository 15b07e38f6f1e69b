import Conversation
import StageRuntime

/// A turn with a model: a bounded loop of completions, searches and one correction.
extension OrchestratorStage {
    /// Asks the model for the first time.
    func ask(_ state: inout Dialogue, _ context: StageContext) -> Plan<OrchestratorCall> {
        guard var turn = state.turn else { return .ignore(because: "no turn is under way") }
        // No model is asked about what nothing answers: weak ones answer all the same.
        if zone(of: state) == Zone.none, turn.parts == nil, !showsMedia(state) {
            state.turn?.checks = [Provenance.Check(.notAsked)]
            return handOff(
                .unanswered, because: "Nothing in the documents answers it.", &state, context)
        }
        if let hours = hoursEvidence(turn, context) { turn.passages.append(hours) }
        begin(turn, after: recentLines(state, context), asking: shown(state), &state, context)
        return complete(&state, context)
    }

    /// The lines of the dialogue that a turn leans on.
    func recentLines(_ state: Dialogue, _ context: StageContext) -> [Dialogue.Line] {
        state.recent.filter { context.now.since($0.at) <= settings.longestPause }
    }

    /// Asks anew with less, as the model could not read all of it; once, then a person is asked.
    ///
    /// What is left are the results of tools, the better half of the passages, and the last two
    /// lines of the dialogue.
    func shorten(_ state: inout Dialogue, _ context: StageContext) -> Plan<OrchestratorCall> {
        guard var turn = state.turn else { return .ignore(because: "no turn is under way") }
        guard turn.isShortened != true else {
            return fallBack(
                .modelFailure, because: "The question is too long for the model.", &state, context)
        }
        turn.isShortened = true
        let found = turn.passages.filter { !$0.isResult }
        turn.passages =
            found.prefix((found.count + 1) / 2) + turn.passages.filter(\.isResult)
        turn.hasNews = nil
        let recent = state.recent.suffix(Self.fewLines).map { line in
            var line = line
            line.text = String(line.text.prefix(Self.shortLine))
            return line
        }
        begin(
            turn, after: recent, asking: String(shown(state).prefix(Self.shortQuestion)), &state,
            context)
        return complete(&state, context)
    }

    /// What is left of a dialogue that is too long: its last question and answer.
    private static let fewLines = 2
    private static let shortLine = 160
    private static let shortQuestion = 1_000

    /// Puts a turn's question to the model, after the lines before it.
    func begin(
        _ begun: Turn, after recent: [Dialogue.Line], asking question: String,
        _ state: inout Dialogue, _ context: StageContext
    ) {
        var turn = begun
        let fence = Self.fence(of: state)
        let history = recent.map { $0.speaker + Self.harmless($0.text, fence) }
        let values = [
            "business": turn.settings.businessName, "about": turn.settings.about ?? "",
            "language": Self.languageName(turn.language), "now": Self.now(turn, context),
            "history": history.isEmpty ? "" : (["Before:"] + history).joined(separator: "\n"),
            "passages": Self.numbered(turn.passages, from: 1), "fence": fence,
            "question": Self.harmless(question, fence),
        ]
        turn.messages = [
            TurnMessage(role: .system, content: answerPrompt(state).render("system", values) ?? ""),
            TurnMessage(role: .user, content: answerPrompt(state).render("question", values) ?? ""),
        ]
        let images = images(of: state)
        if !images.isEmpty { turn.messages[1].images = images }
        state.turn = turn
    }

    /// Asks the model again, if calls and time are left.
    private func complete(
        _ state: inout Dialogue, _ context: StageContext
    ) -> Plan<OrchestratorCall> {
        showNews(&state)
        guard let first = state.pending.first, let turn = state.turn,
            let model = turn.settings.model
        else { return .ignore(because: "no turn is under way") }
        guard context.now < turn.deadline else {
            return fallBack(.modelFailure, because: "The model took too long.", &state, context)
        }
        guard turn.modelCalls < settings.mostModelCalls else {
            return fallBack(
                .unanswered, because: "The model found no answer in several tries.", &state,
                context)
        }
        state.turn?.modelCalls += 1
        return .call(
            .complete(
                CompletionRequest(
                    tenant: first.question.tenant, model: model, messages: turn.messages,
                    tools: tools.tools.map { OfferedTool($0) },
                    longestAnswer: settings.longestAnswer,
                    deadline: turn.deadline)))
    }

    /// Goes on with what the model said.
    func go(
        on completion: Completion, _ state: inout Dialogue, _ context: StageContext
    ) -> Plan<OrchestratorCall> {
        state.turn?.count(completion)
        if ["content_filter", "refusal"].contains(completion.finishReason) {
            // Asked again it would say the same.
            return handOff(
                .unanswered, because: "The model refused to answer.", &state, context)
        }
        if let call = completion.toolCalls.first {
            // One tool at a time: each further call is made again if it still matters.
            state.turn?.messages.append(
                TurnMessage(role: .assistant, content: completion.text, toolCalls: [call]))
            return use(call, &state, context)
        }
        state.turn?.messages.append(TurnMessage(role: .assistant, content: completion.text))
        if ["length", "unknown"].contains(completion.finishReason) {
            return correct(
                "It was cut off before its end; write at most two short sentences.", &state,
                context)
        }
        return judge(completion.text, &state, context)
    }

    /// Offers what another search found; passages keep their numbers.
    func offer(
        _ found: [RankedPassage], _ state: inout Dialogue, _ context: StageContext
    ) -> Plan<OrchestratorCall> {
        guard let turn = state.turn else { return .ignore(because: "no turn is under way") }
        let known = Set(turn.passages.map(\.id))
        let new = Array(
            InstructionScan.without(found).filter { !known.contains($0.id) }
                .prefix(Self.mostPassages))
        guard !new.isEmpty else {
            return reply("Nothing more was found.", &state, context)
        }
        state.turn?.passages += new
        let text = Self.numbered(new, from: turn.passages.count + 1)
        return reply(
            answerPrompt(state).render("results", ["passages": text]) ?? text, &state, context)
    }

    /// Answers the model's last tool call, and asks on.
    func reply(
        _ text: String, _ state: inout Dialogue, _ context: StageContext
    ) -> Plan<OrchestratorCall> {
        let id = state.turn?.messages.last?.toolCalls.first?.id
        state.turn?.messages.append(TurnMessage(role: .tool, content: text, toolCallID: id))
        return complete(&state, context)
    }

    /// Checks an answer.
    private func judge(
        _ said: String, meaning: AnswerCheck.Meaning? = nil, _ state: inout Dialogue,
        _ context: StageContext
    ) -> Plan<OrchestratorCall> {
        guard let turn = state.turn else { return .ignore(because: "no turn is under way") }
        let text = WhatsAppText.of(said)
        if let problem = Self.wrongLanguage(of: text, wanted: turn.language) {
            return correct(problem, &state, context)
        }
        let known = meaning ?? (state.search == .vectorsAndText ? .comparable : .unknown)
        let verdict = AnswerCheck.check(
            text, question: state.reading, passages: turn.passages,
            instructions: answerPrompt(state).render("system", [:]) ?? "", meaning: known)
        switch verdict {
        case .supported(let text, let cited):
            state.turn?.note(Provenance.Check(.passed))
            return answer(text, cited.map { Citation(turn.passages[$0]) }, &state, context)
        case .declined:
            state.turn?.note(Provenance.Check(.declined))
            return decline(&state, context)
        case .unsupported(let problem):
            state.turn?.note(
                Provenance.Check(.heldBack, problem: problem, answer: String(said.prefix(500))))
            return correct(problem, &state, context)
        case .unsure(let statements, let texts):
            state.turn?.doubted = Doubted(answer: text, statements: statements, texts: texts)
            return compareNext(&state, context)
        }
    }

    /// Asks how near the next statement of a doubted answer is to the passages.
    private func compareNext(
        _ state: inout Dialogue, _ context: StageContext
    ) -> Plan<OrchestratorCall> {
        guard let doubted = state.turn?.doubted else {
            return .ignore(because: "nothing is in doubt")
        }
        let done = doubted.cosines.count
        guard done < min(doubted.statements.count, Self.mostStatements) else {
            state.turn?.doubted = nil
            return judge(doubted.answer, meaning: .compared(doubted.cosines), &state, context)
        }
        return .call(
            .compare(question: doubted.statements[done], texts: doubted.texts, vector: nil))
    }

    /// More sentences than this are no short answer: those after them stay in doubt.
    private static let mostStatements = 5

    /// Goes on with how near a statement is, or that this cannot be known.
    func weigh(
        _ cosines: [Double]?, _ state: inout Dialogue, _ context: StageContext
    ) -> Plan<OrchestratorCall> {
        guard let cosines else {
            let answer = state.turn?.doubted?.answer ?? ""
            state.turn?.doubted = nil
            return judge(answer, meaning: .unknown, &state, context)
        }
        state.turn?.doubted?.cosines.append(cosines)
        return compareNext(&state, context)
    }

    /// Sends an answer back once, with what is wrong; then a person is asked.
    private func correct(
        _ problem: String, _ state: inout Dialogue, _ context: StageContext
    ) -> Plan<OrchestratorCall> {
        guard let turn = state.turn else { return .ignore(because: "no turn is under way") }
        guard !turn.isCorrected, turn.modelCalls < settings.mostModelCalls else {
            return fallBack(
                .unsupported, because: "The model's answer was held back: \(problem)", &state,
                context)
        }
        state.turn?.isCorrected = true
        let correction = answerPrompt(state).render("correction", ["problem": problem])
        state.turn?.messages.append(TurnMessage(role: .user, content: correction ?? problem))
        return complete(&state, context)
    }

    /// A model that says that the passages do not answer: where retrieval is sure that they do,
    /// the documents' words are tried, as weak models decline what they cannot read.
    private func decline(
        _ state: inout Dialogue, _ context: StageContext
    ) -> Plan<OrchestratorCall> {
        let because = "The documents do not answer it, said the model."
        return zone(of: state) == .answer
            ? fallBack(.unanswered, because: because, &state, context)
            : handOff(.unanswered, because: because, &state, context)
    }
}

extension Turn {
    /// Keeps what was said of an answer.
    mutating func note(_ check: Provenance.Check) { checks = (checks ?? []) + [check] }

    /// Keeps the name of a tool that was used.
    mutating func used(_ tool: String) { tools = (tools ?? []) + [tool] }

    /// Counts what a completion cost.
    mutating func count(_ completion: Completion) {
        model = completion.model
        if let tokens = completion.promptTokens { promptTokens = (promptTokens ?? 0) + tokens }
        if let tokens = completion.completionTokens {
            completionTokens = (completionTokens ?? 0) + tokens
        }
    }
}
