package import JSON

/// What each turn writes, whose JSON is written by hand: an encoder would cost more than all else
/// together.
package protocol JSONTextWritable: Encodable {
    /// Writes the value, to the bytes that ``RecordCodec`` gives.
    func write(to json: inout JSONText) throws(RecordError)
}

extension JSONTextWritable where Self: Payload {
    /// The JSON of the record's value.
    package func json() throws(RecordError) -> [UInt8] { try JSONText.bytes(of: self) }
}

/// JSON written field by field.
///
/// The caller gives the fields of an object in the order of their names.
package struct JSONText {
    private(set) var bytes: [UInt8] = []

    private init(capacity: Int) {
        bytes.reserveCapacity(capacity)
    }

    /// The JSON of a value.
    package static func bytes(of value: some JSONTextWritable) throws(RecordError) -> [UInt8] {
        // Most records are smaller.
        var json = JSONText(capacity: 768)
        try value.write(to: &json)
        return json.bytes
    }

    /// The JSON of a value, written by hand if its type is.
    package static func bytes(ofAny value: some Encodable) throws(RecordError) -> [UInt8] {
        guard let value = value as? any JSONTextWritable else {
            return try RecordCodec.encode(value)
        }
        return try bytes(of: value)
    }

    /// Begins an object.
    package mutating func open() { bytes.append(UInt8(ascii: "{")) }

    /// Ends an object.
    package mutating func close() { bytes.append(UInt8(ascii: "}")) }

    /// Writes a field's name, in which nothing needs an escape.
    package mutating func name(_ name: String) {
        if bytes.last != UInt8(ascii: "{") { bytes.append(UInt8(ascii: ",")) }
        JSONString.append(name, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
    }

    /// Writes a field of text, or nothing for `nil`.
    package mutating func field(_ name: String, _ value: String?) {
        guard let value else { return }
        self.name(name)
        text(value)
    }

    /// Writes a field of JSON, as it is.
    package mutating func field(_ name: String, _ value: NestedJSON) {
        self.name(name)
        bytes.append(contentsOf: value.bytes)
    }

    /// Writes a field of a moment, or nothing for `nil`.
    package mutating func field(_ name: String, _ value: Timestamp?) {
        guard let value else { return }
        self.name(name)
        bytes.append(contentsOf: String(value.milliseconds).utf8)
    }

    /// Writes a field of a whole number, or nothing for `nil`.
    package mutating func field(_ name: String, _ value: Int?) {
        guard let value else { return }
        self.name(name)
        bytes.append(contentsOf: String(value).utf8)
    }

    /// Writes a field of true or false.
    package mutating func field(_ name: String, _ value: Bool) {
        self.name(name)
        self.value(value)
    }

    /// Writes true or false.
    package mutating func value(_ value: Bool) {
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }

    /// Writes a field of a number, or nothing for `nil`; throws if it is not finite.
    package mutating func field(_ name: String, _ value: Double?) throws(RecordError) {
        guard let value else { return }
        self.name(name)
        try self.value(value)
    }

    /// Writes a number; throws if it is not finite.
    package mutating func value(_ value: Double) throws(RecordError) {
        guard value.isFinite else {
            throw RecordError(type: "number", problem: "JSON has no \(value)")
        }
        bytes.append(contentsOf: JSONNumber.digits(of: value).utf8)
    }

    /// Writes a field of a list of texts.
    package mutating func field(_ name: String, _ texts: [String]) {
        list(name, texts) { json, text in json.text(text) }
    }

    /// Writes a field of a list, each element with `write`.
    // Inlined where it is called, as are the others that are generic: types of other modules
    // would be handled by looking them up.
    @inlinable
    package mutating func list<Element, Failure: Error>(
        _ name: String, _ elements: [Element],
        _ write: (inout JSONText, Element) throws(Failure) -> Void
    ) throws(Failure) {
        self.name(name)
        try list(elements, write)
    }

    /// Writes a list, each element with `write`.
    @inlinable
    package mutating func list<Element, Failure: Error>(
        _ elements: [Element], _ write: (inout JSONText, Element) throws(Failure) -> Void
    ) throws(Failure) {
        append(UInt8(ascii: "["))
        var isFirst = true
        for element in elements {
            if !isFirst { append(UInt8(ascii: ",")) }
            isFirst = false
            try write(&self, element)
        }
        append(UInt8(ascii: "]"))
    }

    @usableFromInline mutating func append(_ mark: UInt8) { bytes.append(mark) }

    /// Writes a field of an object, its fields with `write`: also a case of an enumeration.
    package mutating func object(_ name: String, _ write: (inout JSONText) -> Void) {
        self.name(name)
        open()
        write(&self)
        close()
    }

    /// Writes an enumeration's case, its one unnamed value with `write`.
    @inlinable
    package mutating func enumeration<Failure: Error>(
        _ name: String, _ write: (inout JSONText) throws(Failure) -> Void
    ) throws(Failure) {
        open()
        self.name(name)
        open()
        self.name("_0")
        try write(&self)
        close()
        close()
    }

    /// Writes a field of any other value, or nothing for `nil`, with ``RecordCodec``.
    package mutating func encoded<Value: Encodable>(
        _ name: String, _ value: Value?
    ) throws(RecordError) {
        guard let value else { return }
        self.name(name)
        try self.value(value)
    }

    /// Writes any other value, with ``RecordCodec``.
    package mutating func value(_ value: some Encodable) throws(RecordError) {
        bytes.append(contentsOf: try RecordCodec.encode(value))
    }

    /// Writes text in quotes.
    package mutating func text(_ text: String) { JSONString.append(text, to: &bytes) }
}
