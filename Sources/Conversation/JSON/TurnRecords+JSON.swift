// The records of a turn, written by hand: a test holds them to the bytes of ``RecordCodec``.

extension Decision: JSONTextWritable {
    /// Writes the value, its fields in the order of their names.
    package func write(to json: inout JSONText) throws(RecordError) {
        json.open()
        json.field("began", began)
        json.list("exchanges", exchanges) { json, exchange in
            json.open()
            json.field("answer", exchange.answer)
            json.field("began", exchange.began)
            json.field("call", exchange.call)
            json.field("resumed", exchange.resumed)
            json.close()
        }
        json.field("input", input.rawValue)
        json.field("key", key)
        json.object("outcome") { json in write(outcome, to: &json) }
        json.field("part", part)
        json.field("place", place)
        if let settings { json.field("settings", settings) }
        json.field("stage", stage)
        json.field("tenant", tenant.rawValue)
        json.close()
    }

    private func write(_ outcome: Outcome, to json: inout JSONText) {
        switch outcome {
        case .finished(let outputs):
            json.object("finished") { $0.field("outputs", outputs.map(\.rawValue)) }
        case .ignored(let reason): json.object("ignored") { $0.field("because", reason) }
        case .repeated: json.object("repeated") { _ in }
        case .dead(let reason): json.object("dead") { $0.field("because", reason) }
        case .committed(let outputs):
            json.object("committed") { $0.field("outputs", outputs.map(\.rawValue)) }
        }
    }
}

extension GroundedQuestion: JSONTextWritable {
    /// Writes the value, its fields in the order of their names.
    package func write(to json: inout JSONText) throws(RecordError) {
        json.open()
        try json.field("background", background)
        json.name("message")
        try message.write(to: &json)
        try json.list("passages", passages) { json, passage throws(RecordError) in
            try passage.write(to: &json)
        }
        json.field("query", query)
        json.field("search", search.rawValue)
        json.field("searchProblem", searchProblem)
        vector?.write("vector", to: &json)
        json.close()
    }
}

extension RankedPassage {
    fileprivate func write(to json: inout JSONText) throws(RecordError) {
        json.open()
        json.field("contentHash", contentHash)
        json.field("document", document.rawValue)
        json.field("documentName", documentName)
        json.field("headings", headings)
        json.field("id", id.rawValue)
        try json.field("overlap", overlap)
        json.field("page", page)
        try json.field("score", score)
        json.field("sheet", sheet)
        try json.field("similarity", similarity)
        json.field("text", text)
        json.close()
    }
}

extension ProposedReply: JSONTextWritable {
    /// Writes the value, its fields in the order of their names.
    package func write(to json: inout JSONText) throws(RecordError) {
        json.open()
        json.field("answers", answers.map(\.rawValue))
        json.field("at", at)
        json.field("conversation", conversation.rawValue)
        json.field("language", language)
        json.object("proposal") { json in write(proposal, to: &json) }
        json.name("provenance")
        provenance.write(to: &json)
        json.field("tenant", tenant.rawValue)
        json.close()
    }

    private func write(_ proposal: Proposal, to json: inout JSONText) {
        switch proposal {
        case .answer(let text, let citations):
            json.object("answer") { json in
                json.list("citations", citations) { $1.write(to: &$0) }
                json.field("text", text)
            }
        case .courtesy(let text): json.object("courtesy") { $0.field("text", text) }
        case .handoff(let reason, let summary, let notice):
            json.object("handoff") { json in
                json.field("notice", notice)
                json.field("reason", reason.rawValue)
                json.field("summary", summary)
            }
        case .silence(let reason): json.object("silence") { $0.field("because", reason) }
        }
    }
}

extension Provenance {
    fileprivate func write(to json: inout JSONText) {
        json.open()
        if let citations { json.list("citations", citations) { $1.write(to: &$0) } }
        json.field("completionTokens", completionTokens)
        json.field("model", model)
        json.list("passages", passages) { $1.write(to: &$0) }
        json.field("positions", positions)
        json.field("prompt", prompt)
        json.field("promptHash", promptHash)
        json.field("promptTokens", promptTokens)
        json.field("search", search?.rawValue)
        json.close()
    }
}

extension Citation {
    fileprivate func write(to json: inout JSONText) {
        json.open()
        json.field("contentHash", contentHash)
        json.field("document", document.rawValue)
        json.field("documentName", documentName)
        json.field("headings", headings)
        json.field("page", page)
        json.field("passage", passage.rawValue)
        json.field("quote", quote)
        json.field("sheet", sheet)
        json.close()
    }
}

extension OutboundMessage: JSONTextWritable {
    /// Writes the value, its fields in the order of their names.
    package func write(to json: inout JSONText) throws(RecordError) {
        json.open()
        json.field("answers", answers.map(\.rawValue))
        json.field("at", at)
        json.object("author") { json in write(author, to: &json) }
        if let text = content.message?.plainText {
            json.object("content") { json in json.object("text") { $0.field("_0", text) } }
        } else {
            try json.encoded("content", content)
        }
        json.field("conversation", conversation.rawValue)
        json.field("epoch", epoch)
        json.field("number", number.rawValue)
        json.name("recipient")
        recipient.write(to: &json)
        json.field("tenant", tenant.rawValue)
        json.field("windowAnchor", windowAnchor)
        json.close()
    }

    private func write(_ author: Author, to json: inout JSONText) {
        switch author {
        case .bot(let provenance):
            json.object("bot") { json in
                json.name("_0")
                provenance.write(to: &json)
            }
        case .agent(let id, let name):
            json.object("agent") { json in
                json.field("_0", id.rawValue)
                json.field("name", name)
            }
        case .system: json.object("system") { _ in }
        }
    }
}

extension Delivery: JSONTextWritable {
    /// Writes the value, its fields in the order of their names.
    package func write(to json: inout JSONText) throws(RecordError) {
        json.open()
        json.field("answers", answers.map(\.rawValue))
        json.field("at", at)
        json.field("attempt", attempt)
        json.field("conversation", conversation.rawValue)
        json.field("epoch", epoch)
        json.field("outbound", outbound.rawValue)
        if case .accepted(let message) = outcome {
            json.object("outcome") { json in
                json.object("accepted") { $0.field("_0", message.rawValue) }
            }
        } else {
            try json.encoded("outcome", outcome)
        }
        json.field("tenant", tenant.rawValue)
        json.close()
    }
}
