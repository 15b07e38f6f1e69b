/// Header fields in their order; names compare without regard to case (RFC 9110, section 5.1).
package struct HTTPClientHeaders: Sendable, Equatable, Codable, ExpressibleByDictionaryLiteral {
    /// One header field.
    package struct Field: Sendable, Equatable, Codable {
        /// The name as it was written.
        package var name: String
        /// The value without white space around it.
        package var value: String

        /// Takes both parts.
        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// All fields, repeated ones included.
    package var fields: [Field]

    /// Takes fields in their order.
    package init(_ fields: [Field] = []) {
        self.fields = fields
    }

    /// Takes names and values in their order.
    package init(dictionaryLiteral elements: (String, String)...) {
        fields = elements.map { Field(name: $0.0, value: $0.1) }
    }

    /// The first value of that name; setting replaces all of them, nil removes them.
    package subscript(name: String) -> String? {
        get { fields.first { Self.same($0.name, name) }?.value }
        set {
            fields.removeAll { Self.same($0.name, name) }
            if let newValue { fields.append(Field(name: name, value: newValue)) }
        }
    }

    private static func same(_ left: String, _ right: String) -> Bool {
        let left = left.utf8
        let right = right.utf8
        return left.count == right.count && zip(left, right).allSatisfy { lower($0) == lower($1) }
    }

    private static func lower(_ character: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(character) ? character | 0x20 : character
    }
}
