/// A customer as WhatsApp names them.
///
/// The business-scoped user id is the identity; the phone number is an alias that may be missing
/// since April 2026 (WhatsApp, "Business-scoped user IDs").
package struct Contact: Hashable, Sendable, Codable {
    /// The business-scoped user id, such as `US.13491208655302741918`.
    package var userID: String?
    /// The parent id of an enrolled portfolio, with `ENT` in it.
    package var parentUserID: String?
    /// The phone number (`wa_id` or `from`), digits as WhatsApp writes them, usually without `+`.
    package var phone: String?
    /// The profile's display name; it may change at any time.
    package var name: String?
    /// The user name; it may change at any time.
    package var username: String?

    /// Describes a customer.
    package init(
        userID: String? = nil, parentUserID: String? = nil, phone: String? = nil,
        name: String? = nil, username: String? = nil
    ) {
        self.userID = userID
        self.parentUserID = parentUserID
        self.phone = phone
        self.name = name
        self.username = username
    }

    /// What tells this customer from others: the user id, else the phone number.
    package var identity: String? { userID ?? phone }
}
