/// What a message says of who wrote it, where that was not known before: the identifiers that
/// belong to one customer, in the order in which they were seen.
///
/// Decides nothing by itself: ``IdentityTable`` does, by the order in which sightings stand in the
/// log. An identifier is named as the conversation that began under it would be, by the tenant's
/// key, so no number and no user id is read out of it.
package struct IdentitySighting: Payload {
    package static let type = "parley.identity.sighting"
    package static let topic = Topic.identitySightings
    package static let personal: [FieldPath] = []

    /// The business.
    package var tenant: TenantID
    /// The user id, by its name.
    package var user: ConversationID?
    /// The phone number, by its name, and by those under which it may be written otherwise.
    package var phones: [ConversationID]
    /// The user id that WhatsApp says was the customer's before.
    package var formerUser: ConversationID?
    /// The phone number that WhatsApp says was the customer's before.
    package var formerPhones: [ConversationID]?
    /// The conversation that the identifiers are taken out of, as a person wished.
    package var apart: ConversationID?
    /// The message, or the wish, that says so.
    package var message: MessageID
    /// When it was sent, by WhatsApp's clock.
    package var at: Timestamp
    /// Whether nothing was said under a name of which no sighting tells, as the log began when
    /// sightings were written already: then nothing moves when such a name is seen; `nil` for no.
    package var isComplete: Bool?

    /// The business: its sightings stand in one order.
    package var key: String { tenant.rawValue }

    /// Describes a sighting.
    package init(
        tenant: TenantID, user: ConversationID?, phones: [ConversationID],
        formerUser: ConversationID? = nil, formerPhones: [ConversationID]? = nil,
        apart: ConversationID? = nil, message: MessageID, at: Timestamp, isComplete: Bool? = nil
    ) {
        self.tenant = tenant
        self.user = user
        self.phones = phones
        self.formerUser = formerUser
        self.formerPhones = formerPhones
        self.apart = apart
        self.message = message
        self.at = at
        self.isComplete = isComplete
    }
}
