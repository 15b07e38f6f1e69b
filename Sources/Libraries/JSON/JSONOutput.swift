/// What all encoders and containers of one value write to.
final class JSONOutput {
    private var text = JSONDraft()

    /// All that was written.
    func finished() throws -> [UInt8] {
        text.close(to: 0)
        guard !text.hasStrayed else {
            throw EncodingError.invalidValue(
                self,
                .init(
                    codingPath: [],
                    debugDescription: "a container was written to after it was left for another"))
        }
        return text.bytes
    }

    /// Appends any value.
    func append<Value: Encodable>(_ value: Value) throws {
        // Elements of lists come here, and these are what most lists hold.
        if Value.self == String.self, let words = value as? String { return appendText(words) }
        if Value.self == Int.self, let number = value as? Int { return appendNumber(number) }
        if Value.self == Double.self, let number = value as? Double {
            return try appendNumber(number)
        }
        let (encoder, start) = text.encoder(of: self)
        try value.encode(to: encoder)
        text.end(encoder.depth, from: start)
    }

    /// Appends text in quotes.
    func appendText(_ words: String) { text.append(words) }

    /// Appends JSON as it is.
    func append(nested json: [UInt8]) { text.append(nested: json) }

    /// Appends nothing's name.
    func appendNull() { text.append(word: "null") }

    /// Appends true or false.
    func appendFact(_ value: Bool) { text.append(word: value ? "true" : "false") }

    /// Appends a whole number.
    func appendNumber(_ value: some BinaryInteger & CustomStringConvertible) {
        text.append(word: value.description)
    }

    /// Appends a number; throws if it is not finite.
    func appendNumber(_ value: some BinaryFloatingPoint & CustomStringConvertible) throws {
        guard value.isFinite else {
            throw EncodingError.invalidValue(
                value, .init(codingPath: [], debugDescription: "JSON has no \(value)"))
        }
        text.append(word: String(JSONNumber.digits(of: value)))
    }

    /// An encoder for the value that comes next.
    func encoder() -> JSONValueEncoder { text.encoder(of: self).encoder }

    /// An encoder for the value that comes next, which its caller will write, or not.
    func encoderLeftOpen() -> JSONValueEncoder {
        text.openPlace()
        return encoder()
    }

    /// Opens the container of a value, or goes on with it.
    func open(_ kind: JSONDraft.Kind, at depth: Int, _ serial: Int) {
        text.open(kind, at: depth, serial)
    }

    /// Begins an object's field; its value comes next.
    func beginField(_ name: String, at depth: Int, _ serial: Int) {
        text.beginField(name, at: depth, serial)
    }

    /// Begins a list's element; its value comes next.
    func beginElement(at depth: Int, _ serial: Int) { text.beginElement(at: depth, serial) }

    /// How many elements a list has.
    func count(at depth: Int, _ serial: Int) -> Int { text.count(at: depth, serial) }
}
