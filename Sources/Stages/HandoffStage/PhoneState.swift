import Conversation

/// What the handoff stage remembers of the business's phone in a conversation.
struct PhoneState: Hashable, Sendable, Codable {
    /// A message that may be one of Parley's own, whose name is not known yet.
    struct Held: Hashable, Sendable, Codable {
        var echo: EchoedMessage
        var id: RecordID
        /// Until when it is held.
        var until: Timestamp
    }

    /// Messages that wait for the name of what was sent; `nil` for none.
    var held: [Held]?
    /// What the customer asked last since the business answered; `nil` if nothing is open.
    var asked: MessageID?

    var isEmpty: Bool { held == nil && asked == nil }
}

extension AgentID {
    /// Who has a conversation that the business answers on its phone; no agent can be called so.
    static let phone = AgentID("@phone")
}

extension ConversationMode {
    /// What the phone is called where a holder's name stands.
    static let phoneName = "the business's phone"

    /// Whether the business answers on its phone.
    package var isOnPhone: Bool { isHeld(by: .phone) }
}
