/// Writes values as JSON with sorted keys: the same bytes as Foundation's encoder with
/// `.sortedKeys` and `.withoutEscapingSlashes`, in a fraction of the time.
///
/// Foundation's encoder makes a tree
/// of objects and dictionaries and then writes it; this one writes all bytes at once, into one
/// buffer, and puts the fields of an object in order when it ends. So containers are written one
/// after the other: one that was left for a later one of the same value, or for its parent, takes
/// no more. Types that Foundation treats in a way of its own, such as `Date` and `URL`, have no
/// place in records.
package enum JSONEncoding {
    /// The JSON of a value.
    ///
    /// - Throws: `EncodingError` if a number in it is not finite or a container is written to
    ///   after it was left, or what a type's own `encode(to:)` throws.
    package static func bytes<Value: Encodable>(of value: Value) throws -> [UInt8] {
        let output = JSONOutput()
        try output.append(value)
        return try output.finished()
    }
}

/// Encodes one value: the encoder that its `encode(to:)` is given, and its container if it is but
/// one value.
struct JSONValueEncoder: Encoder, SingleValueEncodingContainer {
    private let output: JSONOutput
    /// How many containers are open around the value.
    let depth: Int
    private let serial: Int

    init(_ output: JSONOutput, depth: Int, serial: Int) {
        self.output = output
        self.depth = depth
        self.serial = serial
    }

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        output.open(.object, at: depth, serial)
        return KeyedEncodingContainer(
            JSONFieldWriter<Key>(output: output, depth: depth, serial: serial))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        output.open(.list, at: depth, serial)
        return JSONElementWriter(output: output, depth: depth, serial: serial)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { self }

    func encodeNil() { output.appendNull() }
    func encode(_ value: Bool) { output.appendFact(value) }
    func encode(_ value: String) { output.appendText(value) }
    func encode(_ value: Double) throws { try output.appendNumber(value) }
    func encode(_ value: Float) throws { try output.appendNumber(value) }
    func encode(_ value: Int) { output.appendNumber(value) }
    func encode(_ value: Int8) { output.appendNumber(value) }
    func encode(_ value: Int16) { output.appendNumber(value) }
    func encode(_ value: Int32) { output.appendNumber(value) }
    func encode(_ value: Int64) { output.appendNumber(value) }
    func encode(_ value: UInt) { output.appendNumber(value) }
    func encode(_ value: UInt8) { output.appendNumber(value) }
    func encode(_ value: UInt16) { output.appendNumber(value) }
    func encode(_ value: UInt32) { output.appendNumber(value) }
    func encode(_ value: UInt64) { output.appendNumber(value) }
    func encode<Value: Encodable>(_ value: Value) throws { try output.append(value) }
    func encode(_ value: NestedJSON) { output.append(nested: value.bytes) }
}

/// Writes the fields of an object.
private struct JSONFieldWriter<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let output: JSONOutput
    let depth: Int
    let serial: Int

    var codingPath: [any CodingKey] { [] }

    private func begin(_ name: String) { output.beginField(name, at: depth, serial) }

    func encodeNil(forKey key: Key) {
        begin(key.stringValue)
        output.appendNull()
    }

    func encode(_ value: String, forKey key: Key) {
        begin(key.stringValue)
        output.appendText(value)
    }

    func encode(_ value: Bool, forKey key: Key) {
        begin(key.stringValue)
        output.appendFact(value)
    }

    func encode(_ value: Int, forKey key: Key) {
        begin(key.stringValue)
        output.appendNumber(value)
    }

    func encode(_ value: Double, forKey key: Key) throws {
        begin(key.stringValue)
        try output.appendNumber(value)
    }

    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
        begin(key.stringValue)
        try output.append(value)
    }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy keyType: NestedKey.Type, forKey key: Key
    ) -> KeyedEncodingContainer<NestedKey> {
        begin(key.stringValue)
        return output.encoder().container(keyedBy: keyType)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        begin(key.stringValue)
        return output.encoder().unkeyedContainer()
    }

    func superEncoder() -> any Encoder {
        begin("super")
        return output.encoderLeftOpen()
    }

    func superEncoder(forKey key: Key) -> any Encoder {
        begin(key.stringValue)
        return output.encoderLeftOpen()
    }
}

/// Writes the elements of a list.
private struct JSONElementWriter: UnkeyedEncodingContainer {
    let output: JSONOutput
    let depth: Int
    let serial: Int

    var codingPath: [any CodingKey] { [] }
    var count: Int { output.count(at: depth, serial) }

    private func begin() { output.beginElement(at: depth, serial) }

    func encodeNil() {
        begin()
        output.appendNull()
    }

    func encode(_ value: String) {
        begin()
        output.appendText(value)
    }

    func encode<Value: Encodable>(_ value: Value) throws {
        begin()
        try output.append(value)
    }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type
    ) -> KeyedEncodingContainer<NestedKey> {
        begin()
        return output.encoder().container(keyedBy: type)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        begin()
        return output.encoder().unkeyedContainer()
    }

    func superEncoder() -> any Encoder {
        begin()
        return output.encoderLeftOpen()
    }
}
