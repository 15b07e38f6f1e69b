import Conversation

/// Whether what was found answers, as far as retrieval tells.
typealias Zone = Answerability.Zone

extension OrchestratorStage {
    /// The zone of a burst: the best that any of its messages is in; `nil` where retrieval does
    /// not tell.
    func zone(of state: Dialogue) -> Zone? {
        let zones = state.pending.compactMap { Self.zone(of: $0.question) }
        guard !zones.isEmpty else { return nil }
        if zones.contains(.answer) { return .answer }
        return zones.contains(.unsure) ? .unsure : Zone.none
    }

    static func zone(of question: GroundedQuestion) -> Zone? { question.answerability?.zone }
}
