package import Conversation
import Cryptography

/// What things were called before their names were keyed.
package enum FormerName {
    /// The conversation of a customer with a business number; `identity` is the business-scoped
    /// user id, else the phone number without `+`.
    ///
    /// SHA-256 of both, cut to 128 bits: whoever tries all phone numbers finds the customer, which
    /// is why it is no name for a new conversation.
    package static func conversation(
        number: BusinessNumberID, identity: String
    ) -> ConversationID {
        let text = "parley/conversation\u{0}\(number.rawValue)\u{0}\(identity)"
        return ConversationID(String(SHA256.hex(text).prefix(32)))
    }
}
