/// What came of a ``ToolRequest``.
package struct ToolResult: Payload {
    package static let type = "parley.tool.result"
    package static let topic = Topic.toolsResults
    package static let personal: [FieldPath] = ["outcome"]

    /// What came of a request.
    package enum Outcome: Hashable, Sendable, Codable {
        /// It was done; in words that an answer may cite.
        case done(text: String)
        /// It was not done and nothing has changed; why, in words that an answer may cite.
        case notDone(because: String)
    }

    /// The request that it answers.
    package var request: RecordID
    /// The business.
    package var tenant: TenantID
    /// The conversation.
    package var conversation: ConversationID
    /// The tool's name.
    package var tool: String
    /// What came of it.
    package var outcome: Outcome
    /// When that was known.
    package var at: Timestamp

    /// The conversation.
    package var key: String { conversation.rawValue }

    /// Describes a result.
    package init(
        request: RecordID, tenant: TenantID, conversation: ConversationID, tool: String,
        outcome: Outcome, at: Timestamp
    ) {
        self.request = request
        self.tenant = tenant
        self.conversation = conversation
        self.tool = tool
        self.outcome = outcome
        self.at = at
    }
}
