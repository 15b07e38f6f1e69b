/// A conversation goes on in another one, as both turned out to be one customer's; or it goes on
/// by itself again.
///
/// Travels among the messages, so that it keeps its place in their order.
package struct ConversationMove: Payload {
    package static let type = "parley.conversation.move"
    package static let topic = Topic.messagesInbound
    package static let personal: [FieldPath] = []

    /// The business.
    package var tenant: TenantID
    /// The conversation that moves.
    package var conversation: ConversationID
    /// Where it goes on; `nil` where it goes on by itself.
    package var into: ConversationID?
    /// The later of two moves of a conversation has the higher number.
    package var order: Int64
    /// When it was decided.
    package var at: Timestamp

    /// The conversation that moves.
    package var key: String { conversation.rawValue }

    /// Describes a move.
    package init(
        tenant: TenantID, conversation: ConversationID, into: ConversationID?, order: Int64,
        at: Timestamp
    ) {
        self.tenant = tenant
        self.conversation = conversation
        self.into = into
        self.order = order
        self.at = at
    }
}

/// What a conversation that moved hands over to the one in which it goes on.
package struct ConversationJoin: Payload {
    package static let type = "parley.conversation.join"
    package static let topic = Topic.messagesInbound
    package static let personal: [FieldPath] = ["contact", "mode", "transcript", "spoken"]

    /// The business.
    package var tenant: TenantID
    /// Where it goes on.
    package var conversation: ConversationID
    /// The conversation that moved.
    package var from: ConversationID
    /// The business number.
    package var number: BusinessNumberID
    /// The customer, as the conversation knew them.
    package var contact: Contact
    /// Who answered it.
    package var mode: Mode
    /// Since when it waited for a person.
    package var queuedSince: Timestamp?
    /// What was said lately.
    package var transcript: [TranscriptEntry]
    /// The customer's newest message.
    package var anchor: Timestamp?
    /// Messages whose reply may still come.
    package var awaiting: [MessageID]
    /// Recent outbound messages, and who spoke.
    package var spoken: [String]
    /// Since when the customer wants no message that they did not ask for.
    package var optedOut: Timestamp?
    /// Since when they want them again.
    package var optedIn: Timestamp?
    /// The opening that they were told of last.
    package var toldOfOpening: Timestamp?
    /// When.
    package var at: Timestamp

    /// Where it goes on.
    package var key: String { conversation.rawValue }

    /// Describes what is handed over.
    package init(
        tenant: TenantID, conversation: ConversationID, from: ConversationID,
        number: BusinessNumberID, contact: Contact, mode: Mode, queuedSince: Timestamp?,
        transcript: [TranscriptEntry], anchor: Timestamp?, awaiting: [MessageID],
        spoken: [String], optedOut: Timestamp? = nil, optedIn: Timestamp? = nil,
        toldOfOpening: Timestamp? = nil, at: Timestamp
    ) {
        self.tenant = tenant
        self.conversation = conversation
        self.from = from
        self.number = number
        self.contact = contact
        self.mode = mode
        self.queuedSince = queuedSince
        self.transcript = transcript
        self.anchor = anchor
        self.awaiting = awaiting
        self.spoken = spoken
        self.optedOut = optedOut
        self.optedIn = optedIn
        self.toldOfOpening = toldOfOpening
        self.at = at
    }
}
