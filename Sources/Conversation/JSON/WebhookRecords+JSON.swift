// The records of webhooks, written by hand: a test holds them to the bytes of ``RecordCodec``.

import JSON

extension InboundMessage: JSONTextWritable {
    /// Writes the value, its fields in the order of their names.
    package func write(to json: inout JSONText) throws(RecordError) {
        json.open()
        json.name("contact")
        contact.write(to: &json)
        if case .text(let body) = content {
            json.name("content")
            json.open()
            json.field("text", body)
            json.field("type", content.kind)
            json.close()
        } else {
            try json.encoded("content", content)
        }
        try json.encoded("context", context)
        json.field("conversation", conversation.rawValue)
        try json.encoded("errors", errors)
        json.field("extra", extra?.text)
        json.field("group", group)
        json.field("message", message.rawValue)
        json.field("number", number.rawValue)
        json.field("receivedAt", receivedAt)
        json.field("referral", referral?.text)
        json.field("sentAt", sentAt)
        json.field("tenant", tenant.rawValue)
        json.close()
    }
}

extension MessageStatus: JSONTextWritable {
    /// Writes the value, its fields in the order of their names.
    package func write(to json: inout JSONText) throws(RecordError) {
        json.open()
        json.field("at", at)
        json.field("callbackData", callbackData)
        json.field("conversation", conversation.rawValue)
        try json.encoded("errors", errors)
        json.field("message", message.rawValue)
        json.field("number", number.rawValue)
        json.field("pricing", pricing?.text)
        json.field("progress", progress.rawValue)
        json.field("receivedAt", receivedAt)
        if let recipient {
            json.name("recipient")
            recipient.write(to: &json)
        }
        json.field("tenant", tenant.rawValue)
        json.close()
    }
}

extension Contact {
    /// Writes the value, its fields in the order of their names.
    package func write(to json: inout JSONText) {
        json.open()
        json.field("name", name)
        json.field("parentUserID", parentUserID)
        json.field("phone", phone)
        json.field("userID", userID)
        json.field("username", username)
        json.close()
    }
}
