/// What a customer wishes of messages that they did not ask for, said by WhatsApp's own buttons.
///
/// The same wish in words is a message. Travels among the commands, as it asks for no answer.
package struct CustomerPreference: Payload {
    package static let type = "parley.preference"
    package static let topic = Topic.handoffCommands
    package static let personal: [FieldPath] = []
    /// The category of what the business wrote down for the customer: who said it themselves, in
    /// words or by a button, is asked by nobody else.
    package static let writtenDown = "written_down"

    /// The business.
    package var tenant: TenantID
    /// The conversation.
    package var conversation: ConversationID
    /// The business number that it concerns.
    package var number: BusinessNumberID
    /// What the customer wishes.
    package var wish: OptOutWords.Wish
    /// WhatsApp's word for what it concerns, such as `marketing_messages`.
    package var category: String
    /// When the customer said so.
    package var at: Timestamp
    /// When the webhook brought it.
    package var receivedAt: Timestamp

    /// The conversation.
    package var key: String { conversation.rawValue }

    /// Describes a wish.
    package init(
        tenant: TenantID, conversation: ConversationID, number: BusinessNumberID,
        wish: OptOutWords.Wish, category: String, at: Timestamp, receivedAt: Timestamp
    ) {
        self.tenant = tenant
        self.conversation = conversation
        self.number = number
        self.wish = wish
        self.category = category
        self.at = at
        self.receivedAt = receivedAt
    }
}
