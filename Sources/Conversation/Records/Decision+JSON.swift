import JSON

// Every stage writes a decision for each input, so the general encoder's cost counts four times a
// turn here; a test holds this to the general encoder's bytes.

extension Decision {
    /// The JSON that ``RecordCodec`` would write, its fields in the order of their names.
    package func json() throws(RecordError) -> [UInt8] {
        var json = Fields(capacity: exchanges.reduce(512) { $0 + $1.size })
        json.add("began", began)
        json.add("exchanges") { json in
            for (index, exchange) in exchanges.enumerated() {
                json.append(index == 0 ? "{" : ",{")
                json.add("answer", exchange.answer)
                json.add("began", exchange.began)
                json.add("call", exchange.call)
                json.add("resumed", exchange.resumed)
                json.append("}")
            }
        }
        json.add("input", input.rawValue)
        json.add("key", key)
        json.name("outcome")
        json.append(outcome)
        if let part { json.add("part", part) }
        json.add("place", position)
        if let settings { json.add("settings", settings) }
        json.add("stage", stage)
        json.add("tenant", tenant.rawValue)
        json.append("}")
        return json.bytes
    }
}

extension Decision.Exchange {
    fileprivate var size: Int { call.bytes.count + answer.bytes.count + 96 }
}

/// An object's fields, one after the other.
private struct Fields {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int) {
        bytes.reserveCapacity(capacity)
        append("{")
    }

    mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    mutating func name(_ name: String) {
        if bytes.last != UInt8(ascii: "{") { append(",") }
        append("\"")
        append(name)
        append("\":")
    }

    mutating func add(_ name: String, _ text: String) {
        self.name(name)
        JSONString.append(text, to: &bytes)
    }

    mutating func add(_ name: String, _ number: some BinaryInteger) {
        self.name(name)
        bytes.append(contentsOf: String(number).utf8)
    }

    mutating func add(_ name: String, _ moment: Timestamp) {
        add(name, moment.milliseconds)
    }

    mutating func add(_ name: String, _ json: NestedJSON) {
        self.name(name)
        bytes.append(contentsOf: json.bytes)
    }

    mutating func add(_ name: String, list: (inout Fields) -> Void) {
        self.name(name)
        append("[")
        list(&self)
        append("]")
    }

    mutating func append(_ outcome: Decision.Outcome) {
        switch outcome {
        case .finished(let outputs): append("{\"finished\":{\"outputs\":", outputs)
        case .committed(let outputs): append("{\"committed\":{\"outputs\":", outputs)
        case .ignored(let reason): append("{\"ignored\":{\"because\":", reason)
        case .dead(let reason): append("{\"dead\":{\"because\":", reason)
        case .repeated: append("{\"repeated\":{}}")
        }
    }

    private mutating func append(_ beginning: String, _ ids: [RecordID]) {
        append(beginning)
        append("[")
        for (index, id) in ids.enumerated() {
            if index > 0 { append(",") }
            JSONString.append(id.rawValue, to: &bytes)
        }
        append("]}}")
    }

    private mutating func append(_ beginning: String, _ text: String) {
        append(beginning)
        JSONString.append(text, to: &bytes)
        append("}}")
    }
}
