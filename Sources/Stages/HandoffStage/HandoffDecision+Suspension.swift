import Conversation
import StageRuntime

/// What becomes of a conversation while the business is suspended or deleted: all is kept, nobody
/// answers, and whoever wrote meanwhile waits in the queue for when it goes on.
extension HandoffDecision {
    /// Whether nobody answers the business's customers.
    var isClosed: Bool { context.settings(HandoffSettings.self).standing != nil }

    /// Puts the conversation into the queue, where a person finds it once the business goes on.
    mutating func keepForPeople(
        because reason: HandoffReason = .suspended,
        summary: String = "The customer wrote while the business was suspended.",
        answering answers: [MessageID], correlation: RecordID? = nil
    ) {
        enqueue(
            because: reason, summary: summary, notice: suspensionNotice(), answering: answers,
            correlation: correlation)
    }

    /// Keeps from the customer what the bot would say: a person decides later.
    ///
    /// - Returns: Whether it was kept.
    mutating func keep(_ reply: ProposedReply, correlation: RecordID) -> Bool {
        guard isClosed, case .bot = state.owner.mode else { return false }
        switch reply.proposal {
        case .silence: return false
        case .answer, .courtesy:
            keepForPeople(answering: reply.answers, correlation: correlation)
        case .handoff(let reason, let summary, _):
            keepForPeople(
                because: reason, summary: summary, answering: reply.answers,
                correlation: correlation)
        }
        return true
    }

    /// Tells the customer of the suspension, once.
    mutating func tellOfSuspension(answering answers: [MessageID]) {
        sayNotice(suspensionNotice(), answering: answers, correlation: nil)
    }

    /// What the customer is to be told, if anything, and not yet: once a suspension.
    private mutating func suspensionNotice() -> String? {
        guard
            case .suspended(let since, let notice?)? =
                context.settings(HandoffSettings.self).standing,
            state.toldOfSuspension != since, state.anchor != nil
        else { return nil }
        state.toldOfSuspension = since
        return notice
    }
}
