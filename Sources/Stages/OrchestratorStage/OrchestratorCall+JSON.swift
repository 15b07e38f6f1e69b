package import Conversation

// What most turns ask and hear, written by hand: a test holds it to the encoder's bytes.

extension OrchestratorCall: JSONTextWritable {
    /// Writes the value, its fields in the order of their names.
    package func write(to json: inout JSONText) throws(RecordError) {
        switch self {
        case .complete(let request):
            try json.enumeration("complete") { json throws(RecordError) in
                try json.value(request)
            }
        case .search(let tenant, let query):
            json.open()
            json.object("search") { json in
                json.field("query", query)
                json.field("tenant", tenant.rawValue)
            }
            json.close()
        case .compare(let question, let texts, let vector):
            json.open()
            json.object("compare") { json in
                json.field("question", question)
                json.field("texts", texts)
                vector?.write("vector", to: &json)
            }
            json.close()
        }
    }
}

extension OrchestratorAnswer: JSONTextWritable {
    /// Writes the value, its fields in the order of their names.
    package func write(to json: inout JSONText) throws(RecordError) {
        switch self {
        case .completed(let completion):
            try json.enumeration("completed") { json throws(RecordError) in
                try json.value(completion)
            }
        case .tooLong:
            json.open()
            json.object("tooLong") { _ in }
            json.close()
        case .found(let passages):
            try json.enumeration("found") { json throws(RecordError) in try json.value(passages) }
        case .similarities(let cosines):
            try json.enumeration("similarities") { json throws(RecordError) in
                try json.list(cosines) { json, cosine throws(RecordError) in
                    try json.value(cosine)
                }
            }
        }
    }
}
