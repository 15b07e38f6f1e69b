/// What was said in a conversation by others than the bot: for the model to know when it answers.
package struct ConversationPast: Payload {
    package static let type = "parley.conversation.past"
    package static let topic = Topic.questionsGrounded
    package static let personal: [FieldPath] = ["lines", "withdrawn"]

    /// The business.
    package var tenant: TenantID
    /// The conversation.
    package var conversation: ConversationID
    /// What was said, oldest first.
    package var lines: [TranscriptEntry]
    /// What was said and was changed or taken back since, as it was; `nil` for nothing.
    package var withdrawn: [TranscriptEntry]?
    /// Whether the bot answers again from here on.
    package var isHandedBack: Bool
    /// When.
    package var at: Timestamp

    /// The conversation.
    package var key: String { conversation.rawValue }

    /// Describes what was said.
    package init(
        tenant: TenantID, conversation: ConversationID, lines: [TranscriptEntry],
        withdrawn: [TranscriptEntry]? = nil, isHandedBack: Bool = false, at: Timestamp
    ) {
        self.tenant = tenant
        self.conversation = conversation
        self.lines = lines
        self.withdrawn = withdrawn
        self.isHandedBack = isHandedBack
        self.at = at
    }
}
