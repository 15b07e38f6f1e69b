import Conversation
import JSON
import StageRuntime

/// What changes something is done after the customer said yes to it, and only then.
extension OrchestratorStage {
    /// Asks the customer whether a request may be made, which ends the turn.
    func ask(
        whether tool: Tool, _ arguments: JSONValue, _ state: inout Dialogue,
        _ context: StageContext
    ) -> Plan<OrchestratorCall> {
        guard let message = state.pending.first?.question.message.message,
            let request = requestID(&state)
        else { return .ignore(because: "no turn is under way") }
        return ask(
            whether: Confirmation(
                request: request, tool: tool.name, arguments: arguments, message: message,
                at: context.now), &state, context)
    }

    private func ask(
        whether confirmation: Confirmation, _ state: inout Dialogue, _ context: StageContext
    ) -> Plan<OrchestratorCall> {
        let question = prompts.confirmations.question(
            confirmation.tool, confirmation.arguments, in: state.language)
        state.confirmation = confirmation
        state.confirmation?.at = context.now
        state.confirmation?.isAsked = nil
        return finish(
            .courtesy(text: question), saying: question, asking: confirmation.request, &state,
            context)
    }

    /// Notes that the question went to the customer, or that a yes would not be an answer to it.
    func settle(
        _ news: ToolConfirmation, _ state: inout Dialogue, _ context: StageContext
    ) -> Plan<OrchestratorCall> {
        guard state.confirmation?.request == news.request else {
            return .ignore(because: "nothing is to be confirmed any more")
        }
        switch news.standing {
        case .asked: state.confirmation?.isAsked = true
        case .withdrawn: state.confirmation = nil
        }
        return .finish(context.effects)
    }

    /// Does what the customer was asked, if this says yes; says that it was not done, if this
    /// says no; `nil` if this says anything else.
    func answer(
        _ confirmation: Confirmation, _ state: inout Dialogue, _ context: StageContext
    ) -> Plan<OrchestratorCall>? {
        // What was written before the question was there answers something else.
        let isAnswer = state.pending.allSatisfy {
            $0.question.message.receivedAt >= confirmation.at
        }
        guard isAnswer, confirmation.isAsked == true, let turn = state.turn,
            turn.settings.model != nil,
            let tool = tools[confirmation.tool], tool.action == .request(changes: true),
            tool.arguments.accepts(confirmation.arguments)
        else { return nil }
        switch prompts.confirmations.answer(in: state.words) {
        case .yes:
            guard context.now.since(confirmation.at) <= settings.longestConfirmation else {
                return ask(whether: confirmation, &state, context)
            }
            return act(on: confirmation, turn, &state, context)
        case .no:
            let notice = prompts.confirmations.notDone(in: state.language)
            return finish(.courtesy(text: notice), saying: notice, &state, context)
        case nil: return nil
        }
    }

    private func act(
        on confirmation: Confirmation, _ turn: Turn, _ state: inout Dialogue,
        _ context: StageContext
    ) -> Plan<OrchestratorCall> {
        begin(turn, after: recentLines(state, context), asking: state.reading, &state, context)
        // The model reads its call and the result as it would have without the question.
        let text = (try? RecordCodec.encode(confirmation.arguments)) ?? []  // it was read as JSON
        let call = ToolCall(
            id: "confirmed", name: confirmation.tool,
            arguments: String(decoding: text, as: UTF8.self))
        state.turn?.messages.append(
            TurnMessage(role: .assistant, content: "", toolCalls: [call]))
        state.turn?.requests = 1
        return ask(
            for: OpenRequest(id: confirmation.request, tool: confirmation.tool, changes: true),
            confirmation.arguments, after: confirmation, &state, context)
    }

    /// The message that says yes, of those of a burst.
    func confirming(_ state: Dialogue) -> MessageID? {
        state.pending.first { prompts.confirmations.answer(in: $0.words ?? "") == .yes }?
            .question.message.message
    }
}
