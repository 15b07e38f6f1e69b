/// What became of a medium of a message that came.
package struct FetchedMedium: Payload {
    package static let type = "parley.medium.fetched"
    package static let topic = Topic.mediaResults
    package static let personal: [FieldPath] = ["message", "reading"]

    /// The message that it came with.
    package var message: InboundMessage
    /// The record of that message, which is its line's id in transcripts.
    package var inbound: RecordID
    /// What Parley has of it.
    package var reading: MediumReading
    /// Whether the business sent it, on its phone; `nil` for no.
    package var isFromPhone: Bool?
    /// When that was known.
    package var at: Timestamp

    /// The conversation.
    package var key: String { message.key }
    /// The business that was written to.
    package var tenant: TenantID { message.tenant }

    /// Describes what became of a medium.
    package init(
        message: InboundMessage, inbound: RecordID, reading: MediumReading,
        isFromPhone: Bool? = nil, at: Timestamp
    ) {
        self.message = message
        self.inbound = inbound
        self.reading = reading
        self.isFromPhone = isFromPhone
        self.at = at
    }
}
