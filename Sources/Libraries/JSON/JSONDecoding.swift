/// Reads values from JSON as Foundation's decoder does, in a fraction of the time.
///
/// Foundation's decoder makes a dictionary of
/// each object; this one looks a field up where it stands. Of two fields of one name the first
/// counts; half a surrogate pair becomes U+FFFD; what is nested more deeply than
/// ``JSONTape/maximumDepth`` is refused.
package enum JSONDecoding {
    /// The value of some JSON; unknown fields are passed over.
    ///
    /// - Throws: `DecodingError` naming the field, or what a type's own `init(from:)` throws.
    package static func value<Value: Decodable>(
        _ type: Value.Type, from bytes: [UInt8]
    ) throws -> Value {
        let tape: JSONTape
        do throws(JSONProblem) {
            tape = try JSONTape(bytes)
        } catch {
            throw DecodingError.dataCorrupted(
                .init(codingPath: [], debugDescription: error.description, underlyingError: error))
        }
        return try value(type, at: tape.root)
    }

    /// The value that stands somewhere in some JSON.
    package static func value<Value: Decodable>(
        _ type: Value.Type, at view: JSONView
    ) throws -> Value {
        try JSONValueReader(view: view).decode(type)
    }
}

/// A field's name or an element's place.
struct JSONKey: CodingKey {
    let stringValue: String
    let intValue: Int?

    init(stringValue: String) {
        self.stringValue = stringValue
        intValue = nil
    }

    init(intValue: Int) {
        stringValue = "Index \(intValue)"
        self.intValue = intValue
    }
}

extension JSONView {
    /// Where the value stands, reckoned only when somebody asks: to say what is wrong.
    fileprivate var path: [any CodingKey] {
        var path: [any CodingKey] = []
        var at = 0
        while at < index {
            let around = tape.nodes[at]
            let isObject = around.kind == .object
            var child = at + 1
            var place = 0
            // Of an object a name stands before each value.
            while tape.nodes[isObject ? child + 1 : child].next <= index {
                child = tape.nodes[isObject ? child + 1 : child].next
                place += 1
            }
            path.append(
                isObject
                    ? JSONKey(stringValue: JSONView(tape: tape, index: child).text ?? "")
                    : JSONKey(intValue: place))
            at = isObject ? child + 1 : child
        }
        return path
    }
}

/// Reads one value: the decoder that its `init(from:)` is given.
struct JSONValueReader: Decoder, SingleValueDecodingContainer {
    let view: JSONView

    var userInfo: [CodingUserInfoKey: Any] { [:] }

    var codingPath: [any CodingKey] { view.path }

    func container<Key: CodingKey>(
        keyedBy type: Key.Type
    ) throws -> KeyedDecodingContainer<Key> {
        guard view.isObject else { throw mismatch([String: Any].self) }
        return KeyedDecodingContainer(JSONFieldReader<Key>(object: view))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard view.node.kind == .array else { throw mismatch([Any].self) }
        return JSONElementReader(list: view)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { self }

    func decodeNil() -> Bool { view.node.kind == .null }

    func decode(_ type: Bool.Type) throws -> Bool {
        guard let boolean = view.boolean else { throw mismatch(type) }
        return boolean
    }

    func decode(_ type: String.Type) throws -> String {
        guard view.node.kind != .number, let text = view.text else { throw mismatch(type) }
        return text
    }

    func decode(_ type: Double.Type) throws -> Double {
        guard view.node.kind == .number, let number = view.number else { throw mismatch(type) }
        guard number.isFinite else { throw tooLarge(type) }
        return number
    }

    func decode(_ type: Float.Type) throws -> Float {
        guard view.node.kind == .number, let value = view.text.flatMap({ Float($0) }) else {
            throw mismatch(type)
        }
        guard value.isFinite else { throw tooLarge(type) }
        return value
    }

    func decode(_ type: Int.Type) throws -> Int { try wholeNumber() }
    func decode(_ type: Int8.Type) throws -> Int8 { try wholeNumber() }
    func decode(_ type: Int16.Type) throws -> Int16 { try wholeNumber() }
    func decode(_ type: Int32.Type) throws -> Int32 { try wholeNumber() }
    func decode(_ type: Int64.Type) throws -> Int64 { try wholeNumber() }
    func decode(_ type: UInt.Type) throws -> UInt { try wholeNumber() }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try wholeNumber() }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try wholeNumber() }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try wholeNumber() }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try wholeNumber() }

    /// A whole number, also one that is written as `1.0` or `1e3`.
    private func wholeNumber<Number: FixedWidthInteger>() throws -> Number {
        guard view.node.kind == .number else { throw mismatch(Number.self) }
        if let plain = view.plainInteger.flatMap({ Number(exactly: $0) }) { return plain }
        // Digits that fit no Int64 may fit a number without sign; others are the value of `1e3`.
        if let text = view.text, let value = Number(text) { return value }
        guard let value = view.number.flatMap({ Number(exactly: $0) }) else {
            throw tooLarge(Number.self)
        }
        return value
    }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try Value(from: self)
    }

    // MARK: What is wrong

    func mismatch(_ wanted: Any.Type) -> DecodingError {
        let context = DecodingError.Context(
            codingPath: codingPath, debugDescription: "this is a \(view.node.kind)")
        return view.node.kind == .null
            ? .valueNotFound(wanted, context) : .typeMismatch(wanted, context)
    }

    private func tooLarge(_ wanted: Any.Type) -> DecodingError {
        .dataCorrupted(
            .init(codingPath: codingPath, debugDescription: "the number does not fit \(wanted)"))
    }
}

extension JSONView {
    /// The number that decimal digits say, after a minus if it is negative; `nil` where other
    /// bytes stand between or there are more digits than surely fit.
    var plainInteger: Int64? {
        let node = node
        let allBytes = tape.bytes
        let bytes = allBytes.span
        var at = node.start
        let isNegative = bytes[at] == UInt8(ascii: "-")
        if isNegative { at += 1 }
        guard node.end - at <= 18 else { return nil }
        var value: Int64 = 0
        while at < node.end {
            let digit = bytes[at] &- 0x30
            guard digit < 10 else { return nil }
            value = value &* 10 &+ Int64(digit)
            at += 1
        }
        return isNegative ? -value : value
    }
}

/// Reads the fields of an object.
private struct JSONFieldReader<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let object: JSONView

    var codingPath: [any CodingKey] { object.path }
    var allKeys: [Key] { object.names.compactMap { Key(stringValue: $0) } }

    func contains(_ key: Key) -> Bool { object.field(key.stringValue) != nil }

    @inline(__always)
    private func field(_ key: some CodingKey) throws -> JSONValueReader {
        guard let index = object.tape.field(key.stringValue, of: object.index) else {
            throw missing(key)
        }
        return JSONValueReader(view: JSONView(tape: object.tape, index: index))
    }

    private func missing(_ key: some CodingKey) -> DecodingError {
        .keyNotFound(key, .init(codingPath: codingPath, debugDescription: "the field is missing"))
    }

    func decodeNil(forKey key: Key) throws -> Bool { try field(key).decodeNil() }
    func decode(_ type: String.Type, forKey key: Key) throws -> String {
        try field(key).decode(type)
    }

    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try field(key).decode(type) }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        try field(key).decode(type)
    }

    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? {
        try present(key)?.decode(type)
    }

    func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value? {
        try present(key)?.decode(type)
    }

    /// A field's value, unless it is missing or null.
    private func present(_ key: Key) -> JSONValueReader? {
        guard let index = object.tape.field(key.stringValue, of: object.index),
            object.tape.nodes[index].kind != .null
        else { return nil }
        return JSONValueReader(view: JSONView(tape: object.tape, index: index))
    }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<NestedKey> {
        try field(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try field(key).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder { try field(JSONKey(stringValue: "super")) }
    func superDecoder(forKey key: Key) throws -> any Decoder { try field(key) }
}

/// Reads the elements of a list, one after the other.
private struct JSONElementReader: UnkeyedDecodingContainer {
    private let tape: JSONTape
    // No wider than fits where a container is kept without an allocation.
    private let listIndex: UInt32
    private var at: UInt32
    private var place: UInt32 = 0

    init(list: JSONView) {
        tape = list.tape
        listIndex = UInt32(list.index)
        at = listIndex + 1
    }

    private var list: JSONView { JSONView(tape: tape, index: Int(listIndex)) }

    var codingPath: [any CodingKey] { list.path }
    var count: Int? { list.elements.count }
    var currentIndex: Int { Int(place) }
    var isAtEnd: Bool { Int(at) >= tape.nodes[Int(listIndex)].next }

    private func element() throws -> JSONValueReader {
        guard !isAtEnd else {
            throw DecodingError.valueNotFound(
                Any.self,
                .init(
                    codingPath: codingPath + [JSONKey(intValue: currentIndex)],
                    debugDescription: "the list ends here"))
        }
        return JSONValueReader(view: JSONView(tape: tape, index: Int(at)))
    }

    private mutating func advance() {
        at = UInt32(tape.nodes[Int(at)].next)
        place += 1
    }

    mutating func decodeNil() throws -> Bool {
        guard try element().decodeNil() else { return false }
        advance()
        return true
    }

    /// Moves on only where the element is what it should be.
    private mutating func next<Value>(_ read: (JSONValueReader) throws -> Value) throws -> Value {
        let value = try read(try element())
        advance()
        return value
    }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try next { try $0.decode(type) }
    }

    mutating func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type
    ) throws -> KeyedDecodingContainer<NestedKey> {
        try next { try $0.container(keyedBy: type) }
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try next { try $0.unkeyedContainer() }
    }

    mutating func superDecoder() throws -> any Decoder { try next { $0 } }
}
