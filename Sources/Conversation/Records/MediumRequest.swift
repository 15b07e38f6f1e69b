/// A medium of a message that came is to be fetched: WhatsApp keeps it for seven days only.
package struct MediumRequest: Payload {
    package static let type = "parley.medium.request"
    package static let topic = Topic.mediaRequests
    package static let personal: [FieldPath] = ["message"]

    /// The message that it came with.
    package var message: InboundMessage
    /// The record of that message.
    package var inbound: RecordID
    /// Whether the business sent it, on its phone; `nil` for no.
    package var isFromPhone: Bool?

    /// The conversation.
    package var key: String { message.key }
    /// The business that was written to.
    package var tenant: TenantID { message.tenant }

    /// Describes a request.
    package init(message: InboundMessage, inbound: RecordID, isFromPhone: Bool? = nil) {
        self.message = message
        self.inbound = inbound
        self.isFromPhone = isFromPhone
    }
}
