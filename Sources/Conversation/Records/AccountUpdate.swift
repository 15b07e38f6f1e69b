package import JSON

/// A change that WhatsApp reported about an account and that no other type holds, kept whole.
package struct AccountUpdate: Payload {
    package static let type = "parley.account.update"
    package static let topic = Topic.accountsUpdates
    package static let personal: [FieldPath] = ["value"]

    /// The business concerned.
    package var tenant: TenantID
    /// The WhatsApp business account's id (`entry[].id`).
    package var account: String
    /// The webhook's field, such as `message_template_status_update`.
    package var field: String
    /// The change's `value`, as WhatsApp's JSON.
    package var value: RawJSON
    /// When it happened, where WhatsApp says so (`entry[].time`).
    package var sentAt: Timestamp?
    /// When the webhook brought it.
    package var receivedAt: Timestamp

    /// The business: what WhatsApp says of its accounts is one story.
    package var key: String { tenant.rawValue }

    /// Describes a change.
    package init(
        tenant: TenantID, account: String, field: String, value: RawJSON,
        sentAt: Timestamp? = nil, receivedAt: Timestamp
    ) {
        self.tenant = tenant
        self.account = account
        self.field = field
        self.value = value
        self.sentAt = sentAt
        self.receivedAt = receivedAt
    }
}
