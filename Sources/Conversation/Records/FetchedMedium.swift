/// What became of a medium that a customer sent.
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
    /// When that was known.
    package var at: Timestamp

    /// The conversation.
    package var key: String { message.key }
    /// The business that was written to.
    package var tenant: TenantID { message.tenant }

    /// Describes what became of a medium.
    package init(
        message: InboundMessage, inbound: RecordID, reading: MediumReading, at: Timestamp
    ) {
        self.message = message
        self.inbound = inbound
        self.reading = reading
        self.at = at
    }
}
