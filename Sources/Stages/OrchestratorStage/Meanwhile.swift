import Conversation
import StageRuntime

/// What comes from the customer while a turn waits for a result.
extension OrchestratorStage {
    /// Receives a message.
    ///
    /// It joins the turn, or waits as the next input where a request is out that changes something.
    func receiveMeanwhile(
        _ pending: Dialogue.Pending, _ state: inout Dialogue, _ context: StageContext
    ) -> Plan<OrchestratorCall> {
        // What waits already is not overtaken.
        state.turn?.request?.changes == true || state.later != nil
            ? putOff(pending, &state, context) : join(pending, &state, context)
    }

    private func join(
        _ pending: Dialogue.Pending, _ state: inout Dialogue, _ context: StageContext
    ) -> Plan<OrchestratorCall> {
        let before = state.reading
        let arrival = state.pending.receive(pending)
        if state.reading != before { state.turn?.hasNews = true }
        var effects = context.effects
        switch arrival {
        case .silence(let reason):
            effects.emit(Self.silence(pending, because: reason, context))
            if state.pending.isEmpty {
                // Nobody wants to know any more.
                effects.cancelTimer(Self.toolTimer)
                state.turn = nil
            }
        case .waits:
            if prompts.handoff.asksForPerson(pending.words ?? "") {
                return handOff(.asked, because: "", &state, context)
            }
        }
        return .finish(effects)
    }

    private func putOff(
        _ pending: Dialogue.Pending, _ state: inout Dialogue, _ context: StageContext
    ) -> Plan<OrchestratorCall> {
        var later = state.later ?? []
        var effects = context.effects
        if isOfMessageActedOn(pending, state) {
            // What was said first is being acted on: what replaces it is a message of its own.
            later.append(pending)
        } else if case .silence(let reason) = later.receive(pending) {
            effects.emit(Self.silence(pending, because: reason, context))
        }
        state.later = later.isEmpty ? nil : later
        return .finish(effects)
    }

    private func isOfMessageActedOn(_ pending: Dialogue.Pending, _ state: Dialogue) -> Bool {
        guard case .edit(let of, let text?, _) = pending.question.message.content else {
            return false
        }
        return !text.trimmingSpaces.isEmpty
            && state.pending.contains { $0.question.message.message == of }
    }

    /// Shows the model what came since it was asked last.
    func showNews(_ state: inout Dialogue) {
        guard let turn = state.turn, turn.hasNews == true else { return }
        let known = Set(turn.passages.map(\.id))
        let new = state.passages(atMost: Self.mostPassages).filter { !known.contains($0.id) }
        state.turn?.hasNews = nil
        state.turn?.passages += new
        let values = [
            "question": state.reading,
            "passages": Self.numbered(new, from: turn.passages.count + 1),
        ]
        let text = prompts.tools.render("meanwhile", values) ?? state.reading
        state.turn?.messages.append(TurnMessage(role: .user, content: text))
    }

    /// Makes what waited the next burst; answers when its turn begins, or `nil` if nothing waited.
    func beginNextBurst(_ state: inout Dialogue, _ context: StageContext) -> Timestamp? {
        state.pending = state.later ?? []
        state.later = nil
        guard !state.pending.isEmpty else { return nil }
        let own = business(context)?.burstPauseMilliseconds.map { Duration.milliseconds($0) }
        let due = state.turnTime(settings, pause: own, now: context.now)
        return max(context.now, due, state.mediaDue(business(context)?.media) ?? due)
    }
}
