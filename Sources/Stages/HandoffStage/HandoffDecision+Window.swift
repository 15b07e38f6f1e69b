import Conversation
import StageRuntime

extension HandoffDecision {
    /// Sends the template that the business has for it, once for each window that closed over a
    /// message, unless the customer wants none: what asks them to write again.
    mutating func reopen(after delivery: Delivery) {
        guard delivery.outcome.foundWindowClosed, state.optedOut == nil, !isClosed,
            let anchor = state.anchor, state.reopened != anchor,
            let wish = context.settings(HandoffSettings.self).reopening
        else { return }
        state.reopened = anchor
        say(
            OutboundContent(
                .template(
                    TemplateMessage(
                        name: wish.template, language: wish.language,
                        parameters: (wish.parameters ?? []).map { TemplateParameter($0) }))),
            by: .system, answering: delivery.answers)
    }
}

extension Delivery.Outcome {
    /// Whether it did not go because the customer last wrote too long ago.
    fileprivate var foundWindowClosed: Bool {
        switch self {
        case .dropped(.windowClosed): true
        case .failed(_, let error): error.entry.treatment == .needsTemplate
        default: false
        }
    }
}
