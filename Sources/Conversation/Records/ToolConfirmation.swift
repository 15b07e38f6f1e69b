/// Whether a customer was asked to confirm a request: the gate to the customer says so, and a yes
/// counts only then.
package struct ToolConfirmation: Payload {
    package static let type = "parley.tool.confirmation"
    package static let topic = Topic.toolsResults
    package static let personal: [FieldPath] = []

    /// How the question stands.
    package enum Standing: String, Hashable, Sendable, Codable {
        /// It went to the customer.
        case asked
        /// It never went, or a person has the conversation since: the request is not to be made.
        case withdrawn
    }

    /// The request that is to be confirmed.
    package var request: RecordID
    /// The business.
    package var tenant: TenantID
    /// The conversation.
    package var conversation: ConversationID
    /// How the question stands.
    package var standing: Standing
    /// Since when.
    package var at: Timestamp

    /// The conversation.
    package var key: String { conversation.rawValue }

    /// Describes a question.
    package init(
        request: RecordID, tenant: TenantID, conversation: ConversationID, standing: Standing,
        at: Timestamp
    ) {
        self.request = request
        self.tenant = tenant
        self.conversation = conversation
        self.standing = standing
        self.at = at
    }
}
