/// How a decision that is made durable in steps is recorded.
enum DecisionForm: Sendable {
    /// In parts: each record holds what happened since the one before.
    case parts
    /// As the version before did: each record holds all since the decision's beginning.
    case whole
}
