/// Writes values as JSON with sorted keys: the same bytes as Foundation's encoder with
/// `.sortedKeys` and `.withoutEscapingSlashes`, in a fraction of the time.
///
/// Every record, state and decision of every stage passes here. Foundation's encoder makes a tree
/// of objects and dictionaries and then writes it; this one writes bytes at once and puts the
/// fields of an object in order when it ends. Types that Foundation treats in a way of its own,
/// such as `Date` and `URL`, have no place in records.
enum JSONEncoding {
    /// The JSON of a value.
    ///
    /// - Throws: `EncodingError` if a number in it is not finite, or what a type's own
    ///   `encode(to:)` throws.
    static func bytes<Value: Encodable>(of value: Value) throws -> [UInt8] {
        let pool = JSONWriterPool()
        // The pool and its writers hold each other.
        defer { pool.close() }
        let writer = pool.take()
        try writer.encode(value)
        var bytes: [UInt8] = []
        writer.finish(into: &bytes)
        return bytes
    }
}

/// Writers to use again: a record has some dozens of values, each written by one.
final class JSONWriterPool {
    private var free: [JSONValueWriter] = []

    func take() -> JSONValueWriter { free.popLast() ?? JSONValueWriter(pool: self) }

    /// Takes a writer back, unless somebody still holds it.
    func put(_ writer: consuming JSONValueWriter) {
        guard isKnownUniquelyReferenced(&writer) else { return }
        writer.clear()
        free.append(writer)
    }

    /// Lets go of all writers.
    func close() { free = [] }
}

/// Writes one value: the encoder that its `encode(to:)` is given, and the container of one value
/// or of a list that it asks of it.
final class JSONValueWriter {
    private enum Kind {
        case nothing, scalar, list, object
    }

    /// A field of an object: `"name":value` in the bytes.
    private struct Field {
        var name: String
        var place: Range<Int>
    }

    private let pool: JSONWriterPool
    private var kind = Kind.nothing
    /// A scalar, a list's elements with their commas, or an object's fields without.
    private var bytes: [UInt8] = []
    private var fields: [Field] = []
    /// Containers that may still be written to, by where in the bytes they belong.
    private var nested: [(place: Int, writer: JSONValueWriter)] = []
    private(set) var count = 0

    init(pool: JSONWriterPool) { self.pool = pool }

    /// Makes the writer new, but for its memory.
    func clear() {
        kind = .nothing
        bytes.removeAll(keepingCapacity: true)
        fields.removeAll(keepingCapacity: true)
        nested.removeAll()
        count = 0
    }

    // MARK: Pieces

    /// Begins an object's field; its value comes next.
    func beginField(_ name: String) {
        fields.append(Field(name: name, place: bytes.count..<bytes.count))
        appendText(name)
        bytes.append(UInt8(ascii: ":"))
    }

    /// Ends an object's field.
    func endField() {
        let last = fields.count - 1
        fields[last].place = fields[last].place.lowerBound..<bytes.count
    }

    /// Begins a list's element; its value comes next.
    private func beginElement() {
        if count > 0 { bytes.append(UInt8(ascii: ",")) }
        count += 1
    }

    /// Makes room for the value of `encode`, which is a scalar's only one or a list's next.
    private func beginValue() {
        if kind == .list { beginElement() } else { kind = .scalar }
    }

    private func appendText(_ text: String) { JSONText.append(text, to: &bytes) }

    private func appendNumber(_ value: some BinaryInteger & CustomStringConvertible) {
        bytes.append(contentsOf: value.description.utf8)
    }

    private func appendNumber(_ value: some BinaryFloatingPoint & CustomStringConvertible) throws {
        guard value.isFinite else {
            throw EncodingError.invalidValue(
                value, .init(codingPath: [], debugDescription: "JSON has no \(value)"))
        }
        let text = value.description
        bytes.append(contentsOf: text.hasSuffix(".0") ? text.dropLast(2).utf8 : text[...].utf8)
    }

    /// Appends any value, without a comma.
    func append<Value: Encodable>(_ value: Value) throws {
        // Elements of lists come here, and these are what most lists hold.
        if Value.self == String.self, let text = value as? String { return appendText(text) }
        if Value.self == Int.self, let number = value as? Int { return appendNumber(number) }
        if Value.self == Double.self, let number = value as? Double {
            return try appendNumber(number)
        }
        let writer = pool.take()
        try value.encode(to: writer)
        writer.finish(into: &bytes)
        pool.put(writer)
    }

    /// Reserves the place of a container that is written to from now on.
    func open() -> JSONValueWriter {
        let writer = pool.take()
        nested.append((bytes.count, writer))
        return writer
    }

    // MARK: The end

    /// Appends the whole value.
    func finish(into target: inout [UInt8]) {
        switch kind {
        case .scalar: emit(0..<bytes.count, into: &target, isLast: true)
        case .list:
            target.append(UInt8(ascii: "["))
            emit(0..<bytes.count, into: &target, isLast: true)
            target.append(UInt8(ascii: "]"))
        case .nothing, .object:
            target.append(UInt8(ascii: "{"))
            for (index, field) in sortedFields().enumerated() {
                if index > 0 { target.append(UInt8(ascii: ",")) }
                emit(field.place, into: &target, isLast: false)
            }
            target.append(UInt8(ascii: "}"))
        }
    }

    /// Copies some of the bytes, with the containers that stand right after one of them.
    private func emit(_ range: Range<Int>, into target: inout [UInt8], isLast: Bool) {
        var start = range.lowerBound
        for (place, writer) in nested
        where place <= range.upperBound && (place > range.lowerBound || isLast) {
            target.append(contentsOf: bytes[start..<place])
            writer.finish(into: &target)
            start = place
        }
        target.append(contentsOf: bytes[start..<range.upperBound])
    }

    /// The fields in the order of their names; of two with one name, the later.
    private func sortedFields() -> [Field] {
        let isSorted = zip(fields, fields.dropFirst()).allSatisfy { isBefore($0, $1) }
        guard !isSorted else { return fields }
        var sorted: [Field] = []
        for field in fields {
            var index = sorted.count
            while index > 0, isBefore(field, sorted[index - 1]) { index -= 1 }
            if index > 0, sorted[index - 1].name == field.name {
                sorted[index - 1] = field
            } else {
                sorted.insert(field, at: index)
            }
        }
        return sorted
    }

    private func isBefore(_ left: Field, _ right: Field) -> Bool {
        left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
    }
}

extension JSONValueWriter: Encoder {
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        kind = .object
        return KeyedEncodingContainer(JSONFieldWriter<Key>(writer: self))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        kind = .list
        return self
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { self }
}

extension JSONValueWriter: SingleValueEncodingContainer, UnkeyedEncodingContainer {
    func encodeNil() {
        beginValue()
        bytes.append(contentsOf: "null".utf8)
    }

    func encode(_ value: Bool) {
        beginValue()
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }

    func encode(_ value: String) {
        beginValue()
        appendText(value)
    }

    func encode(_ value: Double) throws {
        beginValue()
        try appendNumber(value)
    }

    func encode(_ value: Float) throws {
        beginValue()
        try appendNumber(value)
    }

    func encode(_ value: Int) { encodeInteger(value) }
    func encode(_ value: Int8) { encodeInteger(value) }
    func encode(_ value: Int16) { encodeInteger(value) }
    func encode(_ value: Int32) { encodeInteger(value) }
    func encode(_ value: Int64) { encodeInteger(value) }
    func encode(_ value: UInt) { encodeInteger(value) }
    func encode(_ value: UInt8) { encodeInteger(value) }
    func encode(_ value: UInt16) { encodeInteger(value) }
    func encode(_ value: UInt32) { encodeInteger(value) }
    func encode(_ value: UInt64) { encodeInteger(value) }

    private func encodeInteger(_ value: some BinaryInteger & CustomStringConvertible) {
        beginValue()
        appendNumber(value)
    }

    func encode<Value: Encodable>(_ value: Value) throws {
        beginValue()
        try append(value)
    }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type
    ) -> KeyedEncodingContainer<NestedKey> {
        beginElement()
        return open().container(keyedBy: type)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        beginElement()
        return open().unkeyedContainer()
    }

    func superEncoder() -> any Encoder {
        beginElement()
        return open()
    }
}

/// Writes the fields of an object.
private struct JSONFieldWriter<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let writer: JSONValueWriter
    var codingPath: [any CodingKey] { [] }

    private func field(_ key: some CodingKey, _ value: () throws -> Void) rethrows {
        writer.beginField(key.stringValue)
        try value()
        writer.endField()
    }

    func encodeNil(forKey key: Key) throws { try field(key) { try writer.append(String?.none) } }
    func encode(_ value: String, forKey key: Key) throws {
        try field(key) { try writer.append(value) }
    }

    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
        try field(key) { try writer.append(value) }
    }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy keyType: NestedKey.Type, forKey key: Key
    ) -> KeyedEncodingContainer<NestedKey> {
        opened(key).container(keyedBy: keyType)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        opened(key).unkeyedContainer()
    }

    func superEncoder() -> any Encoder {
        writer.beginField("super")
        defer { writer.endField() }
        return writer.open()
    }

    func superEncoder(forKey key: Key) -> any Encoder { opened(key) }

    private func opened(_ key: Key) -> JSONValueWriter {
        var opened: JSONValueWriter?
        field(key) { opened = writer.open() }
        return opened ?? writer.open()
    }
}
