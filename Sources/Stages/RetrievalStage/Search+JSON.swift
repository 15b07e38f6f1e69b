package import Conversation

// What is recorded of a search, written by hand: a test holds it to the bytes of `RecordCodec`.

extension RetrievalCall: JSONTextWritable {
    /// Writes the value, its fields in the order of their names.
    package func write(to json: inout JSONText) throws(RecordError) {
        guard case .search(let request) = self else { return }
        json.enumeration("search") { json in
            json.open()
            json.field("byMeaning", request.byMeaning)
            json.field("limit", request.limit)
            json.field("queries", request.queries)
            json.field("tenant", request.tenant.rawValue)
            json.close()
        }
    }
}

extension RetrievalAnswer: JSONTextWritable {
    /// Writes the value, its fields in the order of their names.
    package func write(to json: inout JSONText) throws(RecordError) {
        guard case .found(let answer) = self else { return }
        try json.enumeration("found") { json throws(RecordError) in try answer.write(to: &json) }
    }
}

extension SearchAnswer {
    fileprivate func write(to json: inout JSONText) throws(RecordError) {
        json.open()
        json.list("passages", passages) { $1.write(to: &$0) }
        json.field("problem", problem)
        try json.list("rankings", rankings) { json, ranking throws(RecordError) in
            json.open()
            json.field("text", ranking.text.map(\.rawValue))
            if let vectors = ranking.vectors {
                try json.list("vectors", vectors) { json, near throws(RecordError) in
                    json.open()
                    json.field("id", near.id.rawValue)
                    try json.field("similarity", near.similarity)
                    json.close()
                }
            }
            json.close()
        }
        vector?.write("vector", to: &json)
        json.close()
    }
}

extension SearchAnswer.Found: JSONTextWritable {
    /// Writes the value, its fields in the order of their names.
    package func write(to json: inout JSONText) {
        json.open()
        json.field("contentHash", contentHash)
        json.field("document", document.rawValue)
        json.field("documentName", documentName)
        json.field("headings", headings)
        json.field("id", id.rawValue)
        json.field("page", page)
        json.field("sheet", sheet)
        json.field("text", text)
        json.close()
    }
}
