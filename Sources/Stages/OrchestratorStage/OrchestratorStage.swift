package import Conversation
import Records
package import StageRuntime

/// Turns a burst of questions into one proposed reply: an answer with citations, a courtesy, a
/// handoff, or silence with its reason.
package struct OrchestratorStage: Stage {
    package let name = "orchestrator"
    package let reads: [any Payload.Type] = [
        GroundedQuestion.self, ConversationPast.self, ToolResult.self, ToolConfirmation.self,
    ]
    let prompts: PromptBook
    let settings: OrchestratorSettings
    let tools: ToolRegistry
    /// The answer prompts of tenants that have one of their own.
    let ownPrompts: [TenantID: PromptFile]

    /// Makes the stage from its prompts, its limits and what it can do besides answering.
    package init(
        prompts: PromptBook, settings: OrchestratorSettings = OrchestratorSettings(),
        tools: ToolRegistry = .standard, ownPrompts: [TenantID: PromptFile] = [:]
    ) {
        self.ownPrompts = ownPrompts
        self.prompts = prompts
        self.settings = settings
        self.tools = tools
    }

    static let turnTimer = "turn"

    package func begin(
        _ input: StageInput, _ state: inout Dialogue, _ context: StageContext
    ) throws(Rejection) -> Plan<OrchestratorCall> {
        if state.turn?.request == nil { state.turn = nil }
        switch input {
        case .record(let question as GroundedQuestion, _, let position):
            return gather(question, at: position, &state, context)
        case .record(let past as ConversationPast, _, _):
            state.remember(past, at: context.now, settings)
            return .ignore(because: "it is there for the next turn")
        case .record(let result as ToolResult, _, _): return receive(result, &state, context)
        case .record(let confirmation as ToolConfirmation, _, _):
            return settle(confirmation, &state, context)
        case .timer(let timer) where timer.name == Self.toolTimer:
            return missResult(of: timer.note, &state, context)
        case .timer(let timer) where timer.name == Self.turnTimer:
            guard state.turn == nil else {
                return .ignore(because: "the turn waits for a result")
            }
            guard !state.pending.isEmpty else {
                return .ignore(because: "the burst was taken back")
            }
            return start(&state, context)
        default: throw context.noUse
        }
    }

    package func resume(
        _ answer: OrchestratorAnswer, to call: OrchestratorCall, _ state: inout Dialogue,
        _ context: StageContext
    ) throws(Rejection) -> Plan<OrchestratorCall> {
        switch (answer, call) {
        case (.completed(let completion), .complete): return go(on: completion, &state, context)
        case (.tooLong, .complete): return shorten(&state, context)
        case (.found(let passages), .search):
            return takePart(passages, &state, context) ?? offer(passages, &state, context)
        case (.found(let passages), .rows):
            return takeRows(passages, isWhole: true, &state, context)
        case (.rows(let passages, let isWhole), .rows):
            return takeRows(passages, isWhole: isWhole, &state, context)
        case (.similarities(let values), .compare(_, let texts, _)):
            return compared(values.count == texts.count ? values : nil, &state, context)
        default: throw Rejection("an answer that does not fit its call")
        }
    }

    /// A failed call never silences the bot: the documents' words are quoted, or a person takes
    /// over.
    package func giveUp(
        on call: OrchestratorCall, because failure: CallFailure, _ state: inout Dialogue,
        _ context: StageContext
    ) throws(Rejection) -> Plan<OrchestratorCall> {
        switch call {
        case .search: return takePart([], &state, context) ?? offer([], &state, context)
        case .rows: return takeRows([], isWhole: false, &state, context)
        case .compare: return compared(nil, &state, context)
        case .complete:
            return fallBack(
                .modelFailure, because: "The model did not answer: \(failure).", &state, context)
        }
    }

    /// Goes on with what was compared: a model's answer, or sentences to quote.
    private func compared(
        _ cosines: [Double]?, _ state: inout Dialogue, _ context: StageContext
    ) -> Plan<OrchestratorCall> {
        state.turn?.doubted == nil
            ? quote(cosines, &state, context) : weigh(cosines, &state, context)
    }

    package func retryPolicy(for call: OrchestratorCall) -> RetryPolicy {
        switch call {
        case .complete(let request):
            // 0.5, 1, 2, 4 and 8 s; whatever a server says, the turn's time ends it.
            RetryPolicy(
                attempts: 6, firstWait: .milliseconds(500), longestWait: .seconds(8),
                deadline: request.deadline)
        case .search, .compare, .rows:
            RetryPolicy(
                attempts: 2, firstWait: .milliseconds(200), longestWait: .milliseconds(200),
                patience: .seconds(1))
        }
    }

    /// Takes a message into the burst.
    private func gather(
        _ question: GroundedQuestion, at position: RecordPosition, _ state: inout Dialogue,
        _ context: StageContext
    ) -> Plan<OrchestratorCall> {
        if question.medium != nil { return receiveMedium(question, &state, context) }
        let (pending, silence) = state.follow(
            Dialogue.Pending(
                question: question, position: position.description,
                words: question.message.content.words, arrived: context.now))
        if let silence {
            var effects = context.effects
            effects.emit(Self.silence(pending, because: silence, context))
            return .finish(effects)
        }
        guard state.turn == nil else { return receiveMeanwhile(pending, &state, context) }
        switch state.pending.receive(pending) {
        case .silence(let reason):
            var effects = context.effects
            if state.pending.isEmpty { effects.cancelTimer(Self.turnTimer) }
            effects.emit(Self.silence(pending, because: reason, context))
            return .finish(effects)
        case .waits:
            return wait(since: context.now, &state, context) ?? start(&state, context)
        }
    }

    /// Waits for more of the burst since its last words, and for its media; `nil` if the turn is
    /// due.
    func wait(
        since newest: Timestamp, _ state: inout Dialogue, _ context: StageContext
    ) -> Plan<OrchestratorCall>? {
        let business = business(context)
        let own = business?.burstPauseMilliseconds.map { Duration.milliseconds($0) }
        var due = state.turnTime(settings, pause: own, now: newest)
        if let media = state.mediaDue(business?.media) { due = max(due, media) }
        guard due > context.now else { return nil }
        var effects = context.effects
        effects.setTimer(Self.turnTimer, at: due)
        return .finish(effects)
    }

    func business(_ context: StageContext) -> TurnSettings? {
        context.settings(OrchestratorTenant.self).business
    }

    /// Looks again a little later for a tenant that is not known here.
    ///
    /// It may have been added a moment ago. When that has lasted, a person is asked.
    private func waitForTenant(
        _ state: inout Dialogue, _ context: StageContext
    ) -> Plan<OrchestratorCall> {
        let since = state.tenantMissingSince ?? context.now
        state.tenantMissingSince = since
        guard context.now.since(since) < Self.longestTenantWait else {
            return handOff(
                .modelFailure, because: "The business is not known here.", &state, context)
        }
        var effects = context.effects
        effects.setTimer(Self.turnTimer, at: context.now + Self.tenantWait)
        return .finish(effects)
    }

    /// How long a tenant is waited for, look by look.
    private static let longestTenantWait = Duration.seconds(8)
    private static let tenantWait = Duration.seconds(1)

    /// Begins the turn.
    func start(
        _ state: inout Dialogue, _ context: StageContext
    ) -> Plan<OrchestratorCall> {
        guard let tenant = business(context) else { return waitForTenant(&state, context) }
        state.tenantMissingSince = nil
        // No model is asked in vain: a person finds the conversation once the business goes on.
        if tenant.isClosed == true {
            return handOff(
                .suspended, because: "The business is suspended.", &state, context)
        }
        let number = state.pending.first?.question.message.number
        if let number, tenant.stopped?.contains(number) == true {
            return handOff(
                .stopped, because: "WhatsApp lets the business send nothing for now.", &state,
                context)
        }
        let words = state.words
        // In doubt the conversation's language, then the business's: that of its documents.
        state.language = SpokenLanguage.language(
            SpokenLanguage.Evidence(
                words: words,
                before: recentLines(state, context).filter(\.isCustomer).map(\.text),
                known: state.language, documents: state.documentLanguage,
                business: tenant.hours?.language))
        state.turn = Turn(
            deadline: context.now
                + (tenant.turnMilliseconds.map { .milliseconds($0) } ?? settings.turnTime),
            settings: tenant,
            language: state.language,
            passages: InstructionScan.without(state.passages(atMost: Self.mostPassages)))
        let confirmation = state.confirmation
        state.confirmation = nil
        if state.pending.allSatisfy({ $0.question.message.content.isWelcomeRequest }) {
            return courtesy(Notices.Kind.greeting.rawValue, &state, context)
        }
        guard !state.reading.isEmpty || showsMedia(state) else {
            return handOff(
                .unreadable, because: "The message holds no words.", &state, context)
        }
        // A place, a card or an order alone: without a model nothing can be made of it.
        guard !words.isEmpty || tenant.model != nil else {
            return handOff(.unanswered, because: "", &state, context)
        }
        if prompts.handoff.asksForPerson(words) {
            return handOff(.asked, because: "", &state, context)
        }
        if let confirmation, isOnlyText(state),
            let plan = answer(confirmation, &state, context)
        {
            return plan
        }
        if isOnlyText(state) {
            if let plan = remark(&state, context) { return plan }
            if let kind = prompts.courtesy.kind(of: words) {
                return courtesy(kind, &state, context)
            }
            if let plan = answerHours(&state, context) { return plan }
            if let plan = lookForParts(&state, context) { return plan }
            if let plan = lookForRows(&state, context) { return plan }
        }
        return respond(&state, context)
    }

    /// Answers by what was found: with the model, or without one.
    func respond(_ state: inout Dialogue, _ context: StageContext) -> Plan<OrchestratorCall> {
        state.turn?.settings.model == nil ? extract(&state, context) : ask(&state, context)
    }

    /// A picture with "thanks" under it is no mere courtesy, and a tap says what its payload or id
    /// says, whatever its title.
    private func isOnlyText(_ state: Dialogue) -> Bool {
        state.pending.allSatisfy {
            if case .text = $0.question.message.content { true } else { false }
        }
    }

    /// The most passages that a turn offers.
    static let mostPassages = 8
}

extension Dialogue: StageState {}
