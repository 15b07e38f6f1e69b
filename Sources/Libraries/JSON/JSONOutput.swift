/// What all encoders and containers of one value write to.
final class JSONOutput {
    // Nothing that it does comes back here meanwhile, and to check that at each access would take
    // a third of the time.
    @exclusivity(unchecked) private var text = JSONDraft()

    /// All that was written.
    func finished() throws -> [UInt8] {
        unsafe text.close(to: 0)
        guard unsafe !text.hasStrayed else {
            throw EncodingError.invalidValue(
                self,
                .init(
                    codingPath: [],
                    debugDescription: "a container was written to after it was left for another"))
        }
        return unsafe text.finished()
    }

    /// Appends any value.
    func append<Value: Encodable>(_ value: Value) throws {
        // Elements of lists come here, and these are what most lists hold. The types are the same,
        // so the value is one, which a cast would find out again.
        if Value.self == String.self { return appendText(unsafe same(value)) }
        if Value.self == Int.self { return appendNumber(unsafe same(value) as Int) }
        if Value.self == Double.self { return try appendNumber(unsafe same(value) as Double) }
        let (encoder, start) = unsafe text.encoder(of: self)
        try value.encode(to: encoder)
        unsafe text.end(encoder.depth, from: start)
    }

    @unsafe
    @inline(__always)
    private func same<Value, Same>(_ value: Value) -> Same {
        unsafe withUnsafePointer(to: value) { unsafe UnsafeRawPointer($0).load(as: Same.self) }
    }

    /// Appends text in quotes.
    func appendText(_ words: String) { unsafe text.appendText(words) }

    /// Appends JSON as it is.
    func append(nested json: [UInt8]) { unsafe text.append(nested: json) }

    /// Appends nothing's name.
    func appendNull() { unsafe text.append(word: "null") }

    /// Appends true or false.
    func appendFact(_ value: Bool) { unsafe text.append(word: value ? "true" : "false") }

    /// Appends a whole number.
    func appendNumber(_ value: some FixedWidthInteger) { unsafe text.appendNumber(value) }

    /// Appends a number; throws if it is not finite.
    func appendNumber(_ value: some BinaryFloatingPoint & CustomStringConvertible) throws {
        try unsafe text.appendNumber(value)
    }

    /// An encoder for the value that comes next.
    func encoder() -> JSONValueEncoder { unsafe text.encoder(of: self).encoder }

    /// An encoder for the value that comes next, which its caller will write, or not.
    func encoderLeftOpen() -> JSONValueEncoder {
        unsafe text.openPlace()
        return encoder()
    }

    /// Opens the container of a value, or goes on with it.
    func open(_ kind: JSONDraft.Kind, at depth: Int, _ serial: Int) {
        unsafe text.open(kind, at: depth, serial)
    }

    /// Begins an object's field; its value comes next.
    func beginField(_ name: String, at depth: Int, _ serial: Int) {
        unsafe text.beginField(name, at: depth, serial)
    }

    /// Begins a list's element; its value comes next.
    func beginElement(at depth: Int, _ serial: Int) { unsafe text.beginElement(at: depth, serial) }

    /// How many elements a list has.
    func count(at depth: Int, _ serial: Int) -> Int { unsafe text.count(at: depth, serial) }
}
