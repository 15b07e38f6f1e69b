package import Conversation
import Cryptography

/// Names conversations: an opaque hash of business number and customer.
package enum ConversationKey {
    /// The conversation of a customer with a business number.
    ///
    /// `identity` is the business-scoped user id, else the phone number without `+`. The hash is
    /// SHA-256, cut to 128 bits, so the name tells nothing and does not collide.
    package static func conversation(
        number: BusinessNumberID, identity: String
    ) -> ConversationID {
        let text = "parley/conversation\u{0}\(number.rawValue)\u{0}\(identity)"
        return ConversationID(String(SHA256.hex(text).prefix(32)))
    }
}
