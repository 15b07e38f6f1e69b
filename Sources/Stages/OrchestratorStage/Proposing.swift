import Conversation
import StageRuntime

/// How a turn ends: in exactly one proposed reply.
extension OrchestratorStage {
    /// Proposes an answer.
    func answer(
        _ text: String, _ citations: [Citation], followUp: String? = nil,
        _ state: inout Dialogue, _ context: StageContext
    ) -> Plan<OrchestratorCall> {
        finish(
            .answer(text: text, citations: citations), saying: text, followUp: followUp, &state,
            context)
    }

    /// Answers a greeting or thanks; a sign or an "ok" needs no answer.
    func courtesy(
        _ kind: String, _ state: inout Dialogue, _ context: StageContext
    ) -> Plan<OrchestratorCall> {
        guard let notice = Notices.Kind(rawValue: kind) else {
            return finish(
                .silence(because: "a sign of assent asks nothing"), saying: "", &state, context)
        }
        let text = prompts.notices.text(notice, in: state.language)
        return finish(.courtesy(text: text), saying: text, &state, context)
    }

    /// Proposes that a person takes over.
    func handOff(
        _ reason: HandoffReason, because: String, _ state: inout Dialogue, _ context: StageContext
    ) -> Plan<OrchestratorCall> {
        let kind: Notices.Kind? =
            switch reason {
            case .asked: .asked
            case .unanswered, .unsupported: .unanswered
            case .modelFailure, .undelivered, .takenOver: .trouble
            case .unreadable: .unreadable
            // What the customer is told is the business's own word, at the gate.
            case .suspended, .missedCall: nil
            // Nothing reaches the customer now, and later it would be late.
            case .stopped: nil
            }
        let notice = kind.map { prompts.notices.text($0, in: state.language) } ?? ""
        let summary = Self.summary(of: state, reason, because)
        return finish(
            .handoff(reason: reason, summary: summary, notice: notice), saying: notice, &state,
            context)
    }

    /// Ends the turn with a proposal; what waited meanwhile is the next burst.
    func finish(
        _ proposal: ProposedReply.Proposal, saying text: String, asking request: RecordID? = nil,
        followUp: String? = nil, _ state: inout Dialogue, _ context: StageContext
    ) -> Plan<OrchestratorCall> {
        guard let first = state.pending.first else {
            return .ignore(because: "nothing waits for an answer")
        }
        var effects = context.effects
        effects.cancelTimer(Self.turnTimer)
        if state.turn?.requests != nil { effects.cancelTimer(Self.toolTimer) }
        let reply = ProposedReply(
            tenant: first.question.tenant, conversation: first.question.message.conversation,
            answers: state.pending.map(\.question.message.message), proposal: proposal,
            language: state.language, provenance: provenance(state, of: proposal),
            at: context.now, asks: request, followUp: followUp,
            hasHelped: state.turn?.hasHelped)
        effects.emit(reply)
        state.remember(
            state.reading, fromCustomer: true,
            of: state.pending.map(\.question.message.message), at: context.now, settings)
        state.remember(reply.said(text), fromCustomer: false, at: context.now, settings)
        state.turn = nil
        state.tenantMissingSince = nil
        if let due = beginNextBurst(&state, context) {
            let newest = state.pending.last?.question.message.message
            effects.setTimer(
                Self.turnTimer, at: due, correlation: newest.map { RecordID($0.rawValue) })
        }
        return .finish(effects)
    }

    /// What the reply cites stands in the proposal.
    private func provenance(
        _ state: Dialogue, of proposal: ProposedReply.Proposal
    ) -> Provenance {
        let turn = state.turn
        var isUnsure: Bool?
        // What was computed, or another stage said, is sure whatever the documents hold.
        if case .answer = proposal, zone(of: state) == .unsure,
            turn?.passages.contains(where: \.isResult) != true
        {
            isUnsure = true
        }
        let asked = (turn?.modelCalls ?? 0) > 0
        return Provenance(
            passages: (turn?.passages ?? []).map { Citation($0) },
            prompt: asked ? answerPrompt(state).name : nil,
            promptHash: asked ? answerPrompt(state).hash : nil,
            model: turn?.fallback == nil
                ? turn?.model ?? turn?.settings.model ?? "built-in" : "built-in",
            promptTokens: turn?.promptTokens, completionTokens: turn?.completionTokens,
            search: state.search, positions: state.pending.map(\.position),
            checks: turn?.checks, fallback: turn?.fallback?.reason, tools: turn?.tools,
            isUnsure: isUnsure)
    }

    /// What an agent should know at a glance: what was asked, and what was tried.
    private static func summary(
        of state: Dialogue, _ reason: HandoffReason, _ because: String
    ) -> String {
        let words = state.reading
        let kinds = state.pending.map(\.question.message).filter { $0.reading == nil }
            .map { "[\($0.content.kind)]" }
        let asked = ([words] + kinds).filter { !$0.isEmpty }.joined(separator: " ")
        let before = state.recent.last { $0.isCustomer }?.text
        var summary = "The customer wrote: \(asked.prefix(500))"
        if reason == .asked, let before { summary += "\nBefore that: \(before.prefix(200))" }
        if !because.isEmpty { summary += "\n\(because)" }
        for result in state.turn?.passages.filter(\.isResult) ?? [] {
            summary += "\n\(result.documentName): \(result.text.prefix(200))"
        }
        let passages = state.turn?.passages.filter { !$0.isResult } ?? []
        if !passages.isEmpty, reason != .asked {
            let near = passages.prefix(2).map { passage in
                (passage.headings.last.map { "\($0), " } ?? "") + passage.documentName
            }
            summary += "\nNearest in the documents: \(near.joined(separator: "; "))."
        }
        return summary
    }

    /// Silence about one message, which leaves the burst as it is.
    static func silence(
        _ pending: Dialogue.Pending, because reason: String, _ context: StageContext
    ) -> ProposedReply {
        let message = pending.question.message
        return ProposedReply(
            tenant: message.tenant, conversation: message.conversation,
            answers: [message.message], proposal: .silence(because: reason), language: nil,
            provenance: Provenance(
                passages: [], model: "built-in", positions: [pending.position]),
            at: context.now)
    }
}
