/// WhatsApp's word about a message that does not say whose conversation it is in: it lacks our
/// callback data, and whom a message is for does not tell which one it is.
///
/// The console finds the conversation by the message's name, before or after WhatsApp's answer to
/// the send is known, and passes it on as a ``MessageStatus``; of messages that another program
/// sent, nothing comes of it.
package struct UnplacedStatus: Payload {
    package static let type = "parley.message.status.unplaced"
    package static let topic = Topic.messagesUnplaced
    package static let personal: [FieldPath] = ["status"]

    /// The business that sent the message.
    package var tenant: TenantID
    /// The message, by our name.
    package var message: MessageID
    /// The status; its conversation is a guess by whom it is for.
    package var status: MessageStatus

    /// The message.
    package var key: String { message.rawValue }

    /// Holds a status.
    package init(_ status: MessageStatus) {
        tenant = status.tenant
        message = status.message
        self.status = status
    }
}
