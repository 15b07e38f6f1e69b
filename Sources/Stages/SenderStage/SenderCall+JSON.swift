package import Conversation

// What each message asks and hears, written by hand: a test holds it to the encoder's bytes.

extension SenderCall: JSONTextWritable {
    /// Writes the value, its fields in the order of their names.
    package func write(to json: inout JSONText) throws(RecordError) {
        switch self {
        case .send(let request):
            try json.enumeration("send") { json throws(RecordError) in
                try request.write(to: &json)
            }
        case .mark(let request): json.enumeration("mark") { request.write(to: &$0) }
        }
    }
}

extension SendRequest {
    fileprivate func write(to json: inout JSONText) throws(RecordError) {
        json.open()
        json.field("attempt", attempt.description)
        try json.encoded("content", content.plainText == nil ? content : nil)
        json.field("number", number.rawValue)
        json.name("recipient")
        recipient.write(to: &json)
        json.field("tenant", tenant.rawValue)
        json.field("text", content.plainText)
        json.close()
    }
}

extension MarkRequest {
    fileprivate func write(to json: inout JSONText) {
        json.open()
        json.field("message", message.rawValue)
        json.field("number", number.rawValue)
        json.field("tenant", tenant.rawValue)
        json.field("typing", typing)
        json.close()
    }
}

extension SenderAnswer: JSONTextWritable {
    /// Writes the value, its fields in the order of their names.
    package func write(to json: inout JSONText) throws(RecordError) {
        switch self {
        case .accepted(let message):
            json.enumeration("accepted") { $0.text(message.rawValue) }
        case .marked(let isMarked): json.enumeration("marked") { $0.value(isMarked) }
        case .refused(let error):
            try json.enumeration("refused") { json throws(RecordError) in try json.value(error) }
        case .notSent(let reason): json.because("notSent", reason)
        case .unknown(let reason): json.because("unknown", reason)
        case .unknownTenant(let reason): json.because("unknownTenant", reason)
        case .held(let until, let reason):
            json.open()
            json.object("held") { json in
                json.field("because", reason)
                json.field("until", until)
            }
            json.close()
        }
    }
}

extension JSONText {
    fileprivate mutating func because(_ name: String, _ reason: String) {
        open()
        object(name) { $0.field("because", reason) }
        close()
    }
}
