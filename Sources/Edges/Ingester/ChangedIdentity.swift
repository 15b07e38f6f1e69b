import Conversation
import JSON

/// WhatsApp's word that a customer's number or user id is another one now.
struct ChangedIdentity {
    /// The customer's names before, as far as they are told.
    var former: Contact
    /// The names of now; what is `nil` stayed, or is not told.
    var current: Contact

    /// The kinds of system messages that tell it.
    static let kinds: Set<String> = ["user_changed_number", "user_changed_user_id"]

    /// Reads a message's `system` part, beside the names that the message itself bears; `nil` if it
    /// tells no change, or not whose.
    init?(
        _ system: JSONView, userID: String?, phone: String?,
        reading text: (JSONView?) -> String?, _ number: (JSONView?) -> String?
    ) {
        guard Self.kinds.contains(text(system["type"]) ?? "") else { return nil }
        let newUser = text(system["user_id"])
        // The number of now, under either name.
        let newPhone = number(system["wa_id"]) ?? number(system["new_wa_id"])
        former = Contact(
            userID: text(system["previous_user_id"]) ?? (userID == newUser ? nil : userID),
            phone: phone)
        current = Contact(userID: newUser, phone: newPhone == phone ? nil : newPhone)
        guard former.identity != nil, current.identity != nil else { return nil }
    }
}
