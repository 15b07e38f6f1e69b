package import JSON

/// What a turn asks of another stage on a customer's behalf; a ``ToolResult`` answers it.
package struct ToolRequest: Payload {
    package static let type = "parley.tool.request"
    package static let topic = Topic.toolsRequests
    package static let personal: [FieldPath] = ["arguments"]

    /// The request's own id, derived from the customer's message: whoever acts on it acts once,
    /// however often it comes.
    package var request: RecordID
    /// The business.
    package var tenant: TenantID
    /// The conversation.
    package var conversation: ConversationID
    /// The tool's name.
    package var tool: String
    /// The arguments, as the tool's schema has them.
    package var arguments: JSONValue
    /// The customer's message that it is for: the first of its turn.
    package var message: MessageID
    /// The message by which the customer said yes; `nil` where the tool changes nothing.
    package var confirmedBy: MessageID?
    /// When nobody waits for the result any more; the request may be acted on all the same.
    package var deadline: Timestamp
    /// When it was made.
    package var at: Timestamp

    /// The conversation.
    package var key: String { conversation.rawValue }

    /// Describes a request.
    package init(
        request: RecordID, tenant: TenantID, conversation: ConversationID, tool: String,
        arguments: JSONValue, message: MessageID, confirmedBy: MessageID? = nil,
        deadline: Timestamp, at: Timestamp
    ) {
        self.request = request
        self.tenant = tenant
        self.conversation = conversation
        self.tool = tool
        self.arguments = arguments
        self.message = message
        self.confirmedBy = confirmedBy
        self.deadline = deadline
        self.at = at
    }
}
